"""Adding to the counters of the appeals, many at once: a batch costs one statement."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection, transaction

from supporters.models import AppealCount

AT_ONCE = 400


class Counter(NamedTuple):
    """Which counter: the columns that name a row of AppealCount, in the table's order."""

    hour: datetime
    appeal: str
    variant: str
    placement: str
    article: str
    kind: str
    sticky: bool


class Tally(NamedTuple):
    """What came in: signals received, and how many they stand for where they are sampled."""

    stand_for: int
    signals: int


def add(tallies: Mapping[Counter, Tally]) -> None:
    """Add to the counters, whoever else does so at the same time; all of it or nothing.

    In one order always, so that two processes cannot wait for each other.
    """
    ordered = sorted(tallies.items())
    with transaction.atomic():
        for start in range(0, len(ordered), AT_ONCE):
            _upsert(ordered[start : start + AT_ONCE])


def _upsert(some: list[tuple[Counter, Tally]]) -> None:
    """INSERT … ON CONFLICT, which SQLite and PostgreSQL spell alike; the ORM cannot add."""
    table = AppealCount._meta.db_table
    named = [*Counter._fields, "count", "signals"]
    row = f"({', '.join(['%s'] * len(named))})"
    statement = (
        f"INSERT INTO {table} ({', '.join(named)}) VALUES {', '.join([row] * len(some))} "  # noqa: S608 (names of ours)
        f"ON CONFLICT ({', '.join(Counter._fields)}) DO UPDATE SET "
        f"count = {table}.count + excluded.count, signals = {table}.signals + excluded.signals"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [value for pair in some for value in _values(pair)])


def _values(pair: tuple[Counter, Tally]) -> list[Any]:
    """In the form of the database at hand."""
    (hour, *names), tally = pair
    return [connection.ops.adapt_datetimefield_value(hour), *names, *tally]
