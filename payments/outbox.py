"""What must happen after a commit: put down in the same transaction, done once, retried.

The table is the truth (FAILURES R6): a crash after the commit loses nothing, and a key makes
doing it again impossible.
"""

from collections.abc import Callable
from datetime import datetime

import structlog
from django.db.models import QuerySet

from payments import bell, clock
from payments.crash import crash_here
from payments.leases import (
    ENDED_ITS_WORKER,
    LEASE,
    MOST_ATTEMPTS,
    claim_due,
    give_back,
    next_try,
    wait_out,
)
from payments.models import OutboxTask
from payments.models.kept import insert_unless_known
from payments.models.standing import whether
from payments.outages import is_an_outage

log = structlog.get_logger()

TASKS: dict[str, Callable[..., None]] = {}


def task(name: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Register the function that does a kind of task; it gets the ids it was put with."""

    def register(function: Callable[..., None]) -> Callable[..., None]:
        TASKS[name] = function
        return function

    return register


def put(name: str, *, key: str, **ids: int | str) -> None:
    """Have a task done after the surrounding transaction; the same key again does nothing."""
    if None in ids.values():
        raise ValueError(f"{name}: a row that is not written yet has no id")
    now = clock.now()
    row = OutboxTask(key=key, name=name, arguments=ids, created_at=now, due_at=now)
    insert_unless_known(row)
    crash_here("outbox.put")
    bell.ring()


def run_due(*, limit: int = 200) -> int:
    """Do what is due; returns how many tasks were done."""
    now = clock.now()
    if not _is_due(now=now):
        return 0
    down: set[str] = set()
    return sum(_run(row, down) for row in claim_due(_open(), now=now, limit=limit))


def again(row: OutboxTask) -> None:
    """Give a dead task a fresh start, at a person's wish."""
    OutboxTask.objects.filter(pk=row.pk, done_at=None).update(
        due_at=clock.now(), dead_at=None, attempts=0, note=""
    )


def _open() -> QuerySet[OutboxTask]:
    return OutboxTask.objects.filter(done_at=None, dead_at=None)


@whether
def _is_due(now: datetime) -> QuerySet[OutboxTask]:
    return _open().filter(due_at__lte=now)


def _run(row: OutboxTask, down: set[str]) -> bool:
    """Do a task; `down` holds what has just failed because somebody else is down."""
    crash_here("outbox.claimed")
    if row.attempts > MOST_ATTEMPTS:
        _record_failure(row, ENDED_ITS_WORKER, outage=False)
        return False
    if row.name in down:
        give_back(_open().filter(pk=row.pk), now=clock.now() + LEASE)
        return False
    try:
        TASKS[row.name](**row.arguments)
    except Exception as error:  # noqa: BLE001 (the worker's edge: recorded and retried)
        outage = is_an_outage(error)
        down |= {row.name} if outage else set()
        _record_failure(row, f"{type(error).__name__}: {error}", outage=outage)
        return False
    crash_here("outbox.done")
    OutboxTask.objects.filter(pk=row.pk).update(done_at=clock.now(), due_at=None, note="")
    return True


def _record_failure(row: OutboxTask, why: str, *, outage: bool) -> None:
    now, attempts = clock.now(), row.attempts
    again_at = next_try(attempts, now=now)
    if outage:
        attempts, again_at = wait_out(attempts, since=row.created_at, now=now)
    OutboxTask.objects.filter(pk=row.pk).update(
        due_at=again_at,
        dead_at=None if again_at else now,
        attempts=attempts,
        note=why[:500],
    )
    log.error("outbox_failed", task=row.name, key=row.key, error=why.partition(":")[0])
