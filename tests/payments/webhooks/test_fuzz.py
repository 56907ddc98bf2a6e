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

from payments.models import Contribution, LedgerLine, StripeEvent
from payments.webhooks import inbox
from payments.webhooks.dispatch import HANDLERS
from tests.builders import give

pytestmark = [pytest.mark.django_db, pytest.mark.case("F8")]
ROUNDS = 25
SEEDS = range(8)
ODD = [None, "", 0, -1, 2**70, True, [], {}, [{}], {"deep": [1, {"er": None}]}, "é" * 300, "\x00"]
ENVELOPE = {"id", "type", "created", "livemode", "data"}


@pytest.fixture
def heard(client, pay, deliver, stripe_sandbox):
    """The events of a gift, as posted; the gift is recorded."""
    bodies = []
    post = stripe_sandbox.deliveries.deliver
    stripe_sandbox.deliveries.deliver = lambda *sent: bodies.append(sent[2]) or post(*sent)
    give(client, pay, deliver)
    return [json.loads(body) for body in bodies if json.loads(body)["type"] in HANDLERS]


def send(client, event):
    body = json.dumps(event)
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
    before = StripeEvent.objects.count()
    money = ("status", "gift_minor", "cover_minor")
    contributions = list(Contribution.objects.values(*money))
    for number in range(ROUNDS):
        event = json.loads(json.dumps(dice.choice(heard)))
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
    assert list(Contribution.objects.values(*money)) == contributions
    assert sum(LedgerLine.objects.values_list("amount_minor", flat=True)) == 0


@pytest.mark.parametrize("seed", SEEDS)
def test_spoiled_envelopes_are_answered_without_an_error(client, heard, seed):
    dice = random.Random(seed)
    for number in range(ROUNDS):
        event = json.loads(json.dumps(dice.choice(heard)))
        event["id"] = f"evt_envelope_{seed}_{number}"
        spoil(dice, event)
        answer = send(client, event).status_code
        assert answer in {200, 400}
        if answer == 200:
            assert StripeEvent.objects.filter(stripe_event_id=event["id"]).exists()


@pytest.mark.case("F13")
@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"livemode": True}, "mode"),
        ({"livemode": True, "type": "moon.landed"}, "mode"),
        ({"api_version": "2025-08-27.basil"}, "version"),
        ({"api_version": "2031-01-01.future"}, "version"),
    ],
)
def test_mixed_up_events_are_parked_with_the_reason(client, heard, changes, said):
    event = heard[0] | {"id": "evt_mixed"} | changes
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
    event = {
        "id": "evt_foreign",
        "object": "event",
        "type": type,
        "created": int(time.time()),
        "livemode": False,
        "api_version": settings.STRIPE_API_VERSION,
        "data": {"object": {"id": "xx_of_another_product", "object": type.rpartition(".")[0]}},
    }
    assert send(client, event).status_code == 200
    inbox.apply_due()
    row = StripeEvent.objects.get()
    assert row.status != "received"
    assert row.status == "applied" or row.note
    assert not Contribution.objects.exists()
