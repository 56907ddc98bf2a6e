"""Claiming rows that are due, so that many workers share a table and a dead one loses nothing.

A row is due while `due_at` lies in the past, and settled once it is null. Claiming moves `due_at`
ahead by a lease: a worker that dies leaves its row due again when the lease runs out.
"""

import itertools
import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, QuerySet

from payments.models.statements import rewrite_all

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


def claim_batch(rows: QuerySet[Any], *, now: datetime, limit: int) -> list[Any]:
    """Claim due rows all at once, oldest first, for work that is cheap for each.

    One that was tried before comes alone: what ends a worker takes no other row with it.
    """
    due = rows.filter(due_at__lte=now).order_by("due_at", "pk")
    with transaction.atomic():
        found = list(due.select_for_update(skip_locked=True)[:limit])
        fresh = list(itertools.takewhile(lambda row: not row.attempts, found))
        batch = fresh or found[:1]
        for row in batch:
            row.attempts += 1
        if batch:
            # They were tried equally often, and are locked.
            keys = [row.pk for row in batch]
            changes = {"due_at": now + LEASE, "attempts": batch[0].attempts}
            rewrite_all(rows.model, keys, **changes)
    return batch


def give_back(rows: QuerySet[Any], *, now: datetime) -> None:
    """Let others have claimed rows that were not tried."""
    rows.update(due_at=now, attempts=F("attempts") - 1)


def next_try(attempts: int, *, now: datetime) -> datetime | None:
    """When to try again: 5 s, 10 s, 20 s … with jitter; None after the last attempt."""
    if attempts >= MOST_ATTEMPTS:
        return None
    pause = 5 * 2 ** (attempts - 1)
    return now + timedelta(seconds=pause * random.uniform(0.8, 1.2))  # noqa: S311 (no secret)
