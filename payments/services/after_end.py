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


def _stopped_at_once(subscription: Subscription) -> bool:
    """The supporter ended it at once, or went back to the one that it was to follow."""
    wishes = subscription.changes.filter(kind=Kind.CANCEL_NOW)
    if earlier := subscription.follows:
        wishes |= earlier.changes.filter(
            kind=Kind.UNDO, wanted__successor=subscription.stripe_subscription_id
        )
    return wishes.exclude(status=Status.REFUSED).exists()
