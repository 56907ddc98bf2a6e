"""What the thank-you page says: the true state of a checkout, and the ways on from it."""

from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.urls import reverse

from payments import clock
from payments.models import Checkout, Contribution, Receipt

STATES: dict[str, str] = {
    Checkout.Status.PAID: "paid",
    Checkout.Status.PROCESSING: "processing",
    Checkout.Status.OPEN: "action",
    Checkout.Status.CREATING: "action",
    Checkout.Status.FAILED: "failed",
    Checkout.Status.EXPIRED: "expired",
}


def page_context(checkout: Checkout, *, mine: bool, reader: Any) -> dict[str, Any]:
    """Everything the page says. A name is shown only to the browser that gave, a document's
    address only to its owner, who has signed in: the page's own address may have been passed on.
    """
    contribution = checkout.contributions.order_by("id").last()
    receipt: Receipt | None = getattr(contribution, "receipt", None)
    owner = reader.is_authenticated and contribution and contribution.supporter == reader
    return {
        "state": STATES[checkout.status],
        "checkout": checkout,
        "contribution": contribution,
        "receipt": receipt,
        "receipt_url": _receipt_url(receipt) if receipt and owner else "",
        "first_name": _first_name(checkout, contribution) if mine or owner else "",
        "next_charge_on": _next_charge_on(checkout),
        "retry_url": _filled_in_again(checkout),
        "monthly_url": _form(frequency="month", currency=checkout.currency),
        "continue_url": checkout.stripe_url if checkout.status == Checkout.Status.OPEN else "",
        "article_url": _article_url(checkout),
        "share_url": f"{settings.SITE_URL}/",
    }


def _receipt_url(receipt: Receipt) -> str:
    return reverse("supporters:receipt", args=[receipt.number])


def _first_name(checkout: Checkout, contribution: Contribution | None) -> str:
    name = checkout.name or (contribution.name if contribution else "")
    return name.split()[0] if name.strip() else ""


def _next_charge_on(checkout: Checkout) -> date | None:
    subscription = getattr(checkout, "subscription", None)
    return (
        clock.local_date(subscription.upcoming) if subscription and subscription.upcoming else None
    )


def _filled_in_again(checkout: Checkout) -> str:
    """The form as it was sent; a browser that never sent it gets the sum and how often."""
    return _form(
        checkout=str(checkout.public_id),
        frequency=checkout.frequency,
        amount=checkout.gift.typed(),
        currency=checkout.currency,
    )


def _form(**fields: str) -> str:
    return f"{reverse('supporters:contribute')}?{urlencode(fields)}"


def _article_url(checkout: Checkout) -> str:
    """Where the newsroom's articles are, if an article asked and the newsroom has said so."""
    if not checkout.article or not settings.ARTICLE_URL:
        return ""
    return settings.ARTICLE_URL.replace("{article}", checkout.article)
