"""Two versions of an appeal side by side: what was taken away and what was added."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from payments.money import Money
from supporters.appeals.content import Content

SAME, GONE, NEW = "same", "gone", "new"
WORDS = re.compile(r"\S+\s*|\s+")
# So few unchanged words between two changes are read as one change.
SHORT = 2
NAMES = ("placement", "paragraph", "priority", "sensitive", "starts_at", "ends_at", "rules")


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text; `kind` is same, gone or new."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Change:
    """One field that differs: its name, the variant it belongs to (if any), and its pieces."""

    name: str
    variant: str
    pieces: tuple[Piece, ...]


def changes(before: Content, after: Content, *, currency: str) -> list[Change]:
    """Every field that differs, in the order in which the desk shows them."""
    old, new = dict(_fields(before, currency)), dict(_fields(after, currency))
    names = dict.fromkeys([*new, *old])
    return [
        Change(name, variant, pieces(old.get((variant, name), ""), new.get((variant, name), "")))
        for variant, name in names
        if old.get((variant, name), "") != new.get((variant, name), "")
    ]


def pieces(before: str, after: str) -> tuple[Piece, ...]:
    """The words of two texts, each stretch once: what went, then what came in its place."""
    old, new = WORDS.findall(before), WORDS.findall(after)
    found: list[Piece] = []
    for gone, come, same in _stretches(old, new):
        found += [
            Piece(kind, "".join(words))
            for kind, words in ((GONE, gone), (NEW, come), (SAME, same))
            if words
        ]
    return tuple(found)


def _stretches(old: list[str], new: list[str]) -> Iterator[tuple[list[str], list[str], list[str]]]:
    """Words that went, words that came, and the unchanged ones after them."""
    gone: list[str] = []
    come: list[str] = []
    blocks = SequenceMatcher(a=old, b=new, autojunk=False).get_matching_blocks()
    a = b = 0
    for block in blocks:
        gone, come = gone + old[a : block.a], come + new[b : block.b]
        a, b = block.a + block.size, block.b + block.size
        same = old[block.a : a]
        at_an_end = block.a == 0 or a == len(old)
        if block.size <= SHORT and (gone or come) and not at_an_end:
            gone, come = gone + same, come + same
            continue
        yield gone, come, same
        gone, come = [], []


def _fields(content: Content, currency: str) -> Iterator[tuple[tuple[str, str], str]]:
    for name in NAMES:
        yield ("", name), _text(getattr(content, name))
    for variant in content.variants:
        for name in ("heading", "body", "button", "share"):
            yield (variant.code, name), _text(getattr(variant, name))
        yield (variant.code, "amounts"), _amounts(variant.amounts, currency)
        yield (variant.code, "colours"), _colours(variant.colours)


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, list):
        return "\n".join(str(line) for line in value)
    return str(value)


def _amounts(amounts: dict[str, list[int]], currency: str) -> str:
    return "\n".join(
        f"{frequency}: {' '.join(Money(minor, currency).typed() for minor in minors)}"
        for frequency, minors in amounts.items()
    )


def _colours(colours: dict[str, dict[str, str]]) -> str:
    return "\n".join(
        f"{scheme} {name}: {colour}"
        for scheme, named in colours.items()
        for name, colour in named.items()
    )
