"""The file of what the appeals brought. docs/finance.md describes the same columns."""

from collections.abc import Iterator

from payments.exports.columns import Cell, Column
from payments.reports.sources import DIMENSIONS, Row, Sheet

VERSION = 1


def columns(by: str) -> tuple[Column, ...]:
    """The columns that name a row, then its sums."""
    return (*(_code(place, name) for place, name in enumerate(DIMENSIONS[by])), *SUMS)


def cells(sheets: list[Sheet], by: str) -> Iterator[tuple[Cell, ...]]:
    """Every row of the page, in its order."""
    wanted = columns(by)
    for sheet in sheets:
        for row in sheet.rows:
            yield tuple(column.read(row) for column in wanted)


def _code(place: int, name: str) -> Column:
    def read(row: Row) -> str:
        return row.codes[place] if row.codes else ""

    return Column(name, read, "As the contribution's source names it.", text=True)


SUMS = (
    Column("currency", lambda r: r.currency, "ISO 4217, lower case."),
    Column("first_gifts", lambda r: r.firsts, "How many first gifts."),
    Column("renewals", lambda r: r.renewals, "How many renewals."),
    Column("first_net_minor", lambda r: r.first_net.minor, "Net of all movements of first gifts."),
    Column("renewal_net_minor", lambda r: r.renewal_net.minor, "Net of all movements of renewals."),
    Column("refunds_minor", lambda r: r.refunds.minor, "Sent back: negative; part of the nets."),
    Column("fee_minor", lambda r: r.fee.minor, "What Stripe kept; part of the nets."),
    Column("net_minor", lambda r: r.net.minor, "The sum of everything."),
    Column("net", lambda r: r.net.plain(), "As net_minor, in units, with a decimal point."),
    Column("fees_open", lambda r: r.open, "Movements whose fee is not known; not in fee and net."),
)
