"""Payouts: what Stripe sent to the bank, and which movements were in it."""

from django.db import transaction

from payments import clock
from payments.crash import crash_here
from payments.gateway import calls
from payments.gateway.objects import BalanceTransaction, PayoutState
from payments.models import Payout, PayoutItem
from payments.services import ledger


def sync(stripe_payout_id: str) -> Payout:
    """Take over a payout, and its content once Stripe says that it is complete."""
    state = calls.payout(stripe_payout_id)
    known = Payout.objects.filter(stripe_payout_id=state.id).first()
    read = state.complete and not (known and known.itemised_at)
    content = calls.payout_content(state.id) if read else None
    crash_here("payout.read")
    with transaction.atomic():
        row = _take_over(state)
        crash_here("payout.booked")
        if content is not None and row.itemised_at is None:
            _itemise(row, content)
            crash_here("payout.itemised")
    return row


def progress(stripe_payout_id: str) -> None:
    """A payout moved on; one that we hold as paid and whole needs no further reading."""
    whole = Payout.objects.filter(
        stripe_payout_id=stripe_payout_id, status=Payout.Status.PAID, itemised_at__isnull=False
    )
    if not whole.exists():
        sync(stripe_payout_id)


def _take_over(state: PayoutState) -> Payout:
    row, _ = Payout.objects.update_or_create(
        stripe_payout_id=state.id,
        defaults={
            "amount_minor": state.amount_minor,
            "currency": state.currency,
            "status": state.status,
            "arrival_on": state.arrives_at.date(),
            "created_at": state.created_at,
        },
    )
    if state.balance:
        ledger.payout(state.id, state.balance)
    return Payout.objects.select_for_update().get(pk=row.pk)


def _itemise(row: Payout, content: list[BalanceTransaction]) -> None:
    """The payout's own transaction is not part of its content."""
    PayoutItem.objects.bulk_create(
        PayoutItem(
            payout=row,
            stripe_balance_transaction_id=balance.id,
            net_minor=balance.net_minor,
        )
        for balance in content
        if balance.type not in {"payout", "payout_cancel", "payout_failure"}
    )
    row.itemised_at = clock.now()
    row.save(update_fields=["itemised_at"])
