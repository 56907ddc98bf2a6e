"""What the webhook address accepts, refuses, parks and repeats."""

import json
import time

import pytest
import stripe
from django.conf import settings
from django.urls import reverse

from payments import clock
from payments.leases import LEASE, MOST_ATTEMPTS
from payments.models import Checkout, Contribution, StripeEvent
from payments.webhooks import backfill, inbox
from tests.builders import begin, give, subscribe

pytestmark = pytest.mark.django_db
SECRET = "whsec_demo"
UPDATED = "customer.subscription.updated"


def event(**changes):
    return {
        "id": "evt_1",
        "object": "event",
        "type": "invoice.paid",
        "created": int(time.time()),
        "livemode": False,
        "api_version": settings.STRIPE_API_VERSION,
        "data": {"object": {"id": "in_1"}},
    } | changes


def post(client, payload, *, secret=SECRET, at=None, header=None):
    body = payload if isinstance(payload, str) else json.dumps(payload)
    signed_at = int(time.time() if at is None else at)
    header = header or stripe.WebhookSignature.generate_signature_header(body, secret, signed_at)
    return client.post(
        reverse("payments:webhook"),
        data=body.encode(),
        content_type="application/json",
        headers={"Stripe-Signature": header},
    )


def claimed():
    """What a worker claims that then dies."""
    now = clock.now()
    return StripeEvent.objects.claim(now=now, until=now + LEASE, limit=9)


def heard_by(sandbox):
    """The paths that Stripe is asked for from now on."""
    asked, answer = [], sandbox.handle

    def listening(method, path, headers, body):
        asked.append(path)
        return answer(method, path, headers, body)

    sandbox.handle = listening
    return asked


def test_an_event_is_stored_before_it_is_answered(client):
    assert post(client, event()).status_code == 200
    assert StripeEvent.objects.get().status == StripeEvent.Status.RECEIVED


@pytest.mark.case("F3")
def test_a_second_delivery_of_an_event_changes_nothing(client):
    post(client, event())
    assert post(client, event()).status_code == 200
    assert StripeEvent.objects.count() == 1


@pytest.mark.case("F10")
@pytest.mark.parametrize("header", ["", "t=1", "v1=abc", "t=x,v1=y", "t=1,v1=" + "0" * 64])
def test_an_unsigned_event_is_refused(client, header):
    assert post(client, event(), header=header or " ").status_code == 400
    assert not StripeEvent.objects.exists()


@pytest.mark.case("F10")
def test_an_event_signed_with_another_secret_is_refused(client):
    assert post(client, event(), secret="whsec_other").status_code == 400


@pytest.mark.case("F10")
def test_a_body_changed_by_one_byte_is_refused(client):
    body = json.dumps(event())
    header = stripe.WebhookSignature.generate_signature_header(body, SECRET, int(time.time()))
    assert post(client, body.replace("in_1", "in_2"), header=header).status_code == 400


@pytest.mark.case("F9")
@pytest.mark.parametrize(("age", "status"), [(-298, 200), (-305, 400), (290, 200), (3600, 400)])
def test_a_signature_may_be_five_minutes_old_or_ahead(client, age, status):
    assert post(client, event(), at=time.time() + age).status_code == status


@pytest.mark.case("A12")
def test_both_secrets_of_a_rotation_are_good(client, settings):
    settings.STRIPE_WEBHOOK_SECRETS = ["whsec_new", SECRET]
    assert post(client, event(), secret="whsec_new").status_code == 200
    assert post(client, event(id="evt_2"), secret=SECRET).status_code == 200


@pytest.mark.parametrize("payload", ["", "[]", "{}", '{"id": 7}', '"text"', "null", "{"])
def test_signed_nonsense_is_refused_without_an_error(client, payload):
    assert post(client, payload).status_code == 400


def test_a_body_above_the_cap_is_refused(client, settings):
    settings.WEBHOOK_MAX_BYTES = 1000
    assert post(client, event(padding="x" * 2000)).status_code == 413


def test_only_post_is_answered(client):
    assert client.get(reverse("payments:webhook")).status_code == 405


@pytest.mark.case("F13")
def test_an_event_of_the_other_mode_is_parked(client):
    assert post(client, event(livemode=True)).status_code == 200
    row = StripeEvent.objects.get()
    assert (row.status, row.due_at) == (StripeEvent.Status.PARKED, None)
    assert "mode" in row.note


@pytest.mark.case("F8")
@pytest.mark.parametrize("version", ["2025-08-27.basil", "", None])
def test_an_event_of_another_version_is_parked(client, version):
    assert post(client, event(api_version=version)).status_code == 200
    assert StripeEvent.objects.get().status == StripeEvent.Status.PARKED


@pytest.mark.case("F25")
def test_an_event_parked_for_its_version_is_replaced_by_the_same_in_ours(client):
    """While one endpoint replaces another, both tell every event; the older may be faster."""
    post(client, event(type="moon.landed", api_version="2025-08-27.basil"))
    post(client, event(type="moon.landed"))
    post(client, event(type="moon.landed", api_version="2025-08-27.basil"))
    row = StripeEvent.objects.get()
    assert (row.status, row.api_version) == ("received", settings.STRIPE_API_VERSION)
    assert inbox.apply_due() == 1


@pytest.mark.case("F8")
def test_an_unknown_type_with_unknown_fields_is_kept_and_ignored(client):
    post(client, event(type="moon.landed", surprise={"deep": [1]}))
    inbox.apply_due()
    row = StripeEvent.objects.get()
    assert row.status == StripeEvent.Status.IGNORED
    assert b"surprise" in bytes(row.payload)


@pytest.mark.case("F7")
def test_another_products_payment_on_the_same_account_is_ignored_with_the_reason(
    client, stripe_sandbox
):
    from tests.sandbox_client import client_for

    other = client_for(stripe_sandbox).v1
    intent = other.payment_intents.create(
        {
            "amount": 5000,
            "currency": "eur",
            "confirm": True,
            "payment_method": "pm_card_visa",
            "return_url": "https://shop.example.org",
        }
    )
    post(client, event(type="payment_intent.succeeded", data={"object": {"id": intent.id}}))
    inbox.apply_due()
    row = StripeEvent.objects.get()
    assert row.status == StripeEvent.Status.IGNORED
    assert "our checkout" in row.note
    assert not Contribution.objects.exists()


@pytest.mark.case("F18")
def test_a_poison_event_is_given_up_after_eight_tries_and_blocks_nobody(
    client, stripe_sandbox, pay, deliver
):
    post(client, event(type="customer.subscription.updated", data={"object": {"id": "sub_none"}}))
    for hour in range(MOST_ATTEMPTS + 2):
        inbox.apply_due()
        clock.set_offset(3600 * (hour + 1))
    row = StripeEvent.objects.get()
    assert (row.status, row.attempts, row.due_at) == ("failed", MOST_ATTEMPTS, None)
    assert "resource_missing" in row.note
    clock.set_offset(0)
    row.delete()
    assert give(client, pay, deliver).status == Contribution.Status.PAID


@pytest.mark.case("F6")
def test_events_that_never_came_are_fetched(client, stripe_sandbox, pay):
    stripe_sandbox.deliveries.deliver = lambda *_: 500
    checkout = begin(client)
    pay(checkout.stripe_url)
    stored = backfill.pull(checkout.created_at)
    assert stored >= 2
    while inbox.apply_due():
        pass
    checkout.refresh_from_db()
    assert checkout.status == Checkout.Status.PAID


@pytest.mark.case("F17")
def test_an_event_whose_worker_died_is_applied_when_the_lease_runs_out(client):
    post(client, event(type="moon.landed"))
    row = StripeEvent.objects.get()
    assert claimed()
    assert inbox.apply_due() == 0
    clock.set_offset(61)
    assert inbox.apply_due() == 1
    row.refresh_from_db()
    assert row.attempts == 2


@pytest.mark.case("F3")
def test_events_of_one_object_that_are_due_together_have_it_read_once(
    client, stripe_sandbox, pay, deliver
):
    row = subscribe(client, pay, deliver)
    about = {"object": {"id": row.stripe_subscription_id}}
    for number in range(3):
        post(client, event(id=f"evt_{number}", type=UPDATED, data=about))
    asked = heard_by(stripe_sandbox)
    assert inbox.apply_due() == 3
    assert len(asked) == 1
    told = StripeEvent.objects.filter(object_id=row.stripe_subscription_id, type=UPDATED)
    assert set(told.values_list("status", flat=True)) == {StripeEvent.Status.APPLIED}


@pytest.mark.case("F18")
def test_an_event_that_was_tried_before_is_claimed_alone(client):
    for number in range(3):
        post(client, event(id=f"evt_{number}"))
    assert len(claimed()) == 3
    clock.set_offset(61)
    assert [len(claimed()) for _ in range(4)] == [1, 1, 1, 0]


@pytest.mark.case("F17")
def test_what_a_slow_stripe_leaves_of_a_batch_is_given_back_untried(client, stripe_sandbox):
    for number in range(3):
        about = {"object": {"id": f"sub_{number}"}}
        post(client, event(id=f"evt_{number}", type=UPDATED, data=about))
    answer = stripe_sandbox.handle

    def slow(*request):
        clock.set_offset(clock.offset().seconds + 40)
        return answer(*request)

    stripe_sandbox.handle = slow
    inbox.apply_due(limit=3)
    assert list(StripeEvent.objects.order_by("pk").values_list("attempts", flat=True)) == [1, 0, 0]
    assert StripeEvent.objects.filter(due_at__lte=clock.now()).count() >= 2


@pytest.mark.case("F8")
def test_an_id_that_is_a_path_asks_for_nothing_else(client, stripe_sandbox):
    post(client, event(type="payout.paid", data={"object": {"id": "../balance?a=b"}}))
    asked = heard_by(stripe_sandbox)
    assert inbox.apply_due() == 0
    assert [path.partition("?")[0] for path in asked] == ["/v1/payouts/..%2Fbalance%3Fa%3Db"]
