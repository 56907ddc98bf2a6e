"""The hosted page: paying once, subscribing, declines, 3-D Secure, bank debits."""

import pytest

DAY = 86400
FAILING_ACCOUNT = "DE62 3704 0044 0532 0130 01"


def told(inbox):
    """The types of the events, without those of the catalogue."""
    return [type for type in inbox.types if not type.startswith(("product", "price"))]


@pytest.fixture
def read(stripe_client):
    """Reads a session afresh."""

    def retrieve(session, *expand):
        return stripe_client.v1.checkout.sessions.retrieve(session.id, {"expand": list(expand)})

    return retrieve


def test_paying_once_completes_the_session_and_returns_to_the_shop(open_session, page, read):
    session = open_session()

    answer = page.pay(session)

    assert answer.status == 303
    assert answer.headers["Location"] == f"http://newsroom.test/thanks/?session={session.id}"
    session = read(session, "payment_intent.latest_charge")
    assert (session.status, session.payment_status) == ("complete", "paid")
    assert session.payment_intent.status == "succeeded"
    assert session.payment_intent.latest_charge.amount == 1000
    assert session.customer_details.email == "nora@example.org"
    assert session.customer is None


def test_our_ids_travel_with_a_payment(open_session, page, read):
    session = open_session(
        client_reference_id="C1",
        metadata={"checkout": "C1"},
        payment_intent_data={"metadata": {"checkout": "C1"}, "description": "A gift"},
    )
    page.pay(session)

    session = read(session, "payment_intent.latest_charge")
    assert session.client_reference_id == session.metadata["checkout"] == "C1"
    assert session.payment_intent.metadata["checkout"] == "C1"
    assert session.payment_intent.latest_charge.metadata["checkout"] == "C1"
    assert session.payment_intent.latest_charge.description == "A gift"


def test_paying_once_tells_its_events_in_order(open_session, page, box, inbox):
    page.pay(open_session(customer_creation="always"))
    box.advance(10)
    box.deliver_due()

    assert told(inbox) == [
        "customer.created",
        "payment_intent.created",
        "charge.succeeded",
        "payment_intent.succeeded",
        "checkout.session.completed",
        "charge.updated",
    ]
    [charged] = inbox.of("charge.succeeded")
    assert charged["data"]["object"]["balance_transaction"] is None
    [updated] = inbox.of("charge.updated")
    assert updated["data"]["previous_attributes"] == {"balance_transaction": None}


def test_subscribing_tells_its_events_in_order(open_session, page, box, inbox):
    page.pay(open_session(interval="month"))
    box.deliver_due()

    assert told(inbox) == [
        "customer.created",
        "payment_intent.created",
        "payment_method.attached",
        "charge.succeeded",
        "payment_intent.succeeded",
        "customer.subscription.created",
        "invoice.created",
        "invoice.finalized",
        "invoice_payment.paid",
        "invoice.paid",
        "invoice.payment_succeeded",
        "checkout.session.completed",
    ]


def test_the_invoice_of_a_subscription_carries_a_snapshot_of_its_metadata(
    open_session, page, read, stripe_client
):
    session = open_session(interval="month", subscription_data={"metadata": {"checkout": "C2"}})
    page.pay(session)

    session = read(session, "subscription", "invoice.payments.data.payment.payment_intent")
    parent = session.invoice.parent.subscription_details
    assert parent.subscription == session.subscription.id
    assert parent.metadata["checkout"] == "C2"
    [payment] = session.invoice.payments.data
    assert payment.payment.payment_intent.metadata.to_dict() == {}
    assert session.payment_intent is None
    assert session.subscription.default_payment_method is not None


@pytest.mark.parametrize(
    ("card", "sentence"),
    [
        ("4000000000000002", "Your card was declined."),
        ("4000000000009995", "Your card has insufficient funds."),
        ("4000000000000069", "Your card has expired."),
        ("4000000000000127", "security code is incorrect"),
        ("4100000000000019", "Your card was declined."),
    ],
)
def test_a_declined_card_is_told_and_the_session_stays_open(
    open_session, page, read, card, sentence
):
    session = open_session()

    answer = page.pay(session, card=card)

    assert answer.status == 402
    assert sentence in answer.body.decode().replace("&#x27;", "'")
    session = read(session, "payment_intent.latest_charge")
    assert session.status == "open"
    assert session.payment_intent.status == "requires_payment_method"
    assert session.payment_intent.latest_charge.status == "failed"


def test_a_decline_tells_its_events_and_a_second_card_uses_the_same_intent(
    open_session, page, box, inbox, read
):
    session = open_session()
    page.pay(session, card="4000000000000002")
    box.deliver_due()
    assert told(inbox) == [
        "payment_intent.created",
        "charge.failed",
        "payment_intent.payment_failed",
    ]
    first = read(session).payment_intent

    assert page.pay(session).status == 303
    assert read(session).payment_intent == first


def test_a_declined_subscription_leaves_no_subscription_and_no_invoice(
    open_session, page, stripe_client
):
    page.pay(open_session(interval="month"), card="4000000000000002")

    assert stripe_client.v1.subscriptions.list({"status": "all"}).data == []
    assert stripe_client.v1.invoices.list().data == []


def test_three_d_secure_approved_pays(open_session, page, approve, read):
    session = open_session()
    answer = approve(page.pay(session, card="4000002760003184"))

    assert answer.headers["Location"].startswith("http://newsroom.test/thanks/")
    session = read(session, "payment_intent.latest_charge")
    assert session.payment_status == "paid"
    details = session.payment_intent.latest_charge.payment_method_details
    assert details.card.three_d_secure.result == "authenticated"


def test_three_d_secure_refused_charges_nothing(open_session, page, approve, read, stripe_client):
    session = open_session()
    answer = approve(page.pay(session, card="4000002760003184"), word="refuse")

    assert answer.status == 402
    assert "unable to authenticate" in answer.body.decode()
    session = read(session, "payment_intent")
    assert session.status == "open"
    error = session.payment_intent.last_payment_error
    assert error.code == "payment_intent_authentication_failure"
    assert stripe_client.v1.charges.list().data == []


def test_three_d_secure_then_insufficient_funds(open_session, page, approve):
    answer = approve(page.pay(open_session(), card="4000008260003178"))

    assert answer.status == 402
    assert "insufficient funds" in answer.body.decode()


def test_a_bank_debit_is_unpaid_until_it_settles(open_session, page, box, inbox, read):
    session = open_session()
    assert page.pay(session, payment_kind="sepa_debit").status == 303
    waiting = read(session, "payment_intent")
    assert (waiting.status, waiting.payment_status) == ("complete", "unpaid")
    assert waiting.payment_intent.status == "processing"

    box.advance(4 * DAY)
    box.deliver_due()

    session = read(session, "payment_intent.latest_charge.balance_transaction")
    assert session.payment_status == "paid"
    assert session.payment_intent.latest_charge.balance_transaction.type == "payment"
    assert told(inbox) == [
        "payment_intent.created",
        "charge.pending",
        "payment_intent.processing",
        "checkout.session.completed",
        "charge.succeeded",
        "payment_intent.succeeded",
        "checkout.session.async_payment_succeeded",
        "charge.updated",
    ]


def test_a_bank_debit_that_fails_says_so_days_later(open_session, page, box, inbox, read):
    session = open_session()
    page.pay(session, payment_kind="sepa_debit", account=FAILING_ACCOUNT)
    box.advance(4 * DAY)
    box.deliver_due()

    assert read(session).payment_status == "unpaid"
    assert told(inbox)[-3:] == [
        "charge.failed",
        "payment_intent.payment_failed",
        "checkout.session.async_payment_failed",
    ]


def test_a_subscription_by_debit_is_active_while_its_first_invoice_waits(
    open_session, page, box, read
):
    session = open_session(interval="month")
    page.pay(session, payment_kind="sepa_debit")
    waiting = read(session, "subscription", "invoice")
    assert (waiting.subscription.status, waiting.invoice.status) == ("active", "open")

    box.advance(4 * DAY)

    paid = read(session, "invoice")
    assert (paid.invoice.status, paid.payment_status) == ("paid", "paid")


def test_a_debit_is_only_offered_where_it_is_allowed(open_session, page):
    session = open_session(allowed_payment_method_types=["card"])

    assert "Bank debit" not in page.get(page.path(session)).body.decode()
    answer = page.pay(session, payment_kind="sepa_debit")
    assert answer.status == 402


def test_a_saved_card_becomes_the_setup_of_an_existing_customer(stripe_client, page, box, inbox):
    customer = stripe_client.v1.customers.create({"email": "nora@example.org"})
    session = stripe_client.v1.checkout.sessions.create(
        {
            "mode": "setup",
            "currency": "eur",
            "customer": customer.id,
            "success_url": "http://newsroom.test/card/",
            "setup_intent_data": {"metadata": {"subscription": "sub_1"}},
        }
    )
    assert page.pay(session).headers["Location"] == "http://newsroom.test/card/"

    box.deliver_due()
    assert told(inbox)[1:] == [
        "setup_intent.created",
        "setup_intent.succeeded",
        "payment_method.attached",
        "checkout.session.completed",
    ]
    session = stripe_client.v1.checkout.sessions.retrieve(
        session.id, {"expand": ["setup_intent.payment_method"]}
    )
    assert session.payment_status == "no_payment_required"
    assert session.setup_intent.metadata["subscription"] == "sub_1"
    assert session.setup_intent.payment_method.customer == customer.id


def test_a_card_that_declines_cannot_be_saved(stripe_client, page):
    customer = stripe_client.v1.customers.create({"email": "nora@example.org"})
    session = stripe_client.v1.checkout.sessions.create(
        {"mode": "setup", "currency": "eur", "customer": customer.id, "success_url": "http://n.t/"}
    )

    answer = page.pay(session, card="4000000000000002")

    assert answer.status == 402
    assert stripe_client.v1.customers.payment_methods.list(customer.id).data == []


def test_a_trial_takes_nothing_today_and_everything_at_its_end(
    open_session, page, box, read, stripe_client
):
    session = open_session(
        interval="month", subscription_data={"trial_end": box.clock.now() + 10 * DAY}
    )
    assert page.pay(session).status == 303
    session = read(session, "subscription", "invoice")
    assert session.payment_status == "no_payment_required"
    assert session.subscription.status == "trialing"
    assert (session.invoice.status, session.invoice.amount_paid) == ("paid", 0)
    assert stripe_client.v1.charges.list().data == []

    box.advance(11 * DAY)

    assert stripe_client.v1.subscriptions.retrieve(session.subscription.id).status == "active"
    assert len(stripe_client.v1.charges.list().data) == 1


def test_a_first_charge_on_the_first_of_the_month(open_session, page, box, read, stripe_client):
    session = open_session(
        interval="month",
        subscription_data={
            "billing_cycle_anchor_config": {"day_of_month": 15},
            "proration_behavior": "none",
        },
    )
    page.pay(session)
    box.advance(20 * DAY)

    subscription = read(session, "subscription").subscription
    period = subscription["items"].data[0]
    assert period.current_period_start == 1_768_435_200  # 15 January 2026
    assert len(stripe_client.v1.charges.list().data) == 1


def test_a_known_customer_takes_the_name_from_the_page(stripe_client, open_session, page):
    customer = stripe_client.v1.customers.create({"email": "nora@example.org"})
    session = open_session(customer=customer.id, customer_update={"name": "auto"})
    assert 'name="email"' not in page.get(page.path(session)).body.decode()

    page.pay(session, name="Nora Newname")

    assert stripe_client.v1.customers.retrieve(customer.id).name == "Nora Newname"
