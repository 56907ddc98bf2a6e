"""Whatever order a story's events arrive in, and however often, the rows end the same.

Invariant I8, cases F3, F4, F5: each story is lived once at Stripe; its events are then posted,
really signed, in 100 random orders with duplicates, and the rows compared.
"""

import json
import random
import time
import urllib.parse

import pytest
import stripe
from django.conf import settings
from django.db import transaction

from payments.gateway import calls, changes
from payments.gateway.objects import COVER_KEY
from payments.models import (
    Checkout,
    Contribution,
    LedgerEntry,
    LedgerLine,
    OutboxTask,
    Receipt,
    StripeEvent,
    Subscription,
)
from payments.money import Money
from payments.sandbox.methods import FAILING_ACCOUNT, GOOD_ACCOUNT
from payments.webhooks import inbox
from payments.webhooks.dispatch import HANDLERS
from tests.builders import begin

pytestmark = [pytest.mark.django_db, pytest.mark.case("F3"), pytest.mark.case("F5")]

ORDERS = 100
MONTH = 31 * 86400
DECLINED, SECURE_3D = "4000000000000002", "4000002500003155"


def pay_by_debit(pay, checkout, *, account=GOOD_ACCOUNT):
    answer = pay(checkout.stripe_url, payment_kind="sepa_debit", account=account)
    assert answer.status == 303


def approve_3d_secure(sandbox, answer):
    path = urllib.parse.urlsplit(answer.headers["Location"]).path
    assert sandbox.handle("POST", path, {}, b"answer=approve").status == 303


def one_off(client, pay, sandbox):
    pay(begin(client).stripe_url)


def monthly_with_three_renewals(client, pay, sandbox):
    pay(begin(client, frequency="month", cover_fee="1").stripe_url)
    sandbox.advance(3 * MONTH)


def declined_then_paid(client, pay, sandbox):
    checkout = begin(client)
    pay(checkout.stripe_url, card=DECLINED)
    pay(checkout.stripe_url)


def three_d_secure(client, pay, sandbox):
    checkout = begin(client, frequency="year")
    answer = pay(checkout.stripe_url, card=SECURE_3D)
    approve_3d_secure(sandbox, answer)


def bank_debit_that_settles(client, pay, sandbox):
    pay_by_debit(pay, begin(client))
    sandbox.advance(10 * 86400)


def bank_debit_that_fails(client, pay, sandbox):
    pay_by_debit(pay, begin(client), account=FAILING_ACCOUNT)
    sandbox.advance(10 * 86400)


def changed_and_canceled(client, pay, sandbox):
    pay(begin(client, frequency="month").stripe_url)
    state = calls.subscription(next(iter(sandbox.store.kinds["subscription"])))
    changes.set_amount(
        state.id,
        key="change",
        item_id=state.item_id,
        amount=Money(1500, "eur"),
        interval="month",
        metadata={COVER_KEY: "0"},
    )
    sandbox.advance(MONTH)
    changes.end_at_period_end(state.id, key="cancel")
    sandbox.advance(2 * MONTH)


# What became of each story's contributions.
OUTCOMES = {
    one_off: ["paid"],
    monthly_with_three_renewals: ["paid"] * 4,
    declined_then_paid: ["paid"],
    three_d_secure: ["paid"],
    bank_debit_that_settles: ["paid"],
    bank_debit_that_fails: ["failed"],
    changed_and_canceled: ["paid"] * 2,
}


@pytest.mark.parametrize("story", OUTCOMES, ids=lambda story: story.__name__)
def test_every_order_of_events_ends_in_one_state(story, client, pay, stripe_sandbox):
    bodies = _events_of(story, client, pay, stripe_sandbox)
    first = _state_after(bodies)
    assert [row[2] for row in first["contributions"]] == OUTCOMES[story]
    for seed in range(ORDERS):
        chance = random.Random(seed)
        order = bodies + chance.choices(bodies, k=len(bodies) // 2)
        chance.shuffle(order)
        assert _state_after(order) == first, f"order of seed {seed}"


def _events_of(story, client, pay, sandbox):
    """What the endpoint hears of a story: it subscribes to the events that are handled."""
    bodies = []
    sandbox.deliveries.deliver = lambda url, headers, body: bodies.append(body) or 200
    story(client, pay, sandbox)
    sandbox.advance(3600)
    sandbox.deliver_due()
    heard = [body for body in bodies if json.loads(body)["type"] in HANDLERS]
    assert len(heard) >= 3
    return heard


def _state_after(bodies):
    """Post the events, apply them, read the rows, and undo it all."""
    block = transaction.atomic()
    block._from_testcase = True
    with block:
        for body in bodies:
            _post(body)
        while inbox.apply_due():
            pass
        assert not StripeEvent.objects.filter(status="failed").exists(), list(
            StripeEvent.objects.filter(status="failed").values_list("type", "note")
        )
        state = _state()
        transaction.set_rollback(True)
    return state


def _post(body):
    header = stripe.WebhookSignature.generate_signature_header(
        body.decode(), settings.STRIPE_WEBHOOK_SECRETS[0], int(time.time())
    )
    inbox.accept(body, header)


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
        "subscriptions": list(
            Subscription.objects.values_list(
                "stripe_subscription_id", "status", "amount_minor", "cancel_at", "ended_at"
            )
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
