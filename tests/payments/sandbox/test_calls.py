"""The plain calls: make, read, change, list, and take away."""

import json

import pytest
import stripe

from payments.sandbox.spec import problems

DAY = 86400


@pytest.fixture
def customer(stripe_client):
    return stripe_client.v1.customers.create({"email": "nora@example.org", "name": "Nora"})


def sound(box, id):
    """The object as it is kept has the fields of the pinned version."""
    kept = box.store.objects[id]
    return problems(kept["object"], {name: kept[name] for name in kept if name[0] != "_"}) == []


def test_a_product_is_made_once_under_its_id_and_may_bring_a_price(stripe_client, box, inbox):
    products = stripe_client.v1.products
    made = products.create({
        "id": "prod_ours", "name": "Membership", "metadata": {"kind": "m"},
        "default_price_data": {"currency": "eur", "unit_amount": 500},
    })  # fmt: skip
    with pytest.raises(stripe.InvalidRequestError) as caught:
        products.create({"id": "prod_ours", "name": "Membership"})
    assert caught.value.code == "resource_already_exists"
    price = stripe_client.v1.prices.retrieve(made.default_price)
    assert (price.unit_amount, price.product, price.type) == (500, "prod_ours", "one_time")
    changed = products.update("prod_ours", {"name": "Friend", "description": "x"})
    assert (changed.name, products.retrieve("prod_ours").description) == ("Friend", "x")
    box.deliver_due()
    assert inbox.of("product.updated")[0]["data"]["previous_attributes"]["name"] == "Membership"


def test_a_price_is_named_by_a_key_and_can_be_switched_off(stripe_client, product, box):
    prices = stripe_client.v1.prices
    made = prices.create({
        "currency": "eur", "unit_amount_decimal": "1500", "product": product.id,
        "recurring": {"interval": "year"}, "lookup_key": "yearly",
    })  # fmt: skip
    assert (made.unit_amount, made.recurring.interval_count) == (1500, 1)
    assert prices.update(made.id, {"active": False}).active is False
    assert [one.id for one in prices.list({"lookup_keys": ["yearly"]}).data] == [made.id]
    other = prices.create(
        {"currency": "eur", "unit_amount": 5, "product_data": {"name": "Another"}}
    )
    assert stripe_client.v1.products.retrieve(other.product).name == "Another"
    assert sound(box, made.id)


def test_a_customers_default_card_is_one_of_their_own(stripe_client, customer):
    customers, methods = stripe_client.v1.customers, stripe_client.v1.payment_methods
    made = customers.create({
        "payment_method": "pm_card_visa", "email": "ben@example.org",
    })  # fmt: skip
    [theirs] = methods.list({"customer": made.id}).data
    wrong = {"name": "Mallory", "invoice_settings": {"default_payment_method": theirs.id}}
    with pytest.raises(stripe.InvalidRequestError) as caught:
        customers.update(customer.id, wrong)
    assert caught.value.param == "invoice_settings[default_payment_method]"
    assert customers.retrieve(customer.id).name == "Nora"

    right = customers.update(made.id, {"invoice_settings": {"default_payment_method": theirs.id}})
    assert right.invoice_settings.default_payment_method == theirs.id
    with pytest.raises(stripe.InvalidRequestError, match="already attached"):
        methods.attach(theirs.id, {"customer": customer.id})


def test_a_card_is_made_changed_attached_and_taken_away(stripe_client, customer, box, inbox):
    methods = stripe_client.v1.payment_methods
    given = {"number": "5555555555554444", "exp_month": 5, "exp_year": 2031, "cvc": "123"}
    made = methods.create({"type": "card", "card": given, "billing_details": {"name": "N"}})
    assert (made.card.brand, made.card.last4, made.customer) == ("mastercard", "4444", None)
    methods.attach(made.id, {"customer": customer.id})
    changed = methods.update(made.id, {"card": {"exp_month": 6, "exp_year": 2032}})
    assert (changed.card.exp_month, changed.card.exp_year) == (6, 2032)
    assert stripe_client.v1.customers.payment_methods.list(customer.id).data[0].id == made.id
    assert methods.detach(made.id).customer is None
    with pytest.raises(stripe.InvalidRequestError, match="not attached"):
        methods.detach(made.id)
    box.deliver_due()
    assert inbox.of("payment_method.detached")[0]["data"]["previous_attributes"] == {
        "customer": customer.id
    }
    with pytest.raises(stripe.InvalidRequestError, match="No such token"):
        methods.create({"type": "card", "card": {"token": "tok_no"}})
    assert methods.create({"type": "card", "card": {"token": "tok_visa"}}).card.last4 == "4242"
    assert sound(box, made.id)


def test_the_network_renews_a_card(subscribed, page, stripe_client, box, inbox):
    id = subscribed().default_payment_method
    answer = page.post(
        "/sandbox/update_card", payment_method=id, number="5555555555554444", exp_month="7",
        exp_year="2039",
    )  # fmt: skip
    assert answer.status == 200
    now = stripe_client.v1.payment_methods.retrieve(id)
    assert (now.card.last4, now.card.exp_year) == ("4444", 2039)
    box.deliver_due()
    [told] = inbox.of("payment_method.automatically_updated")
    assert told["data"]["previous_attributes"]["card"]["last4"] == "4242"


def test_a_payment_waits_is_confirmed_or_given_up(stripe_client, customer, box, inbox):
    intents = stripe_client.v1.payment_intents
    waiting = intents.create({"amount": 900, "currency": "eur", "customer": customer.id})
    assert waiting.status == "requires_payment_method"
    with pytest.raises(stripe.InvalidRequestError, match="missing a payment method"):
        intents.confirm(waiting.id)
    assert intents.update(waiting.id, {"description": "A gift"}).description == "A gift"
    paid = intents.confirm(waiting.id, {"payment_method": "pm_card_visa"})
    assert (paid.status, paid.amount_received) == ("succeeded", 900)
    for asked in (intents.confirm, intents.cancel):
        with pytest.raises(stripe.InvalidRequestError) as caught:
            asked(waiting.id)
        assert caught.value.code == "payment_intent_unexpected_state"

    other = intents.create({"amount": 900, "currency": "eur", "payment_method": "pm_card_visa"})
    assert other.status == "requires_confirmation"
    gone = intents.cancel(other.id, {"cancellation_reason": "abandoned"})
    assert (gone.status, gone.cancellation_reason) == ("canceled", "abandoned")
    assert [one.id for one in intents.list({"customer": customer.id}).data] == [waiting.id]
    box.deliver_due()
    assert "payment_intent.canceled" in inbox.types
    assert sound(box, waiting.id)


def test_a_charge_takes_a_note_and_shows_its_refunds(stripe_client, open_session, page):
    page.pay(open_session(amount=5000))
    [paid] = stripe_client.v1.charges.list().data
    assert "refunds" not in paid
    noted = stripe_client.v1.charges.update(paid.id, {"metadata": {"seen": "1"}})
    assert noted.metadata["seen"] == "1"
    made = stripe_client.v1.refunds.create({"charge": paid.id, "amount": 100})
    refunds = stripe_client.v1.refunds
    assert refunds.update(made.id, {"metadata": {"why": "x"}}).metadata["why"] == "x"
    shown = stripe_client.v1.charges.retrieve(paid.id, {"expand": ["refunds"]})
    assert [one.id for one in shown.refunds.data] == [made.id]
    assert [one.id for one in refunds.list({"charge": paid.id}).data] == [made.id]


def test_a_setup_is_given_up_once(stripe_client, customer):
    setups = stripe_client.v1.setup_intents
    made = setups.create({"customer": customer.id, "usage": "off_session"})
    with pytest.raises(stripe.InvalidRequestError, match="missing a payment method"):
        setups.confirm(made.id)
    with pytest.raises(stripe.CardError) as caught:
        setups.confirm(made.id, {"payment_method": "pm_card_visa_chargeDeclinedLostCard"})
    assert caught.value.error.decline_code == "lost_card"
    assert setups.cancel(made.id).status == "canceled"
    with pytest.raises(stripe.InvalidRequestError) as caught:
        setups.cancel(made.id)
    assert caught.value.code == "setup_intent_unexpected_state"
    assert setups.list({"customer": customer.id}).data[0].id == made.id


def test_an_invoice_is_a_draft_that_can_be_kept_finalised_or_deleted(
    subscribed, stripe_client, box
):
    subscription = subscribed()
    invoices = stripe_client.v1.invoices
    box.advance(31 * DAY + 60)
    draft = invoices.list({"subscription": subscription.id}).data[0]
    lines = invoices.line_items.list(draft.id).data
    assert [line.amount for line in lines] == [1000]
    invoices.update(draft.id, {"auto_advance": False, "metadata": {"kept": "1"}})
    box.advance(2 * 3600)
    assert invoices.retrieve(draft.id).status == "draft"
    opened = invoices.finalize_invoice(draft.id)
    assert (opened.status, opened.metadata["kept"]) == ("open", "1")
    for asked in (invoices.finalize_invoice, invoices.delete):
        with pytest.raises(stripe.InvalidRequestError) as caught:
            asked(draft.id)
        assert caught.value.code == "invoice_not_editable"

    box.advance(28 * DAY - 2 * 3600)
    other = invoices.list({"subscription": subscription.id, "status": "draft"}).data[0]
    assert invoices.delete(other.id).deleted
    with pytest.raises(stripe.InvalidRequestError) as caught:
        invoices.retrieve(other.id)
    assert (caught.value.http_status, caught.value.code) == (404, "resource_missing")
    box.advance(2 * 3600)
    assert len(invoices.list({"subscription": subscription.id}).data) == 2


def test_what_will_be_charged_next_is_told_unless_nothing_will(subscribed, stripe_client):
    subscription = subscribed()
    preview = stripe_client.v1.invoices.create_preview
    assert preview({"subscription": subscription.id}).amount_due == 1000
    with pytest.raises(stripe.InvalidRequestError, match="subscription"):
        preview({})
    stripe_client.v1.subscriptions.update(subscription.id, {"cancel_at_period_end": True})
    with pytest.raises(stripe.InvalidRequestError) as caught:
        preview({"subscription": subscription.id})
    assert caught.value.code == "invoice_upcoming_none"


def test_items_and_lines_are_lists_of_their_own(subscribed, open_session, stripe_client):
    subscription = subscribed()
    items = stripe_client.v1.subscription_items.list({"subscription": subscription.id}).data
    assert [one.id for one in items] == [subscription["items"].data[0].id]
    session = open_session(amount=700)
    lines = stripe_client.v1.checkout.sessions.line_items.list(session.id).data
    assert [line.amount_total for line in lines] == [700]
    shown = stripe_client.v1.checkout.sessions.retrieve(session.id, {"expand": ["line_items"]})
    assert "line_items" not in session
    assert shown.line_items.data[0].id == lines[0].id


def test_a_customer_lives_by_a_test_clock_and_by_nothing_else(stripe_client, product):
    for clock in (product.id, "clock_nothing"):
        with pytest.raises(stripe.InvalidRequestError) as caught:
            stripe_client.v1.customers.create({"test_clock": clock})
        assert caught.value.param == "test_clock"


def test_only_a_card_is_renewed_by_its_network(stripe_client, page):
    made = stripe_client.v1.payment_methods.create(
        {"type": "sepa_debit", "sepa_debit": {"iban": "DE89370400440532013000"}}
    )
    answer = page.post("/sandbox/update_card", payment_method=made.id, number="5555555555554444")
    assert answer.status == 400
    changed = {"card": {"exp_month": 6, "exp_year": 2032}, "metadata": {"a": "1"}}
    assert stripe_client.v1.payment_methods.update(made.id, changed).metadata["a"] == "1"


def test_a_test_clock_is_read_listed_and_taken_away(stripe_client, box):
    clocks = stripe_client.v1.test_helpers.test_clocks
    made = clocks.create({"frozen_time": 1_800_000_000, "name": "Ours"})
    assert [one.id for one in clocks.list().data] == [made.id]
    with pytest.raises(stripe.InvalidRequestError, match="after the current"):
        clocks.advance(made.id, {"frozen_time": 1_800_000_000})
    assert sound(box, made.id)
    assert clocks.delete(made.id).deleted
    with pytest.raises(stripe.InvalidRequestError):
        clocks.retrieve(made.id)


def test_an_endpoint_is_changed_read_and_taken_away(stripe_client, box):
    endpoints = stripe_client.v1.webhook_endpoints
    [kept] = endpoints.list().data
    changed = endpoints.update(kept.id, {"enabled_events": ["refund.created"], "description": "x"})
    assert (changed.enabled_events, changed.description) == (["refund.created"], "x")
    assert sound(box, kept.id)
    assert endpoints.delete(kept.id).deleted
    assert endpoints.list().data == []


def test_operators_and_banks_bring_about_what_no_call_can(open_session, page, stripe_client, box):
    page.pay(open_session(amount=9000))
    box.advance(10)
    [paid] = stripe_client.v1.charges.list().data
    assert page.post("/sandbox/warn", charge=paid.id).status == 200
    [warning] = stripe_client.v1.radar.early_fraud_warnings.list().data
    assert stripe_client.v1.radar.early_fraud_warnings.retrieve(warning.id).charge == paid.id
    made = stripe_client.v1.refunds.create({"charge": paid.id, "amount": 1000})
    assert page.post("/sandbox/fail_refund", refund=made.id).status == 200
    assert stripe_client.v1.refunds.retrieve(made.id).status == "failed"
    assert stripe_client.v1.charges.retrieve(paid.id).amount_refunded == 0
    assert page.post("/sandbox/fail_refund", refund=made.id).status == 400
    page.post("/sandbox/dispute", charge=paid.id, reason="prevented")
    [prevented] = stripe_client.v1.disputes.list().data
    assert (prevented.status, prevented.balance_transactions) == ("prevented", [])
    assert stripe_client.v1.charges.retrieve(paid.id).refunded


@pytest.mark.parametrize(("changes", "status"), [
    ({"fee_percent_hundredths": 290, "fee_fixed": 30}, 200), ({"fee_fixed": "none"}, 400),
    ({"weather": 1}, 400),
])  # fmt: skip
def test_the_accounts_settings_can_be_changed(box, changes, status):
    headers = {"Content-Type": "application/json"}
    answer = box.handle("POST", "/sandbox/settings", headers, json.dumps(changes).encode())
    assert answer.status == status
    shown = json.loads(box.handle("GET", "/sandbox/settings", {}, b"").body)
    assert shown["fee_fixed"] == (30 if status == 200 else 25)


def test_a_fee_follows_the_accounts_settings(box, open_session, page, stripe_client):
    box.settings.change({"fee_percent_hundredths": 290, "fee_fixed": 30, "available_days": 7})
    page.pay(open_session())
    box.advance(10)
    [moved] = stripe_client.v1.balance_transactions.list().data
    assert (moved.fee, moved.net) == (59, 941)
    assert moved.available_on - moved.created == 7 * DAY
