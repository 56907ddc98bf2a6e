"""What happened to one contribution, step by step."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from payments.models import AuditEntry, Contribution, Dispute, LedgerEntry, OutboxTask, Refund
from payments.money import Money

Kind = LedgerEntry.Kind


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happened; `trouble` where somebody should look."""

    at: datetime
    what: str
    detail: str = ""
    amount: Money | None = None
    actor: Any = None
    trouble: bool = False


def steps(contribution: Contribution) -> list[Step]:
    """Everything known of a contribution, newest first; a handful of queries."""
    refunds = list(contribution.refunds.all())
    found = [
        *_checkout(contribution),
        *_money(contribution),
        *_papers(contribution),
        *_refunds(refunds),
        *_disputes(contribution),
        *_letters(contribution),
        *_people(contribution),
    ]
    return sorted(found, key=lambda step: step.at, reverse=True)


def dispute_steps(dispute: Dispute) -> list[Step]:
    """What happened in a dispute, newest first: its money, what staff did, what Stripe said."""
    entries = AuditEntry.objects.filter(subject=f"dispute:{dispute.public_id}")
    moves = AuditEntry.objects.filter(
        subject=f"contribution:{dispute.contribution.public_id}",
        after__dispute=str(dispute.public_id),
    )
    found = [
        Step(dispute.opened_at, _("Opened by the bank"), dispute.stripe_dispute_id, dispute.amount),
        *_booked(dispute.ledger_entries.all()),
        *(_said(entry) for entry in moves),
        *(
            Step(entry.at, entry.action.capitalize(), entry.reason, actor=entry.actor)
            for entry in entries.select_related("actor")
        ),
    ]
    return sorted(found, key=lambda step: step.at, reverse=True)


def _said(entry: AuditEntry) -> Step:
    status = entry.after.get("status", "")
    named = dict(Dispute.Status.choices).get(status, status)
    return Step(entry.at, _("Heard from Stripe: %(status)s") % {"status": named})


def _checkout(contribution: Contribution) -> Iterator[Step]:
    checkout = contribution.checkout
    if checkout is None:
        return
    yield Step(checkout.created_at, _("Checkout begun"), checkout.stripe_checkout_session_id or "")
    if checkout.finished_at:
        words = _("Checkout finished: %(status)s")
        status = checkout.get_status_display().lower()
        yield Step(checkout.finished_at, words % {"status": status})


def _money(contribution: Contribution) -> Iterator[Step]:
    return _booked(contribution.ledger_entries.all())


def _booked(entries: Iterable[LedgerEntry]) -> Iterator[Step]:
    words: dict[str, str] = {
        Kind.FEE: _("Fee booked"),
        Kind.REFUND: _("Refund booked"),
        Kind.REFUND_FAILED: _("Refund came back"),
        Kind.DISPUTE: _("Taken back by the bank"),
        Kind.DISPUTE_WON: _("Given back by the bank"),
    }
    for entry in entries:
        yield Step(
            entry.occurred_at,
            words.get(entry.kind, _("Money received")),
            entry.stripe_balance_transaction_id or entry.stripe_charge_id,
            amount=Money(entry.net_minor, entry.currency),
        )


def _papers(contribution: Contribution) -> Iterator[Step]:
    receipt = getattr(contribution, "receipt", None)
    if receipt is None:
        return
    yield Step(receipt.issued_at, _("Receipt issued"), receipt.number)
    document = getattr(receipt, "document", None)
    if document:
        yield Step(document.rendered_at, _("Receipt printed"), f"SHA-256 {document.sha256}")
    for note in receipt.notes.all():
        words = _("Refund note issued: %(kind)s") % {"kind": note.get_kind_display().lower()}
        yield Step(note.issued_at, words, note.number, amount=note.amount)


def _refunds(refunds: list[Refund]) -> Iterator[Step]:
    for refund in refunds:
        yield Step(
            refund.created_at,
            _("Refund: %(status)s") % {"status": refund.get_status_display()},
            refund.stripe_refund_id or "",
            amount=refund.amount,
            trouble=refund.status in (Refund.Status.FAILED, Refund.Status.CANCELED),
        )


def _disputes(contribution: Contribution) -> Iterator[Step]:
    for dispute in contribution.disputes.all():
        yield Step(
            dispute.opened_at,
            _("Dispute: %(status)s") % {"status": dispute.get_status_display()},
            dispute.stripe_dispute_id,
            amount=dispute.amount,
            trouble=dispute.needs_answer or dispute.status == Dispute.Status.LOST,
        )


def _letters(contribution: Contribution) -> Iterator[Step]:
    """What the outbox did or still has to do, by the keys under which it was put there."""
    words = {
        "receipt.mail": _("Receipt sent by e-mail"),
        "note.mail": _("Refund note sent by e-mail"),
    }
    tasks = {
        "receipt.render": _("print the receipt"),
        "receipt.mail": _("mail the receipt"),
        "note.render": _("print the refund note"),
        "note.mail": _("mail the refund note"),
    }
    receipt = getattr(contribution, "receipt", None)
    if receipt is None:
        return
    keys = [f"receipt.mail:{receipt.number}", f"receipt.render:{receipt.number}"]
    for note in receipt.notes.all():
        keys += [f"note.mail:{note.number}", f"note.render:{note.number}"]
    for task in OutboxTask.objects.filter(key__in=keys):
        if task.done_at and task.name in words:
            yield Step(task.done_at, words[task.name])
        elif not task.done_at:
            waiting = _("Given up: %(task)s") if task.dead_at else _("Still to do: %(task)s")
            yield Step(
                task.dead_at or task.created_at,
                waiting % {"task": tasks[task.name]},
                task.note,
                trouble=bool(task.note),
            )


def _people(contribution: Contribution) -> Iterator[Step]:
    """What staff did; what came from Stripe stands in the ledger already."""
    entries = AuditEntry.objects.filter(subject=f"contribution:{contribution.public_id}")
    for entry in entries.exclude(actor=None).select_related("actor"):
        yield Step(entry.at, entry.action.capitalize(), entry.reason, actor=entry.actor)
