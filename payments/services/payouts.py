"""Payouts: what Stripe sent to the bank, what came back, and which movements were in it."""

from collections.abc import Iterable
from typing import Any

from payments import clock
from payments.crash import crash_here
from payments.gateway import calls
from payments.gateway.objects import BalanceTransaction, PayoutState
from payments.models import Payout, PayoutItem
from payments.models.kept import (
    found,
    held,
    insert_or_find,
    insert_unless_known,
    one_transaction,
    save,
)
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
    with one_transaction():
        row = _keep(state)
        crash_here("payout.booked")
        if content is not None and row.itemised_at is None:
            _itemise(row, content)
            crash_here("payout.itemised")
    return row


def progress(stripe_payout_id: str) -> None:
    """A payout moved on; one that we hold as paid and whole needs no further reading."""
    if not is_whole(found(Payout, stripe_payout_id=stripe_payout_id)):
        sync(stripe_payout_id)


def is_whole(row: Payout | None) -> bool:
    """Whether a payout has arrived and all that was in it is known."""
    return row is not None and row.status == Payout.Status.PAID and row.itemised_at is not None


def read_again(stripe_payout_id: str) -> Payout:
    """Read a payout's content once more, and add what is missing of it."""
    state = calls.payout(stripe_payout_id)
    content = calls.payout_content(stripe_payout_id) if state.complete else None
    with one_transaction():
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
        save(row, *changed)
    if state.balance:
        ledger.payout(state.id, state.balance)
    if state.failure_balance:
        ledger.payout_back(state.id, state.failure_balance)
    return row


def _locked(stripe_payout_id: str, facts: dict[str, Any]) -> Payout:
    key = {"stripe_payout_id": stripe_payout_id}
    row = held(Payout, **key)
    if row is None:
        row, new = insert_or_find(Payout(**key, **facts), **key)
        row = row if new else held(Payout, **key) or row
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
    items = [
        PayoutItem(
            payout=row, stripe_balance_transaction_id=balance.id, net_minor=balance.net_minor
        )
        for balance in content
        if balance.type != "payout"
    ]
    insert_unless_known(*items)
    row.itemised_at = row.itemised_at or clock.now()
    save(row, "itemised_at")
