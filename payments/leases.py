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
