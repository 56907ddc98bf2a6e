"""SQL for whole rows, compiled once for each model.

Making the same SQL again costs Django more than asking the database. What comes back is the same
as from a queryset, and what is written the same as by `save`.
"""

from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any, NamedTuple, TypeVar

import psycopg
from django.db import DEFAULT_DB_ALIAS, connections, models

Row = TypeVar("Row", bound=models.Model)
# A statement may carry 65,535 values in PostgreSQL and 32,766 in SQLite.
MOST_VALUES = 30_000
# By a field's kind, the type of the values that every database's driver takes as they are.
PLAIN = {
    "CharField": str,
    "TextField": str,
    "IntegerField": int,
    "BigIntegerField": int,
    "BooleanField": bool,
}


class _Reading(NamedTuple):
    columns: str
    table: str
    lock: str
    names: list[str]
    converters: list[tuple[int, tuple[list[Any], Any]]]


class _Writing(NamedTuple):
    into: str
    places: str
    fields: list[Any]
    key: str


class _Rewriting(NamedTuple):
    sql: str
    fields: list[Any]
    key: Any


def key_of(model: type[models.Model], name: str) -> Any:
    """The field of a unique key."""
    return model._meta.get_field(name)


def row(model: type[Row], key: dict[str, Any], *, locked: bool) -> Row | None:
    """The row of a unique key, which may have several parts."""
    fields = [key_of(model, name) for name in key]
    same = " AND ".join(f"{_quoted(field)} = %s" for field in fields)
    given = zip(fields, key.values(), strict=True)
    there = _there()
    cells = [field.get_db_prep_value(value, there) for field, value in given]
    return next(_rows(model, same, cells, locked=locked), None)


def rows(model: type[Row], name: str, values: Iterable[Any], *, locked: bool) -> Iterator[Row]:
    """The rows whose key is among the values; locked ones in the order of their primary keys."""
    field, there = key_of(model, name), _there()
    cells = [field.get_db_prep_value(value, there) for value in values]
    if cells:
        places = ", ".join(["%s"] * len(cells))
        yield from _rows(model, f"{_quoted(field)} IN ({places})", cells, locked=locked)


def told(model: type[Row], sql: str, cells: list[Any]) -> Iterator[Row]:
    """The rows of a statement that returns `columns` of a model."""
    there = _there()
    plan = _reading(model, there.vendor)
    with _cursor(there) as cursor:
        cursor.execute(sql, cells)
        found = cursor.fetchall()
    for each in found:
        row = list(each)
        for index, (converters, expression) in plan.converters:
            for convert in converters:
                row[index] = convert(row[index], expression, there)
        yield model.from_db(there.alias, plan.names, row)


def columns(model: type[models.Model]) -> str:
    """The columns of a whole row, as they stand in a statement."""
    return _reading(model, _there().vendor).columns


def write(written: list[Row], *, unless_known: bool = False) -> list[Any]:
    """Insert new rows of one model; the keys that the database told, in their order.

    Where a unique key stands already that is an error, or `unless_known` the row is left out.
    """
    there = _there()
    plan = _writing(type(written[0]), there.vendor)
    tail = f"{' ON CONFLICT DO NOTHING' if unless_known else ''} RETURNING {plan.key}"
    portion = MOST_VALUES // len(plan.fields)
    keys: list[Any] = []
    for start in range(0, len(written), portion):
        some = written[start : start + portion]
        places = ", ".join([plan.places] * len(some))
        cells = [cell for row in some for cell in _cells(plan.fields, row, there)]
        with _cursor(there) as cursor:
            cursor.execute(f"{plan.into} VALUES {places}{tail}", cells)
            keys += [key for (key,) in cursor.fetchall()]
    return keys


def written(row: models.Model, key: Any) -> None:
    """Let a row know that it stands in the database, and under which key."""
    row.pk = row.pk or key
    row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS


def rewrite(row: models.Model, names: tuple[str, ...]) -> None:
    """Update the named fields of a row, or where none is named all of them."""
    there = _there()
    plan = _rewriting(type(row), names, there.vendor)
    key = plan.key.get_db_prep_value(row.pk, there)
    with _cursor(there) as cursor:
        cursor.execute(f"{plan.sql} = %s", [*_cells(plan.fields, row, there, new=False), key])


def rewrite_all(model: type[models.Model], keys: list[Any], **changes: Any) -> None:
    """Set the same in many rows, by their primary keys."""
    there = _there()
    plan = _rewriting(model, tuple(changes), there.vendor)
    cells = [field.get_db_prep_save(changes[field.name], there) for field, _, _ in plan.fields]
    places = ", ".join(["%s"] * len(keys))
    with _cursor(there) as cursor:
        cursor.execute(f"{plan.sql} IN ({places})", [*cells, *keys])


def _cells(fields: list[Any], row: models.Model, there: Any, *, new: bool = True) -> list[Any]:
    """A row's values as the driver takes them; one that it takes as it is goes unasked."""
    cells = []
    held = row.__dict__
    for field, name, plain in fields:
        value = held.get(name)
        if value is None or type(value) is not plain:
            value = field.get_db_prep_save(field.pre_save(row, new), there)
        cells.append(value)
    return cells


def _rows(model: type[Row], where: str, cells: list[Any], *, locked: bool) -> Iterator[Row]:
    there = _there()
    plan = _reading(model, there.vendor)
    lock = plan.lock if locked and there.features.has_select_for_update else ""
    sql = f"SELECT {plan.columns} FROM {plan.table} WHERE {where}{lock}"  # noqa: S608 (our own names)
    return told(model, sql, cells)


def _there() -> Any:
    """The connection itself: Django's stand-in looks for it at each of its names."""
    return connections[DEFAULT_DB_ALIAS]


def _cursor(there: Any) -> Any:
    """One whose values travel beside the statement: Django's would write them into its text."""
    if there.vendor != "postgresql":
        return there.cursor()
    there.close_if_health_check_failed()
    there.ensure_connection()
    return there._prepare_cursor(psycopg.Cursor(there.connection))


@cache
def _reading(model: type[models.Model], _vendor: str) -> _Reading:
    compiler = model._base_manager.all().query.get_compiler(connection=_there())
    compiler.setup_query()
    converters = compiler.get_converters([expression for expression, _, _ in compiler.select])
    columns = ", ".join(_quoted(field) for field in model._meta.concrete_fields)
    table = _there().ops.quote_name(model._meta.db_table)
    lock = f" ORDER BY {_quoted(model._meta.pk)} FOR UPDATE"
    names = [field.attname for field in model._meta.concrete_fields]
    return _Reading(columns, table, lock, names, list(converters.items()))


@cache
def _writing(model: type[models.Model], _vendor: str) -> _Writing:
    """A key that the database gives is left out, any other one is among the columns."""
    key: Any = model._meta.pk
    every = model._meta.concrete_fields
    fields = [field for field in every if not isinstance(field, models.AutoField)]
    names = ", ".join(_quoted(field) for field in fields)
    table = _there().ops.quote_name(model._meta.db_table)
    places = ", ".join(["%s"] * len(fields))
    into = f"INSERT INTO {table} ({names})"
    return _Writing(into, f"({places})", [_told_apart(field) for field in fields], _quoted(key))


@cache
def _rewriting(model: type[models.Model], names: tuple[str, ...], _vendor: str) -> _Rewriting:
    key: Any = model._meta.pk
    every = [field for field in model._meta.concrete_fields if not field.primary_key]
    fields = [field for field in every if field.name in names or not names]
    changes = ", ".join(f"{_quoted(field)} = %s" for field in fields)
    table = _there().ops.quote_name(model._meta.db_table)
    sql = f"UPDATE {table} SET {changes} WHERE {_quoted(key)}"  # noqa: S608 (our own names)
    return _Rewriting(sql, [_told_apart(field) for field in fields], key)


def _told_apart(field: Any) -> tuple[Any, str, type | None]:
    return field, field.attname, PLAIN.get(field.get_internal_type())


def _quoted(field: Any) -> str:
    return _there().ops.quote_name(field.column)
