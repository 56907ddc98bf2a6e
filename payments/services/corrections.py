"""Booking what puts the ledger right: money of the account, corrections, counter-entries.

The ledger is append-only, so a correction is an entry of its own that settles the wrong one; a
movement is then read with everything that settles it.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction

from payments import clock
from payments.gateway.objects import BalanceTransaction
from payments.models import Account, Contribution, LedgerEntry, LedgerLine
from payments.money import Money
from payments.services.ledger import COUNTER

Kind = LedgerEntry.Kind


def account_fee(balance: BalanceTransaction) -> LedgerEntry:
    """A fee that the account pays as a whole: all fee, and no gross."""
    return _book(
        key=f"account_fee:{balance.id}",
        kind=Kind.FEE,
        at=balance.created_at,
        gross=Money(0, balance.currency),
        fee_minor=balance.fee_minor - balance.amount_minor,
        against=Account.OTHER,
        stripe_balance_transaction_id=balance.id,
    )


def adjustment(balance: BalanceTransaction) -> LedgerEntry:
    """A correction of Stripe's that belongs to no contribution, as its statement has it."""
    return _book(
        key=f"adjustment:{balance.id}",
        kind=Kind.ADJUSTMENT,
        at=balance.created_at,
        gross=_amount(balance),
        fee_minor=balance.fee_minor,
        against=Account.OTHER,
        stripe_balance_transaction_id=balance.id,
    )


def correct(root: LedgerEntry, *, gross: Money, fee_minor: int) -> LedgerEntry | None:
    """Bring a movement to what Stripe says of it; None where it says so already."""
    with transaction.atomic():
        root = LedgerEntry.objects.select_for_update().get(pk=root.pk)
        parts = [root, *root.settlements.all()]
        lacking = gross - Money(sum(part.gross_minor for part in parts), root.currency)
        fee_lacking = fee_minor - sum(part.fee_minor for part in parts)
        if not lacking and not fee_lacking:
            return None
        if root.contribution_id:
            Contribution.objects.filter(pk=root.contribution_id).update(fee_minor=fee_minor)
        return _settle(root, f"correction:{root.pk}:{len(parts)}", lacking, fee_lacking)


def counter(root: LedgerEntry) -> LedgerEntry:
    """Take a movement out of the books by its opposite; the first one stays to be seen."""
    with transaction.atomic():
        root = LedgerEntry.objects.select_for_update().get(pk=root.pk)
        parts = [root, *root.settlements.all()]
        gross = Money(-sum(part.gross_minor for part in parts), root.currency)
        fee = -sum(part.fee_minor for part in parts)
        return _settle(root, f"{COUNTER}{root.pk}:{len(parts)}", gross, fee)


def _amount(balance: BalanceTransaction) -> Money:
    return Money(balance.amount_minor, balance.currency)


def _settle(root: LedgerEntry, key: str, gross: Money, fee_minor: int) -> LedgerEntry:
    of_contribution = root.contribution_id and root.kind != Kind.ADJUSTMENT
    return _book(
        key=key,
        kind=Kind.ADJUSTMENT,
        at=clock.now(),
        gross=gross,
        fee_minor=fee_minor,
        against=Account.CONTRIBUTIONS if of_contribution else Account.OTHER,
        settles=root,
        contribution=root.contribution,
        stripe_charge_id=root.stripe_charge_id,
    )


def _book(
    *,
    key: str,
    kind: Kind,
    at: datetime,
    gross: Money,
    fee_minor: int,
    against: Account,
    **links: Any,
) -> LedgerEntry:
    """Write an entry once with its lines; booking the same key again returns what stands."""
    with transaction.atomic():
        entry, new = LedgerEntry.objects.get_or_create(
            key=key,
            defaults={
                "kind": kind,
                "occurred_at": at,
                "recorded_at": clock.now(),
                "currency": gross.currency,
                "gross_minor": gross.minor,
                "fee_minor": fee_minor,
                "net_minor": gross.minor - fee_minor,
                **links,
            },
        )
        if new:
            lines = _lines(entry, gross.minor, fee_minor, against)
            LedgerLine.objects.bulk_create(line for line in lines if line.amount_minor)
    return entry


def _lines(entry: LedgerEntry, gross: int, fee: int, against: Account) -> Iterable[LedgerLine]:
    """They sum to zero: Stripe's account holds the net, fees and the other account the rest."""
    for account, minor in (
        (Account.STRIPE, gross - fee),
        (Account.FEES, fee),
        (against, -gross),
    ):
        yield LedgerLine(entry=entry, account=account, amount_minor=minor, currency=entry.currency)
