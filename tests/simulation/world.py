"""The world of one life: Stripe, the clock, the post between them, the worker."""

import json
import time
import urllib.parse
from collections.abc import Callable
from datetime import timedelta

import stripe
import time_machine
from django.conf import settings
from django.test import RequestFactory

from payments import clock, crash, outbox, tasks
from payments.gateway.errors import GatewayError
from payments.models import OutboxTask, StripeEvent
from payments.reconcile.run import run_now
from payments.sandbox import Sandbox
from payments.sweep import sweep
from payments.views import webhook
from payments.webhooks import backfill, inbox
from payments.webhooks.dispatch import HANDLERS
from tests.sandbox_client import client_for
from tests.simulation.wire import Weather, Wire

STEP = 6 * 3600
HOOK = "http://testserver/stripe/webhook/"
# How often the delivery of an event meets which fault, in thousandths.
POST = {
    "dropped": 60,
    "failed": 40,
    "answer lost": 30,
    "delayed": 50,
    "reordered": 40,
    "duplicated": 60,
    "corrupted": 15,
    "old version": 15,
    "replayed late": 10,
}
# How often the process dies at a named place, in thousandths of the times it passes there.
DEATHS = {"died": 3}
OLD_VERSION = "2025-08-27.basil"
ACCOUNT = {"refunds_need_funds": False}


class World:
    """One newsroom, its Stripe account and its weather; time passes only here."""

    def __init__(self, traveller: time_machine.Traveller, *, seed: int, stormy: bool) -> None:
        self.traveller = traveller
        self.weather = Weather(seed, stormy=stormy)
        hooks = [(HOOK, settings.STRIPE_WEBHOOK_SECRETS[0])]
        self.box = Sandbox(
            webhooks=hooks, deliver=self.post, seed=seed, wall=time.time, settings=ACCOUNT
        )
        endpoint = next(iter(self.box.store.newest("webhook_endpoint")))
        endpoint["enabled_events"] = sorted(HANDLERS)
        Wire.box, Wire.weather = self.box, self.weather
        Wire.calls = Wire.over_http = 0
        self.bank = client_for(self.box).v1
        self.accepted: set[str] = set()
        self.refused_rightly = 0
        self.requests = RequestFactory()

    # --- time -----------------------------------------------------------------------------------

    def wait_until(self, moment: float) -> None:
        """Let time pass, with the post and the worker at their work every six hours."""
        while (now := time.time()) < moment:
            self.traveller.move_to(min(moment, (now // STEP + 1) * STEP))
            self.work()

    def work(self) -> None:
        """Whatever is due: deliveries, stored events, the outbox, the sweep.

        In calm weather nothing is lost, so nothing has to be swept up or fetched.
        """
        self.box.deliver_due()
        self.survive(tasks.drain)
        if self.weather.rough:
            self.survive(sweep)
            self.survive(tasks.drain)

    def fetch(self) -> None:
        """What the sweep does every few minutes, for somebody who waits."""
        try:
            backfill.catch_up()
        except GatewayError:
            return

    def survive(self, work: Callable[[], object]) -> None:
        """A worker that may die at any named place; it is started again later."""
        try:
            with crash.armed(self.maybe_die):
                work()
        except crash.Crashed:
            return

    def maybe_die(self, place: str) -> None:
        if self.weather.strikes(DEATHS, "process"):
            raise crash.Crashed(place)

    def heal(self) -> None:
        """The storm is over: some quiet hours, then the books are compared with Stripe's."""
        self.weather.stormy = False
        backfill.pull(clock.now() - timedelta(days=30))
        for step in range(12):
            self.traveller.shift(1200)
            self.work()
            sweep()
            if step in {4, 8}:
                self.press_again()
        tasks.drain()
        run_now()
        tasks.drain()

    def press_again(self) -> None:
        """What staff do on the page of failed notifications and tasks."""
        for row in StripeEvent.objects.filter(status=StripeEvent.Status.FAILED, due_at=None):
            inbox.again(row)
        for task in OutboxTask.objects.exclude(dead_at=None).filter(done_at=None):
            outbox.again(task)

    # --- the post -------------------------------------------------------------------------------

    def post(self, url: str, headers: dict[str, str], body: bytes) -> int:
        """Carry one delivery to the webhook, or not; the status that Stripe gets to see."""
        kind = self.weather.strikes(POST, "event")
        if not kind:
            return self.hand_over(body, headers["Stripe-Signature"])
        return getattr(self, f"_{kind.replace(' ', '_')}")(body, headers["Stripe-Signature"])

    def hand_over(self, body: bytes, signature: str) -> int:
        """Post to the real view; 0 where its process died."""
        request = self.requests.post(
            urllib.parse.urlsplit(HOOK).path,
            data=body,
            content_type="application/json",
            headers={"Stripe-Signature": signature},
        )
        try:
            with crash.armed(self.maybe_die):
                status = webhook(request).status_code
        except crash.Crashed:
            return 0
        if status == 200:
            self.accepted.add(json.loads(body)["id"])
        return status

    def _dropped(self, body: bytes, signature: str) -> int:
        return 200

    def _failed(self, body: bytes, signature: str) -> int:
        return 500

    def _answer_lost(self, body: bytes, signature: str) -> int:
        self.hand_over(body, signature)
        return 0

    def _delayed(self, body: bytes, signature: str) -> int:
        return self._later(body, seconds=self.weather.dice.uniform(60, 3 * 86_400))

    def _reordered(self, body: bytes, signature: str) -> int:
        return self._later(body, seconds=self.weather.dice.uniform(0, 6 * 3600))

    def _later(self, body: bytes, *, seconds: float) -> int:
        endpoint = next(iter(self.box.store.newest("webhook_endpoint")))["id"]
        event, due = json.loads(body)["id"], time.time() + seconds
        self.box.deliveries.queue(event, endpoint=endpoint, due=due)
        return 200

    def _duplicated(self, body: bytes, signature: str) -> int:
        status = 0
        for _ in range(self.weather.dice.randint(2, 5)):
            status = self.hand_over(body, signature)
        return status

    def _corrupted(self, body: bytes, signature: str) -> int:
        place = self.weather.dice.randrange(len(body))
        changed = body[:place] + bytes([body[place] ^ 1]) + body[place + 1 :]
        return self._must_be_refused(changed, signature)

    def _replayed_late(self, body: bytes, signature: str) -> int:
        return self._must_be_refused(body, signed(body, at=int(time.time()) - 400))

    def _must_be_refused(self, body: bytes, signature: str) -> int:
        status = self.hand_over(body, signature)
        if status == 200:
            raise AssertionError("an event that was altered or stale was accepted")
        self.refused_rightly += 1
        return status

    def _old_version(self, body: bytes, signature: str) -> int:
        """An endpoint of an earlier version, not yet removed, is faster than ours."""
        old = json.dumps(json.loads(body) | {"api_version": OLD_VERSION}).encode()
        self.hand_over(old, signed(old, at=int(time.time())))
        return self.hand_over(body, signature)


def signed(body: bytes, *, at: int) -> str:
    return stripe.WebhookSignature.generate_signature_header(
        body.decode(), settings.STRIPE_WEBHOOK_SECRETS[0], at
    )
