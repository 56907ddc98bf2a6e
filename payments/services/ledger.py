"""Booking: what a movement of money writes into the ledger. Called inside a transaction."""

from datetime import datetime

from payments import clock
from payments.gateway.objects import BalanceTransaction
from payments.models import Account, Contribution, LedgerEntry, LedgerLine, Refund
from payments.money import Money

Kind = LedgerEntry.Kind


def received(contribution: Contribution) -> LedgerEntry:
    """The gross sum of a contribution; its fee follows with `fee`."""
    return _book(
        key=f"contribution:{contribution.public_id}",
        kind=Kind(contribution.kind),
        at=contribution.received_at,
        gross=contribution.charged,
        lines={Account.STRIPE: 1, Account.CONTRIBUTIONS: -1},
        contribution=contribution,
        stripe_charge_id=contribution.stripe_charge_id or "",
    )


def fee(contribution: Contribution, balance: BalanceTransaction) -> LedgerEntry:
    """What Stripe kept of a contribution, as its balance transaction says.

    A fee of zero is booked as an entry without lines, so that the movement is settled.
    """
    first = LedgerEntry.objects.get(key=f"contribution:{contribution.public_id}")
    kept = Money(balance.fee_minor, balance.currency)
    entry = LedgerEntry.objects.create(
        key=f"fee:{balance.id}",
        kind=Kind.FEE,
        occurred_at=balance.created_at,
        recorded_at=clock.now(),
        currency=kept.currency,
        gross_minor=0,
        fee_minor=kept.minor,
        net_minor=-kept.minor,
        settles=first,
        contribution=contribution,
        stripe_charge_id=contribution.stripe_charge_id or "",
        stripe_balance_transaction_id=balance.id,
    )
    _lines(entry, kept, {Account.FEES: 1, Account.STRIPE: -1})
    return entry


def refunded(refund: Refund, balance: BalanceTransaction) -> LedgerEntry:
    """Money sent back, on the day on which Stripe took it from the balance."""
    return _book_refund(refund, balance, kind=Kind.REFUND)


def refund_failed(refund: Refund, balance: BalanceTransaction) -> LedgerEntry:
    """Money that was sent back and returned (contract section 3: also after success)."""
    return _book_refund(refund, balance, kind=Kind.REFUND_FAILED)


def payout(stripe_payout_id: str, balance: BalanceTransaction) -> LedgerEntry:
    """Stripe's transfer to the bank: money of our own that changes its place."""
    return _book(
        key=f"payout:{balance.id}",
        kind=Kind.PAYOUT,
        at=balance.created_at,
        gross=Money(balance.amount_minor, balance.currency),
        lines={Account.STRIPE: 1, Account.BANK: -1},
        stripe_balance_transaction_id=balance.id,
    )


def _book_refund(refund: Refund, balance: BalanceTransaction, *, kind: Kind) -> LedgerEntry:
    return _book(
        key=f"{kind}:{balance.id}",
        kind=kind,
        at=balance.created_at,
        gross=Money(balance.amount_minor, balance.currency),
        lines={Account.STRIPE: 1, Account.CONTRIBUTIONS: -1},
        contribution=refund.contribution,
        refund=refund,
        stripe_charge_id=refund.contribution.stripe_charge_id or "",
        stripe_balance_transaction_id=balance.id,
    )


def _book(
    *,
    key: str,
    kind: Kind,
    at: datetime | None,
    gross: Money,
    lines: dict[Account, int],
    **links: object,
) -> LedgerEntry:
    """Write an entry once; booking the same key again returns what stands."""
    entry, new = LedgerEntry.objects.get_or_create(  # type: ignore[misc]
        key=key,
        defaults={
            "kind": kind,
            "occurred_at": at,
            "recorded_at": clock.now(),
            "currency": gross.currency,
            "gross_minor": gross.minor,
            "net_minor": gross.minor,
            **links,
        },
    )
    if new:
        _lines(entry, gross, lines)
    return entry


def _lines(entry: LedgerEntry, amount: Money, signs: dict[Account, int]) -> None:
    """Lines that sum to zero by construction: the signs do."""
    if sum(signs.values()) != 0:
        raise ValueError("an entry's lines sum to zero")
    if amount:
        LedgerLine.objects.bulk_create(
            LedgerLine(
                entry=entry,
                account=account,
                amount_minor=sign * amount.minor,
                currency=amount.currency,
            )
            for account, sign in signs.items()
        )
