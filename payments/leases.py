"""Claiming rows that are due, so that many workers share a table and a dead one loses nothing.

A row is due while `due_at` lies in the past, and settled once it is null. Claiming moves `due_at`
ahead by a lease: a worker that dies leaves its row due again when the lease runs out.
"""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F, QuerySet

LEASE = timedelta(seconds=60)
MOST_ATTEMPTS = 8
# What fails because somebody else is down is tried for this long, every five minutes or so.
LONGEST_OUTAGE = timedelta(days=3)
# The note on what was claimed once more than it may be tried: nobody lived to say why.
ENDED_ITS_WORKER = "whoever tried it came to an end"


def claim_due(rows: QuerySet[Any], *, now: datetime, limit: int) -> Iterator[Any]:
    """Yield due rows, oldest first, each claimed by this worker alone."""
    due = rows.filter(due_at__lte=now)
    for row in list(due.order_by("due_at", "pk")[:limit]):
        if due.filter(pk=row.pk).update(due_at=now + LEASE, attempts=F("attempts") + 1):
            row.attempts += 1
            yield row


def give_back(rows: QuerySet[Any], *, now: datetime) -> None:
    """Let others have claimed rows that were not tried."""
    rows.update(due_at=now, attempts=F("attempts") - 1)


def next_try(attempts: int, *, now: datetime) -> datetime | None:
    """When to try again: 5 s, 10 s, 20 s … with jitter; None after the last attempt."""
    if attempts >= MOST_ATTEMPTS:
        return None
    pause = 5 * 2 ** (attempts - 1)
    return now + timedelta(seconds=pause * random.uniform(0.8, 1.2))  # noqa: S311 (no secret)


def wait_out(attempts: int, *, since: datetime, now: datetime) -> tuple[int, datetime | None]:
    """The same where somebody else is down: how often it counts as tried, and when it is again.

    An outage of theirs is no fault of the row's: it is not given up for days.
    """
    counted = min(attempts, MOST_ATTEMPTS - 1) if now - since < LONGEST_OUTAGE else attempts
    return counted, next_try(counted, now=now)
