"""The sandbox as one object: one door for calls, its clock, its deliveries."""

import contextlib
import threading
import time

from payments.sandbox import api, deliveries, jobs, webhook_endpoints
from payments.sandbox.clock import Agenda, Clock
from payments.sandbox.deliveries import Deliveries
from payments.sandbox.events import Events
from payments.sandbox.faults import Faults
from payments.sandbox.idempotency import Idempotency
from payments.sandbox.includable import includable
from payments.sandbox.settings import Settings
from payments.sandbox.store import MEMORY, Store


class Sandbox:
    """A whole Stripe account: `handle` is its HTTP door, `advance` moves its time on.

    `webhooks` are (url, secret) pairs; `deliver(url, headers, body)` returns the HTTP status
    of a delivery. Nothing is delivered until `deliver_due` is called.
    """

    def __init__(
        self,
        *,
        data=MEMORY,
        webhooks=(),
        deliver=deliveries.post,
        base_url="http://sandbox.test",
        start=None,
        wall=time.time,
        seed=None,
        settings=None,
    ):
        self.lock = threading.RLock()
        self.delivering = threading.RLock()
        self.base_url = base_url
        self.store = Store(data, seed=seed)
        self.clock = Clock(self.store, wall=wall)
        self.agenda = Agenda(self.store, clock=self.clock)
        self.settings = Settings(self.store, changes=settings or {})
        self.faults = Faults()
        self.request = {"id": None, "idempotency_key": None}
        self.deliveries = Deliveries(self, deliver=deliver)
        self.events = Events(self)
        self.idempotency = Idempotency(self)
        self._begin(webhooks=webhooks, start=start)

    def _begin(self, *, webhooks, start):
        if start is not None and self.is_empty():
            self.clock.move_to(start)
        for url, secret in webhooks:
            webhook_endpoints.ensure(self, url=url, secret=secret)
        jobs.begin(self)
        self.store.flush()

    def is_empty(self):
        return set(self.store.kinds) <= {"webhook_endpoint"}

    def handle(self, method, path, headers, body):
        """Answer one HTTP request; raises `Lost` where a fault breaks the connection."""
        return api.answer(self, method=method.upper(), path=path, headers=headers, body=body)

    def emit(self, type, obj, *, before=None):
        return self.events.emit(type, obj, before=before)

    def includable(self, obj, *, field):
        return includable(self, obj=obj, field=field)

    def advance(self, seconds):
        """Move sandbox time on by `seconds`, doing everything that falls due on the way."""
        with self.working():
            jobs.run_due(self, until=self.clock.exact() + seconds)
            self.clock.move_by(seconds)

    def set_clock(self, moment):
        """Move sandbox time to `moment`: forward, or anywhere while nothing exists yet."""
        with self.working():
            if self.is_empty():
                self.agenda.clear()
                self.clock.move_to(moment)
                jobs.begin(self)
                return
            jobs.run_due(self, until=moment)
            self.clock.move_to(moment)

    def run_due(self):
        """Do what has fallen due since anybody last looked."""
        with self.working():
            jobs.run_due(self, until=self.clock.exact())

    @contextlib.contextmanager
    def working(self):
        """Hold the lock; what was changed is on disk at the end."""
        with self.lock:
            try:
                yield
            finally:
                self.store.flush()

    def deliver_due(self):
        """Attempt every delivery due now; how many arrived."""
        with self.delivering:
            self.run_due()
            with self.lock:
                rows = self.deliveries.due()
            arrived = sum(self.deliveries.attempt(row) for row in rows)
            with self.working():
                return arrived

    def close(self):
        with self.lock:
            self.store.close()
