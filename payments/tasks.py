"""Celery tasks: the bell, and the clock for what no bell rings for: retries, leases, lost events.

The work itself is in the inbox and the outbox.
"""

from celery import shared_task

from payments import outbox, sweep
from payments.webhooks import inbox


@shared_task(name="payments.drain", ignore_result=True)
def drain() -> int:
    """Apply and do everything that is due now; the sweep catches what this misses."""
    done = 0
    while worked := inbox.apply_due() + outbox.run_due():
        done += worked
    return done


@shared_task(name="payments.sweep_up", ignore_result=True)
def sweep_up() -> int:
    """Finish what stood still, and what that set going."""
    return sweep.sweep() + drain()


def apply_events() -> int:
    """Apply every event that is due now, and leave to others what follows from it."""
    done = 0
    while worked := inbox.apply_due():
        done += worked
    return done
