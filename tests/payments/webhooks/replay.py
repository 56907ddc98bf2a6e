"""Lives a story once at Stripe, then posts its events in many orders and reads the rows.

What Stripe answers is the same in every replay, for its time stands still: each answer is made
once and remembered, so that a replay costs what our side costs.
"""

import json
import random
import time
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

ORDERS = 100
# In every so many-th order a fifth of the events is lost, and fetched from Stripe's list later.
LOSSY, LOST = 5, 0.2


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


def one_state(story, sandbox, *, orders=ORDERS):
    """The rows after the story, the same whatever the order, the doubles and the losses."""
    bodies = events_of(story, sandbox)
    _state_after(bodies)  # What handlers write to Stripe is written now, under the same keys.
    sandbox.handle = Remembering(sandbox)
    first = _state_after(bodies)
    for seed in range(orders):
        chance = random.Random(seed)
        order = bodies + chance.choices(bodies, k=len(bodies) // 2)
        chance.shuffle(order)
        lost = chance.sample(bodies, int(len(bodies) * LOST)) if seed % LOSSY == 0 else []
        state = _state_after([body for body in order if body not in lost], lossy=bool(lost))
        assert state == first, f"order of seed {seed}"
    return first


def events_of(story, sandbox):
    """What the endpoint hears of a story: it subscribes to the events that are handled."""
    bodies = []
    sandbox.deliveries.deliver = lambda url, headers, body: bodies.append(body) or 200
    story()
    sandbox.advance(3600)
    sandbox.deliver_due()
    heard = [body for body in bodies if json.loads(body)["type"] in HANDLERS]
    assert len(heard) >= 3
    return heard


def _state_after(bodies, *, lossy=False):
    """Post the events, apply them, read the rows, and undo it all."""
    block = transaction.atomic()
    block._from_testcase = True
    with block:
        for body in bodies:
            _post(body)
        _apply()
        if lossy:
            backfill.pull(datetime(2020, 1, 1, tzinfo=UTC))
            _apply()
        state = _state()
        transaction.set_rollback(True)
    return state


def _post(body):
    header = stripe.WebhookSignature.generate_signature_header(
        body.decode(), settings.STRIPE_WEBHOOK_SECRETS[0], int(time.time())
    )
    inbox.accept(body, header)


def _apply():
    while inbox.apply_due():
        pass
    failed = StripeEvent.objects.filter(status="failed").values_list("type", "note")
    assert not failed, list(failed)


def _state():
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
