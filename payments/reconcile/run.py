"""One reconciliation: read what is new, compare everything, keep what differs."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import chain
from typing import Any

from django.db.models import Max

from payments import clock, outbox
from payments.gateway.client import livemode
from payments.models import Reconciliation
from payments.reconcile import agreements, books, held, papers, record, transfers
from payments.reconcile.books import Tally
from payments.reconcile.findings import Finding
from payments.services.parked import Unsettled
from payments.webhooks import backfill, inbox

# What is younger may still be on its way to us: fees come minutes after the money.
GRACE = timedelta(hours=1)
LEASE = timedelta(minutes=10)
NIGHT_ENDS = timedelta(hours=3)


class Busy(Unsettled):
    """Another worker is comparing the same day."""


def tonight(now: datetime) -> date:
    """The newsroom's day whose night has last come to its end."""
    return clock.local_date(now - NIGHT_ENDS)


def plan(now: datetime) -> None:
    """Have the night's comparison done, once a day however often this is called."""
    day = tonight(now).isoformat()
    outbox.put("reconcile.night", key=f"reconcile:{livemode()}:{day}", day=day)


@outbox.task("reconcile.night")
def night(day: str) -> None:
    run(day=date.fromisoformat(day), number=0)


def run_now() -> Reconciliation:
    """One more comparison for today, at a person's wish."""
    return run(**_next())


def ask_for_one() -> None:
    """Have one more comparison done by a worker; several wishes at once are one."""
    wish = _next()
    key = f"reconcile:{livemode()}:{wish['day']}:{wish['number']}"
    outbox.put("reconcile.wished", key=key, day=wish["day"].isoformat(), number=wish["number"])


@outbox.task("reconcile.wished")
def wished(day: str, number: int) -> None:
    run(day=date.fromisoformat(day), number=number)


def _next() -> dict[str, Any]:
    """Today, and the number after the last comparison that was finished."""
    day = clock.local_date(clock.now())
    done = Reconciliation.objects.filter(day=day, livemode=livemode(), finished_at__isnull=False)
    return {"day": day, "number": (done.aggregate(last=Max("number"))["last"] or 0) + 1}


def run(*, day: date, number: int) -> Reconciliation:
    """Compare the books with Stripe; a day that is done already is not done again.

    Raises Busy while another worker is at it, and the gateway's errors.
    """
    row, _ = Reconciliation.objects.get_or_create(
        day=day,
        number=number,
        livemode=livemode(),
        defaults={"started_at": clock.now(), "busy_until": clock.now()},
    )
    if row.finished_at:
        return row
    _claim(row)
    try:
        return _compare(row)
    finally:
        Reconciliation.objects.filter(pk=row.pk).update(busy_until=clock.now())


def _claim(row: Reconciliation) -> None:
    now = clock.now()
    free = Reconciliation.objects.filter(pk=row.pk, busy_until__lte=now, finished_at=None)
    if not free.update(busy_until=now + LEASE, started_at=now):
        raise Busy("another worker compares this day")
    row.started_at = now


def _compare(row: Reconciliation) -> Reconciliation:
    backfill.catch_up()
    while inbox.apply_due():
        pass
    opening = held.read_statement()
    tally = Tally()
    before = row.started_at - GRACE
    found = chain(_findings(tally, now=row.started_at, before=before), opening)
    record.keep(found, seen_at=row.started_at)
    record.close_what_is_gone(since=row.started_at)
    return record.finish(row, tally)


def _findings(tally: Tally, *, now: datetime, before: datetime) -> Iterator[Finding]:
    yield from books.compare(tally, before=before)
    yield from books.unbalanced()
    yield from papers.compare(before=before)
    yield from transfers.compare(now=now, before=before)
    yield from agreements.compare(before=before)
    yield from agreements.twice()
    yield from agreements.missed(now=now)
