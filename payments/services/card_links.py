"""The link in a letter that leads to a new card without signing in (PRODUCT S5).

It is signed, serves this one purpose, ends after three weeks or as soon as a card was given, and
names nobody: it holds the subscription's random id and how many cards were given before.
"""

from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.urls import reverse

from payments.models import Subscription, SubscriptionChange

SALT = "payments.new-card"
LASTS = timedelta(days=21)
Kind, Status = SubscriptionChange.Kind, SubscriptionChange.Status


class LinkDead(Exception):
    """Forged, cut off, too old, or used: nothing may follow from it."""


def address(subscription: Subscription) -> str:
    """The whole address to put into a letter."""
    signed = signing.dumps([subscription.public_id.hex, _given(subscription)], salt=SALT)
    return settings.SITE_URL + reverse("supporters:card-link", args=[signed])


def subscription_of(signed: str) -> Subscription:
    """The subscription that a link was made for. Raises LinkDead."""
    try:
        public_id, given = signing.loads(signed, salt=SALT, max_age=LASTS)
        found = Subscription.objects.filter(public_id=UUID(public_id)).first()
    except (signing.BadSignature, ValueError, TypeError) as error:
        raise LinkDead from error
    if found is None or not found.running or _given(found) != given:
        raise LinkDead
    return found


def _given(subscription: Subscription) -> int:
    """How many cards were given so far: one more, and older links are dead."""
    return subscription.changes.filter(kind=Kind.CARD, status=Status.DONE).count()
