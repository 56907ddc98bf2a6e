"""Subscriptions as Stripe tells them: read whole, taken over if newer than what stands here."""

from datetime import timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.db import IntegrityError

from payments import clock, outbox
from payments.crash import crash_here
from payments.gateway import calls
from payments.gateway.objects import CHECKOUT_KEY, COVER_KEY, FOLLOWS_KEY, SubscriptionState
from payments.models import Checkout, Consent, FailedRenewal, Subscription, SubscriptionChange
from payments.models.kept import found, held, insert, one_transaction, save
from payments.services import after_end, audit
from payments.services.parked import Foreign

# An end that lies further back is history being taken over, not news for a letter.
NEWS = timedelta(days=7)


def known(stripe_subscription_id: str) -> Subscription:
    """Our row of a subscription, read from Stripe where we have none yet."""
    row = found(Subscription, stripe_subscription_id=stripe_subscription_id)
    return row or sync(stripe_subscription_id)


def sync(stripe_subscription_id: str) -> Subscription:
    """Take over what Stripe says now. An older reading never replaces a newer one."""
    state = calls.subscription(stripe_subscription_id)
    crash_here("subscription.read")
    try:
        return _kept(state)
    except IntegrityError:
        # A page and a notification made it at the same moment: it is there to be held now.
        if found(Subscription, stripe_subscription_id=state.id) is None:
            raise
        return _kept(state)


def _kept(state: SubscriptionState) -> Subscription:
    with one_transaction():
        row = held(Subscription, stripe_subscription_id=state.id)
        if row is None:
            return _create(state)
        if row.seen_at <= state.seen_at:
            before = terms(row)
            _take_over(row, state)
            _note_others_change(row, before)
        crash_here("subscription.taken_over")
    return row


def terms(row: Subscription) -> dict[str, Any]:
    """What was agreed, for the audit and for letters that name before and after."""
    return {
        "amount_minor": row.amount_minor,
        "cover_minor": row.cover_minor,
        "frequency": row.frequency,
        "cancel_at": row.cancel_at.isoformat() if row.cancel_at else None,
    }


def _create(state: SubscriptionState) -> Subscription:
    row = _successor(state) if FOLLOWS_KEY in state.metadata else _first(state)
    row.started_at = state.started_at
    row.stripe_subscription_id = state.id
    _take_over(row, state)
    if row.checkout and row.checkout.consent_text:
        _keep_consent(row, row.checkout)
    return row


def _first(state: SubscriptionState) -> Subscription:
    checkout = None
    if CHECKOUT_KEY in state.metadata:
        checkout = found(Checkout, public_id=state.metadata[CHECKOUT_KEY])
    if checkout is None:
        raise Foreign("a subscription without a checkout of ours")
    people = get_user_model().objects
    supporter = checkout.supporter or people.for_email(state.email, name=state.name)
    return Subscription(supporter=supporter, checkout=checkout, **checkout.source)


def _successor(state: SubscriptionState) -> Subscription:
    """One that takes over from another: the same supporter, the same source."""
    earlier = Subscription.objects.filter(public_id=state.metadata[FOLLOWS_KEY]).first()
    if earlier is None:
        raise Foreign("a subscription that follows one that is not ours")
    return Subscription(supporter=earlier.supporter, follows=earlier, **earlier.source)


def adopt(state: SubscriptionState, *, supporter: Any) -> Subscription:
    """Keep one that was there before us, without the letters that an end of ours would send."""
    row = Subscription(
        supporter=supporter, started_at=state.started_at, stripe_subscription_id=state.id
    )
    _fill(row, state)
    row.save()
    return row


def _take_over(row: Subscription, state: SubscriptionState) -> None:
    _fill(row, state)
    save(row)
    if row.status == Subscription.Status.CANCELED:
        _ended(row)


def _fill(row: Subscription, state: SubscriptionState) -> None:
    row.status = state.status
    row.frequency = state.interval
    row.currency = state.currency
    row.amount_minor = state.amount_minor
    told = int(state.metadata.get(COVER_KEY) or 0)
    row.cover_minor = max(min(told, state.amount_minor - 1), 0)
    row.anchor_at = state.anchor_at
    row.next_charge_at = state.period_ends_at
    row.cancel_at = state.cancel_at
    row.ended_at = state.ended_at
    row.end_reason = state.end_reason[:40]
    row.collection_paused = state.collection_paused
    row.paused_until = state.paused_until
    row.card_brand, row.card_last4 = state.card_brand, state.card_last4
    row.card_expires = state.card_expires
    row.stripe_item_id = state.item_id
    row.stripe_customer_id = state.customer_id
    row.latest_invoice_id = state.latest_invoice_id
    row.livemode = state.livemode
    row.seen_at = state.seen_at


def _ended(row: Subscription) -> None:
    """What follows from an end, whatever event told it first."""
    row.failed_renewals.filter(status=FailedRenewal.Status.OPEN).update(
        status=FailedRenewal.Status.GIVEN_UP, next_attempt_at=None
    )
    after_end.look(row)
    news = row.ended_at and row.ended_at > clock.now() - NEWS
    if news and not after_end.was_wished(row):
        outbox.put(
            "mail.subscription_ended",
            key=f"mail.ended:{row.stripe_subscription_id}",
            subscription_id=row.pk,
        )


def _note_others_change(row: Subscription, before: dict[str, Any]) -> None:
    """Terms that changed though nobody here asked: by staff in Stripe's dashboard (F44)."""
    if before == terms(row) or row.status == Subscription.Status.CANCELED:
        return
    if not row.changes.filter(status=SubscriptionChange.Status.ASKED).exists():
        audit.note(
            "subscription changed in Stripe",
            subject=row,
            reason="stripe dashboard",
            before=before,
            after=terms(row),
        )


def _keep_consent(row: Subscription, checkout: Checkout) -> None:
    insert(
        Consent(
            key=f"checkout:{checkout.public_id}",
            subscription=row,
            text=checkout.consent_text,
            frequency=row.frequency,
            amount_minor=row.amount_minor,
            currency=row.currency,
            agreed_at=checkout.created_at,
        )
    )
