"""The demo's hold on the sandbox's own controls: its clock, and what it has yet to deliver."""

import json
import urllib.request
from typing import Any

from django.conf import settings

from payments import clock

# A year of renewals is worked through before the sandbox answers.
PATIENCE_SECONDS = 120


class Unreachable(RuntimeError):
    """The sandbox does not answer; the demo is starting, or its process has ended."""


def advance(seconds: int) -> None:
    """Move the sandbox's time on, and ours with it."""
    moved = _ask("/sandbox/clock/advance", {"seconds": seconds})
    clock.set_offset(int(moved["offset"]))


def keep_pace() -> None:
    """Set our clock to where the sandbox's stands, as after a restart."""
    clock.set_offset(int(_ask("/sandbox/clock")["offset"]))


def waiting() -> int:
    """How many notifications are still to be delivered."""
    return int(_ask("/sandbox/deliveries")["waiting"])


def _ask(path: str, fields: dict[str, Any] | None = None) -> dict[str, Any]:
    request = urllib.request.Request(  # noqa: S310 (our own loopback address)
        settings.SANDBOX_URL + path,
        data=None if fields is None else json.dumps(fields).encode(),
        headers={"Content-Type": "application/json"},
    )
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE_SECONDS) as answer:  # noqa: S310
            return json.load(answer)
    except (OSError, ValueError) as error:
        raise Unreachable from error
