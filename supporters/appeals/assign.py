"""Which variant a reader sees: by hash where an identifier may be kept, by chance otherwise."""

from collections.abc import Sequence

OFFSET_BASIS, PRIME, SPAN = 0x811C9DC5, 0x01000193, 2**32
HOLDOUT, HOLDOUT_PERCENT = "holdout", 5


def fnv1a(text: str) -> int:
    """FNV-1a, 32 bits, over UTF-8 (https://www.rfc-editor.org/rfc/rfc9923)."""
    found = OFFSET_BASIS
    for byte in text.encode():
        found = (found ^ byte) * PRIME % SPAN
    return found


def point(salt: str, visitor: str) -> int:
    """Where a visitor stands on the line from 0 to 2**32; its own place for each salt."""
    return fnv1a(f"{salt}:{visitor}")


def arm_at(place: int, shares: Sequence[tuple[str, int]]) -> str:
    """The arm whose share covers the place; shares are whole numbers of any sum.

    Raises ValueError where nothing has a share.
    """
    total = sum(share for _, share in shares)
    passed = 0
    for code, share in shares:
        passed += share
        if place * total < passed * SPAN:
            return code
    raise ValueError("an appeal needs a variant with a share above zero")


def held_out(visitor: str) -> bool:
    """Whether a visitor belongs to the standing holdout, who are never asked."""
    return point(HOLDOUT, visitor) * 100 < HOLDOUT_PERCENT * SPAN
