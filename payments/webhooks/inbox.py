"""The inbox: store a notification once, apply it later, keep what could not be applied."""

import structlog
from django.conf import settings

from payments import bell, clock
from payments.crash import crash_here
from payments.gateway import client, errors, events
from payments.gateway.objects import Event
from payments.leases import claim_due, next_try
from payments.models import StripeEvent
from payments.services.parked import Foreign, Unsettled
from payments.webhooks.dispatch import HANDLERS

log = structlog.get_logger()
Status = StripeEvent.Status
# An invoice that is still to come has no id of its own.
NAMELESS = {"invoice.upcoming"}


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
    rows = StripeEvent.objects.filter(status__in=StripeEvent.OPEN)
    return sum(_apply(row) for row in claim_due(rows, now=clock.now(), limit=limit))


def again(row: StripeEvent) -> None:
    """Apply a parked or failed event once more, at a person's wish."""
    StripeEvent.objects.filter(pk=row.pk).exclude(status=Status.APPLIED).update(
        status=Status.RECEIVED, due_at=clock.now(), attempts=0, note=""
    )
    bell.ring()


def _why_parked(event: Event) -> str:
    """Another mode's or another version's events are kept and shown, never applied."""
    if event.livemode != client.livemode():
        return "from Stripe's other mode"
    if _major(event.api_version) != _major(settings.STRIPE_API_VERSION):
        return f"rendered in API version {event.api_version[:40] or 'unknown'}"
    if not event.object_id and event.type not in NAMELESS:
        return "names no object"
    return ""


def _major(version: str) -> str:
    return version.rpartition(".")[2]


def _apply(row: StripeEvent) -> bool:
    crash_here("inbox.claimed")
    handler = HANDLERS.get(row.type)
    if handler is None:
        return _settle(row, Status.IGNORED, "nothing here depends on it")
    try:
        note = handler(row.object_id, row)
    except Foreign as reason:
        return _settle(row, Status.IGNORED, str(reason))
    except errors.Misconfigured as error:
        return _retry(row, f"Stripe refused: {error.code}")
    except (errors.GatewayError, Unsettled) as error:
        return _retry(row, f"not yet: {error}")
    except Exception as error:  # noqa: BLE001 (the edge of a worker; the text is kept on the row)
        kind = type(error).__name__
        log.error("event_failed", event_id=row.stripe_event_id, type=row.type, error=kind)
        return _retry(row, f"{type(error).__name__}: {error}"[:500])
    crash_here("inbox.applied")
    return _settle(row, Status.APPLIED, note or "")


def _settle(row: StripeEvent, status: Status, note: str) -> bool:
    StripeEvent.objects.filter(pk=row.pk).update(
        status=status, note=note, due_at=None, applied_at=clock.now()
    )
    return True


def _retry(row: StripeEvent, note: str) -> bool:
    again_at = next_try(row.attempts, now=clock.now())
    StripeEvent.objects.filter(pk=row.pk).update(status=Status.FAILED, note=note, due_at=again_at)
    return False
