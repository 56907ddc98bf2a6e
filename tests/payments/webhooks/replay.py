"""Lives a story once at Stripe, then posts its events in many orders and reads the rows.

What Stripe answers is the same in every replay, for its time stands still: each answer is made
once and remembered, so that a replay costs what our side costs.
"""

import json
import random
import time
import urllib.parse
from dataclasses import dataclass, field
from datetime import UTC, datetime

import stripe
from django.conf import settings
from django.db import transaction

from payments.models import (
    Checkout,
    Contribution,
    FailedRenewal,
    LedgerEntry,
    LedgerLine,
    OutboxTask,
    Receipt,
    Refund,
    StripeEvent,
    Subscription,
)
from payments.webhooks import backfill, inbox
from payments.webhooks.dispatch import HANDLERS
from tests.builders import begin

ORDERS = 100
# Of every order so much is lost. It is sent again when all else was applied; in every so many-th
# order nobody sends it again, and it is fetched from Stripe's list as after an outage (F12).
LOST, FETCHED = 0.25, 5
# How many events a worker takes at once: of those it does the same work once.
PORTIONS = (3, 10, 200)


class Remembering:
    """The sandbox's door; what was read once is not made again until something is written."""

    def __init__(self, sandbox):
        self.door = sandbox.handle
        self.answers = {}

    def __call__(self, method, path, headers, body):
        if method.upper() != "GET":
            return self.door(method, path, headers, body)
        if path not in self.answers:
            self.answers[path] = self.door(method, path, headers, body)
        return self.answers[path]


@dataclass
class Life:
    """What a story is lived with, and what the endpoint has heard of it."""

    client: object
    pay: object
    sandbox: object
    bodies: list = field(default_factory=list)

    def hear(self, url, headers, body):
        """The endpoint subscribes to the events that are handled."""
        if json.loads(body)["type"] in HANDLERS:
            self.bodies.append(body)
        return 200

    def still_listed(self, body):
        """Stripe lists events for 30 days; what is lost for longer is the sweep's to find."""
        return json.loads(body)["created"] > self.sandbox.clock.now() - 29 * 86400

    def days(self, number):
        self.sandbox.advance(number * 86400)

    def catch_up(self):
        """Hear and apply what has happened so far; all of it is posted again in the replays."""
        self.sandbox.deliver_due()
        for body in self.bodies:
            post(body)
        apply()

    def subscribed(self, *, card="4242424242424242", approve=False, **fields):
        """Begin to give; returns the subscription as the account knows it."""
        checkout = begin(self.client, **({"frequency": "month"} | fields))
        answer = self.pay(checkout.stripe_url, card=card)
        if approve:
            self.form(answer.headers["Location"], answer="approve")
        self.catch_up()
        return Subscription.objects.get()

    def form(self, url, **fields):
        """Send a form on one of Stripe's pages."""
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        body = urllib.parse.urlencode(fields).encode()
        path = urllib.parse.urlsplit(url).path
        return self.sandbox.handle("POST", path, headers, body)


def one_state(story, life, *, orders=ORDERS, read=None):
    """The rows after the story, the same whatever the order, the doubles and the losses.

    `read` says which rows; without it, `rows`.
    """
    life.sandbox.deliveries.deliver = life.hear
    story(life)
    life.sandbox.advance(3600)
    life.sandbox.deliver_due()
    bodies, read = life.bodies, read or rows
    listed = [body for body in bodies if life.still_listed(body)]
    assert len(bodies) >= 3
    _state_after(bodies, read)  # What handlers write to Stripe is written now, under the same keys.
    life.sandbox.handle = Remembering(life.sandbox)
    first = _state_after(bodies, read)
    for seed in range(orders):
        chance = random.Random(seed)
        fetched = listed and seed % FETCHED == 0
        among = listed if fetched else bodies
        lost = chance.sample(among, max(1, int(len(among) * LOST)))
        came = [body for body in bodies if body not in lost]
        order = came + chance.choices(came, k=len(came) // 2)
        chance.shuffle(order)
        late = None if fetched else lost
        portion = PORTIONS[seed % len(PORTIONS)]
        state = _state_after(order, read, late=late, portion=portion)
        different = {
            name: (state[name], first[name]) for name in first if state[name] != first[name]
        }
        assert not different, f"order of seed {seed}: {different}"
    return first


def _state_after(bodies, read, *, late=(), portion=PORTIONS[-1]):
    """Post the events, apply them, then those that come late, read the rows, and undo it all.

    Where `late` is None, what is missing is fetched from Stripe's list.
    """
    block = transaction.atomic()
    block._from_testcase = True
    with block:
        _hear(bodies, portion)
        if late is None:
            backfill.pull(datetime(2020, 1, 1, tzinfo=UTC))
        _hear(late or (), portion)
        state = read()
        transaction.set_rollback(True)
    return state


def _hear(bodies, portion):
    for body in bodies:
        post(body)
    apply(portion)


def post(body):
    header = stripe.WebhookSignature.generate_signature_header(
        body.decode(), settings.STRIPE_WEBHOOK_SECRETS[0], int(time.time())
    )
    inbox.accept(body, header)


def apply(portion=PORTIONS[-1]):
    while inbox.apply_due(limit=portion):
        pass
    failed = StripeEvent.objects.filter(status="failed").values_list("type", "note")
    assert not failed, list(failed)


def rows():
    """Every row that matters, without what only tells when it was written here."""
    return {
        "checkouts": list(Checkout.objects.order_by("id").values_list("public_id", "status")),
        "contributions": sorted(
            Contribution.objects.values_list(
                "stripe_payment_intent_id",
                "kind",
                "status",
                "supporter__email",
                "subscription__stripe_subscription_id",
                "gift_minor",
                "cover_minor",
                "fee_minor",
                "method",
                "received_at",
                "stripe_balance_transaction_id",
            )
        ),
        "subscriptions": sorted(
            Subscription.objects.values_list(
                "stripe_subscription_id",
                "status",
                "frequency",
                "amount_minor",
                "next_charge_at",
                "cancel_at",
                "ended_at",
                "end_reason",
                "collection_paused",
                "card_last4",
                "card_expires",
                "follows__stripe_subscription_id",
            )
        ),
        "failed": sorted(
            FailedRenewal.objects.values_list(
                "stripe_invoice_id", "status", "attempts", "recovered_at", "next_attempt_at"
            )
        ),
        "refunds": sorted(
            Refund.objects.values_list("stripe_refund_id", "status", "amount_minor", "currency")
        ),
        "ledger": sorted(
            LedgerEntry.objects.values_list(
                "kind",
                "contribution__stripe_payment_intent_id",
                "gross_minor",
                "fee_minor",
                "occurred_at",
            )
        ),
        "balance": sum(LedgerLine.objects.values_list("amount_minor", flat=True)),
        "receipts": sorted(Receipt.objects.values_list("number", flat=True)),
        "outbox": sorted(OutboxTask.objects.values_list("key", flat=True)),
    }
