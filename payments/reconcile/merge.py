"""Two long sorted streams side by side, in the memory of one row each. Pure."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple


class Ours(NamedTuple):
    """One movement of the books: an entry with everything that settles it."""

    txn: str
    root_id: int
    gross: int
    fee: int
    currency: str
    other_currency: str


class Theirs(NamedTuple):
    """One balance transaction. `gross` and `fee` are laid out as the books lay them out."""

    txn: str
    pk: int
    gross: int
    fee: int
    currency: str


class Unsorted(ValueError):
    """A stream went backwards: what is missing could not be told from what came too late."""


def merged(
    ours: Iterable[Ours], theirs: Iterable[Theirs]
) -> Iterator[tuple[Ours | None, Theirs | None]]:
    """Every id of either stream once, with what each side has of it. Raises Unsorted."""
    left, right = _sorted(ours), _sorted(theirs)
    mine, other = next(left, None), next(right, None)
    while mine or other:
        if other is None or (mine is not None and mine.txn < other.txn):
            yield mine, None
            mine = next(left, None)
        elif mine is None or other.txn < mine.txn:
            yield None, other
            other = next(right, None)
        else:
            yield mine, other
            mine, other = next(left, None), next(right, None)


def agree(mine: Ours, other: Theirs) -> bool:
    """Whether both sides say the same sum, fee and currency."""
    return (
        mine.gross == other.gross
        and mine.fee == other.fee
        and mine.currency == other.currency == mine.other_currency
    )


def _sorted(rows):
    last = ""
    for row in rows:
        if row.txn <= last:
            raise Unsorted(row.txn)
        last = row.txn
        yield row
