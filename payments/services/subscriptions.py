"""What supporters may wish of a subscription: amount, cover, frequency, day, pause and end.

Each reads Stripe first, refuses what makes no sense now, and leaves the rest to `changes`.
Nothing is ever prorated, and no period is charged twice (FAILURES F45): a change of amount or day
counts from the next charge, and another frequency is a new subscription that begins where the
old one ends.
"""

from datetime import datetime, timedelta
from typing import Any

from payments import clock, cover, periods
from payments.models import Subscription, SubscriptionChange
from payments.money import Money
from payments.services import changes, mirror
from payments.services.changes import ChangeRefused

Kind = SubscriptionChange.Kind
known, sync = mirror.known, mirror.sync

DAYS = range(1, 29)
PAUSES = range(1, 13)
FREQUENCIES = ("month", "year")
# A pause ends a day before the charge that is taken again, so that no clock decides about it.
BEFORE_CHARGE = timedelta(days=1)


def change_amount(
    subscription: Subscription, *, gift: Money, actor: Any, consent_text: str = ""
) -> Subscription:
    """Let the next renewal take another gift; a covered fee is covered again.

    Raises ChangeRefused, AmountError and the gateway's errors, as do the others here.
    """
    row = _fresh(subscription)
    _check_gift(row, gift)
    added = cover.cover_for(gift) if row.cover_minor else Money(0, gift.currency)
    return _set_terms(row, Kind.AMOUNT, gift=gift, added=added, actor=actor, text=consent_text)


def cover_fee(subscription: Subscription, *, actor: Any, consent_text: str = "") -> Subscription:
    """Add the fee to the gift from the next renewal on."""
    row = _fresh(subscription)
    if row.cover_minor:
        return row
    added = cover.cover_for(row.gift)
    return _set_terms(row, Kind.COVER, gift=row.gift, added=added, actor=actor, text=consent_text)


def leave_fee(subscription: Subscription, *, actor: Any, consent_text: str = "") -> Subscription:
    """Take the bare gift from the next renewal on."""
    row = _fresh(subscription)
    none = Money(0, row.currency)
    return _set_terms(row, Kind.COVER, gift=row.gift, added=none, actor=actor, text=consent_text)


def change_frequency(
    subscription: Subscription, *, frequency: str, gift: Money, actor: Any, consent_text: str = ""
) -> Subscription:
    """End it when its period is over and begin another then; returns the one that begins.

    What was paid for runs to its end first: nobody pays twice for the same days.
    """
    row = _fresh(subscription)
    if row.successor:
        if (row.successor.frequency, row.successor.gift) == (frequency, gift):
            return row.successor
        raise ChangeRefused("switching")
    _refuse_unless_regular(row)
    if frequency not in FREQUENCIES or frequency == row.frequency:
        raise ChangeRefused("same")
    _check_gift(row, gift)
    added = cover.cover_for(gift) if row.cover_minor else Money(0, gift.currency)
    wanted = _terms(gift, added) | {"frequency": frequency, "consent_text": consent_text}
    row = changes.make(row, Kind.FREQUENCY, wanted=wanted, actor=actor)
    return row.successor or row


def change_day(subscription: Subscription, *, day: int, actor: Any) -> Subscription:
    """Move the charge to a day of the month, never forward in time: to wait is free."""
    row = _fresh(subscription)
    _refuse_unless_regular(row)
    at = moved_to(row, day=day)
    if row.next_charge_at and clock.local_date(at) == clock.local_date(row.next_charge_at):
        return row
    wanted = {"day": day, "at": at.isoformat()}
    return changes.make(row, Kind.DAY, wanted=wanted, actor=actor)


def moved_to(subscription: Subscription, *, day: int) -> datetime:
    """When the next charge would be, were it taken on that day of the month."""
    if day not in DAYS or subscription.next_charge_at is None:
        raise ChangeRefused("day")
    return periods.on_day(subscription.next_charge_at, day=day, zone=clock.newsroom_zone())


def pause(subscription: Subscription, *, charges: int, actor: Any) -> Subscription:
    """Leave out the next charges, as many as said; then it goes on by itself."""
    return _pause(subscription, Kind.PAUSE, charges=charges, actor=actor)


def skip(subscription: Subscription, *, actor: Any) -> Subscription:
    """Leave out the next charge."""
    return _pause(subscription, Kind.SKIP, charges=1, actor=actor)


def charge_after_pause(subscription: Subscription, *, charges: int) -> datetime:
    """When it would be charged again, were that many charges left out."""
    if charges not in PAUSES or subscription.next_charge_at is None:
        raise ChangeRefused("months")
    return subscription.charge_after(subscription.next_charge_at, periods_on=charges)


def resume(subscription: Subscription, *, actor: Any) -> Subscription:
    """End a pause: the next period is charged again."""
    row = _fresh(subscription)
    if not row.paused:
        return row
    return changes.make(row, Kind.RESUME, wanted={"status": row.status}, actor=actor)


def cancel(subscription: Subscription, *, reason: str, actor: Any) -> Subscription:
    """End it when the time already paid for is over, and what was to follow it; nothing is taken.

    One whose last charge failed has no such time: it ends now, and is not tried again.
    """
    row = _fresh(subscription)
    if row.overdue or row.status == Subscription.Status.PAUSED:
        return cancel_now(subscription, reason=reason, actor=actor)
    if row.ending and not row.successors:
        return row
    return changes.make(row, Kind.CANCEL, wanted=_with_successors(row), actor=actor, reason=reason)


def cancel_now(subscription: Subscription, *, reason: str, actor: Any) -> Subscription:
    """End it at once. What is charged later all the same goes back by itself."""
    row = _fresh(subscription)
    wanted = _with_successors(row)
    return changes.make(row, Kind.CANCEL_NOW, wanted=wanted, actor=actor, reason=reason)


def undo_cancel(subscription: Subscription, *, actor: Any) -> Subscription:
    """Go on as if it had not been stopped; possible until it has ended.

    Where others were to follow, those are ended first: they have charged nothing yet.
    """
    row = _fresh(subscription)
    if not row.ending:
        return row
    return changes.make(row, Kind.UNDO, wanted=_with_successors(row), actor=actor)


def _with_successors(row: Subscription) -> dict[str, Any]:
    """What was to follow it ends along with it, or gives way to it."""
    ids = [each.stripe_subscription_id for each in row.successors]
    return {"successors": ids} if ids else {}


def _set_terms(
    row: Subscription, kind: str, *, gift: Money, added: Money, actor: Any, text: str
) -> Subscription:
    if row.ending:
        raise ChangeRefused("ending")
    if gift + added == row.amount and added.minor == row.cover_minor:
        return row
    return changes.make(
        row,
        kind,
        wanted=_terms(gift, added)
        | {"item": row.stripe_item_id, "frequency": row.frequency, "consent_text": text},
        actor=actor,
    )


def _terms(gift: Money, added: Money) -> dict[str, Any]:
    return {
        "amount_minor": (gift + added).minor,
        "cover_minor": added.minor,
        "currency": gift.currency,
    }


def _pause(subscription: Subscription, kind: str, *, charges: int, actor: Any) -> Subscription:
    row = _fresh(subscription)
    if row.paused and _was_last(row, kind, charges=charges):
        return row
    _refuse_unless_regular(row)
    again = charge_after_pause(row, charges=charges)
    wanted = {"charges": charges, "until": (again - BEFORE_CHARGE).isoformat()}
    return changes.make(row, kind, wanted=wanted, actor=actor)


def _was_last(row: Subscription, kind: str, *, charges: int) -> bool:
    """Whether this pause was the last wish: who presses again after a page broke has it."""
    last = row.changes.exclude(kind=Kind.CARD).order_by("pk").last()
    return last is not None and (last.kind, last.wanted.get("charges")) == (kind, charges)


def _fresh(subscription: Subscription) -> Subscription:
    """The row as Stripe has it now, with nothing left open from before."""
    changes.finish_open(subscription)
    row = sync(subscription.stripe_subscription_id)
    if not row.running:
        raise ChangeRefused("ended")
    return row


def _check_gift(row: Subscription, gift: Money) -> None:
    if gift.currency != row.currency:
        raise ChangeRefused("currency")
    gift.within_limits()


def _refuse_unless_regular(row: Subscription) -> None:
    """Only one that is charged as agreed can be moved, paused or given another frequency."""
    reasons: dict[str, bool] = {
        "ending": row.ending,
        "overdue": row.overdue,
        "paused": row.paused,
    }
    for code, true in reasons.items():
        if true:
            raise ChangeRefused(code)
