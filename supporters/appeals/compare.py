"""Two versions of an appeal side by side: what was taken away and what was added."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from payments.money import Money
from supporters.appeals.content import Content

SAME, GONE, NEW = "same", "gone", "new"
PIECES = re.compile(r"\s+|[^\s]+")
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
    """The words of two texts, each stretch once."""
    old, new = PIECES.findall(before), PIECES.findall(after)
    matcher = SequenceMatcher(a=old, b=new, autojunk=False)
    found = []
    for kind, a_from, a_to, b_from, b_to in matcher.get_opcodes():
        if kind == "equal":
            found.append(Piece(SAME, "".join(old[a_from:a_to])))
            continue
        if a_to > a_from:
            found.append(Piece(GONE, "".join(old[a_from:a_to])))
        if b_to > b_from:
            found.append(Piece(NEW, "".join(new[b_from:b_to])))
    return tuple(found)


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
