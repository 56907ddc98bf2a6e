"""Idempotency keys: the first answer is the answer for a day, whatever became of it."""

import json

from payments.sandbox import errors
from payments.sandbox.clock import DAY
from payments.sandbox.wire import Response

LONGEST = 255


class Idempotency:
    def __init__(self, box):
        self.box = box
        self.records = {record["key"]: record for record in box.store.kept("key")}
        self.running = set()

    def replay(self, key, *, call):
        """The kept answer to `key`, or None; refuses another call under the same key."""
        if len(key) > LONGEST:
            raise errors.invalid("Idempotency keys may have at most 255 characters.")
        if key in self.running:
            message = "There is currently another in-progress request using this key."
            raise errors.conflict(message, code="idempotency_key_in_use")
        record = self.records.get(key)
        if record is None or record["created"] < self.box.clock.now() - DAY:
            return None
        if record["call"] != call:
            raise errors.ApiError(
                "Keys for idempotent requests can only be used with the same parameters they"
                f" were first used with. Try using a key other than '{key}'.",
                type="idempotency_error",
            )
        headers = {"Idempotent-Replayed": "true", "Original-Request": record["request"]}
        return Response(record["status"], headers, record["body"].encode())

    def keep(self, key, *, call, response, request):
        record = {
            "key": key,
            "call": call,
            "status": response.status,
            "body": response.body.decode(),
            "request": request,
            "created": self.box.clock.now(),
        }
        self.records[key] = record
        self.box.store.keep("key", id=key, record=record)

    def forget_old(self):
        limit = self.box.clock.now() - DAY
        for key, record in list(self.records.items()):
            if record["created"] < limit:
                del self.records[key]
                self.box.store.drop("key", id=key)


def fingerprint(method, *, path, params):
    return json.dumps([method, path, params], sort_keys=True)
