"""The doorbell: wakes a Celery worker early. What must happen does not depend on it."""

import time

import structlog
from django.conf import settings
from django.db import transaction
from kombu.exceptions import OperationalError

from config.celery import app

log = structlog.get_logger()

QUIET_SECONDS = 0.05
BROKEN_SECONDS = 30.0
_silent_until = 0.0


def ring() -> None:
    """Wake a worker after the commit; at most every 50 ms a process, silent without a broker."""
    if settings.REDIS_URL:
        transaction.on_commit(_send, robust=True)


def _send() -> None:
    global _silent_until
    if time.monotonic() < _silent_until:
        return
    _silent_until = time.monotonic() + QUIET_SECONDS
    try:
        app.send_task("payments.drain", ignore_result=True)
    except (OperationalError, OSError) as error:
        _silent_until = time.monotonic() + BROKEN_SECONDS
        log.warning("bell_broken", error=type(error).__name__)
