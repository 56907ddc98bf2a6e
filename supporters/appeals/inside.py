"""Puts an appeal into an article's HTML after a paragraph; the article itself is not touched.

Never right after a heading, which would belong to nothing; never beside a floated picture, which
it would push aside; never inside a list, a quotation or a figure; never as the last thing.
"""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
VOID = frozenset(
    "area base br col embed hr img input link meta param source track wbr".split()  # noqa: SIM905
)
FLOATED = re.compile(
    r"\b(float|align)[-_]*(left|right|start|end)\b|\b(left|right)\b", re.IGNORECASE
)
STYLED = re.compile(r"float\s*:\s*(left|right|inline)", re.IGNORECASE)
CLOSES_P = HEADINGS | {"p", "ul", "ol", "figure", "blockquote", "div", "table", "section", "hr"}
# How many blocks a floated picture may reach down, and how many must follow the appeal.
REACH, LEFT_OVER = 2, 1


@dataclass(frozen=True, slots=True)
class Block:
    """A top-level element of the article: its end in the text, and whether it floats."""

    tag: str
    end: int
    floats: bool
    words: str


@dataclass
class Outline(HTMLParser):
    """The top-level blocks of an article's body."""

    html: str
    blocks: list[Block] = field(default_factory=list)
    open: list[tuple[str, bool]] = field(default_factory=list)
    text: list[str] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)
        at = 0
        for line in self.html.split("\n"):
            self.lines.append(at)
            at += len(line) + 1
        self.feed(self.html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        floats = _floats({name: value or "" for name, value in attrs})
        if tag in CLOSES_P and [name for name, _ in self.open] == ["p"]:
            self._close(self._here())
        if tag in VOID:
            if not self.open:
                self._add(tag, self._after(self.get_starttag_text() or ""), floats)
            elif floats:
                self.open[0] = (self.open[0][0], True)
            return
        if not self.open:
            self.text = []
        elif floats:
            self.open[0] = (self.open[0][0], True)
        self.open.append((tag, floats))

    def handle_endtag(self, tag: str) -> None:
        if not any(name == tag for name, _ in self.open):
            return
        while True:
            name, floats = self.open.pop()
            if name == tag:
                break
        if not self.open:
            self._add(tag, self.html.index(">", self._here()) + 1, floats)

    def _close(self, end: int) -> None:
        """A paragraph that ends because the next block begins."""
        tag, floats = self.open.pop()
        self._add(tag, end, floats)

    def handle_data(self, data: str) -> None:
        self.text.append(data)

    def _here(self) -> int:
        line, column = self.getpos()
        return self.lines[line - 1] + column

    def _after(self, tag: str) -> int:
        return self._here() + len(tag)

    def _add(self, tag: str, end: int, floats: bool) -> None:
        self.blocks.append(Block(tag, end, floats, "".join(self.text).strip()))


def put(html: str, ask: str, *, after: int) -> str:
    """The HTML with `ask` after the paragraph of that number, or the next that is fit.

    Unchanged where no paragraph is: a short text, or pictures all the way.
    """
    place = _place(Outline(html).blocks, after)
    return html if place is None else f"{html[:place]}{ask}{html[place:]}"


def _place(blocks: list[Block], after: int) -> int | None:
    seen = 0
    for number, block in enumerate(blocks):
        seen += block.tag == "p" and bool(block.words)
        if seen >= after and block.tag == "p" and block.words and _fit(blocks, number):
            return block.end
    return None


def _fit(blocks: list[Block], number: int) -> bool:
    """Whether something can stand between this paragraph and what follows it."""
    near = blocks[max(0, number - REACH) : number + 2]
    following = [each for each in blocks[number + 1 :] if each.tag == "p" and each.words]
    introduces = blocks[number].words.endswith(":")
    return len(following) >= LEFT_OVER and not introduces and not any(each.floats for each in near)


def _floats(attributes: dict[str, str]) -> bool:
    names = f"{attributes.get('class', '')} {attributes.get('align', '')}"
    return bool(FLOATED.search(names) or STYLED.search(attributes.get("style", "")))
