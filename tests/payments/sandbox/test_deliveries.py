"""Webhooks: signatures, retries, secrets, endpoints, events that can be read again."""

import itertools
import json

import pytest
import stripe

DAY = 86400
SECRET = "whsec_sandbox"


@pytest.fixture
def customer(stripe_client):
    return stripe_client.v1.customers.create({"name": "Nora"})


def verified(letter, secret):
    _, headers, body = letter
    return stripe.WebhookSignature.verify_header(
        body.decode(), headers["Stripe-Signature"], secret, tolerance=None
    )


def test_a_delivery_is_signed_with_the_wall_time(customer, box, inbox, wall):
    box.advance(0)
    wall.moment += 1
    box.advance(40 * DAY)
    box.deliver_due()

    [letter] = inbox.letters
    assert verified(letter, SECRET)
    assert letter[1]["Stripe-Signature"].startswith(f"t={wall.moment},v1=")
    with pytest.raises(stripe.SignatureVerificationError):
        verified(letter, "whsec_other")


def test_an_event_says_its_version_mode_and_request(customer, box, inbox):
    box.deliver_due()

    [event] = inbox.events
    assert event["api_version"] == "2026-10-28.endive"
    assert event["livemode"] is False
    assert event["request"]["id"].startswith("req_")


def test_a_refused_delivery_is_tried_again_after_growing_gaps(customer, box, inbox):
    inbox.status = 500
    attempts = []
    for _ in range(400):
        before = len(inbox.letters)
        box.deliver_due()
        if len(inbox.letters) > before:
            attempts.append(box.clock.now())
        box.advance(900)

    gaps = [later - earlier for earlier, later in itertools.pairwise(attempts)]
    assert len(attempts) == 8
    assert gaps == sorted(gaps)
    assert gaps[-1] >= DAY


def test_a_delivery_that_arrives_at_last_is_not_repeated(customer, box, inbox, stripe_client):
    inbox.status = 503
    box.deliver_due()
    inbox.status = 200
    box.advance(60)
    assert box.deliver_due() == 1
    box.advance(30 * DAY)

    assert box.deliver_due() == 0
    assert stripe_client.v1.events.list({"delivery_success": False}).data == []


def test_while_a_secret_is_rolled_both_sign(customer, box, inbox, page, stripe_client):
    [endpoint] = stripe_client.v1.webhook_endpoints.list().data
    page.post("/sandbox/roll_secret", endpoint=endpoint.id, secret="whsec_new")
    box.deliver_due()
    assert verified(inbox.letters[0], SECRET)
    assert verified(inbox.letters[0], "whsec_new")

    box.advance(2 * DAY)
    stripe_client.v1.customers.update(customer.id, {"name": "M"})
    box.deliver_due()
    with pytest.raises(stripe.SignatureVerificationError):
        verified(inbox.letters[-1], SECRET)


def test_a_secret_may_be_rolled_without_overlap(customer, box, inbox, page, stripe_client):
    [endpoint] = stripe_client.v1.webhook_endpoints.list().data
    assert page.post("/sandbox/roll_secret", endpoint=endpoint.id).status == 400
    page.post("/sandbox/roll_secret", endpoint=endpoint.id, secret="whsec_new", overlap="0")
    box.deliver_due()

    assert verified(inbox.letters[-1], "whsec_new")
    with pytest.raises(stripe.SignatureVerificationError):
        verified(inbox.letters[-1], SECRET)


def test_an_endpoint_hears_in_its_own_version(box, inbox, stripe_client):
    stripe_client.v1.webhook_endpoints.create({
        "url": "http://other.test/", "enabled_events": ["*"], "api_version": "2025-08-27.basil",
    })  # fmt: skip
    stripe_client.v1.customers.create({"name": "N"})
    box.deliver_due()

    heard = {url: json.loads(body)["api_version"] for url, _, body in inbox.letters}
    assert heard == {
        "http://newsroom.test/stripe/webhook/": "2026-10-28.endive",
        "http://other.test/": "2025-08-27.basil",
    }
    [event] = stripe_client.v1.events.list({"type": "customer.created"}).data
    assert event.api_version == "2026-10-28.endive"


@pytest.mark.parametrize("word", ["disabled", "deleted"])
def test_an_endpoint_that_is_switched_off_hears_nothing_more(
    customer, box, inbox, page, stripe_client, word
):
    inbox.status = 500
    box.deliver_due()
    inbox.letters.clear()
    endpoints = stripe_client.v1.webhook_endpoints
    [endpoint] = endpoints.list().data
    if word == "disabled":
        endpoints.update(endpoint.id, {"disabled": True})
    else:
        endpoints.delete(endpoint.id)
    box.advance(DAY)
    box.deliver_due()
    [missed] = stripe_client.v1.events.list({"delivery_success": False}).data
    page.post("/sandbox/resend", event=missed.id)
    box.deliver_due()

    assert inbox.letters == []
    assert missed.type == "customer.created"


def test_an_endpoint_hears_only_what_it_asked_for(box, inbox, stripe_client):
    [everything] = stripe_client.v1.webhook_endpoints.list().data
    stripe_client.v1.webhook_endpoints.update(everything.id, {"disabled": True})
    made = stripe_client.v1.webhook_endpoints.create(
        {"url": "http://other.test/", "enabled_events": ["product.created"]}
    )
    stripe_client.v1.customers.create({"name": "N"})
    stripe_client.v1.products.create({"name": "P"})
    box.deliver_due()

    [(url, _, _)] = inbox.letters
    assert (url, inbox.types) == ("http://other.test/", ["product.created"])
    assert verified(inbox.letters[0], made.secret)
    assert "secret" not in stripe_client.v1.webhook_endpoints.retrieve(made.id)


def test_events_are_read_by_type_and_time(stripe_client, box, customer):
    box.advance(DAY)
    stripe_client.v1.customers.update(customer.id, {"name": "M"})

    found = stripe_client.v1.events.list({"types": ["customer.updated", "product.created"]}).data
    assert [event.type for event in found] == ["customer.updated"]
    assert found[0].data.previous_attributes.to_dict() == {"name": "Nora"}
    late = stripe_client.v1.events.list({"created": {"gte": box.clock.now()}}).data
    assert [event.type for event in late] == ["customer.updated"]
    assert stripe_client.v1.events.retrieve(found[0].id).id == found[0].id


def test_events_of_twenty_types_are_read_at_once_and_no_more(stripe_client, customer):
    types = [f"customer.kind{number}" for number in range(20)]
    assert stripe_client.v1.events.list({"types": types}).data == []
    with pytest.raises(stripe.InvalidRequestError) as caught:
        stripe_client.v1.events.list({"types": [*types, "customer.created"]})
    assert caught.value.param == "types"
    with pytest.raises(stripe.InvalidRequestError) as caught:
        stripe_client.v1.events.retrieve("evt_nothing")
    assert caught.value.http_status == 404


def test_events_can_be_read_for_thirty_days(stripe_client, box, customer):
    box.deliver_due()
    box.advance(29 * DAY)
    assert len(stripe_client.v1.events.list().data) == 1

    box.advance(3 * DAY)
    assert stripe_client.v1.events.list().data == []


def test_an_event_can_be_sent_again_by_hand(box, inbox, page, customer, stripe_client):
    box.deliver_due()
    [event] = stripe_client.v1.events.list().data
    page.post("/sandbox/resend", event=event.id)
    box.deliver_due()

    assert inbox.types == ["customer.created"] * 2


def test_events_may_arrive_before_the_payer_returns(open_session, page, box, inbox):
    box.settings.change({"webhooks_first": True})
    page.pay(open_session())

    assert "checkout.session.completed" in inbox.types
