"""Fetching events that never came: after an outage, or where nothing can be posted to us."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import F

from payments import clock
from payments.crash import crash_here
from payments.gateway import pages
from payments.gateway.client import livemode
from payments.gateway.objects import Event
from payments.models import ReadingPlace
from payments.webhooks import inbox
from payments.webhooks.dispatch import HANDLERS

MOST_TYPES = 20
NAME = "events"
# Stripe lets events be read for 30 days; what is older is found by the nightly comparison.
KEPT = timedelta(days=30)
# An event may be listed a little after one that is newer.
OVERLAP = timedelta(hours=1)
PAUSE = timedelta(minutes=5)


def pull(since: datetime) -> int:
    """Store every event since a moment that we act upon; those we have stay as they are.

    Each page is stored before the next is asked for. Returns how many were read.
    """
    return sum(len(events) for events in _pages(since))


def catch_up() -> int:
    """Fetch what happened since Stripe last answered to the end; returns how many were read.

    Whatever kept the notifications from us, nothing is lost that Stripe still lists.
    """
    place = place_of()
    begin = clock.now() - KEPT
    since = max(place.complete_until - OVERLAP, begin) if place.complete_until else begin
    reached, read = place.complete_until, 0
    for events in _pages(since):
        read += len(events)
        moments = [event.created_at for event in events] + ([reached] if reached else [])
        reached = max(moments, default=None)
    ReadingPlace.objects.filter(pk=place.pk).update(
        complete_until=reached, succeeded_at=clock.now(), rows=F("rows") + read
    )
    return read


def catch_up_if_due() -> int:
    """The same every few minutes, by whichever worker comes first."""
    return catch_up() if place_of().claim(now=clock.now(), pause=PAUSE) else 0


def place_of() -> ReadingPlace:
    """How far events were fetched, in this key's mode."""
    return ReadingPlace.of(NAME, livemode=livemode())


def _pages(since: datetime) -> Iterator[list[Event]]:
    types = sorted(HANDLERS)
    for start in range(0, len(types), MOST_TYPES):
        for page in pages.events(since=since, types=types[start : start + MOST_TYPES]):
            for event in page.items:
                inbox.store(event)
                crash_here("backfill.stored")
            yield page.items
