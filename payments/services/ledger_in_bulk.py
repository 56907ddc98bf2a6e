"""Booking a history: the same entries as `ledger` writes one by one, hundreds in four statements.

Called inside a transaction, for contributions that were never booked before.
"""

from payments import clock
from payments.gateway.objects import BalanceTransaction
from payments.models import Account, Contribution, LedgerEntry, LedgerLine

Kind = LedgerEntry.Kind


def received(contributions: list[Contribution]) -> list[LedgerEntry]:
    """The gross sums, in the order of the contributions."""
    now = clock.now()
    entries = LedgerEntry.objects.bulk_create(
        LedgerEntry(
            key=f"contribution:{row.public_id}",
            kind=Kind(row.kind),
            occurred_at=row.received_at or row.created_at,
            recorded_at=now,
            currency=row.currency,
            gross_minor=row.charged.minor,
            net_minor=row.charged.minor,
            contribution=row,
            stripe_charge_id=row.stripe_charge_id or "",
        )
        for row in contributions
    )
    _lines((entry, entry.gross_minor, Account.CONTRIBUTIONS) for entry in entries)
    return entries


def fees(settled: list[tuple[LedgerEntry, BalanceTransaction]]) -> None:
    """What Stripe kept of movements, each with the balance transaction that said it."""
    now = clock.now()
    entries = LedgerEntry.objects.bulk_create(
        LedgerEntry(
            key=f"fee:{balance.id}",
            kind=Kind.FEE,
            occurred_at=balance.created_at,
            recorded_at=now,
            currency=balance.currency,
            gross_minor=0,
            fee_minor=balance.fee_minor,
            net_minor=-balance.fee_minor,
            settles=root,
            contribution_id=root.contribution_id,
            stripe_charge_id=root.stripe_charge_id,
            stripe_balance_transaction_id=balance.id,
        )
        for root, balance in settled
    )
    _lines((entry, entry.net_minor, Account.FEES) for entry in entries)


def _lines(sums) -> None:
    """Stripe's account holds the sum, the other one its opposite."""
    LedgerLine.objects.bulk_create(
        LedgerLine(entry=entry, account=account, amount_minor=amount, currency=entry.currency)
        for entry, minor, against in sums
        if minor
        for account, amount in ((Account.STRIPE, minor), (against, -minor))
    )
