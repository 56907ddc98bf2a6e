"""Money that still came after a supporter had stopped at once: it goes back by itself (F46).

Whether the charge or the end is heard of first, the same refund follows, once.
"""

from payments import outbox
from payments.models import Contribution, Subscription, SubscriptionChange

Kind, Status = SubscriptionChange.Kind, SubscriptionChange.Status


def look(subscription: Subscription) -> None:
    """Put down a refund for every charge later than the end. Called inside a transaction."""
    if subscription.ended_at is None or not _stopped_at_once(subscription):
        return
    late = subscription.contributions.received().filter(received_at__gt=subscription.ended_at)
    for contribution in late.exclude(kind=Contribution.Kind.GIFT):
        outbox.put(
            "refund.after_end",
            key=f"refund.after_end:{contribution.stripe_payment_intent_id}",
            contribution_id=contribution.pk,
        )


def was_wished(subscription: Subscription) -> bool:
    """Whether the supporter ended it, or one that it was to follow and it along with that."""
    own = subscription.changes.filter(kind__in=SubscriptionChange.ENDINGS)
    return own.exclude(status=Status.REFUSED).exists() or _went_along(subscription)


def _stopped_at_once(subscription: Subscription) -> bool:
    own = subscription.changes.filter(kind=Kind.CANCEL_NOW)
    return own.exclude(status=Status.REFUSED).exists() or _went_along(subscription)


def _went_along(subscription: Subscription) -> bool:
    """A wish about an earlier one ended this one before it was to begin."""
    earlier = subscription.follows
    while earlier:
        for wish in earlier.changes.exclude(status=Status.REFUSED):
            if subscription.stripe_subscription_id in wish.successors:
                return True
        earlier = earlier.follows
    return False
