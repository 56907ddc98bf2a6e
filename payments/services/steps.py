"""What is asked of Stripe for each kind of change: the steps, each with a key of the change's row.

Every step says what shall be, so a step sent again does no harm. Where order decides about money,
what stops a charge comes before what begins one.
"""

from collections.abc import Callable, Iterator
from datetime import datetime

from payments import clock
from payments.crash import crash_here
from payments.gateway import calls, changes, errors
from payments.gateway.objects import COVER_KEY, FOLLOWS_KEY, SubscriptionState
from payments.models import FailedRenewal, Subscription, SubscriptionChange
from payments.money import Money
from payments.services import mirror

Kind = SubscriptionChange.Kind


class TooLate(Exception):
    """Stripe has gone on meanwhile; `code`: ended, begun."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def terms(change: SubscriptionChange) -> None:
    """Amount and cover of every charge from the next one on."""
    changes.set_amount(
        _id(change),
        key=change.key("terms"),
        item_id=change.wanted["item"],
        amount=_amount(change),
        interval=change.wanted["frequency"],
        metadata={COVER_KEY: str(change.wanted["cover_minor"])},
    )


def day(change: SubscriptionChange) -> None:
    changes.set_next_charge(_id(change), key=change.key("day"), at=_moment(change.wanted["at"]))


def pause(change: SubscriptionChange) -> None:
    changes.pause(_id(change), key=change.key("pause"), until=_moment(change.wanted["until"]))


def resume(change: SubscriptionChange) -> None:
    """One that Stripe has stopped altogether goes on with its first charge, and not without."""
    if change.wanted["status"] == Subscription.Status.PAUSED:
        changes.resume(_id(change), key=change.key("resume"))
        if calls.subscription(_id(change)).status == Subscription.Status.PAUSED:
            raise errors.Declined
    else:
        changes.end_pause(_id(change), key=change.key("resume"))


def cancel(change: SubscriptionChange) -> None:
    _end_successors(change)
    changes.end_at_period_end(_id(change), key=change.key("cancel"))


def cancel_now(change: SubscriptionChange) -> None:
    """End it, then let nothing more be taken for what was invoiced already."""
    _end_successors(change)
    _end(_id(change), key=change.key("cancel"))
    crash_here("subscription.ended_at_once")
    for invoice_id in _open_invoices(change.subscription):
        status = calls.invoice(invoice_id).status
        changes.stop_collecting(invoice_id, status=status, key=change.key(invoice_id))


def undo(change: SubscriptionChange) -> None:
    """End what was to follow, before this one is let go on."""
    _end_successors(change)
    state = calls.subscription(_id(change))
    if state.status == "canceled":
        raise TooLate("ended")
    if state.cancel_at is not None:
        changes.undo_end(state, key=change.key("undo"))


def frequency(change: SubscriptionChange) -> None:
    """The old one ends with its period; only then, and from that moment, another begins."""
    if "starts_at" not in change.wanted:
        changes.end_at_period_end(_id(change), key=change.key("end"))
        state = calls.subscription(_id(change))
        starts_at = state.cancel_at or state.ended_at or state.period_ends_at
        change.wanted["starts_at"] = starts_at.isoformat()
        change.save(update_fields=["wanted"])
    crash_here("subscription.switch_ended_the_old")
    state = calls.subscription(_id(change))
    found = _lost_successor(change) if change.attempt > 1 else ""
    mirror.sync(found or _begin(change, state))


def card(change: SubscriptionChange) -> None:
    """Charge the new card from now on, and at once what is owed; not what a debit is taking."""
    changes.use_card(
        _id(change),
        customer_id=change.wanted["customer"],
        card_id=changes.card_given(change.wanted["setup_intent"]),
        key=change.key("card"),
    )
    crash_here("subscription.card_used")
    for invoice_id in _open_invoices(change.subscription):
        invoice = calls.tried_invoice(invoice_id)
        if invoice.status == "open" and not invoice.under_way:
            _pay(invoice_id, key=change.key(invoice_id))


STEPS: dict[str, Callable[[SubscriptionChange], None]] = {
    Kind.AMOUNT: terms,
    Kind.COVER: terms,
    Kind.FREQUENCY: frequency,
    Kind.DAY: day,
    Kind.PAUSE: pause,
    Kind.SKIP: pause,
    Kind.RESUME: resume,
    Kind.CANCEL: cancel,
    Kind.CANCEL_NOW: cancel_now,
    Kind.UNDO: undo,
    Kind.CARD: card,
}


def _id(change: SubscriptionChange) -> str:
    return change.subscription.stripe_subscription_id


def _amount(change: SubscriptionChange) -> Money:
    return Money(change.wanted["amount_minor"], change.wanted["currency"])


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _end_successors(change: SubscriptionChange) -> None:
    """End what was to follow, the last first; none has charged yet. Raises TooLate."""
    for successor in change.successors:
        if calls.subscription(successor).status not in {"trialing", "canceled"}:
            raise TooLate("begun")
        _end(successor, key=change.key(f"successor:{successor}"))
        mirror.sync(successor)


def _end(subscription_id: str, *, key: str) -> None:
    if calls.subscription(subscription_id).status == "canceled":
        return
    try:
        changes.end_now(subscription_id, key=key)
    except errors.Misconfigured:
        # A DELETE has no key: sent again after a lost answer, it finds the agreement ended.
        if calls.subscription(subscription_id).status != "canceled":
            raise


def _open_invoices(subscription: Subscription) -> Iterator[str]:
    """Invoices that may still be unpaid: the latest, and those whose charge failed."""
    latest = calls.subscription(subscription.stripe_subscription_id).latest_invoice_id
    failed = subscription.failed_renewals.exclude(status=FailedRenewal.Status.RECOVERED)
    known = failed.values_list("stripe_invoice_id", flat=True)
    yield from dict.fromkeys(filter(None, [*known, latest]))


def _pay(invoice_id: str, *, key: str) -> None:
    """A decline is not the end of the change: Stripe tells it, and a letter follows."""
    try:
        changes.pay(invoice_id, key=key)
    except errors.Declined:
        return
    except errors.Misconfigured as error:
        if error.code != "invoice_already_paid":
            raise


def _begin(change: SubscriptionChange, state: SubscriptionState) -> str:
    """The new subscription; where it cannot be, the old one goes on."""
    starts_at = _moment(change.wanted["starts_at"])
    try:
        return _ask_to_begin(change, state, step="begin", at=starts_at)
    except errors.Misconfigured:
        if starts_at > clock.now():
            changes.undo_end(state, key=change.key("stay"))
            raise
        # The answer was so long in coming that the old one has ended: begin where we are.
        found = _lost_successor(change)
        return found or _ask_to_begin(change, state, step="begin-now", at=None)


def _ask_to_begin(
    change: SubscriptionChange, state: SubscriptionState, *, step: str, at: datetime | None
) -> str:
    follows = str(change.subscription.public_id)
    return changes.begin_later(
        key=change.key(step),
        customer_id=state.customer_id,
        card_id=state.card_id,
        amount=_amount(change),
        interval=change.wanted["frequency"],
        at=at,
        metadata={COVER_KEY: str(change.wanted["cover_minor"]), FOLLOWS_KEY: follows},
    )


def _lost_successor(change: SubscriptionChange) -> str:
    """One that Stripe made though its answer never came."""
    follows = str(change.subscription.public_id)
    return changes.successor_of(change.subscription.stripe_customer_id, follows=follows)
