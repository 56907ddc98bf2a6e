"""Refunds: asked for at our desk or made in Stripe's dashboard, booked from Stripe's balance."""

from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid4, uuid5

from django.db import transaction

from payments import clock, outbox
from payments.crash import crash_here
from payments.gateway import calls
from payments.gateway.errors import GatewayError, Misconfigured, Unavailable
from payments.gateway.objects import REFUND_KEY, RefundState
from payments.models import Contribution, Refund
from payments.money import Money
from payments.services import audit, contributions, ledger
from payments.services.parked import Foreign

Status = Refund.Status


class RefundRefused(ValueError):
    """A refund that cannot be; `code`: not_paid, currency, nothing, too_much, form_used,
    refused."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def refund(
    contribution: Contribution,
    *,
    amount: Money,
    reason: str,
    actor: Any,
    form_token: UUID | None = None,
) -> Refund:
    """Send money back: our row under lock, then Stripe with a key made from the row.

    The same form token again is the same refund: a double click sends nothing twice.

    Raises RefundRefused, and Unavailable where the outcome is unknown: the row stays and the
    sweep finds out; the same refund is never asked for under a new key.
    """
    token = form_token or uuid4()
    row = _row(contribution, token, amount=amount, reason=reason, actor=actor)
    crash_here("refund.row_committed")
    return create(row)


@outbox.task("refund.after_end")
def refund_after_end(contribution_id: int) -> None:
    """Send back what was taken after the supporter had stopped at once (FAILURES F46)."""
    contribution = Contribution.objects.get(pk=contribution_id)
    token = uuid5(NAMESPACE_URL, f"after-end:{contribution.public_id}")
    known = contribution.refunds.filter(public_id=token).first()
    amount = known.amount if known else refundable(contribution)
    if amount:
        refund(
            contribution,
            amount=amount,
            reason="taken after it was stopped",
            actor=None,
            form_token=token,
        )


def create(row: Refund) -> Refund:
    """Ask Stripe for a refund whose row stands; safe to repeat."""
    try:
        state = calls.create_refund(
            key=f"refund:{row.public_id}",
            payment_intent_id=row.contribution.stripe_payment_intent_id,
            amount=row.amount,
            metadata={REFUND_KEY: str(row.public_id)},
        )
    except Unavailable as error:
        if error.answered:
            _find_lost(row)
        raise
    except Misconfigured as error:
        Refund.objects.filter(pk=row.pk).update(status=Status.CANCELED)
        raise RefundRefused("refused") from error
    crash_here("refund.created")
    return _take_over(state)


def sync(refund_id: str) -> Refund:
    """Bring our row to where Stripe's refund stands."""
    return _take_over(calls.refund(refund_id))


def sync_all(payment_intent_id: str) -> None:
    """Bring all refunds of a payment to where Stripe has them."""
    for state in calls.refunds_of(payment_intent_id):
        _take_over(state)


def refundable(contribution: Contribution) -> Money:
    """What may still be sent back of a contribution."""
    sent = contribution.refunds.filter(status__in=Refund.COUNTED)
    minor = sum(sent.values_list("amount_minor", flat=True))
    return contribution.charged - Money(minor, contribution.currency)


def _row(
    contribution: Contribution, token: UUID, *, amount: Money, reason: str, actor: Any
) -> Refund:
    with transaction.atomic():
        locked = Contribution.objects.select_for_update().get(pk=contribution.pk)
        known = locked.refunds.filter(public_id=token).first()
        if known and known.amount != amount:
            raise RefundRefused("form_used")
        if known:
            return known
        _refuse(locked, amount)
        row = Refund.objects.create(
            public_id=token,
            contribution=locked,
            amount_minor=amount.minor,
            currency=amount.currency,
            reason=reason[:200],
            created_at=clock.now(),
        )
        audit.note(
            "refund asked for",
            subject=locked,
            actor=actor,
            reason=reason,
            after={"refund": str(row.public_id), "amount_minor": amount.minor},
        )
    return row


def _refuse(contribution: Contribution, amount: Money) -> None:
    if contribution.status != Contribution.Status.PAID:
        raise RefundRefused("not_paid")
    if amount.currency != contribution.currency:
        raise RefundRefused("currency")
    if amount.minor <= 0:
        raise RefundRefused("nothing")
    if amount > refundable(contribution):
        raise RefundRefused("too_much")


def _find_lost(row: Refund) -> None:
    """After a server error Stripe may have made the refund all the same: look for it."""
    try:
        sync_all(row.contribution.stripe_payment_intent_id)
    except GatewayError:
        return


def _take_over(state: RefundState) -> Refund:
    contribution = _contribution(state)
    crash_here("refund.read")
    with transaction.atomic():
        contribution = Contribution.objects.select_for_update().get(pk=contribution.pk)
        row = _ours(state, contribution)
        row.status = state.status if state.status in Status.values else row.status
        if state.balance:
            row.stripe_balance_transaction_id = state.balance.id
        row.save()
        _book(row, state)
        crash_here("refund.booked")
        if row.status == Status.SUCCEEDED:
            outbox.put("mail.refund", key=f"mail.refund:{row.public_id}", refund_id=row.pk)
    return row


def _book(row: Refund, state: RefundState) -> None:
    """Book what left the balance and what came back, in the currency of the contribution."""
    if state.balance and state.balance.currency == row.currency:
        ledger.refunded(row, state.balance)
    if state.failure_balance and state.failure_balance.currency == row.currency:
        ledger.refund_failed(row, state.failure_balance)


def _contribution(state: RefundState) -> Contribution:
    """The contribution a refund belongs to, recorded first where its event is still to come."""
    found = Contribution.objects.filter(stripe_payment_intent_id=state.payment_intent_id).first()
    if found and found.status == Contribution.Status.PAID:
        return found
    recorded = (
        contributions.record_payment(state.payment_intent_id) if state.payment_intent_id else None
    )
    if recorded is None:
        raise Foreign("a refund of a payment that is not ours")
    return recorded


def _ours(state: RefundState, contribution: Contribution) -> Refund:
    """Our row of Stripe's refund: by its id, by ours, or made for one from the dashboard."""
    found = Refund.objects.filter(stripe_refund_id=state.id).first()
    if found is None and state.metadata.get(REFUND_KEY):
        found = Refund.objects.filter(public_id=state.metadata[REFUND_KEY]).first()
    row = found or Refund(
        contribution=contribution,
        amount_minor=state.amount_minor,
        currency=state.currency,
        reason="made in Stripe's dashboard",
        created_at=state.created_at,
    )
    row.stripe_refund_id = state.id
    return row
