"""Payouts: how they stand at Stripe, and whether their content sums to the bank line."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import F, QuerySet, Sum
from django.db.models.functions import Coalesce

from payments.gateway import pages
from payments.gateway.client import livemode
from payments.gateway.objects import PayoutState
from payments.models import Payout
from payments.money import Money
from payments.reconcile.findings import Finding, Kind

# A payout that was paid may still be sent back by the bank for some days.
LOOK_BACK = timedelta(days=35)


def compare(*, now: datetime, before: datetime) -> Iterator[Finding]:
    """Payouts of the last weeks as Stripe has them, and the content of all of ours."""
    for page in pages.payouts(since=now - LOOK_BACK):
        ids = [state.id for state in page.items]
        known = Payout.objects.in_bulk(ids, field_name="stripe_payout_id")
        for state in page.items:
            if state.created_at < before:
                yield from _state(known.get(state.id), state)
    yield from _content(before)


def incomplete() -> QuerySet[Payout]:
    """Payouts whose content was read and does not sum to what the bank got."""
    return (
        Payout.objects.filter(livemode=livemode(), itemised_at__isnull=False, automatic=True)
        .annotate(inside=Coalesce(Sum("items__net_minor"), 0))
        .exclude(inside=F("amount_minor"))
        .order_by("pk")
    )


def _state(row: Payout | None, state: PayoutState) -> Iterator[Finding]:
    """One that we do not have at all shows in the ledger; here is how the known ones stand."""
    if row is None or row.status == state.status:
        return
    yield Finding(
        Kind.PAYOUT_STATE,
        subject=state.id,
        ours=row.status,
        theirs=state.status,
        stripe_object_id=state.id,
        payout_id=row.pk,
        happened_at=state.created_at,
    )


def _content(before: datetime) -> Iterator[Finding]:
    unread = Payout.objects.filter(
        livemode=livemode(),
        automatic=True,
        status=Payout.Status.PAID,
        itemised_at=None,
        arrival_on__lt=(before - timedelta(days=2)).date(),
    ).annotate(inside=Coalesce(Sum("items__net_minor"), 0))
    for row in [*incomplete(), *unread]:
        yield Finding(
            Kind.PAYOUT_CONTENT,
            subject=row.stripe_payout_id,
            ours=Money(row.inside, row.currency).format(),
            theirs=row.amount.format(),
            stripe_object_id=row.stripe_payout_id,
            payout_id=row.pk,
            happened_at=row.created_at,
        )
