"""Which words our fonts can print, and what stands on paper where they cannot.

The fonts beside this module hold Latin with Vietnamese, Greek and Cyrillic. Scripts that would
need megabytes of fonts (Chinese, Japanese, Korean) or are not there yet (Arabic, Hebrew, ...)
must not keep a person from a receipt: the e-mail address then stands in the place of the name,
while the name stays as it was given in the receipt's facts.
"""

import functools
import re
import unicodedata
from pathlib import Path

from fontTools.ttLib import TTFont

FONTS = Path(__file__).parent / "fonts"
TEXT_FONT = FONTS / "sans-semibold.ttf"
# Symbols, emoji and what glues them together may go; letters, marks and digits may not.
DISPENSABLE = ("C", "S", "Me", "Mn")
MARKS_ON_ONE_LETTER = 2


@functools.cache
def coverage() -> frozenset[int]:
    """The code points of the text face; the regular and semibold faces hold the same."""
    with TTFont(TEXT_FONT, lazy=True) as font:
        return frozenset(font.getBestCmap())


def printable(text: str) -> str | None:
    """`text` on one line in letters that the fonts have, or None where a letter is missing.

    Emoji, control and direction characters are left out, white space becomes one space, letters
    of another width or style (`Ｎ`, `𝐍`) become plain ones, and marks heaped on a letter are cut.
    """
    words = " ".join(unicodedata.normalize("NFC", text).split())
    letters = [letter for character in words if (letter := _letter(character)) is not None]
    if len(letters) < len(words):
        return None
    line = " ".join("".join(letters).split())
    heap = rf"([\u0300-\u036f]{{{MARKS_ON_ONE_LETTER}}})[\u0300-\u036f]+"
    return re.sub(heap, r"\1", line) or None


def name_is_kept(name: str) -> bool:
    """Whether a name was given that cannot be printed and so stands in our books only."""
    return printable(name) is None and any(character.isalnum() for character in name)


def _letter(character: str) -> str | None:
    """How to print one character: itself, in parts, in its plain form, not at all ("") or None."""
    category = unicodedata.category(character)
    if category.startswith("C"):
        return ""
    for form in ("NFC", "NFD", "NFKC", "NFKD"):
        parts = unicodedata.normalize(form, character)
        if coverage().issuperset(map(ord, parts)):
            return parts
    return "" if category.startswith(DISPENSABLE) else None
