"""Subscriptions: mirrored from Stripe, changed at a supporter's wish."""

from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction

from payments import clock, cover, outbox
from payments.crash import crash_here
from payments.gateway import calls
from payments.gateway.objects import CHECKOUT_KEY, COVER_KEY, SubscriptionState
from payments.models import Checkout, Subscription
from payments.money import Money
from payments.services import audit
from payments.services.parked import Foreign


class ChangeRefused(ValueError):
    """A change that makes no sense now; `code` says why: ended, currency, same."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def known(stripe_subscription_id: str) -> Subscription:
    """Our row of a subscription, read from Stripe where we have none yet."""
    found = Subscription.objects.filter(stripe_subscription_id=stripe_subscription_id).first()
    return found or sync(stripe_subscription_id)


def sync(stripe_subscription_id: str) -> Subscription:
    """Take over what Stripe says now. An older reading never replaces a newer one."""
    state = calls.subscription(stripe_subscription_id)
    crash_here("subscription.read")
    with transaction.atomic():
        row = (
            Subscription.objects.select_for_update().filter(stripe_subscription_id=state.id).first()
        )
        if row is None:
            return _create(state)
        if row.seen_at <= state.seen_at:
            _take_over(row, state)
        crash_here("subscription.taken_over")
    return row


def change_amount(subscription: Subscription, *, gift: Money, actor: Any) -> Subscription:
    """Let the next renewal take another gift; a covered fee is covered again.

    Raises ChangeRefused, AmountError and the gateway's errors.
    """
    _refuse_if_over(subscription)
    if gift.currency != subscription.currency:
        raise ChangeRefused("currency")
    gift.within_limits()
    added = cover.cover_for(gift) if subscription.cover_minor else Money(0, gift.currency)
    if gift + added == subscription.amount:
        return subscription
    state = calls.subscription(subscription.stripe_subscription_id)
    calls.change_amount(
        state,
        key=_key(subscription, f"amount:{(gift + added).minor}"),
        amount=gift + added,
        metadata={COVER_KEY: str(added.minor)},
    )
    return _changed(subscription, "subscription amount changed", actor=actor)


def cancel(subscription: Subscription, *, reason: str, actor: Any) -> Subscription:
    """End it when the time already paid for is over; nothing more is taken."""
    _refuse_if_over(subscription)
    if subscription.ending:
        return subscription
    calls.cancel_at_period_end(
        subscription.stripe_subscription_id, key=_key(subscription, "cancel")
    )
    return _changed(subscription, "subscription stopped", actor=actor, reason=reason)


def undo_cancel(subscription: Subscription, *, actor: Any) -> Subscription:
    """Go on as if it had not been stopped; possible until it has ended."""
    _refuse_if_over(subscription)
    if not subscription.ending:
        return subscription
    calls.undo_cancel(subscription.stripe_subscription_id, key=_key(subscription, "undo"))
    return _changed(subscription, "subscription resumed", actor=actor)


def start_card_change(subscription: Subscription, *, return_url: str) -> str:
    """The address of Stripe's page on which the supporter gives a new card."""
    _refuse_if_over(subscription)
    session = calls.create_card_session(
        key=_key(subscription, f"card:{int(clock.now().timestamp()) // 60}"),
        subscription_id=subscription.stripe_subscription_id,
        customer_id=subscription.stripe_customer_id,
        currency=subscription.currency,
        return_url=return_url,
    )
    return session.url


def use_card(stripe_subscription_id: str, *, customer_id: str, setup_intent_id: str) -> None:
    """Charge the card that a setup session brought, from now on."""
    calls.use_card(
        stripe_subscription_id,
        customer_id=customer_id,
        setup_intent_id=setup_intent_id,
        key=f"card:{setup_intent_id}",
    )
    crash_here("subscription.card_used")
    row = sync(stripe_subscription_id)
    audit.note("card replaced", subject=row, after={"last4": row.card_last4})


def payment_failed(stripe_subscription_id: str, *, invoice_id: str) -> Subscription:
    """A renewal was declined: show it and write once for each invoice and attempt."""
    invoice = calls.invoice(invoice_id)
    row = sync(stripe_subscription_id)
    if invoice.status == "open":
        outbox.put(
            "mail.payment_failed",
            key=f"mail.payment_failed:{invoice.id}:{invoice.attempts}",
            subscription_id=row.pk,
            invoice_id=invoice.id,
        )
    return row


def _key(subscription: Subscription, operation: str) -> str:
    """An idempotency key of what is asked and of how the row stood when it was asked."""
    stood = int(subscription.seen_at.timestamp() * 1000)
    return f"subscription:{subscription.public_id}:{operation}:{stood}"


def _refuse_if_over(subscription: Subscription) -> None:
    if not subscription.running:
        raise ChangeRefused("ended")


def _changed(
    subscription: Subscription, action: str, *, actor: Any, reason: str = ""
) -> Subscription:
    """Read the new state, write down who wanted it, and tell the supporter."""
    before = _terms(subscription)
    crash_here("subscription.changed")
    row = sync(subscription.stripe_subscription_id)
    with transaction.atomic():
        audit.note(
            action, subject=row, actor=actor, reason=reason, before=before, after=_terms(row)
        )
        crash_here("subscription.noted")
        outbox.put(
            "mail.subscription_changed",
            key=f"mail.changed:{row.public_id}:{row.seen_at.isoformat()}",
            subscription_id=row.pk,
        )
    return row


def _terms(row: Subscription) -> dict[str, Any]:
    return {
        "amount_minor": row.amount_minor,
        "cover_minor": row.cover_minor,
        "cancel_at": row.cancel_at.isoformat() if row.cancel_at else None,
    }


def _create(state: SubscriptionState) -> Subscription:
    checkout = None
    if CHECKOUT_KEY in state.metadata:
        checkout = Checkout.objects.filter(public_id=state.metadata[CHECKOUT_KEY]).first()
    if checkout is None:
        raise Foreign("a subscription without a checkout of ours")
    people = get_user_model().objects
    supporter = checkout.supporter or people.for_email(state.email, name=state.name)
    row = Subscription(
        supporter=supporter,
        checkout=checkout,
        started_at=state.started_at,
        stripe_subscription_id=state.id,
        **checkout.source,
    )
    _take_over(row, state)
    return row


def _take_over(row: Subscription, state: SubscriptionState) -> None:
    row.status = state.status
    row.frequency = state.interval
    row.currency = state.currency
    row.amount_minor = state.amount_minor
    row.cover_minor = min(int(state.metadata.get(COVER_KEY) or 0), state.amount_minor - 1)
    row.next_charge_at = state.period_ends_at
    row.cancel_at = state.cancel_at
    row.ended_at = state.ended_at
    row.paused_until = state.paused_until
    row.card_brand, row.card_last4 = state.card_brand, state.card_last4
    row.card_expires = state.card_expires
    row.stripe_item_id = state.item_id
    row.stripe_customer_id = state.customer_id
    row.latest_invoice_id = state.latest_invoice_id
    row.livemode = state.livemode
    row.seen_at = state.seen_at
    row.save()
