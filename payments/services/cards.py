"""A new card for a subscription: the way to Stripe's page, and what follows when it was given."""

from typing import Any
from uuid import NAMESPACE_URL, uuid5

from payments import clock, outbox
from payments.gateway import calls
from payments.models import Subscription, SubscriptionChange
from payments.services import audit, changes, mirror
from payments.services.changes import ChangeRefused

Kind, Status = SubscriptionChange.Kind, SubscriptionChange.Status


def start_card_change(subscription: Subscription, *, return_url: str) -> str:
    """The address of Stripe's page on which a supporter gives a new card."""
    if not subscription.running:
        raise ChangeRefused("ended")
    given = subscription.changes.filter(kind=Kind.CARD).count()
    session = calls.create_card_session(
        key=f"card:{subscription.public_id}:{given}:{int(clock.now().timestamp()) // 60}",
        subscription_id=subscription.stripe_subscription_id,
        customer_id=subscription.stripe_customer_id,
        currency=subscription.currency,
        return_url=return_url,
    )
    return session.url


def use_card(stripe_subscription_id: str, *, customer_id: str, setup_intent_id: str) -> None:
    """Charge the card that a setup session brought, from now on; then what is owed.

    One session is used once: heard of again weeks later, it does not bring back an older card.
    """
    row = mirror.known(stripe_subscription_id)
    change, _ = SubscriptionChange.objects.get_or_create(
        public_id=uuid5(NAMESPACE_URL, setup_intent_id),
        defaults={
            "subscription": row,
            "kind": Kind.CARD,
            "wanted": {"setup_intent": setup_intent_id, "customer": customer_id},
            "before": {"card_last4": row.card_last4},
            "created_at": clock.now(),
        },
    )
    if change.status == Status.ASKED:
        try:
            changes.perform(change)
        except ChangeRefused:
            return  # It has ended meanwhile; the row keeps the reason.


def replaced_by_network(stripe_customer_id: str) -> None:
    """The card's network has told Stripe of a new number or date: show it, and say so."""
    mine = Subscription.objects.running().filter(stripe_customer_id=stripe_customer_id)
    for row in mine:
        fresh = mirror.sync(row.stripe_subscription_id)
        if fresh.card_last4:
            _tell(fresh)


def _tell(row: Subscription) -> None:
    card: dict[str, Any] = {"last4": row.card_last4, "expires": row.card_expires}
    audit.note("card replaced by its network", subject=row, after=card)
    outbox.put(
        "mail.card_updated",
        key=f"mail.card_updated:{row.stripe_subscription_id}:{row.card_last4}:{row.card_expires}",
        subscription_id=row.pk,
    )
