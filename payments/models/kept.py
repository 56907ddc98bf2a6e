"""Single rows by a unique key, new ones and changed ones, through statements compiled once.

Where many works share one transaction (`pile`), they share what was read as well, and what they
write is written together; to whoever reads and writes it is the same.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from django.db import connection, models, transaction

from payments.models import pile, statements

Row = TypeVar("Row", bound=models.Model)


@contextmanager
def one_transaction() -> Iterator[bool]:
    """All or nothing; true where that is a transaction of its own, not one that works share."""
    if pile.present():
        yield False
    else:
        with transaction.atomic():
            yield True


def found(model: type[Row], **key: Any) -> Row | None:
    """The row of a unique key; None where there is none."""
    if (shared := pile.present()) and len(key) == 1:
        ((name, value),) = key.items()
        return shared.row(model, name, value)
    return statements.row(model, key, locked=False)


def found_all(model: type[Row], name: str, values: list[Any]) -> dict[Any, Row]:
    """The rows that there are of many unique keys, by key."""
    if shared := pile.present():
        return shared.rows(model, name, values)
    attribute = statements.key_of(model, name).attname
    rows = statements.rows(model, name, values, locked=False)
    return {getattr(row, attribute): row for row in rows}


def held(model: type[Row], **key: Any) -> Row | None:
    """The same, locked until the transaction ends."""
    if shared := pile.present():
        ((name, value),) = key.items()
        return shared.held(model, name, value)
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("a row is held within a transaction")
    return statements.row(model, key, locked=True)


def insert(row: Row) -> Row:
    """Write a new row."""
    insert_all([row])
    return row


def insert_all(rows: list[Row]) -> None:
    """Write new rows of one model in one statement."""
    if shared := pile.present():
        shared.insert(rows)
        return
    for row, key in zip(rows, statements.write(rows), strict=True):
        statements.written(row, key)


def insert_or_find(row: Row, **key: Any) -> tuple[Row, bool]:
    """Write a new row, or find the one that has its unique key; and whether it was written."""
    if shared := pile.present():
        return shared.insert_or_find(row, **key)
    told = statements.write([row], unless_known=True)
    if not told:
        return type(row)._base_manager.get(**key), False
    statements.written(row, told[0])
    return row, True


def insert_unless_known(*rows: models.Model) -> None:
    """Write new rows of one model, but none of which a unique key is known already."""
    if not rows:
        return
    if shared := pile.present():
        shared.insert(list(rows), unless_known=True)
    else:
        statements.write(list(rows), unless_known=True)


def save(row: models.Model, *names: str) -> None:
    """Write a row that is new or was changed; of a changed one the named fields, or all."""
    if row._state.adding:
        insert(row)
    elif shared := pile.present():
        shared.change(row, names)
    else:
        statements.rewrite(row, names)


def afterwards(work: Callable[[list[Any]], None], one: Any) -> None:
    """Have something done once all is written: for all at once, where works share."""
    if shared := pile.present():
        shared.afterwards(work, one)
    else:
        work([one])


def answers(about: Any) -> dict[Any, Any]:
    """What works that share a transaction found out about something; empty for one alone."""
    shared = pile.present()
    return shared.answers.setdefault(about, {}) if shared else {}
