"""Stripe's transport inside the process, and the faults that strike it."""

from collections import Counter
from random import Random
from urllib.parse import urlsplit

import requests.structures
import stripe

from payments.sandbox import Sandbox
from tests.sandbox_client import InProcessClient

# How often a call meets which fault, in thousandths.
STORM = {
    "lost_request": 20,
    "lost_answer": 30,
    "409": 15,
    "429": 15,
    "500": 15,
    "500-after": 10,
    "500-no-retry": 8,
    "malformed": 8,
}


class Weather:
    """What may go wrong, and how much has: the seed's dice and a tally of faults."""

    def __init__(self, seed: int, *, stormy: bool) -> None:
        self.dice = Random(f"weather {seed}")
        self.stormy = self.rough = stormy
        self.faults: Counter[str] = Counter()

    def strikes(self, table: dict[str, int], prefix: str) -> str:
        """The fault of this moment, or nothing; thousandths by kind."""
        if not self.stormy:
            return ""
        chance = self.dice.random() * 1000
        for kind, share in table.items():
            if chance < share:
                self.faults[f"{prefix} {kind}"] += 1
                return kind
            chance -= share
        return ""


class Wire(InProcessClient):
    """What settings.STRIPE_HTTP_CLIENT names; the world puts sandbox and weather in."""

    box: Sandbox
    weather: Weather
    calls = over_http = 0

    def __init__(self) -> None:
        super().__init__(None)

    @property
    def sandbox(self) -> Sandbox:
        return Wire.box

    @sandbox.setter
    def sandbox(self, value) -> None:
        """The base class sets its own; ours is the world's."""

    def request(self, method, url, headers, post_data=None):
        Wire.calls += 1
        kind = Wire.weather.strikes(STORM, "call")
        if kind == "lost_request":
            raise stripe.APIConnectionError("lost", should_retry=True)
        if kind in {"409", "429", "500", "500-no-retry"}:
            return refused(kind)
        if kind == "500-after":
            Wire.box.faults.add({"kind": kind, "path": urlsplit(url).path, "times": 1})
        answer = super().request(method, url, headers, post_data)
        if kind == "lost_answer":
            raise stripe.APIConnectionError("lost", should_retry=True)
        if kind == "malformed":
            return answer[0][: len(answer[0]) // 2], answer[1], answer[2]
        return answer


def refused(kind: str):
    """Stripe's answer to a call that it does not work on."""
    errors = {
        "409": ("invalid_request_error", "lock_timeout", 409),
        "429": ("rate_limit_error", "rate_limit", 429),
        "500": ("api_error", "", 500),
        "500-no-retry": ("api_error", "", 500),
    }
    sort, code, status = errors[kind]
    body = f'{{"error": {{"type": "{sort}", "code": "{code}", "message": "storm"}}}}'
    headers = requests.structures.CaseInsensitiveDict({"Request-Id": "req_storm"})
    if kind == "500-no-retry":
        headers["Stripe-Should-Retry"] = "false"
    return body, status, headers
