"""The wire: keys, refusals, headers, idempotency, expansion, lists."""

import json

import pytest
import stripe

from payments.sandbox.spec import problems

DAY = 86400
KEY = {"Authorization": "Bearer sk_test_x"}


def call(box, method, path, body=b"", **headers):
    answer = box.handle(method, path, {**KEY, **headers}, body)
    return answer, json.loads(answer.body)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Bearer sk_live_1"},
        {"Authorization": "Basic !"},
        {"Authorization": ""},
    ],
)
def test_a_call_without_a_test_key_is_refused(box, headers):
    answer = box.handle("GET", "/v1/products", headers, b"")

    assert answer.status == 401
    assert json.loads(answer.body)["error"]["type"] == "invalid_request_error"


def test_a_key_may_come_as_basic_user(box):
    assert (
        box.handle("GET", "/v1/products", {"Authorization": "Basic c2tfdGVzdF94Og=="}, b"").status
        == 200
    )


def test_every_answer_carries_a_request_id_and_echoes_the_key(box):
    answer, _ = call(box, "POST", "/v1/customers", b"name=Nora", **{"Idempotency-Key": "k1"})

    assert answer.headers["Request-Id"].startswith("req_")
    assert answer.headers["Idempotency-Key"] == "k1"


@pytest.mark.parametrize(
    ("path", "body", "param"),
    [
        ("/v1/customers", b"nickname=N", "nickname"),
        ("/v1/refunds", b"payment_intent=pi_1&reason=mood", "reason"),
        ("/v1/checkout/sessions", b"mode=gift", "mode"),
        ("/v1/checkout/sessions", b"ui_mode=hosted&mode=payment", "ui_mode"),
        ("/v1/payment_intents", b"amount=ten&currency=eur", "amount"),
        ("/v1/payment_intents", b"amount=10&currency=eur", "amount"),
        ("/v1/payment_intents", b"currency=eur", "amount"),
        ("/v1/products", b"description=x", "name"),
        ("/v1/payment_intents", b"amount=1000&currency=eur&customer=cus_no", "customer"),
        ("/v1/payment_intents", b"amount=1000&currency=eur&payment_method_types[]=card",
         "payment_method_types"),
    ],
)  # fmt: skip
def test_a_wrong_parameter_is_named(box, path, body, param):
    answer, shown = call(box, "POST", path, body)

    assert answer.status == 400
    assert shown["error"]["param"] == param
    assert shown["error"]["type"] == "invalid_request_error"


@pytest.mark.parametrize("params", [
    {"customer": "cus_x", "customer_email": "a@b.example"},
    {"customer_update": {"name": "auto"}},
    {"subscription_data": {"description": "x"}},
    {"customer_email": "nobody"},
    {"expires_at": 1},
    {"return_url": "http://x.example/"},
    {"redirect_on_completion": "always"},
    {"ui_mode": "embedded_page"},
    {"interval": "month", "customer_creation": "always"},
    {"interval": "month", "payment_intent_data": {"description": "x"}},
    {"interval": "month", "subscription_data": {"billing_cycle_anchor": 1_768_435_200}},
    {"interval": "month", "subscription_data": {"trial_end": 1}},
    {"currency": "zzzz"},
])  # fmt: skip
def test_parameters_that_do_not_go_together_are_refused(open_session, params):
    with pytest.raises(stripe.InvalidRequestError):
        open_session(**params)


def test_an_embedded_page_has_a_secret_and_no_address(stripe_client, product):
    price = {"currency": "eur", "unit_amount": 500, "product": product.id}
    session = stripe_client.v1.checkout.sessions.create({
        "mode": "payment", "ui_mode": "embedded_page", "return_url": "http://x.example/",
        "line_items": [{"quantity": 1, "price_data": price}],
        "adaptive_pricing": {"enabled": False},
    })  # fmt: skip

    assert (session.url, session.adaptive_pricing.enabled) == (None, False)
    assert session.client_secret.startswith(f"{session.id}_secret_")


def test_adaptive_pricing_is_on_unless_it_is_switched_off(open_session):
    assert open_session().adaptive_pricing.enabled


def test_what_is_inactive_is_not_sold(stripe_client, product):
    price = {"currency": "eur", "unit_amount": 500, "product": product.id}
    kept = stripe_client.v1.prices.create(price)

    def sell(**item):
        return stripe_client.v1.checkout.sessions.create({
            "mode": "payment", "success_url": "http://x.example/",
            "line_items": [{"quantity": 1, **item}],
        })  # fmt: skip

    assert sell(price=kept.id).status == "open"
    stripe_client.v1.prices.update(kept.id, {"active": False})
    with pytest.raises(stripe.InvalidRequestError, match="inactive"):
        sell(price=kept.id)
    stripe_client.v1.products.update(product.id, {"active": False})
    with pytest.raises(stripe.InvalidRequestError, match="inactive"):
        sell(price_data=price)


def test_an_unknown_object_is_not_found(stripe_client):
    with pytest.raises(stripe.InvalidRequestError) as caught:
        stripe_client.v1.customers.retrieve("cus_nobody")

    assert (caught.value.http_status, caught.value.code) == (404, "resource_missing")


def test_an_unknown_address_is_not_found(box):
    answer, shown = call(box, "GET", "/v1/unicorns")

    assert answer.status == 404
    assert "Unrecognized request URL" in shown["error"]["message"]


def test_the_same_key_and_call_replays_the_first_answer(box):
    first, made = call(box, "POST", "/v1/customers", b"name=N", **{"Idempotency-Key": "k"})
    second, again = call(box, "POST", "/v1/customers", b"name=N", **{"Idempotency-Key": "k"})

    assert again == made
    assert second.headers["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in first.headers


def test_the_same_key_for_another_call_is_our_bug(stripe_client):
    options = {"idempotency_key": "k"}
    stripe_client.v1.customers.create({"name": "N"}, options)

    with pytest.raises(stripe.IdempotencyError):
        stripe_client.v1.customers.create({"name": "M"}, options)


def test_a_key_is_free_again_after_a_day(stripe_client, box):
    options = {"idempotency_key": "k"}
    first = stripe_client.v1.customers.create({"name": "N"}, options)
    box.advance(DAY + 60)

    assert stripe_client.v1.customers.create({"name": "M"}, options).id != first.id


def test_a_refused_parameter_does_not_use_up_the_key(stripe_client):
    options = {"idempotency_key": "k"}
    with pytest.raises(stripe.InvalidRequestError):
        stripe_client.v1.payment_intents.create({"amount": 1, "currency": "eur"}, options)

    assert stripe_client.v1.payment_intents.create({"amount": 900, "currency": "eur"}, options).id


def test_a_key_has_at_most_255_characters(stripe_client):
    stripe_client.v1.customers.create({"name": "N"}, {"idempotency_key": "k" * 255})
    with pytest.raises(stripe.InvalidRequestError, match="255"):
        stripe_client.v1.customers.create({"name": "N"}, {"idempotency_key": "k" * 256})


def test_a_decline_is_a_stored_answer_too(stripe_client):
    params = {
        "amount": 900, "currency": "eur", "confirm": True,
        "payment_method": "pm_card_visa_chargeDeclinedInsufficientFunds",
    }  # fmt: skip
    for _ in range(2):
        with pytest.raises(stripe.CardError) as caught:
            stripe_client.v1.payment_intents.create(params, {"idempotency_key": "k"})
        assert caught.value.error.decline_code == "insufficient_funds"

    assert len(stripe_client.v1.charges.list().data) == 1


def test_a_refusal_that_rests_on_how_things_stand_is_a_stored_answer_too(
    open_session, page, stripe_client, box
):
    session = open_session()
    page.pay(session)
    path, key = f"/v1/checkout/sessions/{session.id}/expire", {"Idempotency-Key": "k"}
    first, said = call(box, "POST", path, **key)
    second, again = call(box, "POST", path, **key)

    assert (first.status, again) == (400, said)
    assert second.headers["Idempotent-Replayed"] == "true"
    [charge] = stripe_client.v1.charges.list().data
    too_much = {"charge": charge.id, "amount": 1001}
    for _ in range(2):
        with pytest.raises(stripe.InvalidRequestError, match="greater than unrefunded") as caught:
            stripe_client.v1.refunds.create(too_much, {"idempotency_key": "r"})
    assert caught.value.headers["Idempotent-Replayed"] == "true"


def test_four_levels_may_be_expanded_and_no_more(subscribed, stripe_client):
    subscribed()
    [invoice] = stripe_client.v1.invoices.list().data
    deep = "payments.data.payment.payment_intent.latest_charge"

    shown = stripe_client.v1.invoices.retrieve(invoice.id, {"expand": [deep]})
    assert shown.payments.data[0].payment.payment_intent.latest_charge.paid

    with pytest.raises(stripe.InvalidRequestError, match="4 levels"):
        stripe_client.v1.invoices.retrieve(invoice.id, {"expand": [f"{deep}.customer"]})
    with pytest.raises(stripe.InvalidRequestError, match="cannot be expanded"):
        stripe_client.v1.invoices.retrieve(invoice.id, {"expand": ["weather"]})


def test_payments_of_an_invoice_are_absent_unless_expanded(subscribed, stripe_client):
    subscribed()
    [invoice] = stripe_client.v1.invoices.list().data

    assert "payments" not in invoice
    assert "confirmation_secret" not in invoice
    shown = stripe_client.v1.invoices.retrieve(invoice.id, {"expand": ["confirmation_secret"]})
    assert shown.confirmation_secret.client_secret.startswith("pi_")


def test_lists_are_walked_by_cursor_newest_first(stripe_client):
    made = [stripe_client.v1.customers.create({"name": str(n)}).id for n in range(7)]

    first = stripe_client.v1.customers.list({"limit": 3})
    assert [one.id for one in first.data] == made[:3:-1]
    assert first.has_more
    walked = [one.id for one in first.auto_paging_iter()]
    assert walked == made[::-1]
    before = stripe_client.v1.customers.list({"limit": 2, "ending_before": made[3]})
    assert [one.id for one in before.data] == [made[5], made[4]]


def test_lists_are_filtered_by_time(stripe_client, box):
    stripe_client.v1.customers.create({"name": "early"})
    box.advance(DAY)
    stripe_client.v1.customers.create({"name": "late"})

    found = stripe_client.v1.customers.list({"created": {"gte": box.clock.now()}}).data
    assert [one.name for one in found] == ["late"]


def test_metadata_merges_and_an_empty_value_deletes(stripe_client):
    customer = stripe_client.v1.customers.create({"metadata": {"a": "1", "b": "2"}})

    changed = stripe_client.v1.customers.update(customer.id, {"metadata": {"a": "", "c": "3"}})

    assert changed.metadata.to_dict() == {"b": "2", "c": "3"}


def test_a_deleted_customer_ends_its_subscriptions_and_is_shown_as_deleted(
    subscribed, stripe_client
):
    subscription = subscribed()
    stripe_client.v1.customers.delete(subscription.customer)

    assert stripe_client.v1.customers.retrieve(subscription.customer).deleted
    assert stripe_client.v1.subscriptions.retrieve(subscription.id).status == "canceled"


def test_what_a_deleted_customer_left_behind_is_not_collected(
    subscribed, open_session, stripe_client, page, box
):
    """An open invoice, a draft, and a session that nobody has paid."""
    subscription = subscribed(card="4000000000000341")
    box.advance(31 * DAY + 7200)
    [open_one, _] = stripe_client.v1.invoices.list({"subscription": subscription.id}).data
    other = subscribed(customer_email="ben@example.org")
    box.advance(28 * DAY + 600)
    [draft, _] = stripe_client.v1.invoices.list({"subscription": other.id}).data
    assert (open_one.status, draft.status) == ("open", "draft")
    session = open_session(customer=subscription.customer)
    asked = page.pay(open_session(customer=other.customer), card="4000002760003184")
    for gone in (subscription.customer, other.customer):
        stripe_client.v1.customers.delete(gone)
    taken = len(stripe_client.v1.charges.list().data)

    path = open_one.hosted_invoice_url.removeprefix("http://sandbox.test")
    assert "Nothing is due" in page.get(path).body.decode()
    approved = page.post(
        asked.headers["Location"].removeprefix("http://sandbox.test"), answer="approve"
    )
    for answer in (page.pay(session), approved):
        assert "no longer available" in answer.body.decode()
    box.advance(12 * 3600)
    assert len(stripe_client.v1.charges.list().data) == taken
    assert stripe_client.v1.invoices.retrieve(draft.id).status == "draft"
    for asked in (
        lambda: stripe_client.v1.customers.update(other.customer, {"name": "N"}),
        lambda: stripe_client.v1.customers.delete(other.customer),
        lambda: open_session(customer=other.customer),
        lambda: stripe_client.v1.invoices.pay(open_one.id),
        lambda: stripe_client.v1.invoices.finalize_invoice(draft.id),
    ):
        with pytest.raises(stripe.InvalidRequestError, match="No such customer"):
            asked()


def test_every_event_of_a_year_has_the_fields_of_the_pinned_version(
    open_session, page, box, inbox, stripe_client, approve
):
    for card in ("4242424242424242", "4000000000000341", "4000000000000002", "4000000000000259"):
        for interval in (None, "month"):
            page.pay(open_session(interval=interval), card=card)
    page.pay(open_session(), payment_kind="sepa_debit")
    approve(page.pay(open_session(interval="year"), card="4000002760003184"))
    box.advance(10)
    for charge in stripe_client.v1.charges.list().data:
        if charge.paid and not charge.disputed:
            stripe_client.v1.refunds.create({"charge": charge.id, "amount": 100})
    box.advance(400 * DAY)
    box.deliver_due()

    assert len(inbox.letters) > 300
    assert {problem for event in inbox.events for problem in problems("event", event)} == set()


@pytest.mark.parametrize("kind", [
    "products", "prices", "customers", "charges", "payment_intents", "payment_methods?limit=3",
    "subscriptions", "invoices", "invoice_payments", "balance_transactions?expand[]=data.source",
    "payouts", "checkout/sessions", "events", "webhook_endpoints", "refunds", "disputes",
])  # fmt: skip
def test_every_list_has_the_fields_of_the_pinned_version(subscribed, box, kind):
    subscribed(card="4000000000000259")
    box.advance(40 * DAY)

    answer, shown = call(box, "GET", f"/v1/{kind}")

    assert answer.status == 200
    assert problems("list", shown) == []
