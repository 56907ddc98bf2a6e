"""Lists: cursors that outlive what they point at, and filters of which none is overlooked."""

import json

import pytest
import stripe

from payments.sandbox.routes import TABLE
from payments.sandbox.spec import tables

DAY = 86400
KEY = {"Authorization": "Bearer sk_test_x"}
PAGING = {"ending_before", "expand", "limit", "starting_after"}
# For each filter of each list, what no object of this account has, or not every one.
RANGES = ("arrival_date", "created", "current_period_end", "current_period_start", "due_date")
NOTHING = {
    "active": "false", "allow_redisplay": "always", "attach_to_self": "true", "charge": "ch_no",
    "automatic_tax[enabled]": "true", "collection_method": "send_invoice", "currency": "sek",
    "customer": "cus_no", "customer_account": "acct_no", "customer_details[email]": "no@x.example",
    "delivery_success": "false", "destination": "ba_no", "email": "no@x.example", "ids[0]": "no",
    "invoice": "in_no", "is_default": "false", "lookup_keys[0]": "no", "payment_intent": "pi_no",
    "payment[payment_intent]": "pi_no&payment[type]=payment_intent", "payment_link": "plink_no",
    "payment_method": "pm_no", "payout": "po_no", "plan": "price_no", "price": "price_no",
    "product": "prod_no", "recurring[interval]": "week", "shippable": "true", "source": "ch_no",
    "status": None, "subscription": "sub_no", "test_clock": "clock_no", "transfer_group": "no",
    "type": None, "types[0]": "no", "url": "no",
    **{f"{name}[lt]": "5" for name in RANGES},
}  # fmt: skip
NO_STATUS = {
    "/v1/checkout/sessions": "expired", "/v1/invoices": "void", "/v1/invoice_payments": "canceled",
    "/v1/payouts": "canceled", "/v1/subscriptions": "unpaid",
}  # fmt: skip
NO_TYPE = {
    "/v1/balance_transactions": "transfer", "/v1/events": "no", "/v1/prices": "recurring",
    "/v1/products": "good", "/v1/payment_methods": "paypal",
}  # fmt: skip


def filters(path):
    fields = tables.parameters()["types"][tables.parameters()["calls"][f"GET {path}"]]["object"]
    return [name.rstrip("!") for name in fields if name.rstrip("!") not in PAGING]


def lists_with_filters():
    for method, path, _ in TABLE:
        if method == "GET" and "{id}" not in path and path not in (
            "/v1/balance", "/v1/subscription_items",
        ):  # fmt: skip
            yield from ((path, name) for name in filters(path))


def query(path, name):
    [spelled] = [one for one in NOTHING if one == name or one.startswith(f"{name}[")]
    value = {"status": NO_STATUS, "type": NO_TYPE}.get(name, {}).get(path, NOTHING[spelled])
    return f"{spelled}={value}"


def listed(box, path, asked):
    answer = box.handle("GET", f"{path}?{asked}", KEY, b"")
    assert answer.status == 200, answer.body
    return json.loads(answer.body)["data"]


@pytest.fixture
def lived(subscribed, stripe_client, box, page, open_session):
    """An account in which each list has something to show."""
    subscribed(card="4000000000000259")
    page.pay(open_session(amount=9000), card="4000000000005423")
    box.advance(10)
    page.pay(open_session())
    stripe_client.v1.refunds.create({"charge": stripe_client.v1.charges.list().data[0].id})
    stripe_client.v1.setup_intents.create({})
    stripe_client.v1.billing_portal.configurations.create(
        {"features": {"invoice_history": {"enabled": True}}}
    )
    box.advance(5 * DAY)
    box.deliver_due()


def test_no_filter_of_any_list_is_overlooked(lived, box):
    overlooked = []
    for path, name in lists_with_filters():
        every = listed(box, path, "limit=100")
        assert every, path
        if len(listed(box, path, query(path, name) + "&limit=100")) == len(every):
            overlooked.append(f"{path} {name}")

    assert overlooked == []


def test_filters_find_what_they_ask_for(lived, stripe_client):
    [subscription] = stripe_client.v1.subscriptions.list().data
    item = subscription["items"].data[0]
    end = {"gte": item.current_period_end, "lte": item.current_period_end}
    for asked in ({"price": item.price.id}, {"current_period_end": end}):
        [found] = stripe_client.v1.subscriptions.list(asked).data
        assert found.id == subscription.id
    asked = {"customer_details": {"email": "nora@example.org"}}
    assert len(stripe_client.v1.checkout.sessions.list(asked).data) == 3
    [price] = stripe_client.v1.prices.list({"recurring": {"interval": "month"}}).data
    assert price.id == item.price.id


def test_a_cursor_outlives_its_place_in_the_list(subscribed, stripe_client):
    made = [subscribed(customer_email=f"{n}@example.org").id for n in range(5)][::-1]
    asked = {"status": "active", "limit": 2}
    first = stripe_client.v1.subscriptions.list(asked)
    assert [one.id for one in first.data] == made[:2]
    stripe_client.v1.subscriptions.cancel(made[1])

    rest = stripe_client.v1.subscriptions.list({**asked, "starting_after": made[1]})
    assert ([one.id for one in rest.data], rest.has_more) == (made[2:4], True)
    back = stripe_client.v1.subscriptions.list({**asked, "ending_before": made[1]})
    assert ([one.id for one in back.data], back.has_more) == (made[:1], False)


def test_events_that_arrive_between_two_pages_do_not_break_the_walk(stripe_client, box):
    for number in range(5):
        stripe_client.v1.customers.create({"name": str(number)})
    pages = stripe_client.v1.events.list({"delivery_success": False, "limit": 2})
    box.deliver_due()

    after = {"delivery_success": False, "starting_after": pages.data[-1].id}
    assert stripe_client.v1.events.list(after).data == []


@pytest.mark.parametrize("cursor", ["starting_after", "ending_before"])
def test_a_cursor_must_be_an_object_of_the_list(stripe_client, product, cursor):
    stripe_client.v1.customers.create({"name": "N"})
    for id in ("cus_nobody", product.id):
        with pytest.raises(stripe.InvalidRequestError) as caught:
            stripe_client.v1.customers.list({cursor: id})
        assert caught.value.param == cursor


def test_only_one_cursor_and_at_most_a_hundred(stripe_client):
    made = stripe_client.v1.customers.create({"name": "N"}).id
    for wrong in ({"starting_after": made, "ending_before": made}, {"limit": 101}, {"limit": 0}):
        with pytest.raises(stripe.InvalidRequestError):
            stripe_client.v1.customers.list(wrong)
