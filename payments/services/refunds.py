"""Refunds: asked for at our desk or made in Stripe's dashboard, booked from Stripe's balance."""

from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid4, uuid5

from django.conf import settings
from django.db import transaction

from payments import clock, outbox
from payments.crash import crash_here
from payments.gateway import calls
from payments.gateway.errors import Barred, GatewayError, Misconfigured, Unavailable
from payments.gateway.objects import REFUND_KEY, RefundState
from payments.models import Contribution, Dispute, Refund, RefundNote
from payments.models.kept import found, held, one_transaction, save
from payments.money import Money
from payments.services import audit, contributions, ledger, notes

Status = Refund.Status
# Stripe's codes for what we have a sentence for.
STRIPES_REASONS = {"charge_disputed": "disputed", "charge_already_refunded": "too_much"}


class RefundRefused(ValueError):
    """A refund that cannot be; `code`: not_paid, currency, nothing, too_much, disputed,
    taken_back, form_used, same_person, refused."""

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

    Above the limit (REFUND_LIMITS) the row waits for a second person: see `approve`. The same
    form token again is the same refund: a double click sends nothing twice.

    Raises RefundRefused, and Unavailable or Barred where Stripe did not say: the row stays and the
    sweep finds out; the same refund is never asked for under a new key.
    """
    token = form_token or uuid4()
    row = _row(contribution, token, amount=amount, reason=reason, actor=actor)
    crash_here("refund.row_committed")
    return create(row) if row.status == Status.CREATING else row


def approve(row: Refund, *, actor: Any) -> Refund:
    """A second person agrees: now it is sent. Raises as `refund` does; one decided is left."""
    with transaction.atomic():
        contribution, row = _locked(row)
        if row.requested_by_id == actor.pk:
            raise RefundRefused("same_person")
        if not row.move(Status.CREATING):
            return row
        _refuse_disputed(contribution)
        _decide(row, actor, action="refund approved", reason=row.reason)
    return create(row)


def decline(row: Refund, *, actor: Any, reason: str) -> Refund:
    """A second person does not agree, or who asked takes it back: nothing is sent."""
    with transaction.atomic():
        _, row = _locked(row)
        if row.move(Status.DECLINED):
            second = None if row.requested_by_id == actor.pk else actor
            _decide(row, second, action="refund declined", reason=reason, noted=actor)
    return row


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
    except Barred:
        raise
    except Misconfigured as error:
        Refund.objects.filter(pk=row.pk, status=Status.CREATING).update(
            status=Status.CANCELED, failure=error.code[:60]
        )
        raise RefundRefused(STRIPES_REASONS.get(error.code, "refused")) from error
    crash_here("refund.created")
    return _take_over(state)


def finish(row: Refund) -> None:
    """Settle a refund whose answer was lost: look for it, and ask again only where it is not.

    Stripe forgets a key after a day; what it made under it keeps our id.
    """
    sync_all(row.contribution.stripe_payment_intent_id)
    row.refresh_from_db()
    if row.status == Status.CREATING:
        create(row)


def sync(refund_id: str) -> Refund:
    """Bring our row to where Stripe's refund stands."""
    return _take_over(calls.refund(refund_id))


def sync_all(payment_intent_id: str) -> None:
    """Bring all refunds of a payment to where Stripe has them."""
    for state in calls.refunds_of(payment_intent_id):
        _take_over(state)


def refundable(contribution: Contribution) -> Money:
    """What may still be sent back: neither sent, nor asked for, nor taken back by a bank."""
    sent = [row for row in contribution.refunds.all() if row.status in Refund.RESERVED]
    gone = sum(row.amount_minor for row in sent)
    gone += sum(row.withdrawn_minor for row in contribution.disputes.all())
    return Money(max(contribution.charged.minor - gone, 0), contribution.currency)


def barred_by_dispute(contribution: Contribution) -> str:
    """Why disputed money must not be sent back (F52, F54); empty where nothing stands against it.

    disputed: the bank holds the money until it decides. taken_back: the supporter has it already.
    An inquiry moves no money, and a refund is the way to end it.
    """
    for dispute in contribution.disputes.all():
        if dispute.status == Dispute.Status.LOST:
            return "taken_back"
        if not dispute.is_inquiry and not dispute.is_over:
            return "disputed"
    return ""


def needs_second_person(contribution: Contribution, amount: Money) -> bool:
    """Whether the sum, with what went back of the contribution before, is above the limit."""
    units = settings.REFUND_LIMITS.get(contribution.currency, 0)
    limit = Money.read(str(units), contribution.currency)
    return contribution.charged - refundable(contribution) + amount > limit


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
        # What no person asked for needs no second one.
        waits = actor is not None and needs_second_person(locked, amount)
        row = Refund.objects.create(
            public_id=token,
            contribution=locked,
            amount_minor=amount.minor,
            currency=amount.currency,
            status=Status.REQUESTED if waits else Status.CREATING,
            reason=reason[:200],
            requested_by=actor,
            created_at=clock.now(),
        )
        if waits:
            _tell_staff(row)
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
    _refuse_disputed(contribution)
    if amount.minor <= 0:
        raise RefundRefused("nothing")
    if amount > refundable(contribution):
        raise RefundRefused("too_much")


def _refuse_disputed(contribution: Contribution) -> None:
    barred = barred_by_dispute(contribution)
    if barred:
        raise RefundRefused(barred)


def _locked(row: Refund) -> tuple[Contribution, Refund]:
    """Contribution first, refund second: the order in which everybody locks."""
    contribution = Contribution.objects.select_for_update().get(pk=row.contribution_id)
    return contribution, Refund.objects.select_for_update().get(pk=row.pk)


def _decide(row: Refund, second: Any, *, action: str, reason: str, noted: Any = None) -> None:
    row.decided_by, row.decided_at = second, clock.now()
    row.save(update_fields=["status", "decided_by", "decided_at"])
    audit.note(
        action,
        subject=row.contribution,
        actor=noted or second,
        reason=reason,
        after={"refund": str(row.public_id), "amount_minor": row.amount_minor},
    )


def _find_lost(row: Refund) -> None:
    """After a server error Stripe may have made the refund all the same: look for it."""
    try:
        sync_all(row.contribution.stripe_payment_intent_id)
    except GatewayError:
        return


def _take_over(state: RefundState) -> Refund:
    known = _told_already(state)
    if known:
        return known
    contribution = contributions.of_payment(state.payment_intent_id)
    crash_here("refund.read")
    with one_transaction():
        key = contribution.stripe_payment_intent_id
        contribution = held(Contribution, stripe_payment_intent_id=key) or contribution
        row = _ours(state, contribution)
        if state.status in Status.values:
            row.move(state.status)
        row.failure = state.failure[:60]
        if state.balance:
            row.stripe_balance_transaction_id = state.balance.id
        save(row)
        _book(row, state)
        crash_here("refund.booked")
        if row.status == Status.FAILED:
            _tell_staff(row)
    return row


def _told_already(state: RefundState) -> Refund | None:
    """Our row where it says all that Stripe says: most events tell nothing new."""
    row = found(Refund, stripe_refund_id=state.id)
    if row is None or row.status != state.status:
        return None
    moved = [each for each in (state.balance, state.failure_balance) if each]
    return row if all(found(RefundNote, key=f"refund:{each.id}") for each in moved) else None


def _book(row: Refund, state: RefundState) -> None:
    """Book what left the balance and what came back, and correct the receipt for each."""
    if state.balance:
        ledger.refunded(row, state.balance)
        _correct(row, RefundNote.Kind.REFUNDED, state.balance)
    if state.failure_balance:
        ledger.refund_failed(row, state.failure_balance)
        _correct(row, RefundNote.Kind.RESTORED, state.failure_balance)


def _correct(row: Refund, kind: RefundNote.Kind, balance: Any) -> None:
    notes.correct(
        row.contribution,
        kind=kind,
        amount=row.amount,
        key=f"refund:{balance.id}",
        moved_at=balance.created_at,
    )


def _tell_staff(row: Refund) -> None:
    key = f"mail.staff_refund:{row.public_id}:{row.status}"
    outbox.put("mail.staff_refund", key=key, refund_id=row.pk)


def _ours(state: RefundState, contribution: Contribution) -> Refund:
    """Our row of Stripe's refund: by its id, by ours, or made for one from the dashboard."""
    row = found(Refund, stripe_refund_id=state.id)
    if row is None and state.metadata.get(REFUND_KEY):
        row = found(Refund, public_id=state.metadata[REFUND_KEY])
    row = row or Refund(
        contribution=contribution,
        amount_minor=state.amount_minor,
        currency=state.currency,
        reason="made in Stripe's dashboard",
        created_at=state.created_at,
    )
    if row.contribution_id == contribution.pk:
        row.contribution = contribution
    row.stripe_refund_id = state.id
    return row
