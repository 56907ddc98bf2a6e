"""The sweep: finishes what a crash, a lost answer or a lost event left open."""

import random
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db.models import QuerySet

from payments import clock
from payments.crash import crash_here
from payments.gateway.errors import GatewayError
from payments.models import Checkout, Contribution, Refund
from payments.models.standing import whether
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
    overdue = _expired.rows(before=now - PATIENCE)
    slow = _on_their_way.rows(before=now - timedelta(days=1))
    rows = [*overdue[:MOST], *slow[:MOST]]
    for row in rows:
        checkout.refresh(row)
    for row in _never_opened.rows(before=now - timedelta(hours=25))[:MOST]:
        checkout.give_up(row)
    return len(rows)


@whether
def _expired(before: datetime) -> QuerySet[Checkout]:
    return Checkout.objects.filter(status=Checkout.Status.OPEN, expires_at__lt=before)


@whether
def _on_their_way(before: datetime) -> QuerySet[Checkout]:
    return Checkout.objects.filter(status=Checkout.Status.PROCESSING, finished_at__lt=before)


@whether
def _never_opened(before: datetime) -> QuerySet[Checkout]:
    return Checkout.objects.filter(status=Checkout.Status.CREATING, created_at__lt=before)


def _fees() -> int:
    """Contributions whose fee Stripe has not told for an hour."""
    # By chance, so that fifty that cannot be settled do not keep all others waiting.
    waiting = list(_without_fee.rows(before=clock.now() - timedelta(hours=1)))
    rows = random.sample(waiting, min(len(waiting), MOST))
    for row in rows:
        _quietly(contributions.record_payment, row.stripe_payment_intent_id)
    return len(rows)


@whether
def _without_fee(before: datetime) -> QuerySet[Contribution]:
    return Contribution.objects.received().filter(fee_minor=None, received_at__lt=before)


def _refunds() -> int:
    """Refunds whose answer was lost: looked for, then asked again under the same key."""
    rows = list(_lost_refunds.rows(before=clock.now() - ANSWERED_BY)[:MOST])
    for row in rows:
        _quietly(refunds.finish, row)
    return len(rows)


@whether
def _lost_refunds(before: datetime) -> QuerySet[Refund]:
    rows = Refund.objects.filter(status=Refund.Status.CREATING, created_at__lt=before)
    return rows.select_related("contribution")


def _changes() -> int:
    """Wishes about subscriptions whose answer was lost: asked again under the same key."""
    changes.give_up_old()
    rows = list(changes.unanswered.rows(before=clock.now() - ANSWERED_BY)[:MOST])
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
