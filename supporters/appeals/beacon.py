"""The beacon: what readers did with an appeal, summed in memory and written once a second.

A row per view costs three times the whole request. A request only puts its text on a pile, which
the writer looks through; a process that is killed loses a second of counts at most. No cookie is
read or set, nothing of the reader is kept. A text that begins with "{" tells of a page view
instead, of which a sample is kept (page_views.py).
"""

import atexit
import json
import re
import threading
import time
from collections import Counter as Times
from collections.abc import Callable, Mapping
from functools import cache, lru_cache
from typing import NamedTuple

import structlog
from django.conf import settings
from django.db import DatabaseError, connection

from payments import clock
from supporters.appeals import articles, bundle, counting, page_views
from supporters.appeals.assign import HOLDOUT
from supporters.appeals.counting import Counter, Tally
from supporters.appeals.references import whole_hour
from supporters.models import AppealCount, Placement

log = structlog.get_logger()

LONGEST, MOST_SIGNALS = 2_000, 10
# Invented articles or variants must not fill the memory of a second, nor the table of an hour.
MOST_SUMS, MOST_WAITING = 5_000, 5_000
# A start is counted from the checkout itself, which no page can invent.
KINDS = frozenset(AppealCount.Kind.values) - {AppealCount.Kind.START}
BOTS = re.compile(
    r"bot\b|bot/|crawl|spider|slurp|preview|headless|lighthouse|python|curl|wget|http-?client|monitor",
    re.IGNORECASE,
)


class Signal(NamedTuple):
    """One thing that happened to an appeal in a page. Views come as a sample of all."""

    kind: str
    appeal: str
    variant: str
    placement: str
    article: str
    sticky: bool


class Sums:
    """Beacons since the last writing.

    Pages of one article send the same text: it is read once a second, not once a view. `write`
    adds a batch to the table.
    """

    def __init__(self, write: Callable[[Mapping[Counter, Tally]], None]) -> None:
        self._write = write
        self._sums: dict[bytes, int] = {}
        self._lock = threading.Lock()

    def take(self, body: bytes, times: int = 1) -> None:
        """Add a beacon; one that tells nothing of a live appeal is not kept."""
        with self._lock:
            if body in self._sums:
                self._sums[body] += times
            elif len(self._sums) < MOST_SUMS and _signals(body):
                self._sums[body] = times

    def flush(self) -> None:
        """Write what came in; what the database does not take now is kept for the next time."""
        with self._lock:
            sums, self._sums = self._sums, {}
        if not sums:
            return
        try:
            self._write(_tallies(sums))
        except DatabaseError as error:
            log.warning("counts_kept", error=type(error).__name__)
            connection.close_if_unusable_or_obsolete()
            with self._lock:
                for body, count in sums.items():
                    self._sums[body] = self._sums.get(body, 0) + count


SUMS, VIEWS = Sums(counting.add), page_views.Views(page_views.add)


# Texts as they came, with the browser's name.
WAITING: list[tuple[str, bytes]] = []
FOLDING = threading.Lock()


def take(body: bytes, *, agent: str) -> None:
    """Count what a page tells. Bots, broken texts and invented ids are passed over in silence."""
    if not WAITING:
        _write_from_now_on()
    WAITING.append((agent, body))
    if len(WAITING) >= MOST_WAITING:
        _fold()


def flush() -> None:
    """Write what came in since the last time."""
    _fold()
    SUMS.flush()
    VIEWS.flush()


def _fold() -> None:
    """Look through the pile: the same text of the same browser once, however often it came."""
    with FOLDING:
        told = WAITING[:]
        del WAITING[: len(told)]
    for (agent, body), times in Times(told).items():
        if len(body) > LONGEST or not _is_person(agent):
            continue
        if body[:1] == b"{":
            VIEWS.take(body, times)
        else:
            SUMS.take(body, times)


@cache
def _write_from_now_on() -> None:
    """The first beacon of a process starts its writer, a thread that ends with it."""
    if settings.APPEAL_COUNTS_SECONDS:
        threading.Thread(target=_go_on, daemon=True).start()
        atexit.register(flush)


def _go_on() -> None:
    while True:
        time.sleep(settings.APPEAL_COUNTS_SECONDS)
        flush()


def _signals(body: bytes) -> list[Signal]:
    try:
        told = json.loads(body)
        found = [Signal._make([*each[:5], bool(each[5])]) for each in told[:MOST_SIGNALS]]
        return [signal for signal in found if _is_known(signal)]
    except (ValueError, TypeError, IndexError, KeyError):
        return []


def _is_known(signal: Signal) -> bool:
    """A live appeal in a variant it has, and an article that can be one of the site's."""
    live = bundle.current().published.get(signal.appeal)
    return (
        live is not None
        and signal.kind in KINDS
        and signal.placement in Placement.values
        and signal.variant in {HOLDOUT, *(arm for arm, _ in live.candidate.arms)}
        and articles.is_one(signal.article)
    )


@lru_cache(maxsize=4096)
def _is_person(agent: str) -> bool:
    """Whether a browser's name is one that people use."""
    return bool(agent) and not BOTS.search(agent)


def _tallies(sums: Mapping[bytes, int]) -> dict[Counter, Tally]:
    """With the hour, and with the weight of what was sampled."""
    hour = whole_hour(clock.now())
    found: dict[Counter, Tally] = {}
    for body, count in sums.items():
        for signal in _signals(body):
            weight = settings.APPEAL_VIEW_SAMPLE if signal.kind == AppealCount.Kind.VIEW else 1
            key = Counter(hour, *signal[1:5], signal.kind, signal.sticky)
            before = found.get(key, Tally(0, 0))
            found[key] = Tally(before.stand_for + count * weight, before.signals + count)
    return found
