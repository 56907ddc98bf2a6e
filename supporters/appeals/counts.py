"""True figures for the copy, from the ledger and net of refunds (PRODUCT A5)."""

from datetime import timedelta
from typing import Any

from django.core.cache import caches

from payments import clock
from payments.reports.support import supporters_between

KEPT_SECONDS = 60
WORTH_SAYING = 50


def supporters_counted() -> dict[str, Any]:
    """`supporter_count`, rounded down to say "over", and the day it was `counted_on`.

    Counted over twelve months; None while there are too few to speak of.
    """
    key = "supporters-counted"
    found = caches["spare"].get(key)
    if found is None:
        found = _count()
        caches["spare"].set(key, found, KEPT_SECONDS)
    return found


def rounded_down(count: int) -> int:
    """A figure that "over" is true of: 163 is over 150, 5,340 over 5,000."""
    step = next(step for step in (1000, 500, 50, 10) if count > step * 2 or step == 10)
    return (count - 1) // step * step


def _count() -> dict[str, Any]:
    now = clock.now()
    count = supporters_between(now - timedelta(days=365), now)
    shown = rounded_down(count) if count > WORTH_SAYING else None
    return {"supporter_count": shown, "counted_on": clock.local_date(now)}
