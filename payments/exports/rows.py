"""From a question to the cells of a file, with the control totals of the same moment."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from payments.exports.columns import MOVEMENTS, Cell
from payments.reports import movements
from payments.reports.movements import Total
from payments.reports.questions import Question
from payments.reports.snapshot import snapshot


@dataclass(frozen=True, slots=True)
class Table:
    """Rows to be read once, and the totals that they add up to."""

    totals: list[Total]
    rows: Iterator[tuple[Cell, ...]]


@contextmanager
def movements_table(question: Question) -> Iterator[Table]:
    """The movements asked for, oldest first; rows and totals see the same database."""
    with snapshot():
        cells = (
            tuple(column.read(movement) for column in MOVEMENTS)
            for movement in movements.chronological(question)
        )
        yield Table(totals=movements.totals(question), rows=cells)
