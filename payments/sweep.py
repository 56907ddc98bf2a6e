"""The sweep: finishes what a crash, a lost answer or a lost event left open."""

import random
from collections.abc import Callable
from datetime import timedelta

from payments import clock
from payments.crash import crash_here
from payments.gateway.errors import GatewayError
from payments.models import Checkout, Contribution, Refund, SubscriptionChange
from payments.reconcile.run import plan
from payments.services import changes, checkout, contributions, notices, refunds
from payments.services.parked import Foreign, Unsettled
from payments.webhooks import backfill

PATIENCE = timedelta(minutes=10)
# What somebody asked for is taken up again soon: longer than one answer of Stripe's may take, and
# short enough to be done within a minute of a crash. Under the same key a race does no harm.
ANSWERED_BY = timedelta(seconds=40)
MOST = 50
# What other rooms want to be looked at each minute; each returns how many rows it changed.
ALSO: list[Callable[[], int]] = []


def sweep() -> int:
    """Ask Stripe about what has stood still for too long; returns how many rows it asked for."""
    plan(clock.now())
    asked = 0
    for look in (_events, _checkouts, _fees, _refunds, _changes, *ALSO):
        asked += look()
    notices.due()
    return asked


def _events() -> int:
    """Notifications that did not reach us; while Stripe does not answer, the next sweep asks."""
    try:
        return backfill.catch_up_if_due()
    except GatewayError:
        return 0


def _checkouts() -> int:
    """Sessions whose event never came: past their expiry, or on their way for a day."""
    now = clock.now()
    overdue = Checkout.objects.filter(status=Checkout.Status.OPEN, expires_at__lt=now - PATIENCE)
    slow = Checkout.objects.filter(
        status=Checkout.Status.PROCESSING, finished_at__lt=now - timedelta(days=1)
    )
    rows = [*overdue[:MOST], *slow[:MOST]]
    for row in rows:
        checkout.refresh(row)
    never_opened = Checkout.objects.filter(
        status=Checkout.Status.CREATING, created_at__lt=now - timedelta(hours=25)
    )
    for row in never_opened[:MOST]:
        checkout.give_up(row)
    return len(rows)


def _fees() -> int:
    """Contributions whose fee Stripe has not told for an hour."""
    open_fees = Contribution.objects.received().filter(
        fee_minor=None, received_at__lt=clock.now() - timedelta(hours=1)
    )
    # By chance, so that fifty that cannot be settled do not keep all others waiting.
    waiting = list(open_fees)
    rows = random.sample(waiting, min(len(waiting), MOST))
    for row in rows:
        _quietly(contributions.record_payment, row.stripe_payment_intent_id)
    return len(rows)


def _refunds() -> int:
    """Refunds whose answer was lost: looked for, then asked again under the same key."""
    lost = Refund.objects.filter(
        status=Refund.Status.CREATING, created_at__lt=clock.now() - ANSWERED_BY
    )
    rows = list(lost.select_related("contribution")[:MOST])
    for row in rows:
        _quietly(refunds.finish, row)
    return len(rows)


def _changes() -> int:
    """Wishes about subscriptions whose answer was lost: asked again under the same key."""
    changes.give_up_old()
    lost = SubscriptionChange.objects.filter(
        status=SubscriptionChange.Status.ASKED, created_at__lt=clock.now() - ANSWERED_BY
    )
    rows = list(lost.select_related("subscription").order_by("created_at")[:MOST])
    for row in rows:
        _quietly(changes.perform, row)
    return len(rows)


def _quietly(call, argument) -> None:
    """A row that cannot be settled now must not keep the others waiting."""
    crash_here("sweep.row")
    try:
        call(argument)
    except (GatewayError, Foreign, Unsettled, refunds.RefundRefused, changes.ChangeRefused):
        return
