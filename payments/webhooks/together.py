"""The works of one batch in one transaction, as far as they can be foreseen.

What fails is left out and done alone, so that a poisoned event takes no other one with it.
"""

from collections.abc import Callable, Iterator

from payments.crash import crash_here
from payments.gateway.client import InsideTransaction
from payments.gateway.errors import GatewayError
from payments.gateway.memory import remembering
from payments.models import pile
from payments.services.foresight import WAYS, Foresight
from payments.services.parked import Foreign, Unsettled
from payments.webhooks.handlers import Work

# Why nothing can be done for an event, said before anything is written.
Reason = Foreign | Unsettled | GatewayError
REASONS = (Foreign, Unsettled, GatewayError)
# What nobody foresaw; such a work is done alone.
ALONE = (pile.Unforeseen, InsideTransaction)
ORDER = list(WAYS)


class Batch:
    """Works to be done in one transaction, and of each that is over, None or why it was not done.

    Those that are in `over` at the end are done; all others are to be done alone.
    """

    def __init__(self, works: set[Work | None]) -> None:
        known: list[Work] = [work for work in works if work and work[0] in WAYS]
        self._ready = sorted(known, key=lambda work: (ORDER.index(work[0]), work[1:]))
        self._doing: Work | None = None
        self.over: dict[Work, Reason | None] = {}

    def do(self, *, late: Callable[[], bool]) -> None:
        """Ask Stripe, then book. `late` says when to stop asking. Raises whatever went wrong:
        nothing is booked then."""
        if len(self._ready) < 2:
            return
        with remembering() as readings:
            foresight = Foresight(self._ready, readings)
            self._ready = [work for work in self._ready if self._asked(work, foresight, late)]
            foresight.ask_for_strangers()
            crash_here("inbox.foreseen")
            with pile.together() as shared:
                foresight.lock(shared)
                booked = dict(pair for work in self._ready for pair in self._done(work, shared))
        self.over |= booked
        crash_here("inbox.booked_together")

    def leave_out(self) -> bool:
        """Go on without the work that failed; False where it was none of them in particular."""
        failed, self._doing = self._doing, None
        self._ready = [work for work in self._ready if work != failed]
        return failed is not None

    def _asked(self, work: Work, foresight: Foresight, late: Callable[[], bool]) -> bool:
        """Whether Stripe answered what a work will need."""
        if late():
            return False
        try:
            foresight.ask(work)
        except REASONS as reason:
            self.over[work] = reason
        except pile.Unforeseen:
            return False
        return work not in self.over

    def _done(self, work: Work, shared: pile.Pile) -> Iterator[tuple[Work, Reason | None]]:
        """Do a work; what it cannot do is no failure, as long as it has written nothing."""
        self._doing, traces = work, shared.traces
        service, *ids = work
        try:
            service(*ids)
        except (*REASONS, *ALONE) as error:
            if shared.traces != traces:
                raise
            if isinstance(error, REASONS):
                yield work, error
        else:
            yield work, None
        self._doing = None
