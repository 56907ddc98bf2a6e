"""Pages by key: as fast at the end of a long table as at its start, and no row twice."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet

SIZE = 50
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Page:
    """Rows, newest first, and the places from which the neighbouring pages go on."""

    items: list[Any]
    newer: str = ""
    older: str = ""


def by_id(entries: QuerySet, *, places: Mapping[str, str]) -> Page:
    """A page of rows whose ids rise with time."""
    return _page(entries, ("id",), places, read=list, key=lambda row: str(row.pk))


def by_moment(
    entries: QuerySet,
    *,
    places: Mapping[str, str],
    read: Callable[[QuerySet], Iterable[Any]],
) -> Page:
    """A page of rows with `occurred_at` and `entry_id`, which `read` makes from the queryset."""
    return _page(
        entries,
        ("occurred_at", "id"),
        places,
        read=read,
        key=lambda row: f"{_micros(row.occurred_at)}-{row.entry_id}",
    )


def _page(entries, columns, places, *, read, key) -> Page:
    """One row more than a page is read, to know whether the table goes on."""
    newer_than = _place(places.get("after", ""), columns)
    older_than = _place(places.get("before", ""), columns)
    if newer_than:
        wanted = entries.filter(_beyond(columns, newer_than, "gt")).order_by(*columns)
    else:
        wanted = entries.order_by(*(f"-{column}" for column in columns))
        if older_than:
            wanted = wanted.filter(_beyond(columns, older_than, "lt"))
    items = list(read(wanted[: SIZE + 1]))
    goes_on, items = len(items) > SIZE, items[:SIZE]
    if newer_than:
        items.reverse()
    before, behind = (goes_on, True) if newer_than else (bool(older_than), goes_on)
    return Page(
        items,
        newer=key(items[0]) if items and before else "",
        older=key(items[-1]) if items and behind else "",
    )


def _beyond(columns: tuple[str, ...], place: tuple, side: str) -> Q:
    if len(columns) == 1:
        return Q(**{f"{columns[0]}__{side}": place[0]})
    first, second = columns
    # The first condition says nothing new, but lets the database start from its index.
    return Q(**{f"{first}__{side}e": place[0]}) & (
        Q(**{f"{first}__{side}": place[0]}) | Q(**{f"{second}__{side}": place[1]})
    )


def _place(text: str, columns: tuple[str, ...]) -> tuple | None:
    """Read a place from the address; one that cannot be read is the first page."""
    parts = text.split("-")
    if len(parts) != len(columns) or not all(part.isascii() and part.isdigit() for part in parts):
        return None
    numbers = [int(part) for part in parts]
    if max(numbers) >= 2**53:
        return None
    if len(columns) == 1:
        return (numbers[0],)
    return (EPOCH + timedelta(microseconds=numbers[0]), numbers[1])


def _micros(moment: datetime) -> int:
    return (moment - EPOCH) // timedelta(microseconds=1)
