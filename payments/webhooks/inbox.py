"""The inbox: store a notification once, apply it later, keep what could not be applied."""

from collections.abc import Callable
from datetime import datetime

import structlog
from django.conf import settings
from django.db.models import QuerySet

from payments import bell, clock
from payments.crash import crash_here
from payments.gateway import client, errors, events
from payments.gateway.objects import Event
from payments.leases import (
    ENDED_ITS_WORKER,
    LEASE,
    MOST_ATTEMPTS,
    give_back,
    next_try,
    wait_out,
)
from payments.models import StripeEvent
from payments.models.statements import rewrite_all
from payments.services.parked import Foreign, Unsettled
from payments.webhooks import together
from payments.webhooks.dispatch import HANDLERS
from payments.webhooks.handlers import Unreadable, Work

log = structlog.get_logger()
Status = StripeEvent.Status
# An invoice that is still to come has no id of its own.
NAMELESS = {"invoice.upcoming"}
# Of a batch: then the rest is done one by one.
MOST_FAILURES = 3


def accept(body: bytes, signature: str) -> None:
    """Verify and store a notification. Raises BadSignature or BadPayload."""
    store(events.verify(body, signature, settings.STRIPE_WEBHOOK_SECRETS))


def store(event: Event) -> None:
    """Keep an event once; a second delivery changes nothing."""
    now = clock.now()
    reason = _why_parked(event)
    crash_here("inbox.before_store")
    StripeEvent.objects.keep(
        stripe_event_id=event.id,
        type=event.type[:100],
        object_id=event.object_id[:255],
        api_version=event.api_version[:40],
        livemode=event.livemode,
        created_at=event.created_at,
        received_at=now,
        payload=event.body,
        status=Status.PARKED if reason else Status.RECEIVED,
        note=reason,
        # The oldest fact first, also where a whole outage is fetched at once.
        due_at=None if reason else min(now, event.created_at),
    )
    crash_here("inbox.stored")
    bell.ring()


def apply_due(*, limit: int = 200) -> int:
    """Apply what is due; returns how many events were settled."""
    settled = 0
    while limit > 0:
        now = clock.now()
        batch = StripeEvent.objects.claim(now=now, until=now + LEASE, limit=limit)
        if not batch:
            break
        settled += _apply(batch)
        limit -= len(batch)
    return settled


def again(row: StripeEvent) -> None:
    """Apply a parked or failed event once more, at a person's wish."""
    StripeEvent.objects.filter(pk=row.pk).exclude(status=Status.APPLIED).update(
        status=Status.RECEIVED, due_at=clock.now(), attempts=0, note=""
    )
    bell.ring()


def _why_parked(event: Event) -> str:
    """Another mode's, account's or version's events are kept and shown, never applied."""
    if event.lacks:
        return f"does not tell {event.lacks}"
    if event.livemode != client.livemode():
        return "from Stripe's other mode"
    if event.account_id:
        return f"from another account, {event.account_id[:60]}"
    if _major(event.api_version) != _major(settings.STRIPE_API_VERSION):
        return f"rendered in API version {event.api_version[:40] or 'unknown'}"
    if not event.object_id and event.type not in NAMELESS:
        return "names no object"
    return ""


def _major(version: str) -> str:
    return version.rpartition(".")[2]


def _open() -> QuerySet[StripeEvent]:
    return StripeEvent.objects.filter(status__in=StripeEvent.OPEN)


def _apply(batch: list[StripeEvent]) -> int:
    """Apply events that were claimed together; returns how many of them are settled.

    All of them had happened before the first object is read: the work that several name is done
    once, and tells what each of them tells.
    """
    if batch[0].attempts > MOST_ATTEMPTS:
        return _give_up(batch)
    enough = clock.now() + LEASE / 2
    works = {row.pk: _work(row) for row in batch}
    over = _together(set(works.values()), late=lambda: clock.now() > enough)
    settled: dict[tuple[Status, str], list[int]] = {}
    rest: list[int] = []
    for number, row in enumerate(batch):
        if number and works[row.pk] not in over and clock.now() > enough:
            rest.append(row.pk)
        elif outcome := _outcome(row, works[row.pk], over):
            settled.setdefault(outcome, []).append(row.pk)
    if rest:
        give_back(_open().filter(pk__in=rest), now=clock.now())
    for (status, note), rows in settled.items():
        changes = {"status": status, "note": note, "due_at": None, "applied_at": clock.now()}
        rewrite_all(StripeEvent, rows, **changes)
    return sum(map(len, settled.values()))


def _give_up(batch: list[StripeEvent]) -> int:
    """Whoever took these up last never came to say what became of them: they may end any worker."""
    rows = [row.pk for row in batch]
    rewrite_all(StripeEvent, rows, status=Status.FAILED, note=ENDED_ITS_WORKER, due_at=None)
    log.error("event_given_up", events=[row.stripe_event_id for row in batch])
    return len(rows)


def _together(
    works: set[Work | None], *, late: Callable[[], bool]
) -> dict[Work, together.Reason | None]:
    """Do in one transaction what can be; where too much fails, each is done alone."""
    batch = together.Batch(works)
    for _ in range(MOST_FAILURES):
        try:
            batch.do(late=late)
        except Exception as error:  # noqa: BLE001 (each is done alone, and keeps its own error)
            log.warning("batch_failed", error=type(error).__name__)
            if batch.leave_out():
                continue
        break
    return batch.over


def _work(row: StripeEvent) -> Work | None:
    """What an event sets in motion; the same where that is nothing, or cannot be told."""
    try:
        handler = HANDLERS.get(row.type)
        return handler(row.object_id, row) if handler else None
    except Unreadable:
        return None


def _outcome(
    row: StripeEvent, work: Work | None, over: dict[Work, together.Reason | None]
) -> tuple[Status, str] | None:
    """What became of an event: its last status and a note; None where it is to be tried again."""
    crash_here("inbox.claimed")
    handler = HANDLERS.get(row.type)
    if handler is None:
        return Status.IGNORED, "nothing here depends on it"
    try:
        work = work or handler(row.object_id, row)
        if work and work not in over:
            service, *ids = work
            service(*ids)
            over[work] = None
        elif work and (reason := over[work]):
            raise reason
    except Foreign as reason:
        return Status.IGNORED, str(reason)
    except Unreadable as reason:
        return Status.PARKED, str(reason)
    except (errors.Unavailable, errors.Barred) as error:
        now = clock.now()
        attempts, again_at = wait_out(row.attempts, since=row.received_at, now=now)
        _retry(row, f"not yet: {error}", attempts=attempts, again_at=again_at)
        return None
    except errors.Misconfigured as error:
        why = f"Stripe refused: {error.code}"
    except (errors.GatewayError, Unsettled) as error:
        why = f"not yet: {error}"
    except Exception as error:  # noqa: BLE001 (the edge of a worker; the text is kept on the row)
        kind = type(error).__name__
        log.error("event_failed", event_id=row.stripe_event_id, type=row.type, error=kind)
        why = f"{kind}: {error}"[:500]
    else:
        crash_here("inbox.applied")
        return Status.APPLIED, "" if work else "nothing to do here"
    again_at = next_try(row.attempts, now=clock.now())
    _retry(row, why, attempts=row.attempts, again_at=again_at)
    return None


def _retry(row: StripeEvent, note: str, *, attempts: int, again_at: datetime | None) -> None:
    StripeEvent.objects.filter(pk=row.pk).update(
        status=Status.FAILED, note=note, attempts=attempts, due_at=again_at
    )
