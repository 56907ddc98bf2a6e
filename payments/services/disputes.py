"""Disputes: taken over from Stripe, booked from its balance, answered or accepted by finance."""

from collections.abc import Iterator
from fractions import Fraction
from math import floor
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Sum

from payments import clock, outbox
from payments.gateway import dispute_calls
from payments.gateway.errors import Misconfigured
from payments.gateway.objects import BalanceTransaction, DisputeState
from payments.models import Contribution, Dispute, LedgerEntry, RefundNote
from payments.money import Money
from payments.services import audit, contributions, ledger, notes

Status = Dispute.Status
# The texts of an answer that we can fill in, in Stripe's names.
EVIDENCE = (
    "customer_name",
    "customer_email_address",
    "product_description",
    "service_date",
    "access_activity_log",
    "cancellation_policy_disclosure",
    "refund_policy_disclosure",
    "uncategorized_text",
)


class DisputeRefused(ValueError):
    """An answer that cannot be given; `code`: over, late, inquiry, refused."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def sync(dispute_id: str) -> Dispute:
    """Bring our row to where Stripe's dispute stands. Raises Foreign for a payment not ours."""
    return _take_over(dispute_calls.dispute(dispute_id))


def adopt(state: DisputeState, contribution: Contribution) -> None:
    """Keep one that was there before us: booked, without letters and notes on receipts."""
    with transaction.atomic():
        row, _ = _row(state, contribution)
        _book(row, state)
        row.withdrawn_minor = _withdrawn(row)
        row.save()


def sync_all(payment_intent_id: str) -> None:
    """Bring all disputes of a payment to where Stripe has them."""
    for state in dispute_calls.disputes_of(payment_intent_id):
        _take_over(state)


def keep_evidence(
    dispute: Dispute, evidence: dict[str, str], *, actor: Any, form_token: UUID
) -> Dispute:
    """Lay the answer down at Stripe, to be handed in later. Raises DisputeRefused."""
    _intend(dispute, "evidence kept", actor=actor, evidence=evidence)
    key = f"dispute:{dispute.public_id}:keep:{form_token}"
    return _ask(dispute_calls.keep_evidence, dispute, key=key, evidence=_known(evidence))


def submit_evidence(
    dispute: Dispute, evidence: dict[str, str], *, actor: Any, form_token: UUID
) -> Dispute:
    """Hand the answer in to the bank; a card dispute is answered once. Raises DisputeRefused."""
    _intend(dispute, "evidence handed in", actor=actor, evidence=evidence)
    key = f"dispute:{dispute.public_id}:submit:{form_token}"
    return _ask(dispute_calls.submit_evidence, dispute, key=key, evidence=_known(evidence))


def accept(dispute: Dispute, *, actor: Any, reason: str) -> Dispute:
    """Let the supporter keep the money, for good. Raises DisputeRefused."""
    _intend(dispute, "dispute accepted", actor=actor, reason=reason)
    return _ask(dispute_calls.accept_loss, dispute, key=f"dispute:{dispute.public_id}:accept")


def _intend(
    dispute: Dispute,
    action: str,
    *,
    actor: Any,
    reason: str = "",
    evidence: dict[str, str] | None = None,
) -> None:
    """Write down who wants what before Stripe is asked; refuse what comes too late."""
    with transaction.atomic():
        row = Dispute.objects.select_for_update().get(pk=dispute.pk)
        if row.is_over:
            raise DisputeRefused("over")
        if row.due_at and row.due_at < clock.now() and evidence is not None:
            raise DisputeRefused("late")
        after = {"fields": sorted(_known(evidence))} if evidence is not None else {}
        audit.note(action, subject=row, actor=actor, reason=reason, after=after)


def _ask(call: Any, dispute: Dispute, **arguments: Any) -> Dispute:
    try:
        return _take_over(call(dispute.stripe_dispute_id, **arguments))
    except Misconfigured as error:
        sync(dispute.stripe_dispute_id)
        raise DisputeRefused("refused") from error


def _known(evidence: dict[str, str]) -> dict[str, str]:
    """Stripe takes no empty text."""
    return {name: evidence[name] for name in EVIDENCE if evidence.get(name)}


def _take_over(state: DisputeState) -> Dispute:
    known = _told_already(state)
    if known:
        return known
    contribution = contributions.of_payment(state.payment_intent_id)
    with transaction.atomic():
        contribution = Contribution.objects.select_for_update().get(pk=contribution.pk)
        row, before = _row(state, contribution)
        _book(row, state)
        row.withdrawn_minor = _withdrawn(row)
        row.save()
        if row.status != before:
            _moved(row, before)
        _correct_receipt(row, state)
    return row


def _told_already(state: DisputeState) -> Dispute | None:
    """Our row where it says all that Stripe says: of five events four tell nothing new."""
    row = Dispute.objects.filter(
        stripe_dispute_id=state.id,
        status=state.status,
        submissions=state.submissions,
        amount_minor=state.amount_minor,
        due_at=state.due_at,
        refundable=state.refundable,
    ).first()
    if row is None or row.evidence != dict(state.evidence):
        return None
    keys = [_key(balance) for balance in state.movements if balance.amount_minor]
    booked = LedgerEntry.objects.filter(key__in=keys).count() == len(keys)
    noted = row.status != Status.LOST or RefundNote.objects.filter(key__in=keys).count() == len(
        keys
    )
    return row if booked and noted else None


def _row(state: DisputeState, contribution: Contribution) -> tuple[Dispute, str]:
    """Our row with Stripe's facts, and the state in which we had it; empty for a new one."""
    row, new = Dispute.objects.get_or_create(
        stripe_dispute_id=state.id,
        defaults={
            "contribution": contribution,
            "status": _status(state, otherwise=Status.NEEDS_RESPONSE),
            "amount_minor": state.amount_minor,
            "currency": state.currency,
            "opened_at": state.created_at,
        },
    )
    before = "" if new else row.status
    row.move(_status(state, otherwise=row.status))
    row.reason, row.network_reason = state.reason[:40], state.network_reason[:20]
    row.amount_minor, row.due_at = state.amount_minor, state.due_at
    row.refundable, row.evidence = state.refundable, dict(state.evidence)
    row.submissions = max(row.submissions, state.submissions)
    row.closed_at = (row.closed_at or clock.now()) if row.is_over else None
    return row, before


def _status(state: DisputeState, *, otherwise: str) -> str:
    """A state that we do not know is none of ours; the money is booked all the same."""
    return state.status if state.status in Status.values else otherwise


def _book(row: Dispute, state: DisputeState) -> None:
    for balance, own in _movements(row, state):
        ledger.dispute_moved(row, balance, own=own)


def _withdrawn(row: Dispute) -> int:
    """What is gone, from the ledger."""
    return -(row.ledger_entries.aggregate(sum=Sum("gross_minor"))["sum"] or 0)


def _movements(row: Dispute, state: DisputeState) -> Iterator[tuple[BalanceTransaction, Money]]:
    """What the dispute moved, each with its sum in the currency of the charge.

    Where Stripe settled in another one, a part that comes back is the same part of what went, at
    its own day's rate.
    """
    taken = [each for each in state.movements if each.amount_minor < 0]
    for each in state.movements:
        own = each.amount_minor
        if each.currency != row.currency and own and taken:
            part = Fraction(own, -taken[0].amount_minor) * _dearer(each, than=taken[0])
            own = floor(row.amount_minor * part + Fraction(1, 2))
        yield each, Money(own, row.currency)


def _dearer(balance: BalanceTransaction, *, than: BalanceTransaction) -> Fraction:
    """How much more of the charge's currency a unit stood for; 1 where no rate is told."""
    if not balance.exchange_rate or not than.exchange_rate:
        return Fraction(1)
    return Fraction(than.exchange_rate) / Fraction(balance.exchange_rate)


def _moved(row: Dispute, before: str) -> None:
    audit.note(
        "dispute moved" if before else "dispute opened",
        subject=row.contribution,
        before={"status": before} if before else {},
        after={"dispute": str(row.public_id), "status": row.status},
    )
    if row.needs_answer or row.is_over:
        key = f"mail.staff_dispute:{row.public_id}:{row.status}"
        outbox.put("mail.staff_dispute", key=key, dispute_id=row.pk)


def _correct_receipt(row: Dispute, state: DisputeState) -> None:
    """Once it is lost the receipt says too much: a note for each movement, partly won included.

    A dispute that is fought leaves the receipt alone until its end.
    """
    keys = [_key(balance) for balance in state.movements]
    if row.status == Status.LOST or RefundNote.objects.filter(key__in=keys).exists():
        for balance, own in _movements(row, state):
            if own:
                _correct(row, balance, own)


def _correct(row: Dispute, balance: BalanceTransaction, own: Money) -> None:
    lost = own.minor < 0
    notes.correct(
        row.contribution,
        kind=RefundNote.Kind.RETURNED if lost else RefundNote.Kind.RESTORED,
        amount=-own if lost else own,
        key=_key(balance),
        moved_at=balance.created_at,
    )


def _key(balance: BalanceTransaction) -> str:
    return f"dispute:{balance.id}"
