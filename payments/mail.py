"""One function for each letter about money. Words stand in templates/mail/."""

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string

from payments.models import (
    Contribution,
    Dispute,
    FailedRenewal,
    FraudWarning,
    Refund,
    RefundNote,
    Subscription,
    SubscriptionChange,
)
from payments.money import Money

Kind = SubscriptionChange.Kind
TERMS = (Kind.AMOUNT, Kind.COVER, Kind.FREQUENCY)
Attachment = tuple[str, bytes, str]


def receipt(contribution: Contribution, *, number: str, pdf: bytes) -> None:
    """The receipt of one contribution, with its document."""
    _send(
        "receipt",
        to=contribution.email,
        key=f"receipt-{number}",
        context={"contribution": contribution, "number": number},
        attachments=[(f"receipt-{number}.pdf", pdf, "application/pdf")],
    )


def subscription_changed(change: SubscriptionChange) -> None:
    """What a supporter gives from now on, how it stood before, or when it ends."""
    subscription = change.subscription.successor or change.subscription
    _to_supporter(
        "subscription_changed",
        subscription,
        key=f"changed-{change.public_id}",
        change=change,
        ended_one=change.subscription,
        amount_before=_amount_before(change),
    )


def payment_failed(row: FailedRenewal, *, card_url: str) -> None:
    """A renewal was declined or waits for the bank: why, when it is tried again, what to do."""
    _to_supporter(
        "payment_action" if row.needs_action else "payment_failed",
        row.subscription,
        key=f"failed-{row.stripe_invoice_id}-{row.attempts}",
        failed=row,
        card_url=card_url,
    )


def subscription_ended(subscription: Subscription) -> None:
    """It has ended by itself: after failed charges, or by somebody's hand at the newsroom."""
    _to_supporter("subscription_ended", subscription, key=f"ended-{subscription.public_id}")


def card_ending(subscription: Subscription, *, card_url: str) -> None:
    """The card's last month is over before the next charge."""
    key = f"card-ending-{subscription.public_id}-{subscription.card_expires}"
    _to_supporter("card_ending", subscription, key=key, card_url=card_url)


def card_updated(subscription: Subscription, *, card_url: str) -> None:
    """The bank has replaced the card, and the new one is charged."""
    key = f"card-updated-{subscription.public_id}-{subscription.card_expires}"
    _to_supporter("card_updated", subscription, key=key, card_url=card_url)


def renewal_near(subscription: Subscription, *, card_url: str) -> None:
    """A yearly renewal comes: what is taken, when, from which card, and how to stop it."""
    key = f"renewal-{subscription.public_id}-{subscription.upcoming:%Y%m%d}"
    _to_supporter("renewal_near", subscription, key=key, card_url=card_url)


def yearly_notice(subscription: Subscription, *, card_url: str) -> None:
    """Once a year: what was agreed, in the words that were agreed to."""
    key = f"yearly-{subscription.public_id}-{subscription.upcoming:%Y}"
    _to_supporter("yearly_notice", subscription, key=key, card_url=card_url)


def refund_note(note: RefundNote, *, pdf: bytes) -> None:
    """Money went back, a bank took it, or what went back has returned: with the paper."""
    _send(
        "refund_note",
        to=note.receipt.contribution.email,
        key=f"note-{note.number}",
        context={"note": note, "contribution": note.receipt.contribution},
        attachments=[(f"refund-note-{note.number}.pdf", pdf, "application/pdf")],
    )


def dispute_moved(dispute: Dispute, *, key: str, url: str) -> None:
    """To finance: a dispute was opened or has ended."""
    _send(
        "staff_dispute",
        to=settings.FINANCE_CONTACT,
        key=key,
        context={"dispute": dispute, "contribution": dispute.contribution, "url": url},
    )


def fraud_warned(warning: FraudWarning, *, url: str) -> None:
    """To finance: sending the money back now may prevent a dispute."""
    _send(
        "staff_fraud_warning",
        to=settings.FINANCE_CONTACT,
        key=f"warning-{warning.stripe_warning_id}",
        context={"warning": warning, "contribution": warning.contribution, "url": url},
    )


def refund_needs_staff(row: Refund, *, key: str, url: str) -> None:
    """To finance: a refund waits for a second person, or came back from the bank."""
    _send(
        "staff_refund",
        to=settings.FINANCE_CONTACT,
        key=key,
        context={"refund": row, "contribution": row.contribution, "url": url},
    )


def _to_supporter(name: str, subscription: Subscription, *, key: str, **words: object) -> None:
    agreed = subscription.consents.last()
    _send(
        name,
        to=subscription.supporter.email,
        key=key,
        context={"subscription": subscription, "agreed": agreed, **words},
    )


def _amount_before(change: SubscriptionChange) -> Money | None:
    """What each renewal took before, where that is what has changed."""
    before = change.before.get("amount_minor")
    currency = change.subscription.currency
    return Money(before, currency) if change.kind in TERMS and before else None


def _send(
    name: str,
    *,
    to: str,
    key: str,
    context: dict[str, object],
    attachments: tuple[Attachment, ...] | list[Attachment] = (),
) -> None:
    """Send once per address; the Message-ID is made from the key, so that a repeat is the same."""
    if not to:
        return
    words = {"site_url": settings.SITE_URL, "newsroom": _newsroom(), **context}
    subject = render_to_string(f"mail/{name}.subject.txt", words).strip()
    message = EmailMultiAlternatives(
        subject=subject,
        body=render_to_string(f"mail/{name}.txt", words),
        to=[to],
        headers={"Message-ID": _message_id(key)},
    )
    message.attach_alternative(render_to_string(f"mail/{name}.html", words), "text/html")
    for filename, content, kind in attachments:
        message.attach(filename, content, kind)
    message.send()


def _newsroom() -> dict[str, object]:
    return {
        "name": settings.NEWSROOM_NAME,
        "address": settings.NEWSROOM_ADDRESS,
        "contact": settings.NEWSROOM_CONTACT,
    }


def _message_id(key: str) -> str:
    domain = settings.NEWSROOM_CONTACT.partition("@")[2]
    return f"<{key}@{domain}>"
