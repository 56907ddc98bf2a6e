"""The sandbox's time, and the agenda of what falls due.

Sandbox time is wall time plus an offset that only grows. Advancing performs everything due on
the way, in time order, each with the clock standing at its own moment.
"""

import contextlib
import heapq
import itertools
import time

MINUTE, HOUR, DAY = 60, 3600, 86400


class Clock:
    def __init__(self, store, *, wall=time.time):
        self.store = store
        self.wall = wall
        self.offset = next(iter(store.kept("offset")), 0)
        self._standing = None
        self.name = None

    def now(self):
        """Sandbox time in whole epoch seconds."""
        return int(self.exact())

    def exact(self):
        return self.wall() + self.offset if self._standing is None else self._standing

    def move_to(self, moment):
        self.move_by(moment - (self.wall() + self.offset))

    def move_by(self, seconds):
        self.offset += seconds
        self.store.keep("offset", id="offset", record=self.offset)

    @contextlib.contextmanager
    def standing_at(self, moment, *, name=None):
        """Hold the clock still at `moment`; `name` is the test clock whose time it is."""
        outer = self._standing, self.name
        self._standing, self.name = moment, name
        try:
            yield
        finally:
            self._standing, self.name = outer


class Agenda:
    """Jobs by the moment they are due, apart for the common clock (None) and each test clock."""

    def __init__(self, store, *, clock):
        self.store = store
        self.clock = clock
        self.heaps = {None: []}
        last = 0
        for job in store.kept("job"):
            heapq.heappush(self._heap(job[4]), tuple(job))
            last = max(last, job[1])
        self._numbers = itertools.count(last + 1)

    def _heap(self, clock):
        return self.heaps.setdefault(clock, [])

    def add(self, due, *, kind, id):
        """Plan a job on the clock by which we are working now."""
        job = (due, next(self._numbers), kind, id, self.clock.name)
        heapq.heappush(self._heap(self.clock.name), job)
        self.store.keep("job", id=job[1], record=job)

    def next_due(self, clock=None):
        heap = self._heap(clock)
        return heap[0][0] if heap else None

    def pop(self, clock=None):
        job = heapq.heappop(self._heap(clock))
        self.store.drop("job", id=job[1])
        return job

    def clear(self):
        """Forget every waiting job of the common clock."""
        for job in self.heaps[None]:
            self.store.drop("job", id=job[1])
        self.heaps[None] = []
