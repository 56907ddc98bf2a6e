"""Subscriptions: ours against Stripe's and against each other, and renewals due against made."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import Q

from payments.gateway import pages
from payments.gateway.client import livemode
from payments.gateway.objects import SubscriptionState
from payments.models import Subscription
from payments.money import Money
from payments.reconcile.findings import Finding, Kind
from payments.services import whose

# An invoice waits an hour as a draft, or up to three days where its webhook could not be delivered.
LATEST_RENEWAL = timedelta(days=4)


def compare(*, before: datetime) -> Iterator[Finding]:
    """Every subscription of the account against ours, page by page."""
    mine = Subscription.objects.filter(livemode=livemode())
    running = set(mine.running().values_list("stripe_subscription_id", flat=True))
    for page in pages.subscription_terms():
        states = page.items
        rows = mine.in_bulk([state.id for state in states], field_name="stripe_subscription_id")
        running.difference_update(state.id for state in states)
        for state in states:
            yield from _compared(rows.get(state.id), state, before=before)
    for row in mine.filter(stripe_subscription_id__in=running, started_at__lt=before):
        yield _about(row, Kind.SUBSCRIPTION_GONE, ours=row.status)


def twice() -> Iterator[Finding]:
    """One that goes on though another was to begin where it ends: both will be charged (F45)."""
    mine = Subscription.objects.running().filter(livemode=livemode(), cancel_at=None)
    for row in mine.filter(followers__status__in=Subscription.RUNNING).distinct():
        if later := row.successor:
            theirs = f"{later.amount.format()} {later.frequency}"
            ours = f"{row.amount.format()} {row.frequency}"
            yield _about(row, Kind.SUBSCRIPTION_TWICE, ours=ours, theirs=theirs)


def missed(*, now: datetime) -> Iterator[Finding]:
    """Renewals that were due days ago and of which nothing was heard, paid or failed."""
    due = Subscription.objects.filter(
        Q(paused_until=None),
        livemode=livemode(),
        status__in=(Subscription.Status.ACTIVE, Subscription.Status.TRIALING),
        next_charge_at__lt=now - LATEST_RENEWAL,
        cancel_at=None,
    )
    for row in due.iterator():
        yield _about(
            row,
            Kind.RENEWAL_MISSED,
            subject=f"{row.stripe_subscription_id} {row.next_charge_at:%Y-%m-%d}",
            ours=f"due {row.next_charge_at:%Y-%m-%d}",
        )


def _compared(
    row: Subscription | None, state: SubscriptionState, *, before: datetime
) -> Iterator[Finding]:
    if row is None:
        if state.started_at < before and not whose.subscription(state.id, state.metadata):
            yield _unknown(state)
    elif row.status != state.status:
        ended = state.status in Subscription.FINAL
        kind = Kind.SUBSCRIPTION_ENDED if ended else Kind.SUBSCRIPTION_STATE
        yield _about(row, kind, ours=row.status, theirs=state.status)
    elif row.status not in Subscription.FINAL:
        yield from _terms(row, state)


def _terms(row: Subscription, state: SubscriptionState) -> Iterator[Finding]:
    theirs = Money(state.amount_minor, state.currency)
    if (row.amount, row.frequency) != (theirs, state.interval):
        yield _about(
            row,
            Kind.SUBSCRIPTION_AMOUNT,
            ours=f"{row.amount.format()} {row.frequency}",
            theirs=f"{theirs.format()} {state.interval}",
        )
    elif row.cancel_at != state.cancel_at:
        yield _about(row, Kind.SUBSCRIPTION_STATE, ours=_ending(row), theirs=_ending(state))


def _ending(terms: Subscription | SubscriptionState) -> str:
    return f"ends {terms.cancel_at:%Y-%m-%d}" if terms.cancel_at else "goes on"


def _about(
    row: Subscription, kind: Kind, *, subject: str = "", ours: str = "", theirs: str = ""
) -> Finding:
    return Finding(
        kind,
        subject=subject or row.stripe_subscription_id,
        ours=ours,
        theirs=theirs,
        stripe_object_id=row.stripe_subscription_id,
        subscription_id=row.pk,
        happened_at=row.started_at,
    )


def _unknown(state: SubscriptionState) -> Finding:
    return Finding(
        Kind.SUBSCRIPTION_UNKNOWN,
        subject=state.id,
        theirs=f"{Money(state.amount_minor, state.currency).format()} {state.interval}",
        stripe_object_id=state.id,
        happened_at=state.started_at,
    )
