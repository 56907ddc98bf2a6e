"""What many works share that are done in one transaction: rows are read once and written together.

Whoever asks for a row gets the same object as the work before, with what that one changed. New and
changed rows are piled up, and written at the end or before any other statement: nobody's SQL misses
what somebody thinks is written.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

from django.db import connection, models, transaction

from payments.crash import crash_here
from payments.models import statements

Row = TypeVar("Row", bound=models.Model)
Model = type[models.Model]
_present: ContextVar["Pile | None"] = ContextVar("pile", default=None)


class Unforeseen(RuntimeError):
    """A work needs a lock that was not taken at the beginning, when all are taken in order."""


def present() -> "Pile | None":
    """The pile of the works that are being done together; None where a work is done alone."""
    return _present.get()


@contextmanager
def together() -> Iterator["Pile"]:
    """One transaction for the works that are done inside, all or none of them."""
    pile = Pile()
    with transaction.atomic():
        token = _present.set(pile)
        try:
            with connection.execute_wrapper(pile.before_any_other):
                yield pile
                pile.finish()
                crash_here("pile.before_commit")
        finally:
            _present.reset(token)


class Pile:
    def __init__(self) -> None:
        # By model, the name of a unique key, and its value; None where there is no such row.
        self._shelves: dict[Model, dict[str, dict[Any, Any]]] = defaultdict(dict)
        self._rows: dict[Model, dict[Any, Any]] = defaultdict(dict)
        self._locked: set[tuple[Model, Any]] = set()
        self._new: dict[tuple[Model, bool], list[Any]] = {}
        self._changed: dict[int, tuple[models.Model, tuple[str, ...]]] = {}
        self._afterwards: dict[Callable[[list[Any]], None], list[Any]] = {}
        self._busy = False
        # Grows with everything that is put here or written: a work that failed left no trace.
        self.traces = 0
        # What was found out about keys that are no column's.
        self.answers: dict[Any, Any] = {}

    def hold(self, model: type[Row], name: str, values: Iterable[Any]) -> list[Row]:
        """Read and lock rows by a unique key; called at the beginning, in everybody's order."""
        shelf = self._shelf(model, name)
        wanted = {self._value(model, name, value) for value in values} - {None}
        shelf |= dict.fromkeys(wanted - set(shelf))
        found = list(self._ask(model, name, wanted, locked=True)) if wanted else []
        self._locked |= {(model, row.pk) for row in found}
        return found

    def row(self, model: type[Row], name: str, value: Any) -> Row | None:
        """The row of a unique key, as the works before left it."""
        shelf, value = self._shelf(model, name), self._value(model, name, value)
        if value is None:
            return None
        if value not in shelf:
            shelf[value] = next(iter(self._ask(model, name, [value], locked=False)), None)
        return shelf[value]

    def rows(self, model: type[Row], name: str, values: Iterable[Any]) -> dict[Any, Row]:
        """The rows that there are of many keys, by key."""
        shelf = self._shelf(model, name)
        wanted = {self._value(model, name, value) for value in values} - {None}
        if unknown := wanted - set(shelf):
            shelf |= dict.fromkeys(unknown)
            list(self._ask(model, name, unknown, locked=False))
        return {value: shelf[value] for value in wanted if shelf[value] is not None}

    def held(self, model: type[Row], name: str, value: Any) -> Row | None:
        """The same, of which the lock was taken at the beginning. Raises Unforeseen."""
        row = self.row(model, name, value)
        if row is not None and row.pk is not None and (model, row.pk) not in self._locked:
            raise Unforeseen(f"{model.__name__} by {name}")
        return row

    def insert(self, rows: list[Any], *, unless_known: bool = False) -> None:
        """Pile up new rows; one whose unique key is known is an error once they are written."""
        self._new.setdefault((type(rows[0]), unless_known), []).extend(rows)
        self.traces += 1
        for row in rows:
            row._state.adding = False
            self._place(row)

    def insert_or_find(self, row: Row, **key: Any) -> tuple[Row, bool]:
        """Pile up a new row, unless one of this unique key was read or piled up before."""
        ((name, value),) = key.items()
        known = self._shelf(type(row), name).get(value)
        if known is None:
            self.insert([row])
        return known or row, known is None

    def change(self, row: models.Model, names: tuple[str, ...]) -> None:
        """Pile up a change; of one that is not written yet everything will be."""
        _, before = self._changed.get(id(row), (row, names))
        every = () if not (names and before) else tuple(dict.fromkeys((*before, *names)))
        self._changed[id(row)] = row, every
        self.traces += 1
        self._place(row)

    def afterwards(self, work: Callable[[list[Any]], None], one: Any) -> None:
        """Have work done with all for which it was asked, once everything is written."""
        self._afterwards.setdefault(work, []).append(one)
        self.traces += 1

    def finish(self) -> None:
        """Write everything, and do what is to be done afterwards."""
        self._write()
        while self._afterwards:
            works, self._afterwards = self._afterwards, {}
            for work, rows in works.items():
                work(rows)
            self._write()

    def before_any_other(
        self, execute: Any, sql: str, params: Any, many: bool, context: dict[str, Any]
    ) -> Any:
        """Somebody else's statement finds written what was piled up."""
        if not self._busy:
            self._write()
            self.traces += not sql.startswith("SELECT")
        return execute(sql, params, many, context)

    @contextmanager
    def _own_statements(self) -> Iterator[None]:
        before, self._busy = self._busy, True
        try:
            yield
        finally:
            self._busy = before

    def _ask(
        self, model: type[Row], name: str, values: Iterable[Any], *, locked: bool
    ) -> Iterator[Row]:
        with self._own_statements():
            found = list(statements.rows(model, name, values, locked=locked))
        for row in found:
            known = self._rows[model].setdefault(row.pk, row)
            if locked and known is not row and (model, row.pk) not in self._locked:
                known.__dict__.update(row.__dict__)
            self._place(known)
            yield known

    def _shelf(self, model: Model, name: str) -> dict[Any, Any]:
        shelves = self._shelves[model]
        if name not in shelves:
            shelf = shelves[name] = {}
            attribute = statements.key_of(model, name).attname
            new = (row for kind, rows in self._new.items() if kind[0] is model for row in rows)
            for row in (*self._rows[model].values(), *new):
                shelf[getattr(row, attribute)] = row
        return shelves[name]

    def _value(self, model: Model, name: str, value: Any) -> Any:
        return statements.key_of(model, name).to_python(value)

    def _place(self, row: models.Model) -> None:
        for name, shelf in self._shelves[type(row)].items():
            shelf[getattr(row, statements.key_of(type(row), name).attname)] = row

    def _write(self) -> None:
        with self._own_statements():
            while self._new:
                self._write_new(next(iter(self._new)))
            changed, self._changed = self._changed, {}
            for row, names in changed.values():
                statements.rewrite(row, names)

    def _write_new(self, kind: tuple[Model, bool]) -> None:
        """Rows in the order of their keys, as everybody writes them; first what they point at."""
        rows = self._new.pop(kind)
        for row in rows:
            self._changed.pop(id(row), None)
        model, unless_known = kind
        links = [field for field in model._meta.concrete_fields if field.remote_field]
        for other in [other for other in self._new if _points_at(links, other[0])]:
            self._write_new(other)
        order = next((field.attname for field in model._meta.concrete_fields if _tells(field)), "")
        rows = sorted(rows, key=lambda row: getattr(row, order) or "") if order else rows
        while rows:
            ready, rows = _ready(rows, links)
            told = statements.write(ready, unless_known=unless_known)
            if not unless_known:
                self._written(model, ready, told)

    def _written(self, model: Model, rows: list[Any], keys: list[Any]) -> None:
        for row, key in zip(rows, keys, strict=True):
            statements.written(row, key)
            self._rows[model][row.pk] = row
            self._locked.add((model, row.pk))
            self._place(row)


def _points_at(links: list[Any], model: Model) -> bool:
    return any(link.related_model is model for link in links)


def _tells(field: Any) -> bool:
    """Whether a field is a key that comes from outside, by which two writers may meet."""
    return field.unique and isinstance(field, models.CharField)


def _ready(rows: list[Any], links: list[Any]) -> tuple[list[Any], list[Any]]:
    """Those that point at rows that are written, with their keys; and the others."""
    ready: list[Any] = []
    waiting: list[Any] = []
    for row in rows:
        others = [(link, link.get_cached_value(row)) for link in links if link.is_cached(row)]
        others = [(link, other) for link, other in others if other is not None]
        if any(other.pk is None for _, other in others):
            waiting.append(row)
            continue
        for link, other in others:
            # Set as an attribute, it would forget the other row.
            row.__dict__[link.attname] = other.pk
        ready.append(row)
    if not ready:
        raise Unforeseen("rows point at others that are never written")
    return ready, waiting
