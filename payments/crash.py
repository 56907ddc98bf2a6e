"""Named places at which a process may be made to die, so that tests can prove what survives.

Each place is a line `crash_here("…")` between two steps that must not depend on one another. It
does nothing unless a test or the simulation has armed it. Never armed in production: no setting,
variable or request leads here.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Crashed(BaseException):
    """The process is thought to have ended here; no handler of errors may go on from it."""


_strike: Callable[[str], None] | None = None


def crash_here(place: str) -> None:
    """A place where a crash may strike; nothing unless armed."""
    if _strike is not None:
        _strike(place)


@contextmanager
def armed(strike: Callable[[str], None]) -> Iterator[None]:
    """While it lasts, `strike` is asked at every place; it raises, kills, or returns."""
    global _strike
    before, _strike = _strike, strike
    try:
        yield
    finally:
        _strike = before
