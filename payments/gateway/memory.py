"""What Stripe told, kept for a moment: so that it can be asked before a transaction begins."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import Any, TypeVar

Reading = TypeVar("Reading")
Readings = dict[tuple[Callable[..., Any], str], Any]
_readings: ContextVar[Readings | None] = ContextVar("readings", default=None)


@contextmanager
def remembering() -> Iterator[Readings]:
    """Each object that is asked for meanwhile is read once, and told again as it was then."""
    readings: Readings = {}
    token = _readings.set(readings)
    try:
        yield readings
    finally:
        _readings.reset(token)


def remembered(call: Callable[[str], Reading]) -> Callable[[str], Reading]:
    """A call that only reads, by an id; what it told is told again while we remember."""

    @wraps(call)
    def told(stripe_id: str) -> Reading:
        readings = _readings.get()
        if readings is None:
            return call(stripe_id)
        if (told, stripe_id) not in readings:
            readings[told, stripe_id] = call(stripe_id)
        return readings[told, stripe_id]

    return told
