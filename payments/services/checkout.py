"""Starting to give, and following a checkout to its end."""

import hashlib
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from payments import clock, cover, outbox
from payments.crash import crash_here
from payments.gateway import calls, errors
from payments.gateway.client import livemode
from payments.gateway.objects import CHECKOUT_KEY, COVER_KEY, SUBSCRIPTION_KEY, Session
from payments.models import Checkout, Recognition
from payments.models.kept import found, held, one_transaction, save
from payments.money import Money
from payments.services import cards, contributions, mirror
from payments.services.parked import Foreign

Declined, Unavailable, Misconfigured = errors.Declined, errors.Unavailable, errors.Misconfigured
Status = Checkout.Status


@dataclass(frozen=True, slots=True)
class Wish:
    """What a reader asked for. `form_token` stands for one filled-in form."""

    form_token: UUID
    frequency: str
    gift: Money
    cover_fee: bool = False
    email: str = ""
    name: str = ""
    message: str = ""
    dedication: str = ""
    recognition: str = Recognition.NONE
    language: str = "en"
    consent_text: str = ""
    source: dict[str, Any] = field(default_factory=dict)
    supporter: Any = None

    def terms_key(self) -> str:
        """The same form with the same terms is the same checkout (FAILURES F38, F39)."""
        terms = (self.form_token, self.frequency, self.gift, self.cover_fee, self.email)
        return hashlib.sha256(repr(terms).encode()).hexdigest()


def start(wish: Wish) -> Checkout:
    """Our row, then Stripe's session with a key made from the row, then our row again.

    A second call with the same wish returns the same checkout, whatever became of it. Raises
    AmountError, Unavailable (nothing was charged; the same wish may be sent again) and
    Misconfigured.
    """
    wish.gift.within_limits()
    checkout = _row(wish)
    crash_here("checkout.row_committed")
    if checkout.status in {Status.CREATING, Status.EXPIRED, Status.FAILED}:
        checkout = _open(checkout)
    return checkout


def refresh(checkout: Checkout) -> Checkout:
    """Ask Stripe once how a checkout stands; on no answer, what we hold stays."""
    if checkout.stripe_checkout_session_id and checkout.status in {Status.OPEN, Status.PROCESSING}:
        try:
            sync(checkout.stripe_checkout_session_id)
        except errors.GatewayError:
            return checkout
        checkout.refresh_from_db()
    return checkout


def give_up(checkout: Checkout) -> None:
    """Close one whose session never came to be: Stripe would have told of it within a day."""
    _move(checkout, Status.EXPIRED)


def sync(session_id: str) -> None:
    """Bring our rows to where Stripe's session stands; one that was paid stays so.

    Raises Foreign for one not ours.
    """
    known = found(Checkout, stripe_checkout_session_id=session_id)
    if known and known.status == Status.PAID:
        return
    session = calls.session(session_id)
    crash_here("checkout.session_read")
    if session.mode == "setup":
        _use_card(session)
        return
    checkout = _of(session)
    if session.status == "expired":
        _expired(checkout, session)
    elif session.status == "complete" and session.subscription_id:
        _sync_first_cycle(checkout, session)
    elif session.status == "complete" and session.payment_intent_id:
        _sync_gift(checkout, session)


def sync_payment(payment_intent_id: str) -> None:
    """A payment attempt failed: see whether the whole checkout has failed with it."""
    payment = calls.payment(payment_intent_id)
    public_id = payment.metadata.get(CHECKOUT_KEY)
    checkout = Checkout.objects.filter(public_id=public_id).first() if public_id else None
    if checkout is None or not checkout.stripe_checkout_session_id:
        raise Foreign("a payment without our checkout's id")
    sync(checkout.stripe_checkout_session_id)


def _row(wish: Wish) -> Checkout:
    added = cover.cover_for(wish.gift) if wish.cover_fee else Money(0, wish.gift.currency)
    with transaction.atomic():
        checkout, new = Checkout.objects.get_or_create(
            terms_key=wish.terms_key(),
            defaults={
                "form_token": wish.form_token,
                "supporter": wish.supporter,
                "frequency": wish.frequency,
                "currency": wish.gift.currency,
                "gift_minor": wish.gift.minor,
                "cover_minor": added.minor,
                "email": wish.email,
                "name": wish.name,
                "message": wish.message,
                "dedication": wish.dedication,
                "recognition": wish.recognition,
                "language": wish.language,
                "consent_text": wish.consent_text,
                "livemode": livemode(),
                "created_at": clock.now(),
                **wish.source,
            },
        )
        if new:
            _replace_others(checkout)
        crash_here("checkout.row_written")
    return checkout


def _replace_others(checkout: Checkout) -> None:
    """The same form with other terms: its earlier, unpaid session is closed."""
    others = Checkout.objects.filter(form_token=checkout.form_token, status=Status.OPEN)
    for other in others.exclude(pk=checkout.pk):
        outbox.put(
            "checkout.expire", key=f"checkout.expire:{other.public_id}", checkout_id=other.pk
        )


@outbox.task("checkout.expire")
def expire(checkout_id: int) -> None:
    """Close an open session that was replaced; one that has ended meanwhile is left alone."""
    checkout = Checkout.objects.get(pk=checkout_id)
    if checkout.status == Status.OPEN and checkout.stripe_checkout_session_id:
        if calls.session(checkout.stripe_checkout_session_id).status == "open":
            key = f"checkout:{checkout.public_id}:expire"
            calls.expire_session(checkout.stripe_checkout_session_id, key=key)
            crash_here("checkout.session_expired")
        sync(checkout.stripe_checkout_session_id)


def _open(checkout: Checkout) -> Checkout:
    if checkout.status != Status.CREATING:
        _next_attempt(checkout)
    try:
        session = _create_session(checkout)
    except Unavailable as error:
        if error.answered:
            _next_attempt(checkout)
        raise
    if session.status != "open":
        _next_attempt(checkout)
        session = _create_session(checkout)
    crash_here("checkout.session_created")
    Checkout.objects.filter(pk=checkout.pk).exclude(status=Status.PAID).update(
        status=Status.OPEN,
        stripe_checkout_session_id=session.id,
        stripe_url=session.url,
        expires_at=session.expires_at,
    )
    crash_here("checkout.session_kept")
    checkout.refresh_from_db()
    return checkout


def _next_attempt(checkout: Checkout) -> None:
    """Stripe answers an old key with its old answer: a new session needs a new key."""
    checkout.attempt += 1
    checkout.save(update_fields=["attempt"])


def _create_session(checkout: Checkout) -> Session:
    page = settings.SITE_URL + reverse("supporters:thanks", args=[checkout.public_id])
    back = settings.SITE_URL + reverse("supporters:contribute")
    supporter = checkout.supporter
    return calls.create_session(
        key=f"checkout:{checkout.public_id}:{checkout.attempt}",
        amount=checkout.charged,
        interval=checkout.frequency if checkout.recurring else None,
        metadata={CHECKOUT_KEY: str(checkout.public_id), COVER_KEY: str(checkout.cover_minor)},
        email=checkout.email or (supporter.email if supporter else ""),
        customer_id="",
        language=checkout.language,
        success_url=page,
        cancel_url=f"{back}?checkout={checkout.public_id}",
    )


def _of(session: Session) -> Checkout:
    """Our checkout of a session, by Stripe's id or by ours where an answer was lost."""
    known = found(Checkout, stripe_checkout_session_id=session.id)
    if known is None and session.metadata.get(CHECKOUT_KEY):
        known = found(Checkout, public_id=session.metadata[CHECKOUT_KEY])
    if known is None:
        raise Foreign("a session without our checkout's id")
    return known


def _expired(checkout: Checkout, session: Session) -> None:
    """The end of an earlier attempt says nothing about the session that replaced it."""
    if checkout.stripe_checkout_session_id in {session.id, None}:
        _move(checkout, Status.EXPIRED)


def _sync_first_cycle(checkout: Checkout, session: Session) -> None:
    mirror.sync(session.subscription_id)
    if session.payment_status == "paid":
        contributions.record_invoice(session.invoice_id)
    else:
        _move(checkout, Status.PROCESSING)


def _sync_gift(checkout: Checkout, session: Session) -> None:
    payment = calls.payment(session.payment_intent_id)
    if payment.failed:
        contributions.record_failure(checkout, payment)
    else:
        contributions.record(payment)


def _use_card(session: Session) -> None:
    if SUBSCRIPTION_KEY not in session.metadata:
        raise Foreign("a new card for a subscription that is not ours")
    if session.status == "complete":
        cards.use_card(
            session.metadata[SUBSCRIPTION_KEY],
            customer_id=session.customer_id,
            setup_intent_id=session.setup_intent_id,
        )


def _move(checkout: Checkout, status: Checkout.Status) -> None:
    with one_transaction():
        locked = held(Checkout, id=checkout.pk)
        if locked and locked.move(status):
            locked.finished_at = clock.now()
            save(locked, "status", "finished_at")
