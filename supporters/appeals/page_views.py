"""A sample of the day's page views as rules know them, on which the desk tries drafts (replay.py).

Each view draws a number, and the lowest MOST of a day are kept: an even sample of the whole day,
whatever its traffic and however many processes draw (bottom-k sampling). Nothing that points at a
reader is taken, and what only the device knows of the reader stays there in the mode "none".
"""

import heapq
import json
import threading
from collections.abc import Callable
from datetime import date, timedelta
from random import getrandbits
from typing import Any

import structlog
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.models import QuerySet

from payments import clock
from payments.models.standing import whether
from payments.reports.questions import moment_after, moment_of
from supporters.appeals import articles
from supporters.appeals.fields import DEVICES, REFERRERS, STANDINGS
from supporters.appeals.references import whole_hour
from supporters.appeals.storage import NONE
from supporters.models import PageViewSample

log = structlog.get_logger()

MOST, KEPT_DAYS, DRAW_BITS = 5000, 2, 48
LONGEST_WORD, MOST_WORDS = 60, 20
# How many articles were read in thirty days, told as the lower end of a step.
STEPS = (0, 1, 2, 5, 10, 20)
OF_THE_READER = ("standing", "paused", "read")


class Views:
    """Page views since the last writing, of those that may stay; `write` adds them to the table."""

    def __init__(self, write: Callable[[list[PageViewSample]], None]) -> None:
        self._write = write
        self._lock = threading.Lock()
        self._waiting: list[PageViewSample] = []
        self._day: date | None = None
        # The numbers that stay, negated: the highest of them comes first.
        self._drawn: list[int] = []

    def take(self, body: bytes, times: int = 1) -> None:
        """Draw for each view; where none stays, the text is not even read."""
        now = clock.now()
        with self._lock:
            if clock.local_date(now) != self._day:
                self._day, self._drawn = clock.local_date(now), []
            known = None
            for draw in (getrandbits(DRAW_BITS) for _ in range(times)):
                if not self._stays(draw):
                    continue
                known = known or read(body)
                if known is None:
                    return
                self._keep(draw)
                self._waiting.append(PageViewSample(hour=whole_hour(now), draw=draw, **known))

    def _stays(self, draw: int) -> bool:
        return len(self._drawn) < MOST or draw < -self._drawn[0]

    def _keep(self, draw: int) -> None:
        if len(self._drawn) < MOST:
            heapq.heappush(self._drawn, -draw)
        else:
            heapq.heappushpop(self._drawn, -draw)

    def flush(self) -> None:
        """Write what came in; what the database does not take now is kept for the next time."""
        with self._lock:
            rows, self._waiting = self._waiting[-MOST:], []
        try:
            self._write(rows)
        except DatabaseError as error:
            log.warning("page_views_kept", error=type(error).__name__)
            connection.close_if_unusable_or_obsolete()
            with self._lock:
                self._waiting = [*rows, *self._waiting]


def add(rows: list[PageViewSample]) -> None:
    """Into the table, in one statement."""
    PageViewSample.objects.bulk_create(rows)


def read(body: bytes) -> dict[str, Any] | None:
    """The columns of a view; None for a text that no page of ours would send."""
    try:
        told = json.loads(body)
        known = {name: told.get(name, empty) for name, (empty, _) in KNOWN.items()}
        if not all(fits(known[name]) for name, (_, fits) in KNOWN.items()):
            return None
    except (ValueError, TypeError, AttributeError):
        return None
    if settings.APPEAL_STORAGE == NONE:
        known |= {name: KNOWN[name][0] for name in OF_THE_READER}
    return known


def trim() -> int:
    """Leave the lowest MOST of each day, and no day that is older than KEPT_DAYS."""
    if not _any():
        return 0
    today = clock.local_date(clock.now())
    first = today - timedelta(days=KEPT_DAYS)
    gone, _ = PageViewSample.objects.filter(hour__lt=moment_of(first)).delete()
    for ago in range(KEPT_DAYS + 1):
        day = first + timedelta(days=ago)
        rows = PageViewSample.objects.filter(hour__gte=moment_of(day), hour__lt=moment_after(day))
        above = rows.order_by("draw").values_list("draw", flat=True)[MOST : MOST + 1]
        for draw in above:
            gone += rows.filter(draw__gte=draw).delete()[0]
    return gone


@whether
def _any() -> QuerySet[PageViewSample]:
    return PageViewSample.objects.all()


def _is_word(value: Any) -> bool:
    return len(value) <= LONGEST_WORD and value.isprintable()


def _are_words(value: Any) -> bool:
    return isinstance(value, list) and len(value) <= MOST_WORDS and all(map(_is_word, value))


def _is_code(value: Any) -> bool:
    """Two letters, or nothing."""
    return value == "" or (len(value) == 2 and value.isascii() and value.islower())


def _is_flag(value: Any) -> bool:
    return isinstance(value, bool)


def _is_step(value: Any) -> bool:
    return value is None or (not isinstance(value, bool) and value in STEPS)


# What is known where a page does not say, and what it may say.
KNOWN: dict[str, tuple[Any, Callable[[Any], bool]]] = {
    "article": ("", articles.is_one),
    "section": ("", _is_word),
    "tags": ([], _are_words),
    "authors": ([], _are_words),
    "language": ("", _is_code),
    "country": ("", _is_code),
    "device": ("desktop", DEVICES.__contains__),
    "referrer": ("other", REFERRERS.__contains__),
    "standing": ("reader", STANDINGS.__contains__),
    "paused": (False, _is_flag),
    "read": (None, _is_step),
    "sensitive": (False, _is_flag),
}
