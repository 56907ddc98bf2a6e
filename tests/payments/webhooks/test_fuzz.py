"""Events as they should never come: whatever is in them, they are kept, and nothing breaks.

Fields are added, removed and given another type at random, in envelopes and in objects; each event
is posted really signed. Never a 500, never lost, and what is sound afterwards is still applied.
"""

import json
import random
import time
from copy import deepcopy

import pytest
import stripe
from django.conf import settings
from django.urls import reverse

from payments.gateway import calls
from payments.models import Contribution, LedgerEntry, LedgerLine, Receipt, Refund, StripeEvent
from payments.money import Money
from payments.webhooks import inbox
from payments.webhooks.dispatch import HANDLERS
from tests.builders import DISPUTED, begin, give, operate, subscribe
from tests.payments.services.test_subscriptions import FAILS_LATER, change_card

pytestmark = [pytest.mark.django_db, pytest.mark.case("F8")]
ROUNDS = 25
SEEDS = range(8)
ODD = [
    None,
    "",
    0,
    -1,
    2**70,
    True,
    [],
    {},
    [{}],
    {"deep": [1, {"er": None}]},
    "é" * 300,
    "\x00",
    "\ud800",
]
ENVELOPE = {"id", "type", "created", "livemode", "data"}
# Without these nobody could say which event it is.
NAMES = {"id", "type"}


@pytest.fixture
def heard(client, pay, deliver, advance, stripe_sandbox):
    """The events of a few months, as posted; all of them are applied."""
    bodies = []
    post = stripe_sandbox.deliveries.deliver
    stripe_sandbox.deliveries.deliver = lambda *sent: bodies.append(sent[2]) or post(*sent)
    gift = give(client, pay, deliver, amount="80")
    calls.create_refund(
        key="dashboard",
        payment_intent_id=gift.stripe_payment_intent_id,
        amount=Money(250, "eur"),
        metadata={},
    )
    disputed = give(client, pay, deliver, card=DISPUTED, email="ben@example.org")
    monthly = subscribe(client, pay, deliver, email="mia@example.org")
    advance(days=1)
    operate(
        stripe_sandbox, "decide", dispute=disputed.disputes.get().stripe_dispute_id, outcome="won"
    )
    advance(days=31)
    change_card(monthly, pay, deliver, card=FAILS_LATER)
    advance(days=32)
    heard = [json.loads(body) for body in bodies if json.loads(body)["type"] in HANDLERS]
    told = {event["type"] for event in heard}
    assert {
        "invoice.paid",
        "invoice.upcoming",
        "invoice_payment.paid",
        "invoice.payment_failed",
        "charge.refunded",
        "charge.failed",
        "charge.dispute.closed",
        "payout.paid",
    } <= told
    # As many of each type, so that the dice find the rare ones too.
    return [[event for event in heard if event["type"] == type] for type in sorted(told)]


def rows():
    """Everything that says something about money."""
    return [
        sorted(model.objects.values_list(*fields))
        for model, fields in (
            (Contribution, ("status", "gift_minor", "cover_minor", "fee_minor")),
            (Refund, ("status", "amount_minor")),
            (LedgerEntry, ("key", "gross_minor", "fee_minor")),
            (LedgerLine, ("account", "amount_minor", "currency")),
            (Receipt, ("number",)),
        )
    ]


def sound_event(*, id, type, shown):
    return {
        "id": id,
        "object": "event",
        "type": type,
        "created": int(time.time()),
        "livemode": False,
        "api_version": settings.STRIPE_API_VERSION,
        "data": {"object": shown},
    }


def send(client, event):
    return send_text(client, json.dumps(event))


def send_text(client, body):
    header = stripe.WebhookSignature.generate_signature_header(
        body, settings.STRIPE_WEBHOOK_SECRETS[0], int(time.time())
    )
    return client.post(
        reverse("payments:webhook"),
        data=body.encode(),
        content_type="application/json",
        headers={"Stripe-Signature": header},
    )


def spoil(dice, thing, *, keep=frozenset()):
    """Change one field somewhere in a JSON object: drop it, add one, or give it another type."""
    inside = [value for value in thing.values() if isinstance(value, dict) and value]
    if inside and dice.random() < 0.7:
        return spoil(dice, dice.choice(inside))
    names = [name for name in thing if name not in keep]
    way = dice.choice(["drop", "add", "retype"])
    if way == "add" or not names:
        thing[f"new_{dice.randrange(99)}"] = deepcopy(dice.choice(ODD))
    elif way == "drop":
        del thing[dice.choice(names)]
    else:
        thing[dice.choice(names)] = deepcopy(dice.choice(ODD))
    return None


@pytest.mark.parametrize("seed", SEEDS)
def test_spoiled_events_are_kept_and_break_nothing(client, heard, seed):
    dice = random.Random(seed)
    before, money = StripeEvent.objects.count(), rows()
    for number in range(ROUNDS):
        event = json.loads(json.dumps(dice.choice(dice.choice(heard))))
        event["id"] = f"evt_spoiled_{seed}_{number}"
        for _ in range(dice.randint(1, 6)):
            spoil(dice, event, keep=ENVELOPE)
        assert send(client, event).status_code == 200, event
    assert StripeEvent.objects.count() == before + ROUNDS
    while inbox.apply_due():
        pass
    stuck = StripeEvent.objects.filter(status="received")
    assert not stuck.exists()
    assert not StripeEvent.objects.exclude(status="applied").filter(note="").exists()
    assert rows() == money


@pytest.mark.parametrize("seed", SEEDS)
def test_spoiled_envelopes_are_answered_without_an_error(client, heard, seed):
    dice = random.Random(seed)
    for number in range(ROUNDS):
        event = json.loads(json.dumps(dice.choice(dice.choice(heard))))
        event["id"] = f"evt_envelope_{seed}_{number}"
        named = {name: event[name] for name in NAMES}
        spoil(dice, event)
        sound = all(event.get(name) == word for name, word in named.items())
        answer = send(client, event).status_code
        assert answer == 200 if sound else answer in {200, 400}
        if answer == 200:
            assert StripeEvent.objects.filter(stripe_event_id=event["id"]).exists()
    while inbox.apply_due():
        pass
    assert not StripeEvent.objects.filter(status="received").exists()


NO_IDS = [[], [{}], 7, {"id": 7}, {"id": ["x"]}, True]


@pytest.mark.parametrize(
    ("type", "way"),
    [
        ("invoice.upcoming", ["parent"]),
        ("invoice.upcoming", ["parent", "subscription_details"]),
        ("invoice.payment_failed", ["parent", "subscription_details", "subscription"]),
        ("invoice.payment_action_required", ["parent"]),
        ("invoice_payment.paid", ["invoice"]),
        ("charge.refunded", ["payment_intent"]),
        ("payment_method.automatically_updated", ["customer"]),
    ],
)
def test_a_field_of_another_type_parks_its_event_and_holds_up_no_other(
    client, stripe_sandbox, pay, deliver, type, way
):
    for number, odd in enumerate(NO_IDS):
        shown = {"id": "xx_1", "failure_balance_transaction": "txn_1"}
        told = odd
        for name in reversed(way):
            told = {name: told}
        event = sound_event(id=f"evt_odd_{number}", type=type, shown=shown | told)
        assert send(client, event).status_code == 200
    pay(begin(client).stripe_url)
    stripe_sandbox.deliver_due()
    while inbox.apply_due():
        pass
    assert Contribution.objects.get().status == "paid"
    for row in StripeEvent.objects.filter(stripe_event_id__startswith="evt_odd"):
        assert row.due_at is None
        assert row.status in {"parked", "applied"}, (row.payload, row.note)
        assert row.note
    parked = StripeEvent.objects.filter(status="parked", note__contains="cannot be read")
    assert parked.count() >= 4


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"livemode": None}, "mode"),
        ({"livemode": "false"}, "mode"),
        ({"created": None}, "time"),
        ({"created": "2026-11-25T10:00:00Z"}, "time"),
        ({"created": 2**70}, "time"),
        ({"data": None}, "object"),
        ({"account": "acct_other"}, "account"),
    ],
)
def test_an_envelope_that_lacks_something_is_kept_and_parked(client, changes, said):
    event = sound_event(id="evt_lacking", type="invoice.paid", shown={"id": "in_1"}) | changes
    body = {name: value for name, value in event.items() if value is not None}
    assert send(client, body).status_code == 200
    row = StripeEvent.objects.get()
    assert (row.status, row.due_at, said in row.note) == ("parked", None, True)


def test_a_body_of_brackets_is_refused_without_an_error(client):
    assert send_text(client, "[" * 200_000).status_code == 400


@pytest.mark.case("F13")
@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"livemode": True}, "mode"),
        ({"livemode": True, "type": "moon.landed"}, "mode"),
        ({"api_version": "2025-08-27.basil"}, "version"),
        ({"api_version": "2031-01-01.future"}, "version"),
        ({"account": "acct_of_another_newsroom"}, "account"),
    ],
)
def test_mixed_up_events_are_parked_with_the_reason(client, heard, changes, said):
    event = heard[0][0] | {"id": "evt_mixed"} | changes
    assert send(client, event).status_code == 200
    while inbox.apply_due():
        pass
    row = StripeEvent.objects.get(stripe_event_id="evt_mixed")
    assert (row.status, said in row.note) == ("parked", True)


@pytest.mark.case("F7")
@pytest.mark.parametrize("type", sorted(HANDLERS))
def test_an_event_about_an_object_that_is_not_ours_is_kept_with_the_reason(
    client, stripe_sandbox, type
):
    shown = {"id": "xx_of_another_product", "object": type.rpartition(".")[0]}
    event = sound_event(id="evt_foreign", type=type, shown=shown)
    assert send(client, event).status_code == 200
    inbox.apply_due()
    row = StripeEvent.objects.get()
    assert row.status != "received"
    assert row.status == "applied" or row.note
    assert not Contribution.objects.exists()
