"""Trouble on demand: lost calls, refusals, and deliveries gone astray."""

import threading
import time

import pytest
import stripe

from tests.sandbox_client import client_for

DAY = 86400


@pytest.fixture
def fault(page):
    def add(kind, **match):
        assert page.post("/sandbox/faults", kind=kind, **match).status == 200

    return add


def customers(client):
    return len(client.v1.customers.list().data)


def test_a_lost_request_did_nothing(fault, stripe_client):
    fault("lost_request", method="POST", path="/v1/customers")

    with pytest.raises(stripe.APIConnectionError):
        stripe_client.v1.customers.create({"name": "N"})
    assert customers(stripe_client) == 0


def test_a_lost_answer_hides_what_was_done_and_the_key_finds_it(fault, stripe_client):
    fault("lost_answer", path="/v1/customers")
    options = {"idempotency_key": "k"}

    with pytest.raises(stripe.APIConnectionError):
        stripe_client.v1.customers.create({"name": "N"}, options)
    stripe_client.v1.customers.create({"name": "N"}, options)

    assert customers(stripe_client) == 1


def test_the_library_retries_a_lost_answer_by_itself_without_doubling(fault, box):
    fault("lost_answer", path="/v1/customers")
    client = client_for(box, retries=2)

    client.v1.customers.create({"name": "N"})

    assert customers(client) == 1


@pytest.mark.parametrize(("kind", "error"), [
    ("429", stripe.RateLimitError), ("500", stripe.APIError), ("409", stripe.APIError),
])  # fmt: skip
def test_a_refused_call_did_nothing_and_may_be_tried_again(fault, stripe_client, kind, error):
    fault(kind, path="/v1/customers")
    options = {"idempotency_key": "k"}

    with pytest.raises(error):
        stripe_client.v1.customers.create({"name": "N"}, options)
    assert customers(stripe_client) == 0
    assert stripe_client.v1.customers.create({"name": "N"}, options).id


def test_500_after_the_work_is_replayed_as_500(fault, stripe_client):
    fault("500-after", path="/v1/customers")
    options = {"idempotency_key": "k"}

    for _ in range(2):
        with pytest.raises(stripe.APIError):
            stripe_client.v1.customers.create({"name": "N"}, options)

    assert customers(stripe_client) == 1


def test_a_slow_call_holds_its_key_until_it_is_answered(fault, stripe_client, box):
    fault("slow", path="/v1/customers", seconds="0.5")
    options, made = {"idempotency_key": "k"}, []

    def create():
        made.append(stripe_client.v1.customers.create({"name": "N"}, options))

    first = threading.Thread(target=create)
    began = time.monotonic()
    first.start()
    while "k" not in box.idempotency.running:
        assert time.monotonic() < began + 20
    with pytest.raises(stripe.APIError) as caught:
        create()
    first.join()

    assert (caught.value.http_status, caught.value.error.code) == (409, "idempotency_key_in_use")
    assert time.monotonic() >= began + 0.5
    create()
    assert made[0].id == made[1].id
    assert customers(stripe_client) == 1


def test_a_key_may_be_refused_as_if_it_had_been_withdrawn(fault, stripe_client):
    fault("401", path="/v1/customers")

    with pytest.raises(stripe.AuthenticationError):
        stripe_client.v1.customers.list()
    assert customers(stripe_client) == 0


def test_a_busy_stripe_says_when_to_come_back(fault, box):
    fault("429", path="/v1/customers")
    answer = box.handle("GET", "/v1/customers", {"Authorization": "Bearer sk_test_x"}, b"")

    assert answer.headers["Retry-After"] == "1"


def test_a_server_error_may_ask_the_library_not_to_try_again(fault, box):
    fault("500-no-retry", path="/v1/customers")
    client = client_for(box, retries=2)

    with pytest.raises(stripe.APIError):
        client.v1.customers.create({"name": "N"})
    assert customers(client) == 0


def test_an_answer_may_be_cut_short_after_the_work_was_done(fault, stripe_client):
    fault("malformed", method="POST", path="/v1/customers")
    options = {"idempotency_key": "k"}

    with pytest.raises(stripe.APIError):
        stripe_client.v1.customers.create({"name": "N"}, options)
    assert stripe_client.v1.customers.create({"name": "N"}, options).id
    assert customers(stripe_client) == 1


def test_a_corrupt_event_does_not_fit_its_signature_and_comes_again_whole(
    fault, stripe_client, box, inbox
):
    fault("corrupt", event="customer.created")
    stripe_client.v1.customers.create({"name": "N"})
    inbox.status = 400
    box.deliver_due()
    [(_, headers, body)] = inbox.letters
    with pytest.raises(stripe.SignatureVerificationError):
        stripe.WebhookSignature.verify_header(
            body.decode(errors="replace"), headers["Stripe-Signature"], "whsec_sandbox"
        )

    inbox.status = 200
    box.advance(60)
    box.deliver_due()
    _, headers, body = inbox.letters[-1]
    assert stripe.WebhookSignature.verify_header(
        body.decode(), headers["Stripe-Signature"], "whsec_sandbox"
    )


def test_an_event_may_come_in_an_old_version_well_signed(fault, stripe_client, box, inbox):
    fault("old_version", event="customer.created")
    stripe_client.v1.customers.create({"name": "N"})
    box.deliver_due()

    [(_, headers, body)] = inbox.letters
    assert inbox.events[0]["api_version"] == "2025-08-27.basil"
    assert stripe.WebhookSignature.verify_header(
        body.decode(), headers["Stripe-Signature"], "whsec_sandbox"
    )


def test_a_fault_works_as_often_as_told(fault, stripe_client):
    fault("500", path="/v1/customers", times=2)

    for _ in range(2):
        with pytest.raises(stripe.APIError):
            stripe_client.v1.customers.list()
    assert customers(stripe_client) == 0


def test_an_unknown_fault_is_refused_and_waiting_ones_can_be_cleared(page, box, fault):
    assert page.post("/sandbox/faults", kind="gremlin").status == 400
    fault("500")
    box.handle("DELETE", "/sandbox/faults", {}, b"")

    assert box.faults.waiting == []


def test_a_dropped_event_is_never_delivered_but_can_be_listed(fault, stripe_client, box, inbox):
    fault("drop", event="customer.created")
    stripe_client.v1.customers.create({"name": "N"})
    box.deliver_due()

    assert inbox.types == []
    [missed] = stripe_client.v1.events.list({"delivery_success": False}).data
    assert missed.type == "customer.created"


def test_an_event_may_come_twice(fault, stripe_client, box, inbox):
    fault("duplicate", event="customer.*")
    stripe_client.v1.customers.create({"name": "N"})
    box.deliver_due()

    first, second = inbox.events
    assert first == second


def test_an_event_may_come_late(fault, stripe_client, box, inbox):
    fault("delay", event="customer.created")
    stripe_client.v1.customers.create({"name": "N"})
    box.deliver_due()
    assert inbox.types == []

    box.advance(600)
    box.deliver_due()
    assert inbox.types == ["customer.created"]


def test_an_event_may_come_after_later_ones(fault, stripe_client, box, inbox):
    fault("reorder", event="customer.created")
    customer = stripe_client.v1.customers.create({"name": "N"})
    stripe_client.v1.customers.update(customer.id, {"name": "M"})
    box.deliver_due()

    assert inbox.types == ["customer.updated", "customer.created"]
