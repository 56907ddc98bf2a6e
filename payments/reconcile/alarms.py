"""What must wake somebody: silence where there should be sound, and books that do not tie."""

from datetime import datetime, timedelta

from payments.gateway.client import livemode
from payments.models import Difference, OutboxTask, ReadingPlace, Reconciliation, StripeEvent
from payments.webhooks import backfill

# We ask every five minutes; somebody must know before it is an hour.
SILENCE = timedelta(minutes=30)
NIGHTLY = timedelta(hours=27)
BACKLOG = timedelta(minutes=10)


def raised(*, now: datetime) -> list[str]:
    """The names of the alarms that stand now, none where all is well. A handful of queries."""
    looks = {
        "stripe_silent": _silent(now),
        "events_waiting": _waiting(now),
        "events_failed": StripeEvent.objects.filter(status="failed", due_at=None).exists(),
        "tasks_given_up": OutboxTask.objects.filter(dead_at__isnull=False, done_at=None).exists(),
        "tasks_waiting": _undone(now),
        "books_not_compared": _not_compared(now),
        "books_differ": _open().exclude(kind=Difference.Kind.RENEWAL_MISSED).exists(),
        "renewals_missed": _open().filter(kind=Difference.Kind.RENEWAL_MISSED).exists(),
    }
    return [name for name, stands in looks.items() if stands]


def _silent(now: datetime) -> bool:
    """Stripe's list of events has not been read to its end for half an hour."""
    heard = ReadingPlace.objects.filter(
        name=backfill.NAME, livemode=livemode(), succeeded_at__gte=now - SILENCE
    )
    return not heard.exists()


def _waiting(now: datetime) -> bool:
    """Stored, due, and not applied: no worker is running, or it does not keep up."""
    waiting = StripeEvent.objects.filter(status=StripeEvent.Status.RECEIVED)
    return waiting.filter(due_at__lt=now, received_at__lt=now - BACKLOG).exists()


def _undone(now: datetime) -> bool:
    """Tried, and not done for half an hour: the mail server or Stripe may be down."""
    tried = OutboxTask.objects.filter(done_at=None, dead_at=None, attempts__gt=0)
    return tried.filter(due_at__isnull=False, created_at__lt=now - SILENCE).exists()


def _not_compared(now: datetime) -> bool:
    done = Reconciliation.objects.filter(livemode=livemode(), finished_at__gte=now - NIGHTLY)
    return not done.exists()


def _open():
    return Difference.objects.filter(livemode=livemode(), status=Difference.Status.OPEN)
