"""What to do when something falls due; one function for each kind of job."""

from payments.sandbox import (
    balance,
    checkout,
    cycle,
    debits,
    disputes,
    payouts,
    periods,
    refunds,
    subscription_changes,
    subscriptions,
)

KINDS = {
    "housekeeping": lambda box, id: housekeeping(box, day=id),
    "session_expires": checkout.expire_due,
    "balance": balance.attach_due,
    "available": balance.available_due,
    "debit_settles": debits.settle_due,
    "upcoming": cycle.upcoming_due,
    "period_ends": cycle.period_due,
    "finalises": cycle.finalise_due,
    "retry": cycle.retry_due,
    "collection_resumes": subscription_changes.resume_collection_due,
    "subscription_ends": subscription_changes.end_due,
    "incomplete_ends": subscriptions.incomplete_due,
    "refund_follows": refunds.follow_due,
    "dispute_opens": disputes.open_due,
    "dispute_due": disputes.due,
    "debit_returns": debits.return_due,
    "payout_moves": payouts.move_due,
}


def begin(box):
    """Start the daily round when nothing waits yet."""
    if box.agenda.next_due() is None:
        plan_day(box)


def plan_day(box):
    day = periods.next_midnight(box.clock.now())
    box.agenda.add(day, kind="housekeeping", id=str(day))


def housekeeping(box, *, day):
    payouts.pay_out(box)
    box.events.forget_old()
    box.idempotency.forget_old()
    plan_day(box)


def run_due(box, *, until, clock=None):
    """Perform everything due up to `until`, each at its own moment, in time order."""
    while (due := box.agenda.next_due(clock)) is not None and due <= until:
        due, _, kind, id, _ = box.agenda.pop(clock)
        with box.clock.standing_at(due, name=clock):
            KINDS[kind](box, id)
