"""A supporter's wish, from our row to Stripe and back: one open at a time, each done once.

The row is committed before Stripe hears of it. Where no answer came it stays open, and the next
wish or the sweep sends it again under the same key; Stripe decides what was first (F46).
"""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from django.db import transaction
from django.db.models import QuerySet

from payments import clock, outbox
from payments.crash import crash_here
from payments.gateway import errors
from payments.models import Consent, Subscription, SubscriptionChange
from payments.models.standing import whether
from payments.services import audit, mirror
from payments.services.steps import STEPS, TooLate

Kind, Status = SubscriptionChange.Kind, SubscriptionChange.Status

# Stripe keeps a key for a day; what has not come through by then is given up, not done late.
KEPT = timedelta(hours=23)
WORDS = {
    Kind.AMOUNT: "subscription amount changed",
    Kind.COVER: "subscription fee cover changed",
    Kind.FREQUENCY: "subscription frequency changed",
    Kind.DAY: "subscription day changed",
    Kind.PAUSE: "subscription paused",
    Kind.SKIP: "subscription skips one",
    Kind.RESUME: "subscription pause ended",
    Kind.CANCEL: "subscription stopped",
    Kind.CANCEL_NOW: "subscription stopped at once",
    Kind.UNDO: "subscription resumed",
    Kind.CARD: "card replaced",
}
# Stripe's and our steps' codes that a person can be told more of than "refused".
CODES = {"resource_missing": "ended", "ended": "ended", "begun": "begun"}


class ChangeRefused(ValueError):
    """A change that makes no sense now.

    `code` says why: ended, ending, begun, currency, overdue, paused, day, months, same,
    switching, busy (another one is under way), refused (by Stripe).
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def make(
    subscription: Subscription,
    kind: str,
    *,
    wanted: dict[str, Any],
    actor: Any,
    reason: str = "",
) -> Subscription:
    """Put the wish down and carry it out; the same wish twice at once is one.

    Raises ChangeRefused, and the gateway's errors: after Unavailable the wish stays open.
    """
    change = _row(subscription, kind, wanted=wanted, actor=actor, reason=reason)
    if change.status == Status.DONE:
        return mirror.sync(subscription.stripe_subscription_id)
    return perform(change)


def finish_open(subscription: Subscription) -> None:
    """Bring what was asked for earlier to its end, before anything else is asked for."""
    for change in subscription.changes.filter(status=Status.ASKED):
        perform(change)


def perform(change: SubscriptionChange) -> Subscription:
    """Ask Stripe for a change whose row stands, and take over what it says; safe to repeat."""
    crash_here("subscription.change_asked")
    try:
        STEPS[change.kind](change)
    except errors.Unavailable as error:
        if error.answered:
            _next_attempt(change)
        raise
    except errors.Barred:
        raise
    except (errors.Misconfigured, errors.Declined, TooLate) as error:
        _refused(change, error.code)
        mirror.sync(change.subscription.stripe_subscription_id)
        raise ChangeRefused(CODES.get(error.code, "refused")) from error
    crash_here("subscription.changed")
    return _done(change)


def give_up_old() -> int:
    """Refuse what stayed open for longer than Stripe keeps a key; returns how many."""
    old = unanswered.rows(before=clock.now() - KEPT)
    return sum(_refused(change, "no answer within a day") for change in old)


@whether
def unanswered(before: datetime) -> QuerySet[SubscriptionChange]:
    """Wishes that Stripe has not answered since, the oldest first."""
    open_ones = SubscriptionChange.objects.filter(status=Status.ASKED, created_at__lt=before)
    return open_ones.select_related("subscription").order_by("created_at")


def _row(
    subscription: Subscription,
    kind: str,
    *,
    wanted: dict[str, Any],
    actor: Any,
    reason: str,
) -> SubscriptionChange:
    with transaction.atomic():
        locked = Subscription.objects.select_for_update().get(pk=subscription.pk)
        if not locked.running:
            raise ChangeRefused("ended")
        last = locked.changes.exclude(kind=Kind.CARD).order_by("pk").last()
        same = last is not None and (last.kind, last.wanted) == (kind, wanted)
        if last and same and (last.status == Status.ASKED or _since(subscription, last)):
            return last
        if last and (last.status == Status.ASKED or _since(subscription, last)):
            # Another wish is under way, or was carried out after this one's reading of Stripe.
            raise ChangeRefused("busy")
        return SubscriptionChange.objects.create(
            public_id=uuid4(),
            subscription=locked,
            kind=kind,
            wanted=wanted,
            before=mirror.terms(locked),
            reason=reason[:200],
            actor=actor,
            created_at=clock.now(),
        )


def _since(subscription: Subscription, change: SubscriptionChange) -> bool:
    """Whether a change was made after the reading of Stripe that the new wish rests on."""
    read_at = subscription.seen_at + clock.offset()
    return change.status == Status.DONE and (change.settled_at or read_at) > read_at


def _next_attempt(change: SubscriptionChange) -> None:
    """Stripe keeps a server error under its key: the same wish needs a new one."""
    change.attempt += 1
    change.save(update_fields=["attempt"])


def _refused(change: SubscriptionChange, note: str) -> bool:
    with transaction.atomic():
        locked = SubscriptionChange.objects.select_for_update().get(pk=change.pk)
        moved = locked.move(Status.REFUSED)
        if moved:
            locked.note, locked.settled_at = note[:200], clock.now()
            locked.save(update_fields=["status", "note", "settled_at"])
    return moved


def _done(change: SubscriptionChange) -> Subscription:
    """Read the new state, write down who wanted it, and tell the supporter."""
    row = mirror.sync(change.subscription.stripe_subscription_id)
    with transaction.atomic():
        locked = SubscriptionChange.objects.select_for_update().get(pk=change.pk)
        if not locked.move(Status.DONE):
            return row
        locked.settled_at = clock.now()
        locked.save(update_fields=["status", "settled_at"])
        audit.note(
            WORDS[Kind(locked.kind)],
            subject=row,
            actor=locked.actor,
            reason=locked.reason,
            before=locked.before,
            after=mirror.terms(row),
        )
        crash_here("subscription.noted")
        _keep_consent(row, locked)
        outbox.put(
            "mail.subscription_changed",
            key=f"mail.changed:{locked.public_id}",
            change_id=locked.pk,
        )
    return row


def _keep_consent(row: Subscription, change: SubscriptionChange) -> None:
    """New terms are a new agreement, with the words on the button that was pressed."""
    if text := change.wanted.get("consent_text"):
        agreed = row.successor or row
        Consent.objects.create(
            key=f"change:{change.public_id}",
            subscription=agreed,
            text=text,
            frequency=agreed.frequency,
            amount_minor=agreed.amount_minor,
            currency=agreed.currency,
            agreed_at=change.created_at,
        )
