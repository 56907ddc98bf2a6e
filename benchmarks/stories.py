"""Stories that people live at the sandbox: the events that tell them, and Stripe's answers.

Afterwards Stripe stands still, so that each of its answers is made once and remembered: what a
benchmark spends is our CPU (the SDK's work on the answer included), never that of the stand-in.
"""

import json
import time
import urllib.parse
from dataclasses import dataclass
from typing import Any

from django.conf import settings

PEOPLE, DAY = 8, 86_400
CARD = {"card_number": "4242424242424242", "exp": "12/34", "cvc": "123", "name": "Nora Reader"}


@dataclass
class Chapter:
    """A part of the account's history that stands alone: its events, in the order of delivery."""

    sandbox: Any
    bodies: list[bytes]
    answers: dict[str, Any]

    def handle(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Any:
        """The sandbox's door, once nothing is written to it any more."""
        if method.upper() != "GET":
            raise RuntimeError(f"{method} {path}: applying events writes nothing to Stripe")
        if path not in self.answers:
            self.answers[path] = self.sandbox.handle(method, path, headers, body)
        return self.answers[path]

    def signed(self) -> list[tuple[bytes, str]]:
        """Each event with a signature of now."""
        import stripe

        secret, now = settings.STRIPE_WEBHOOK_SECRETS[0], int(time.time())
        sign = stripe.WebhookSignature.generate_signature_header
        return [(body, sign(body.decode(), secret, now)) for body in self.bodies]


def listen(chapter: Chapter) -> None:
    """Let what we ask Stripe be answered from a chapter."""
    from tests.stripe_transport import SandboxTransport

    SandboxTransport.current = chapter  # type: ignore[assignment]


def lived(number: int, *, people: int = PEOPLE) -> Chapter:
    """Of each eight people four give once, one of whom is refunded, and four give monthly, three
    times each: about nine events a person."""
    from payments.gateway import calls
    from payments.sandbox import Sandbox
    from payments.webhooks.dispatch import HANDLERS
    from tests.stripe_transport import SandboxTransport

    bodies: list[bytes] = []

    def hear(_url: str, _headers: dict[str, str], body: bytes) -> int:
        if json.loads(body)["type"] in HANDLERS:
            bodies.append(body)
        return 200

    hooks = [("http://testserver/stripe/webhook/", settings.STRIPE_WEBHOOK_SECRETS[0])]
    rich = {"refunds_need_funds": False}
    sandbox = Sandbox(webhooks=hooks, deliver=hear, seed=number, settings=rich)
    SandboxTransport.current = sandbox
    calls.ensure_product()
    for person in range(people):
        _give(sandbox, f"reader-{number}-{person}@example.org", monthly=person % 2 == 1)
    sandbox.advance(62 * DAY)
    _refund(sandbox.store.kinds["payment_intent"][0])
    sandbox.advance(DAY)
    sandbox.deliver_due()
    return Chapter(sandbox, bodies, {})


def _give(sandbox: Any, email: str, *, monthly: bool) -> None:
    """Send the contribute form, then fill in Stripe's page."""
    from django.test import Client

    from payments.models import Checkout

    form = {"amount": "10", "currency": "eur", "frequency": "month" if monthly else "once"}
    answer = Client().post("/contribute/", form | {"email": email})
    if answer.status_code != 303:
        raise RuntimeError(answer.content.decode())
    path = urllib.parse.urlsplit(Checkout.objects.latest("id").stripe_url).path
    filled = urllib.parse.urlencode(CARD | {"email": email}).encode()
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    if sandbox.handle("POST", path, headers, filled).status != 303:
        raise RuntimeError("the payment did not go through")


def _refund(payment_intent_id: str) -> None:
    """Send a gift back in Stripe's dashboard."""
    from payments.gateway.client import api

    api().refunds.create({"payment_intent": payment_intent_id})
