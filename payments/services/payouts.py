"""Payouts: what Stripe sent to the bank, what came back, and which movements were in it."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction

from payments import clock
from payments.crash import crash_here
from payments.gateway import calls
from payments.gateway.objects import BalanceTransaction, PayoutState
from payments.models import Payout, PayoutItem
from payments.models.kept import found, held, insert_unless_known
from payments.services import ledger


def sync(stripe_payout_id: str) -> Payout:
    """Take over a payout, and its content once Stripe says that it is complete."""
    return take_over(calls.payout(stripe_payout_id))


def take_over(state: PayoutState) -> Payout:
    """Keep a payout as Stripe told it; its content is read once, when it is whole."""
    known = found(Payout, stripe_payout_id=state.id)
    read = state.complete and not (known and known.itemised_at)
    content = calls.payout_content(state.id) if read else None
    crash_here("payout.read")
    with transaction.atomic():
        row = _keep(state)
        crash_here("payout.booked")
        if content is not None and row.itemised_at is None:
            _itemise(row, content)
            crash_here("payout.itemised")
    return row


def progress(stripe_payout_id: str) -> None:
    """A payout moved on; one that we hold as paid and whole needs no further reading."""
    known = found(Payout, stripe_payout_id=stripe_payout_id)
    if not (known and known.status == Payout.Status.PAID and known.itemised_at):
        sync(stripe_payout_id)


def read_again(stripe_payout_id: str) -> Payout:
    """Read a payout's content once more, and add what is missing of it."""
    state = calls.payout(stripe_payout_id)
    content = calls.payout_content(stripe_payout_id) if state.complete else None
    with transaction.atomic():
        row = _keep(state)
        if content is not None:
            _itemise(row, content)
    return row


def _keep(state: PayoutState) -> Payout:
    """The row, locked; Stripe tells each step of a payout, and mostly one column has changed."""
    facts = _facts(state)
    row = _locked(state.id, facts)
    changed = [name for name, cell in facts.items() if getattr(row, name) != cell]
    if changed:
        for name in changed:
            setattr(row, name, facts[name])
        row.save(update_fields=changed)
    if state.balance:
        ledger.payout(state.id, state.balance)
    if state.failure_balance:
        ledger.payout_back(state.id, state.failure_balance)
    return row


def _locked(stripe_payout_id: str, facts: dict[str, Any]) -> Payout:
    row = held(Payout, stripe_payout_id=stripe_payout_id)
    if row is None:
        insert_unless_known(Payout(stripe_payout_id=stripe_payout_id, **facts))
        row = Payout.objects.select_for_update().get(stripe_payout_id=stripe_payout_id)
    return row


def _facts(state: PayoutState) -> dict[str, Any]:
    return {
        "amount_minor": state.amount_minor,
        "currency": state.currency,
        "status": state.status if state.status in Payout.Status.values else "pending",
        "arrival_on": state.arrives_at.date(),
        "created_at": state.created_at,
        "automatic": state.automatic,
        "livemode": state.livemode,
        "failure_code": state.failure_code[:60],
        "stripe_failure_transaction_id": state.failure_balance.id if state.failure_balance else "",
    }


def _itemise(row: Payout, content: Iterable[BalanceTransaction]) -> None:
    """Everything but the payout's own transaction; one that failed before counts as content."""
    PayoutItem.objects.bulk_create(
        (
            PayoutItem(
                payout=row,
                stripe_balance_transaction_id=balance.id,
                net_minor=balance.net_minor,
            )
            for balance in content
            if balance.type != "payout"
        ),
        ignore_conflicts=True,
    )
    row.itemised_at = row.itemised_at or clock.now()
    row.save(update_fields=["itemised_at"])
