"""What happened to one contribution, step by step."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from payments.models import AuditEntry, Contribution, LedgerEntry, OutboxTask, Refund
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
        *_letters(contribution, refunds),
        *_people(contribution),
    ]
    return sorted(found, key=lambda step: step.at, reverse=True)


def _checkout(contribution: Contribution) -> Iterator[Step]:
    checkout = contribution.checkout
    if checkout is None:
        return
    yield Step(checkout.created_at, _("Checkout begun"), checkout.stripe_checkout_session_id or "")
    if checkout.finished_at:
        yield Step(checkout.finished_at, _("Checkout finished"), checkout.get_status_display())


def _money(contribution: Contribution) -> Iterator[Step]:
    words: dict[str, str] = {
        Kind.FEE: _("Fee booked"),
        Kind.REFUND: _("Refund booked"),
        Kind.REFUND_FAILED: _("Refund came back"),
        Kind.DISPUTE: _("Taken back by the bank"),
        Kind.DISPUTE_WON: _("Returned by the bank"),
    }
    for entry in contribution.ledger_entries.all():
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


def _refunds(refunds: list[Refund]) -> Iterator[Step]:
    for refund in refunds:
        yield Step(
            refund.created_at,
            _("Refund: %(status)s") % {"status": refund.get_status_display()},
            refund.stripe_refund_id or "",
            amount=refund.amount,
            trouble=refund.status in (Refund.Status.FAILED, Refund.Status.CANCELED),
        )


def _letters(contribution: Contribution, refunds: list[Refund]) -> Iterator[Step]:
    """What the outbox did or still has to do, by the keys under which it was put there."""
    words = {
        "receipt.mail": _("Receipt sent by e-mail"),
        "mail.refund": _("Letter about the refund sent"),
    }
    keys = [f"mail.refund:{refund.public_id}" for refund in refunds]
    receipt = getattr(contribution, "receipt", None)
    if receipt:
        keys += [f"receipt.mail:{receipt.number}", f"receipt.render:{receipt.number}"]
    for task in OutboxTask.objects.filter(key__in=keys):
        if task.done_at and task.name in words:
            yield Step(task.done_at, words[task.name])
        elif not task.done_at:
            waiting = _("Given up: %(task)s") if task.dead_at else _("Still to do: %(task)s")
            yield Step(
                task.dead_at or task.created_at,
                waiting % {"task": task.name},
                task.note,
                trouble=bool(task.note),
            )


def _people(contribution: Contribution) -> Iterator[Step]:
    """What staff did; what came from Stripe stands in the ledger already."""
    entries = AuditEntry.objects.filter(subject=f"contribution:{contribution.public_id}")
    for entry in entries.exclude(actor=None).select_related("actor"):
        yield Step(entry.at, entry.action.capitalize(), entry.reason, actor=entry.actor)
