"""The demo newspaper's articles: plain files, read once into frozen blocks that templates print."""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any, ClassVar

from payments import clock
from supporters.appeals.articles import Facts
from supporters.appeals.stories import Story

FOLDER = Path(__file__).parent / "articles"
SECTIONS = {
    "news": "News",
    "investigations": "Investigations",
    "climate": "Climate",
    "culture": "Culture",
    "opinion": "Opinion",
    "sport": "Sport",
}
RELATED = 3


@dataclass(frozen=True)
class Run:
    """A stretch of words, emphasised or not."""

    text: str
    emphasised: bool = False


@dataclass(frozen=True)
class Paragraph:
    kind: ClassVar[str] = "paragraph"
    runs: tuple[Run, ...]


@dataclass(frozen=True)
class Subhead:
    kind: ClassVar[str] = "subhead"
    text: str


@dataclass(frozen=True)
class PullQuote:
    kind: ClassVar[str] = "quote"
    text: str
    speaker: str = ""


@dataclass(frozen=True)
class Figures:
    """Rows of a figure and what it counts."""

    kind: ClassVar[str] = "figures"
    rows: tuple[tuple[str, str], ...]


Block = Paragraph | Subhead | PullQuote | Figures


@dataclass(frozen=True)
class Article:
    slug: str
    headline: str
    short: str
    section: str
    standfirst: str
    byline: str
    role: str
    days_ago: int
    at: time
    tags: tuple[str, ...]
    picture: str
    alt: str
    caption: str
    credit: str
    blocks: tuple[Block, ...]
    sensitive: bool = False

    @property
    def section_name(self) -> str:
        return SECTIONS[self.section]

    @property
    def picture_path(self) -> str:
        """Where the static files hold the picture."""
        return f"demo/pictures/{self.picture}.svg"

    @property
    def published_at(self) -> datetime:
        """Counted back from today, so that the paper is never old."""
        today = clock.now().astimezone(clock.newsroom_zone())
        day = today.date() - timedelta(days=self.days_ago)
        moment = datetime.combine(day, self.at, clock.newsroom_zone())
        return moment if moment <= today else moment - timedelta(days=1)


@cache
def articles() -> tuple[Article, ...]:
    """Every article, newest first."""
    found = [read(path) for path in sorted(FOLDER.glob("*.md"))]
    return tuple(sorted(found, key=lambda each: (each.days_ago, _minutes_left(each.at))))


def find(slug: str) -> Article | None:
    return next((each for each in articles() if each.slug == slug), None)


def facts(slug: str) -> Facts | None:
    """What reports may know of an article: the site's answer to ARTICLE_FACTS."""
    article = find(slug)
    return Facts(section=article.section, author=article.byline) if article else None


def stories() -> tuple[Story, ...]:
    """The paper's articles to try an appeal in: the site's answer to PREVIEW_STORIES."""
    return tuple(
        Story(
            code=each.slug,
            headline=each.headline,
            standfirst=each.standfirst,
            byline=each.byline,
            section=each.section,
            tags=each.tags,
            authors=(each.byline,),
            sensitive=each.sensitive,
            picture=each.picture_path,
            alt=each.alt,
            paragraphs=tuple(
                "".join(run.text for run in block.runs)
                for block in each.blocks
                if isinstance(block, Paragraph)
            ),
        )
        for each in articles()
    )


def in_section(section: str) -> tuple[Article, ...]:
    return tuple(each for each in articles() if each.section == section)


def related(article: Article) -> tuple[Article, ...]:
    """Those that share most tags, then those of the same section, newest first."""

    def distance(other: Article) -> tuple[int, bool]:
        return -len({*other.tags} & {*article.tags}), other.section != article.section

    others = [each for each in articles() if each is not article]
    return tuple(sorted(others, key=distance)[:RELATED])


def read(path: Path) -> Article:
    """An article from its file: TOML between two lines of plus signs, then the text."""
    _, head, body = path.read_text(encoding="utf-8").split("+++\n", 2)
    facts = {key: _typeset(value) for key, value in tomllib.loads(head).items()}
    facts["at"] = time.fromisoformat(facts["at"])
    facts["tags"] = tuple(facts["tags"])
    facts.setdefault("short", facts["headline"])
    return Article(slug=path.stem, blocks=tuple(_blocks(_typeset(body))), **facts)


def _typeset(value: Any) -> Any:
    """Printers' quotation marks and apostrophes."""
    if not isinstance(value, str):
        return value
    opened = re.sub(r'(^|[\s(*])"', r"\1“", value, flags=re.MULTILINE)
    return opened.replace('"', "”").replace("'", "’")


def _minutes_left(moment: time) -> int:
    return -(moment.hour * 60 + moment.minute)


def _blocks(body: str) -> Iterator[Block]:
    for chunk in re.split(r"\n{2,}", body.strip()):
        lines = chunk.splitlines()
        if chunk.startswith("## "):
            yield Subhead(chunk.removeprefix("## "))
        elif chunk.startswith("> "):
            yield _quote(lines)
        elif chunk.startswith("= "):
            yield Figures(tuple(_figure(line) for line in lines))
        else:
            yield Paragraph(tuple(_runs(" ".join(lines))))


def _quote(lines: list[str]) -> PullQuote:
    said = [line.removeprefix("> ") for line in lines]
    speaker = said.pop().removeprefix("— ") if said[-1].startswith("— ") else ""
    return PullQuote(" ".join(said), speaker)


def _figure(line: str) -> tuple[str, str]:
    figure, _, what = line.removeprefix("= ").partition(" | ")
    return figure, what


def _runs(text: str) -> Iterator[Run]:
    """Words between single asterisks are emphasised."""
    for place, part in enumerate(re.split(r"\*([^*]+)\*", text)):
        if part:
            yield Run(part, emphasised=bool(place % 2))
