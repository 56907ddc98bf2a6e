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

    with pytest.raises(stripe.InvalidRequestError, match="currency"):
        update(subscription, items=new_amount(subscription, product, currency="usd"))


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
