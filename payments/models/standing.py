"""Standing questions: whether any row is due, asked every few seconds, nearly always with no.

Making the same SQL again costs Django thirty times what the database needs to say no, so a
question's statement is made once. Its moments are filled in anew each time.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from django.db import connection, models

# No row is of these days: where one of them stands in the statement, a moment belongs.
PLACES = datetime(1801, 1, 1, tzinfo=UTC)


class _Statement(NamedTuple):
    sql: str
    values: tuple[Any, ...]
    places: tuple[tuple[int, str], ...]


class Question:
    """Whether a queryset has a row.

    What is no moment, such as a mode, is made part of the statement: of such values there should
    be few.
    """

    def __init__(self, rows: Callable[..., models.QuerySet[Any]]) -> None:
        self._rows = rows
        self._statements: dict[tuple[Any, ...], _Statement] = {}

    def __call__(self, **given: Any) -> bool:
        moments = {name: cell for name, cell in given.items() if isinstance(cell, datetime)}
        fixed = {name: cell for name, cell in given.items() if name not in moments}
        known = (connection.vendor, *fixed.values())
        statement = self._statements.get(known)
        if statement is None:
            statement = self._statements[known] = _made(self._rows, sorted(moments), fixed)
        values = list(statement.values)
        for index, name in statement.places:
            values[index] = connection.ops.adapt_datetimefield_value(moments[name])
        with connection.cursor() as cursor:
            cursor.execute(statement.sql, values)
            return cursor.fetchone() is not None

    def rows(self, **given: Any) -> models.QuerySet[Any] | tuple[()]:
        """The rows themselves, and nothing at once where there is none."""
        return self._rows(**given) if self(**given) else ()

    def each(self, **given: Any) -> Iterator[Any]:
        """The rows one by one, however many."""
        if self(**given):
            yield from self._rows(**given).iterator()


def whether(rows: Callable[..., models.QuerySet[Any]]) -> Question:
    """Make a question of a function that returns a queryset; the moments it takes come by name."""
    return Question(rows)


def _made(rows: Callable[..., Any], names: list[str], fixed: dict[str, Any]) -> _Statement:
    marks = {name: PLACES + timedelta(days=number) for number, name in enumerate(names)}
    query = rows(**marks, **fixed).query.exists()
    sql, values = query.get_compiler(connection=connection).as_sql()
    adapted = connection.ops.adapt_datetimefield_value
    written: dict[Any, str] = {adapted(mark): name for name, mark in marks.items()}
    places = tuple(
        (index, written[value])
        for index, value in enumerate(values)
        if isinstance(value, str | datetime) and value in written
    )
    if {name for _, name in places} != marks.keys():
        raise ValueError("every moment of a standing question must stand in it as it was given")
    return _Statement(sql, tuple(values), places)
