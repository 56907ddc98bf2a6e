"""What readers are told at a moment: figures filled in, and plain words where proof is gone."""

from dataclasses import replace

from supporters.appeals.claims import Ledger
from supporters.appeals.content import Content, Wording
from supporters.appeals.phrases import PLACEHOLDER

# Its words are empty: the house's own, which claim nothing that is not counted live.
PLAIN = "plain"


def shown(content: Content, *, words: dict[str, str | None], ledger: Ledger) -> tuple[Wording, ...]:
    """Each variant as it is to be printed; `words` are what the placeholders stand for.

    A variant with a claim that is missing or stale, or with a figure of which nothing true can
    be said, keeps its share of readers and its amounts but is told in plain words.
    """
    return tuple(_told(variant, words, ledger) for variant in content.variants)


def is_plain(wording: Wording) -> bool:
    return wording.code == PLAIN


def stands(wording: Wording, *, words: dict[str, str | None], ledger: Ledger) -> bool:
    """Whether everything that a variant says can be said today."""
    figures = PLACEHOLDER.findall(wording.text)
    return not ledger.unproven(wording.text) and all(words.get(name) for name in figures)


def with_figures(wording: Wording, words: dict[str, str | None]) -> Wording:
    """The wording with its placeholders filled in."""
    return replace(
        wording, heading=filled(wording.heading, words), body=filled(wording.body, words)
    )


def filled(text: str, words: dict[str, str | None]) -> str:
    """The text with its figures; a figure that is not known stays as it was written."""
    return PLACEHOLDER.sub(lambda match: words.get(match[1]) or match[0], text)


def _told(wording: Wording, words: dict[str, str | None], ledger: Ledger) -> Wording:
    if not stands(wording, words=words, ledger=ledger):
        return replace(wording, code=PLAIN, heading="", body="", button="")
    return with_figures(wording, words)
