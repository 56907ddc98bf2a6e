"""Events: what happened, as rendered at that moment, with the exact former values."""

import collections
import json

from payments.sandbox import render
from payments.sandbox.clock import DAY
from payments.sandbox.wire import API_VERSION

READABLE_DAYS = 30


class Events:
    """The stream of events; bodies are kept as JSON text because they never change."""

    def __init__(self, box):
        self.box = box
        self.records = {record["id"]: record for record in box.store.kept("event")}
        self._young = collections.deque(self.records)
        self._overdue = set()

    def emit(self, type, obj, *, before=None):
        """Record an event about `obj`; `before` is its snapshot from ahead of the change."""
        store, now = self.box.store, self.box.clock.now()
        body = {
            "id": store.new_id("evt"),
            "object": "event",
            "api_version": API_VERSION,
            "created": now,
            "data": self._data(obj, before=before),
            "livemode": False,
            "pending_webhooks": 0,
            "request": dict(self.box.request),
            "type": type,
        }
        record = {"id": body["id"], "type": type, "created": now, "body": body}
        self._keep(record)
        self.box.deliveries.plan(record)
        return record

    def _data(self, obj, *, before):
        shown = render.plain(obj)
        data = {"object": shown}
        if before is not None:
            data["previous_attributes"] = former_values(before, now=shown)
        return data

    def _keep(self, record):
        record["body"] = json.dumps(record["body"])
        self.records[record["id"]] = record
        self._young.append(record["id"])
        self.box.store.keep("event", id=record["id"], record=record)

    def forget_old(self):
        """Drop events past the thirty days that Stripe lets them be read."""
        limit = self.box.clock.now() - READABLE_DAYS * DAY
        while self._young and self.records[self._young[0]]["created"] < limit:
            id = self._young.popleft()
            self._overdue.add(id)
            if not self.box.deliveries.is_waiting(id):
                self.box.deliveries.forget(id)
                self.delivered(id)

    def delivered(self, id):
        """Nobody waits for the event any more: drop it if its days are over."""
        if id in self._overdue:
            self._overdue.discard(id)
            del self.records[id]
            self.box.store.drop("event", id=id)

    def shown(self, record):
        body = json.loads(record["body"])
        body["pending_webhooks"] = self.box.deliveries.pending_count(record["id"])
        return body


def former_values(before, *, now):
    """What `before` said wherever it differs; inside hashes only the keys that changed."""
    former = {}
    for key in before.keys() | now.keys():
        old, new = before.get(key), now.get(key)
        if old == new:
            continue
        if isinstance(old, dict) and isinstance(new, dict):
            former[key] = former_values(old, now=new)
        else:
            former[key] = old
    return former
