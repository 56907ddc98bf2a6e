"""Injected trouble: calls lost, slowed or refused; events dropped, doubled, delayed, reordered."""

import fnmatch

from payments.sandbox import errors

CALL_KINDS = (
    "lost_request", "lost_answer", "401", "403", "409", "429", "500", "500-after", "500-no-retry",
    "slow", "malformed",
)  # fmt: skip
# A corrupt or old one is so at its first attempt; what Stripe sends again is whole.
EVENT_KINDS = ("drop", "duplicate", "delay", "reorder", "corrupt", "old_version")


class Faults:
    """Waiting faults, first match first; each works `times` times."""

    def __init__(self):
        self.waiting = []

    def add(self, fault):
        """`fault`: kind, and method/path (calls) or event (events) as wildcards, times, seconds."""
        kind = str(fault.get("kind", ""))
        if kind not in CALL_KINDS + EVENT_KINDS:
            raise errors.invalid(f"Unknown fault kind: {kind}", param="kind")
        ready = {
            "kind": kind,
            "method": str(fault.get("method", "*")).upper(),
            "path": str(fault.get("path", "*")),
            "event": str(fault.get("event", "*")),
            "seconds": float(fault.get("seconds", 1)),
            "times": int(fault.get("times", 1)),
        }
        self.waiting.append(ready)
        return ready

    def clear(self):
        self.waiting = []

    def for_call(self, method, *, path):
        for fault in self.waiting:
            named = fault["method"] in ("*", method) and fnmatch.fnmatchcase(path, fault["path"])
            if fault["kind"] in CALL_KINDS and named:
                return self._use(fault)
        return None

    def for_event(self, type):
        """The kind of trouble the event's delivery meets, or None."""
        for fault in self.waiting:
            if fault["kind"] in EVENT_KINDS and fnmatch.fnmatchcase(type, fault["event"]):
                return self._use(fault)["kind"]
        return None

    def _use(self, fault):
        fault["times"] -= 1
        if fault["times"] <= 0:
            self.waiting.remove(fault)
        return fault


def refusal(kind):
    """The answer to a call that a fault refuses before any work."""
    if kind == "409":
        message = "There is currently another in-progress request using this object."
        return errors.conflict(message, code="lock_timeout")
    if kind == "401":
        return errors.ApiError("Invalid API Key provided.", status=401)
    if kind == "403":
        message = "The provided key does not have the required permissions for this endpoint."
        return errors.ApiError(message, status=403)
    if kind == "429":
        return errors.ApiError("Too many requests.", status=429, code="rate_limit")
    return errors.ApiError(
        "An unknown error occurred.", status=500, type="api_error", final=kind == "500-no-retry"
    )
