"""Fetching events that never came: after an outage, or where nothing can be posted to us."""

from datetime import datetime

from payments.crash import crash_here
from payments.gateway import calls
from payments.webhooks import inbox
from payments.webhooks.dispatch import HANDLERS

MOST_TYPES = 20


def pull(since: datetime) -> int:
    """Store every event since a moment that we act upon; those we have stay as they are.

    Stripe keeps events for 30 days and takes 20 types a request. Returns how many were read.
    """
    types = sorted(HANDLERS)
    found = [
        event
        for start in range(0, len(types), MOST_TYPES)
        for event in calls.events(since=since, types=types[start : start + MOST_TYPES])
    ]
    for event in sorted(found, key=lambda event: event.created_at):
        inbox.store(event)
        crash_here("backfill.stored")
    return len(found)
