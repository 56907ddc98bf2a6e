"""What Stripe no longer knows: deleted in its dashboard. Our history of it stays (FAILURES F43)."""

from django.db import transaction

from payments import clock
from payments.gateway import calls
from payments.gateway.errors import Misconfigured
from payments.models import Subscription
from payments.services import audit, mirror


def end_subscription(stripe_subscription_id: str) -> Subscription:
    """End a subscription that Stripe says it never heard of; one that it knows is read instead."""
    try:
        calls.subscription(stripe_subscription_id)
    except Misconfigured as error:
        if error.code != "resource_missing":
            raise
    else:
        return mirror.sync(stripe_subscription_id)
    with transaction.atomic():
        row = Subscription.objects.select_for_update().get(
            stripe_subscription_id=stripe_subscription_id
        )
        if row.status not in Subscription.FINAL:
            audit.note("subscription unknown to Stripe", subject=row, before={"status": row.status})
            row.status = Subscription.Status.CANCELED
            row.ended_at = clock.now()
            row.next_charge_at = None
            row.save(update_fields=["status", "ended_at", "next_charge_at"])
    return row
