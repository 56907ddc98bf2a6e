"""Signed webhook deliveries: who hears of an event, attempts, retries with growing gaps."""

import fnmatch
import hashlib
import hmac
import http.client
import itertools
import json
import urllib.parse

from payments.sandbox.clock import DAY, HOUR, MINUTE
from payments.sandbox.wire import API_VERSION

GAPS = (5, 30, 5 * MINUTE, HOUR, 3 * HOUR, 12 * HOUR, DAY)
TIMEOUT = 20
DELAY = 5 * MINUTE
OLD_VERSION = "2025-08-27.basil"


def as_of(body, *, version):
    """The same event as an endpoint of another API version hears it."""
    event = json.loads(body)
    return json.dumps({**event, "api_version": version}).encode()


def corrupt(body):
    """One byte is another than the one that was signed."""
    middle = len(body) // 2
    return body[:middle] + bytes([body[middle] ^ 1]) + body[middle + 1 :]


def as_of_old(body):
    """The same event, rendered in an API version of another name; signed as it is."""
    return as_of(body, version=OLD_VERSION)


SPOILED = {"corrupt": corrupt, "old_version": as_of_old}


def sign(body, *, secrets, timestamp):
    """The Stripe-Signature header: one v1 for each live secret."""
    message = f"{timestamp}.".encode() + body
    parts = [
        "v1=" + hmac.new(secret.encode(), message, hashlib.sha256).hexdigest() for secret in secrets
    ]
    return ",".join([f"t={timestamp}", *parts])


def post(url, headers, body):
    """Deliver over real HTTP; 0 stands for no answer at all."""
    target = urllib.parse.urlsplit(url)
    kind = http.client.HTTPSConnection if target.scheme == "https" else http.client.HTTPConnection
    connection = kind(target.netloc, timeout=TIMEOUT)
    try:
        path = target.path or "/"
        path = f"{path}?{target.query}" if target.query else path
        connection.request("POST", path, body=body, headers=headers)
        answer = connection.getresponse()
        answer.read()
        return answer.status
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        connection.close()


class Deliveries:
    """What waits to be delivered, per event and endpoint."""

    def __init__(self, box, *, deliver):
        self.box = box
        self.deliver = deliver
        self.rows = {}
        self.waiting = {}
        self.by_event = {}
        for row in box.store.kept("delivery"):
            self._remember(row)
        self._numbers = itertools.count(max(self.rows, default=0) + 1)

    def plan(self, record):
        """Queue an event for every enabled endpoint that listens to its type."""
        for endpoint in self.box.store.newest("webhook_endpoint"):
            if endpoint["status"] == "enabled" and listens(endpoint, type=record["type"]):
                self._plan_one(record, endpoint=endpoint)

    def _plan_one(self, record, *, endpoint):
        due = self.box.clock.exact()
        kind = self.box.faults.for_event(record["type"])
        if kind == "drop":
            due = None
        elif kind == "delay":
            due += DELAY
        spoiled = kind if kind in SPOILED else None
        for _ in range(2 if kind == "duplicate" else 1):
            self.queue(
                record["id"], endpoint=endpoint["id"], due=due, late=kind == "reorder",
                spoiled=spoiled,
            )  # fmt: skip

    def queue(self, event, *, endpoint, due, late=False, spoiled=None):
        row = {
            "number": next(self._numbers),
            "event": event,
            "endpoint": endpoint,
            "due": due,
            "attempts": 0,
            "late": late,
            "spoiled": spoiled,
        }
        self._keep(row)

    def _keep(self, row):
        self._remember(row)
        self.box.store.keep("delivery", id=row["number"], record=row)

    def _remember(self, row):
        number = row["number"]
        self.rows[number] = row
        self.by_event.setdefault(row["event"], {})[number] = row
        if row["due"] is None:
            self.waiting.pop(number, None)
        else:
            self.waiting[number] = row

    def _done(self, row):
        number, event = row["number"], row["event"]
        self.box.store.drop("delivery", id=number)
        self.rows.pop(number, None)
        self.waiting.pop(number, None)
        left = self.by_event.get(event, {})
        left.pop(number, None)
        if not left:
            self.by_event.pop(event, None)
            self.box.events.delivered(event)

    def forget(self, event):
        """Drop the given-up deliveries of an event that can no longer be read."""
        for row in list(self.by_event.get(event, {}).values()):
            self._done(row)

    def due(self):
        """Rows to attempt now, in order; those told to come late after all others."""
        now = self.box.clock.exact()
        rows = [row for row in self.waiting.values() if row["due"] <= now]
        return sorted(rows, key=lambda row: (row["late"], row["due"], row["number"]))

    def attempt(self, row):
        """Sign and send one row; True when the receiver answered 2xx."""
        with self.box.lock:
            letter = self._letter(row)
        if letter is None:
            return False
        status = self.deliver(*letter)
        with self.box.lock:
            self._settle(row, status=status)
        return 200 <= status < 300

    def _letter(self, row):
        endpoint = self.box.store.objects.get(row["endpoint"])
        record = self.box.events.records.get(row["event"])
        if endpoint is None or record is None or row["number"] not in self.waiting:
            self._done(row)
            return None
        if endpoint["status"] != "enabled":
            row["due"] = None
            self._keep(row)
            return None
        spoil = None if row["attempts"] else SPOILED.get(row.get("spoiled"))
        body = record["body"].encode()
        if endpoint["api_version"] not in (None, API_VERSION):
            body = as_of(body, version=endpoint["api_version"])
        sent = spoil(body) if spoil else body
        if row.get("spoiled") == "old_version":
            body = sent
        signature = sign(
            body, secrets=self._secrets(endpoint), timestamp=int(self.box.clock.wall())
        )
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "User-Agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
            "Stripe-Signature": signature,
        }
        return endpoint["url"], headers, sent

    def _secrets(self, endpoint):
        now = self.box.clock.now()
        old = [secret for secret, until in endpoint.get("_old_secrets", ()) if until > now]
        return [endpoint["_secret"], *old]

    def _settle(self, row, *, status):
        if 200 <= status < 300:
            self._done(row)
            return
        row["attempts"] += 1
        last = row["attempts"] > len(GAPS)
        row["due"] = None if last else self.box.clock.exact() + GAPS[row["attempts"] - 1]
        self._keep(row)

    def resend(self, event, *, endpoint=None):
        """Queue an event again, whatever became of its deliveries."""
        due = self.box.clock.exact()
        for known in self.box.store.newest("webhook_endpoint", status="enabled"):
            if endpoint in (None, known["id"]):
                self.queue(event, endpoint=known["id"], due=due)

    def pending_count(self, event):
        """How many endpoints have not had the event yet."""
        return len(self.by_event.get(event, ()))

    def is_waiting(self, event):
        return any(row["due"] is not None for row in self.by_event.get(event, {}).values())

    @property
    def failed(self):
        """Deliveries given up or dropped, by number."""
        return {number: row for number, row in self.rows.items() if row["due"] is None}


def listens(endpoint, *, type):
    return any(fnmatch.fnmatchcase(type, wanted) for wanted in endpoint["enabled_events"])
