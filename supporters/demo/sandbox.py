"""The demo's hold on the sandbox's own controls: its clock, and what it has yet to deliver."""

import json
import urllib.request
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.conf import settings

from payments import clock

# A year of renewals is worked through before the sandbox answers.
PATIENCE_SECONDS = 120


class Unreachable(RuntimeError):
    """The sandbox does not answer; the demo is starting, or its process has ended."""


def advance(seconds: float) -> None:
    """Move the sandbox's time on, and ours with it."""
    _follow(_ask("/sandbox/clock/advance", {"seconds": seconds}))


def keep_pace() -> datetime:
    """Set our clock to where the sandbox's stands, as after a restart; returns that moment."""
    _follow(_ask("/sandbox/clock"))
    return clock.now()


def move_to(moment: float) -> None:
    """Let it be `moment`, in epoch seconds, unless it is later already."""
    ahead = moment - clock.now().timestamp()
    if ahead > 0:
        advance(ahead)


def catch_up() -> None:
    """Let the sandbox's clock, which stood in the past, reach the machine's."""
    behind = -float(_ask("/sandbox/clock")["offset"])
    if behind > 0:
        advance(behind)
    clock.set_offset(0)


def waiting() -> int:
    """How many notifications are still to be delivered."""
    return int(_ask("/sandbox/deliveries")["waiting"])


def balance() -> dict[str, int]:
    """What the sandbox holds per currency, available or not yet."""
    held: dict[str, int] = {}
    said = _ask("/v1/balance")
    for part in [*said["available"], *said["pending"]]:
        held[part["currency"]] = held.get(part["currency"], 0) + part["amount"]
    return held


def paid_out() -> dict[str, int]:
    """What the sandbox has sent to the bank per currency."""
    sent: dict[str, int] = {}
    for payout in _listed("/v1/payouts"):
        if payout["status"] not in {"failed", "canceled"}:
            sent[payout["currency"]] = sent.get(payout["currency"], 0) + payout["amount"]
    return sent


def tell_only(url: str) -> None:
    """Stop telling addresses of earlier runs, where perhaps somebody else listens today."""
    for endpoint in _listed("/v1/webhook_endpoints"):
        if endpoint["url"] != url:
            _ask(f"/v1/webhook_endpoints/{endpoint['id']}", "disabled=true")


def _follow(said: dict[str, Any]) -> None:
    clock.set_offset(int(said["offset"]))


def _listed(path: str) -> Iterator[dict[str, Any]]:
    """A list of Stripe's, page by page."""
    after = ""
    while True:
        page = _ask(f"{path}?limit=100{after}")
        yield from page["data"]
        if not page["has_more"]:
            return
        after = f"&starting_after={page['data'][-1]['id']}"


def _ask(path: str, sent: dict[str, Any] | str | None = None) -> dict[str, Any]:
    """One request: nothing sent is a GET, a dictionary goes as JSON, text as a form."""
    headers = {"Authorization": f"Bearer {settings.STRIPE_SECRET_KEY}"}
    if isinstance(sent, dict):
        sent, headers["Content-Type"] = json.dumps(sent), "application/json"
    body = None if sent is None else sent.encode()
    request = urllib.request.Request(settings.SANDBOX_URL + path, data=body, headers=headers)  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE_SECONDS) as answer:  # noqa: S310
            return json.load(answer)
    except (OSError, ValueError) as error:
        raise Unreachable from error
