"""Calls about subscriptions: amount, end, date, pause; exact former values; test clocks."""

import pytest
import stripe

DAY = 86400


@pytest.fixture
def update(stripe_client):
    return lambda subscription, **params: stripe_client.v1.subscriptions.update(
        subscription.id, params
    )


@pytest.fixture
def last_change(box, inbox):
    """The former values in the newest customer.subscription.updated."""

    def read():
        box.deliver_due()
        return inbox.of("customer.subscription.updated")[-1]["data"]["previous_attributes"]

    return read


def new_amount(subscription, product, **price):
    data = {"currency": "eur", "product": product.id, "unit_amount": 1500,
            "recurring": {"interval": "month"}, **price}  # fmt: skip
    return [{"id": subscription["items"].data[0].id, "price_data": data}]


def test_another_amount_is_charged_from_the_next_period_on(
    subscribed, update, product, box, stripe_client, last_change
):
    subscription = subscribed()
    changed = update(
        subscription, items=new_amount(subscription, product), proration_behavior="none"
    )

    assert changed["items"].data[0].price.unit_amount == 1500
    former = last_change()
    assert set(former) == {"items"}
    assert former["items"]["data"][0]["price"]["unit_amount"] == 1000
    box.advance(32 * DAY)
    amounts = [charge.amount for charge in stripe_client.v1.charges.list().data]
    assert amounts == [1500, 1000]


def test_another_currency_is_refused(subscribed, update, product):
    subscription = subscribed()

    items = new_amount(subscription, product, currency="usd")
    with pytest.raises(stripe.InvalidRequestError, match="currency"):
        update(subscription, items=items, proration_behavior="none")


@pytest.mark.parametrize("params", [
    {"items": [{"quantity": 2}]}, {"trial_end": "now"}, {"billing_cycle_anchor": {"type": "now"}},
])  # fmt: skip
def test_what_would_be_prorated_is_refused_and_not_guessed(
    subscribed, update, stripe_client, params
):
    subscription = subscribed()
    with pytest.raises(stripe.InvalidRequestError, match="does not prorate"):
        update(subscription, **params)
    for wanted in ({"prorate": True}, {"invoice_now": True}):
        with pytest.raises(stripe.InvalidRequestError, match="does not prorate"):
            stripe_client.v1.subscriptions.cancel(subscription.id, wanted)

    assert len(stripe_client.v1.invoices.list().data) == 1


def test_an_end_is_planned_taken_back_and_kept(subscribed, update, box, last_change, inbox):
    subscription = subscribed()
    end = subscription["items"].data[0].current_period_end
    planned = update(subscription, cancel_at_period_end=True)
    assert (planned.cancel_at, planned.status) == (end, "active")
    former = last_change()
    assert former == {
        "cancel_at": None,
        "cancel_at_period_end": False,
        "canceled_at": None,
        "cancellation_details": {"reason": None},
    }
    undone = update(subscription, cancel_at_period_end=False)
    assert (undone.cancel_at, undone.canceled_at) == (None, None)

    update(subscription, cancel_at="min_period_end")
    box.advance(32 * DAY)
    box.deliver_due()
    [gone] = inbox.of("customer.subscription.deleted")
    assert gone["data"]["object"]["ended_at"] == end


def test_a_cancelled_subscription_keeps_the_reason_and_takes_no_more(
    subscribed, stripe_client, update, box
):
    subscription = subscribed()
    details = {"comment": "Moving away", "feedback": "unused"}
    ended = stripe_client.v1.subscriptions.cancel(
        subscription.id, {"cancellation_details": details}
    )
    assert (ended.status, ended.cancellation_details.comment) == ("canceled", "Moving away")
    with pytest.raises(stripe.InvalidRequestError) as caught:
        update(subscription, cancel_at_period_end=True)
    assert caught.value.http_status == 400

    box.advance(90 * DAY)
    assert len(stripe_client.v1.charges.list().data) == 1
    assert stripe_client.v1.subscriptions.list().data == []
    assert len(stripe_client.v1.subscriptions.list({"status": "all"}).data) == 1


def test_the_next_charge_can_be_moved(subscribed, update, box, stripe_client):
    subscription = subscribed()
    later = box.clock.now() + 45 * DAY
    moved = update(subscription, trial_end=later, proration_behavior="none")

    assert (moved.status, moved.billing_cycle_anchor) == ("trialing", later)
    box.advance(44 * DAY)
    assert len(stripe_client.v1.charges.list().data) == 1
    box.advance(2 * DAY)
    assert len(stripe_client.v1.charges.list().data) == 2


def test_a_new_anchor_charges_now(subscribed, update, box, stripe_client):
    subscription = subscribed()
    box.advance(10 * DAY)
    changed = update(subscription, billing_cycle_anchor={"type": "now"}, proration_behavior="none")

    assert changed.billing_cycle_anchor == box.clock.now()
    assert len(stripe_client.v1.charges.list().data) == 2


def test_a_paused_subscription_makes_no_invoices_until_resumed(
    subscribed, stripe_client, box, inbox
):
    subscription = subscribed()
    stripe_client.v1.subscriptions.pause(subscription.id, {"type": "subscription"})
    box.advance(90 * DAY)
    assert len(stripe_client.v1.invoices.list().data) == 1

    resumed = stripe_client.v1.subscriptions.resume(subscription.id)
    assert resumed.status == "active"
    assert len(stripe_client.v1.charges.list().data) == 2
    box.deliver_due()
    assert "customer.subscription.paused" in inbox.types
    assert "customer.subscription.resumed" in inbox.types


def test_an_end_comes_when_it_was_asked_for_though_the_period_has_moved(
    subscribed, update, box, stripe_client
):
    subscription = subscribed()
    end = subscription["items"].data[0].current_period_end
    update(subscription, cancel_at="min_period_end")
    update(subscription, trial_end=end + 30 * DAY, proration_behavior="none")
    box.advance(32 * DAY)

    ended = stripe_client.v1.subscriptions.retrieve(subscription.id)
    assert (ended.status, ended.ended_at) == ("canceled", end)


def test_an_end_asked_for_with_the_period_moves_with_it(subscribed, update, box):
    subscription = subscribed()
    update(subscription, cancel_at_period_end=True)
    box.advance(10 * DAY)
    moved = update(subscription, billing_cycle_anchor={"type": "now"}, proration_behavior="none")

    assert moved.cancel_at == moved["items"].data[0].current_period_end
    assert moved.cancel_at > box.clock.now() + 20 * DAY


def test_an_anchor_is_named_by_its_type(subscribed, update, stripe_client):
    subscription = subscribed()
    with pytest.raises(stripe.InvalidRequestError):
        update(subscription, billing_cycle_anchor="now")
    kept = update(subscription, billing_cycle_anchor={"type": "unchanged"})

    assert kept.billing_cycle_anchor == subscription.billing_cycle_anchor
    assert len(stripe_client.v1.charges.list().data) == 1


def test_an_item_without_an_id_is_a_second_one(subscribed, update, product):
    subscription = subscribed()
    [item] = new_amount(subscription, product)
    del item["id"]

    both = update(subscription, items=[item], proration_behavior="none")
    assert [one.price.unit_amount for one in both["items"].data] == [1000, 1500]


def test_a_subscription_has_a_price_of_a_fixed_sum_that_recurs(
    subscribed, update, begun, product, stripe_client
):
    subscription = subscribed()
    [item] = subscription["items"].data
    price = {"currency": "eur", "product": product.id}
    once = stripe_client.v1.prices.create({**price, "unit_amount": 500})
    free = stripe_client.v1.prices.create({
        **price, "custom_unit_amount": {"enabled": True}, "recurring": {"interval": "month"},
    })  # fmt: skip
    for wrong in (
        {"id": item.id, "deleted": True}, {"deleted": True}, {"id": item.id, "price": once.id},
        {"id": item.id, "price": free.id}, {"price": once.id},
    ):  # fmt: skip
        with pytest.raises(stripe.InvalidRequestError):
            update(subscription, items=[wrong], proration_behavior="none")
    with pytest.raises(stripe.InvalidRequestError, match="not a recurring"):
        begun(items=[{"price": once.id}])
    with pytest.raises(stripe.InvalidRequestError, match="unit_amount"):
        stripe_client.v1.prices.create(price)
    never = {"interval": "month", "interval_count": 0}
    with pytest.raises(stripe.InvalidRequestError, match="equal to 1"):
        stripe_client.v1.prices.create({**price, "unit_amount": 5, "recurring": never})
    assert begun("pm_card_visa", trial_end="now").status == "active"


def test_a_change_is_made_whole_or_not_at_all(subscribed, update, product, stripe_client):
    subscription = subscribed()
    items = new_amount(subscription, product, currency="usd")
    with pytest.raises(stripe.InvalidRequestError):
        update(subscription, metadata={"a": "1"}, description="x", items=items,
               proration_behavior="none")  # fmt: skip

    kept = stripe_client.v1.subscriptions.retrieve(subscription.id)
    assert (kept.metadata.to_dict(), kept.description) == ({}, None)


@pytest.fixture
def begun(stripe_client, product):
    """Begins a subscription without Checkout, for a card that is named."""

    def make(card=None, **params):
        customer = stripe_client.v1.customers.create({"email": "nora@example.org"})
        if card:
            method = stripe_client.v1.payment_methods.attach(card, {"customer": customer.id})
            params["default_payment_method"] = method.id
        price = {"currency": "eur", "product": product.id, "unit_amount": 500,
                 "recurring": {"interval": "month"}}  # fmt: skip
        return stripe_client.v1.subscriptions.create(
            {"customer": customer.id, "items": [{"price_data": price}], **params}
        )

    return make


def test_what_nobody_has_paid_in_a_day_never_began(begun, stripe_client, box, inbox):
    waiting = begun("pm_card_chargeCustomerFail")
    assert waiting.status == "incomplete"
    box.advance(22 * 3600)
    assert stripe_client.v1.subscriptions.retrieve(waiting.id).status == "incomplete"
    box.advance(2 * 3600)

    assert stripe_client.v1.subscriptions.retrieve(waiting.id).status == "incomplete_expired"
    [invoice] = stripe_client.v1.invoices.list({"subscription": waiting.id}).data
    assert invoice.status == "void"
    box.deliver_due()
    [told] = inbox.of("customer.subscription.updated")
    assert told["data"]["previous_attributes"]["status"] == "incomplete"
    with pytest.raises(stripe.InvalidRequestError):
        stripe_client.v1.subscriptions.update(waiting.id, {"metadata": {"a": "1"}})
    with pytest.raises(stripe.InvalidRequestError, match="No upcoming"):
        stripe_client.v1.invoices.create_preview({"subscription": waiting.id})


def test_what_is_paid_within_a_day_begins(begun, stripe_client, box):
    waiting = begun()
    method = stripe_client.v1.payment_methods.attach("pm_card_visa", {"customer": waiting.customer})
    stripe_client.v1.invoices.pay(waiting.latest_invoice, {"payment_method": method.id})
    box.advance(3 * DAY)

    assert stripe_client.v1.subscriptions.retrieve(waiting.id).status == "active"


def test_a_pause_says_why_and_is_made_once(subscribed, stripe_client, box):
    subscription = subscribed()
    paused = stripe_client.v1.subscriptions.pause(subscription.id, {"type": "subscription"})
    why = paused.status_details.paused
    assert (why.subscription.type, why.transitioned_at) == ("pause_requested", box.clock.now())
    with pytest.raises(stripe.InvalidRequestError, match="paused already"):
        stripe_client.v1.subscriptions.pause(subscription.id, {"type": "subscription"})

    resumed = stripe_client.v1.subscriptions.resume(subscription.id)
    assert "status_details" not in resumed
    with pytest.raises(stripe.InvalidRequestError, match="only resume a paused"):
        stripe_client.v1.subscriptions.resume(subscription.id)


def test_a_pause_may_last_until_its_first_charge_succeeds(subscribed, stripe_client, box, inbox):
    subscription = subscribed(card="4000000000000341")
    subscriptions = stripe_client.v1.subscriptions
    subscriptions.pause(subscription.id, {"type": "subscription"})
    box.advance(40 * DAY)
    waiting = subscriptions.resume(
        subscription.id,
        {"billing_cycle_anchor": {"type": "now"}, "payment_behavior": "resume_on_payment_success"},
    )
    assert waiting.status == "paused"
    box.deliver_due()
    assert "customer.subscription.resumed" not in inbox.types
    assert "invoice.payment_failed" in inbox.types

    method = stripe_client.v1.payment_methods.attach(
        "pm_card_visa", {"customer": subscription.customer}
    )
    stripe_client.v1.invoices.pay(waiting.latest_invoice, {"payment_method": method.id})
    assert subscriptions.retrieve(subscription.id).status == "active"
    box.deliver_due()
    assert "customer.subscription.resumed" in inbox.types


def test_a_pause_ends_at_once_where_the_charge_succeeds(subscribed, stripe_client):
    subscription = subscribed()
    stripe_client.v1.subscriptions.pause(subscription.id, {"type": "subscription"})
    resumed = stripe_client.v1.subscriptions.resume(
        subscription.id, {"payment_behavior": "resume_on_payment_success"}
    )

    assert resumed.status == "active"
    assert len(stripe_client.v1.charges.list().data) == 2


def test_a_test_clock_has_a_time_of_its_own(stripe_client, product, box):
    clock = stripe_client.v1.test_helpers.test_clocks.create({"frozen_time": 1_800_000_000})
    customer = stripe_client.v1.customers.create({"email": "n@example.org", "test_clock": clock.id})
    method = stripe_client.v1.payment_methods.attach("pm_card_visa", {"customer": customer.id})
    price = {"currency": "eur", "product": product.id, "unit_amount": 500,
             "recurring": {"interval": "month"}}  # fmt: skip
    subscription = stripe_client.v1.subscriptions.create({
        "customer": customer.id, "default_payment_method": method.id,
        "items": [{"price_data": price}],
    })  # fmt: skip
    assert (subscription.status, subscription.start_date) == ("active", 1_800_000_000)

    moved = stripe_client.v1.test_helpers.test_clocks.advance(
        clock.id, {"frozen_time": 1_800_000_000 + 32 * DAY}
    )

    assert moved.status == "advancing"
    assert stripe_client.v1.test_helpers.test_clocks.retrieve(clock.id).status == "ready"
    assert len(stripe_client.v1.charges.list().data) == 2
    assert box.clock.now() < 1_800_000_000
    with pytest.raises(stripe.InvalidRequestError, match="two intervals"):
        stripe_client.v1.test_helpers.test_clocks.advance(
            clock.id, {"frozen_time": 1_800_000_000 + 300 * DAY}
        )


def test_time_only_moves_forward(box, page, stripe_client):
    stripe_client.v1.customers.create({"name": "N"})
    now = box.clock.now()

    assert page.post("/sandbox/clock/set", now=now - 5).status == 400
    assert page.post("/sandbox/clock/advance", seconds=-5).status == 400
    assert page.post("/sandbox/clock/advance", seconds="soon").status == 400
    assert page.post("/sandbox/clock/set", now=now + 5).status == 200
    assert box.clock.now() == now + 5


def test_an_empty_sandbox_may_begin_anywhere(box, page):
    assert page.post("/sandbox/clock/set", now=1_700_000_000).status == 200
    assert box.clock.now() == 1_700_000_000
