"""One function for each letter about money. Words stand in templates/mail/."""

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string

from payments.models import Contribution, Refund, Subscription

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


def subscription_changed(subscription: Subscription) -> None:
    """What a supporter gives from now on, or when it ends."""
    _send(
        "subscription_changed",
        to=subscription.supporter.email,
        key=f"changed-{subscription.public_id}-{subscription.seen_at.timestamp():.0f}",
        context={"subscription": subscription},
    )


def payment_failed(subscription: Subscription, *, key: str, hosted_url: str, again_on) -> None:
    """A renewal was declined: why it matters, when it is tried again, what to do."""
    _send(
        "payment_failed",
        to=subscription.supporter.email,
        key=key,
        context={"subscription": subscription, "hosted_url": hosted_url, "again_on": again_on},
    )


def refund(row: Refund) -> None:
    """Money is on its way back."""
    _send(
        "refund",
        to=row.contribution.email,
        key=f"refund-{row.public_id}",
        context={"refund": row, "contribution": row.contribution},
    )


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
