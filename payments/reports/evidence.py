"""What speaks for the newsroom in a dispute: its own records, put into Stripe's fields."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from payments import clock
from payments.models import AuditEntry, Contribution, Dispute, OutboxTask
from payments.money import Money
from payments.services.disputes import EVIDENCE

LETTERS = {
    "receipt.mail": "Receipt",
    "note.mail": "Refund note",
    "mail.subscription_changed": "Confirmation of a change to the subscription",
    "mail.payment_failed": "Notice of a declined renewal",
}
EARLIER = 12


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter that was sent to the supporter."""

    at: datetime
    what: str
    key: str


def answer(dispute: Dispute) -> dict[str, str]:
    """The texts to hand in, in Stripe's names: what Stripe holds already, else our records."""
    ours = {
        "customer_name": dispute.contribution.name,
        "customer_email_address": dispute.contribution.email,
        "product_description": _product(dispute.contribution),
        "service_date": _day(dispute.contribution.received_at),
        "access_activity_log": "\n".join(course(dispute.contribution)),
        "cancellation_policy_disclosure": _cancelling(dispute.contribution),
        "refund_policy_disclosure": _sending_back(dispute.contribution),
        "uncategorized_text": "\n".join(_summary(dispute)),
    }
    return {name: dispute.evidence.get(name) or ours[name] for name in EVIDENCE}


def consent(contribution: Contribution) -> str:
    """The words to which the payer agreed, as they stood then; empty for a single gift."""
    first = _checkout(contribution)
    return first.consent_text if first else ""


def letters(contribution: Contribution) -> list[Letter]:
    """What was sent about the contribution and its subscription, oldest first."""
    keys = [f"receipt.mail:{contribution.receipt.number}"]
    keys += [f"note.mail:{note.number}" for note in contribution.receipt.notes.all()]
    sent = OutboxTask.objects.filter(key__in=keys)
    if contribution.subscription:
        about = str(contribution.subscription.public_id)
        sent |= OutboxTask.objects.filter(name__in=LETTERS, key__contains=about)
    found = [
        Letter(task.done_at, LETTERS[task.name], task.key)
        for task in sent.filter(done_at__isnull=False)
        if task.done_at and task.name in LETTERS
    ]
    return sorted(found, key=lambda letter: (letter.at, letter.key))


def course(contribution: Contribution) -> list[str]:
    """What happened, a line each in order of time, with moments in UTC."""
    found = [
        *_beginning(contribution),
        (
            contribution.received_at,
            f"{_sum(contribution.charged)} received,"
            f" paid with {contribution.method or 'the chosen method'}",
        ),
        (contribution.receipt.issued_at, f"Receipt {contribution.receipt.number} issued"),
        *((letter.at, f"{letter.what} sent by e-mail") for letter in letters(contribution)),
        *_changes(contribution),
    ]
    known = sorted((moment, words) for moment, words in found if moment)
    return [f"{moment:%Y-%m-%d %H:%M:%S} UTC {words}" for moment, words in known]


def _beginning(contribution: Contribution) -> Iterator[tuple[datetime | None, str]]:
    first = _checkout(contribution)
    if first:
        yield first.created_at, f"Contribute form sent, address {first.email or 'not given'}"
        yield first.finished_at, "Payment confirmed to us by Stripe"


def _changes(contribution: Contribution) -> Iterator[tuple[datetime, str]]:
    """What the supporter did with the subscription while it ran."""
    if contribution.subscription:
        subject = f"subscription:{contribution.subscription.public_id}"
        rows = AuditEntry.objects.filter(subject=subject).exclude(actor=None)
        for entry in rows.order_by("at"):
            yield entry.at, entry.action.capitalize()


def _product(contribution: Contribution) -> str:
    kind = {"once": "one-time", "month": "monthly", "year": "yearly"}[contribution.frequency]
    return (
        f"A voluntary, {kind} contribution of {_sum(contribution.charged)} to"
        f" {settings.NEWSROOM_NAME}. The payer chose amount and frequency on our contribute page"
        " and paid on Stripe's checkout page. Nothing is shipped."
    )


def _cancelling(contribution: Contribution) -> str:
    if not contribution.subscription:
        return ""
    agreed = consent(contribution)
    words = f'The payer agreed to: "{agreed}" ' if agreed else ""
    return (
        f"{words}It can be changed, paused or stopped at any time in the supporter's account"
        f" ({settings.SITE_URL}/account/), without asking anyone."
    )


def _sending_back(contribution: Contribution) -> str:
    sent = [row for row in contribution.refunds.all() if row.status in row.COUNTED]
    if not sent:
        return (
            "Money given by mistake is sent back on request to"
            f" {settings.NEWSROOM_CONTACT}. Of this contribution nothing was sent back."
        )
    lines = [f"{_sum(row.amount)} was sent back on {_day(row.created_at)}" for row in sent]
    return "Of this contribution " + "; ".join(lines) + "."


def _summary(dispute: Dispute) -> Iterator[str]:
    contribution = dispute.contribution
    yield (
        f"{_sum(contribution.charged)} was given by {contribution.name or contribution.email} on"
        f" {_day(contribution.received_at)} and receipted under"
        f" {contribution.receipt.number}."
    )
    for letter in letters(contribution):
        yield f"{letter.what} sent to {contribution.email} on {_day(letter.at)}."
    earlier = _earlier(contribution)
    if earlier:
        yield "Earlier contributions of the same person, none of them disputed:"
        yield from (f"{_day(row.received_at)}: {_sum(row.charged)}" for row in earlier)


def _earlier(contribution: Contribution) -> list[Contribution]:
    """Payments by the same person that nobody questioned."""
    if contribution.supporter_id is None:
        return []
    rows = Contribution.objects.received().filter(
        supporter=contribution.supporter_id,
        received_at__lt=contribution.received_at,
        disputes=None,
    )
    return list(rows.order_by("-received_at")[:EARLIER])


def _checkout(contribution: Contribution):
    """The checkout in which it began: the subscription's for a renewal."""
    agreement = contribution.subscription
    return contribution.checkout or (agreement.checkout if agreement else None)


def _sum(amount: Money) -> str:
    """As banks and Stripe read it, whatever language the desk speaks."""
    return amount.format("en")


def _day(moment: datetime | None) -> str:
    return clock.local_date(moment).isoformat() if moment else ""
