"""The published columns of the movements file. docs/finance.md describes the same list.

A column is never renamed, moved or given another meaning: a change is a new version.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC
from typing import Any

from payments import clock
from payments.money import Money
from payments.reports.movements import Movement

VERSION = 1
Cell = str | int | None


@dataclass(frozen=True, slots=True)
class Column:
    """A name, how a row fills it, and whether the cell is text that a person wrote."""

    name: str
    read: Callable[[Any], Cell]
    meaning: str
    text: bool = False


def _plain(money: Money | None) -> str | None:
    return None if money is None else money.plain()


def _identifier(value: object) -> str:
    return "" if value is None else str(value)


def _utc(movement: Movement) -> str:
    moment = movement.occurred_at.astimezone(UTC).replace(tzinfo=None)
    return moment.isoformat(timespec="seconds") + "Z"


def _local(movement: Movement) -> str:
    return movement.occurred_at.astimezone(clock.newsroom_zone()).isoformat(timespec="seconds")


MOVEMENTS = (
    Column("movement_id", lambda m: m.movement_id, "Names the movement for ever; no two share it."),
    Column("kind", lambda m: m.kind, "What moved; the words are listed below."),
    Column("occurred_at", _utc, "When money moved, in UTC (ISO 8601, ends in Z)."),
    Column("occurred_at_local", _local, "The same moment in the newsroom's zone, with its offset."),
    Column("currency", lambda m: m.currency, "ISO 4217, lower case."),
    Column("gross_minor", lambda m: m.gross_minor, "The sum in minor units; refunds are negative."),
    Column("fee_minor", lambda m: m.fee_minor, "What Stripe kept; empty until Stripe has said it."),
    Column("net_minor", lambda m: m.net_minor, "gross_minor less fee_minor; empty with the fee."),
    Column("gross", lambda m: _plain(m.gross), "As gross_minor, in units, with a decimal point."),
    Column("fee", lambda m: _plain(m.fee), "As fee_minor, in units."),
    Column("net", lambda m: _plain(m.net), "As net_minor, in units."),
    Column("frequency", lambda m: m.frequency, "once, month or year: what was agreed to."),
    Column("contribution_id", lambda m: _identifier(m.contribution_id), "Our id, as at the desk."),
    Column("supporter_id", lambda m: _identifier(m.supporter_id), "Our id of the person."),
    Column("supporter_name", lambda m: m.supporter_name, "As it stood that day.", text=True),
    Column("supporter_email", lambda m: m.supporter_email, "As it stood that day.", text=True),
    Column("receipt_number", lambda m: m.receipt_number, "Of the contribution, also on refunds."),
    Column("campaign", lambda m: m.campaign, "Source code of the campaign.", text=True),
    Column("appeal", lambda m: m.appeal, "Source code of the appeal.", text=True),
    Column("article", lambda m: m.article, "Source code of the article.", text=True),
    Column("stripe_charge_id", lambda m: m.stripe_charge_id, "ch_… or py_…", text=True),
    Column(
        "stripe_balance_transaction_id",
        lambda m: m.stripe_balance_transaction_id,
        "txn_…; ties to Stripe's own report.",
        text=True,
    ),
    Column(
        "stripe_payout_id",
        lambda m: m.stripe_payout_id,
        "po_…: the bank line; empty until paid out.",
        text=True,
    ),
    Column("stripe_customer_id", lambda m: m.stripe_customer_id, "cus_…", text=True),
)
