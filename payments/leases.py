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


def claim_due(rows: QuerySet[Any], *, now: datetime, limit: int) -> Iterator[Any]:
    """Yield due rows, oldest first, each claimed by this worker alone."""
    due = rows.filter(due_at__lte=now)
    for row in list(due.order_by("due_at", "pk")[:limit]):
        if due.filter(pk=row.pk).update(due_at=now + LEASE, attempts=F("attempts") + 1):
            row.attempts += 1
            yield row


def next_try(attempts: int, *, now: datetime) -> datetime | None:
    """When to try again: 5 s, 10 s, 20 s … with jitter; None after the last attempt."""
    if attempts >= MOST_ATTEMPTS:
        return None
    pause = 5 * 2 ** (attempts - 1)
    return now + timedelta(seconds=pause * random.uniform(0.8, 1.2))  # noqa: S311 (no secret)
