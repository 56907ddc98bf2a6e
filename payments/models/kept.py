"""Single rows by a unique key, and new ones, through statements that are compiled once.

Making the same SQL again costs Django more than asking the database: where a row is read or written
for every notification, its statement is kept. What comes back is the same as from a queryset.
"""

from functools import cache
from typing import Any, NamedTuple, TypeVar

from django.db import connection, models, transaction

Row = TypeVar("Row", bound=models.Model)


class _Reading(NamedTuple):
    sql: str
    keys: list[Any]
    columns: list[str]
    converters: list[tuple[int, tuple[list[Any], Any]]]


class _Writing(NamedTuple):
    into: str
    places: str
    fields: list[Any]
    key: str

    @property
    def sql(self) -> str:
        return f"{self.into} VALUES {self.places}"


def found(model: type[Row], **key: Any) -> Row | None:
    """The row of a unique key; None where there is none."""
    return _row(model, key, lock="")


def held(model: type[Row], **key: Any) -> Row | None:
    """The same, locked until the transaction ends."""
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("a row is held within a transaction")
    return _row(model, key, lock=" FOR UPDATE" if connection.features.has_select_for_update else "")


def insert(row: Row) -> Row:
    """Write a new row of a model whose key the database gives."""
    plan = _writing(type(row), connection.vendor)
    with connection.cursor() as cursor:
        cursor.execute(f"{plan.sql} RETURNING {plan.key}", _cells(plan, row))
        row.pk = cursor.fetchone()[0]
    row._state.adding, row._state.db = False, connection.alias
    return row


def insert_or_find(row: Row, **key: Any) -> tuple[Row, bool]:
    """Write a new row, or find the one that has its unique key; and whether it was written."""
    plan = _writing(type(row), connection.vendor)
    with connection.cursor() as cursor:
        cursor.execute(f"{plan.sql} ON CONFLICT DO NOTHING RETURNING {plan.key}", _cells(plan, row))
        told = cursor.fetchone()
    if told is None:
        return type(row)._base_manager.get(**key), False
    row.pk = told[0]
    row._state.adding, row._state.db = False, connection.alias
    return row, True


def insert_all(rows: list[Row]) -> None:
    """Write new rows of one model in one statement; their keys are not told."""
    plan = _writing(type(rows[0]), connection.vendor)
    places = ", ".join([plan.places] * len(rows))
    cells = [cell for row in rows for cell in _cells(plan, row)]
    with connection.cursor() as cursor:
        cursor.execute(f"{plan.into} VALUES {places}", cells)


def insert_unless_known(row: models.Model) -> None:
    """Write a new row; where one of its unique keys is known already, do nothing."""
    plan = _writing(type(row), connection.vendor)
    with connection.cursor() as cursor:
        cursor.execute(f"{plan.sql} ON CONFLICT DO NOTHING", _cells(plan, row))


def _row(model: type[Row], key: dict[str, Any], *, lock: str) -> Row | None:
    plan = _reading(model, tuple(key), connection.vendor)
    cells = zip(plan.keys, key.values(), strict=True)
    with connection.cursor() as cursor:
        given = [field.get_db_prep_value(value, connection) for field, value in cells]
        cursor.execute(plan.sql + lock, given)
        told = cursor.fetchone()
    if told is None:
        return None
    row = list(told)
    for index, (converters, expression) in plan.converters:
        for convert in converters:
            row[index] = convert(row[index], expression, connection)
    return model.from_db(connection.alias, plan.columns, row)


def _cells(plan: _Writing, row: models.Model) -> list[Any]:
    return [field.get_db_prep_save(field.pre_save(row, True), connection) for field in plan.fields]


@cache
def _reading(model: type[models.Model], names: tuple[str, ...], _vendor: str) -> _Reading:
    keys: list[Any] = [model._meta.get_field(name) for name in names]
    compiler = model._base_manager.all().query.get_compiler(connection=connection)
    compiler.setup_query()
    converters = compiler.get_converters([expression for expression, _, _ in compiler.select])
    every = ", ".join(_quoted(field) for field in model._meta.concrete_fields)
    table = connection.ops.quote_name(model._meta.db_table)
    same = " AND ".join(f"{_quoted(key)} = %s" for key in keys)
    sql = f"SELECT {every} FROM {table} WHERE {same}"  # noqa: S608 (our own names)
    columns = [field.attname for field in model._meta.concrete_fields]
    return _Reading(sql, keys, columns, list(converters.items()))


@cache
def _writing(model: type[models.Model], _vendor: str) -> _Writing:
    """A key that the database gives is left out, any other one is among the columns."""
    key: Any = model._meta.pk
    every = model._meta.concrete_fields
    fields = [field for field in every if not isinstance(field, models.AutoField)]
    names = ", ".join(_quoted(field) for field in fields)
    table = connection.ops.quote_name(model._meta.db_table)
    places = ", ".join(["%s"] * len(fields))
    return _Writing(f"INSERT INTO {table} ({names})", f"({places})", fields, _quoted(key))


def _quoted(field: Any) -> str:
    return connection.ops.quote_name(field.column)
