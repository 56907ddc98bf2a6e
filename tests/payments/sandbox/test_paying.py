"""The hosted page: paying once, subscribing, declines, 3-D Secure, bank debits."""

DAY = 86400


def test_paying_once_completes_the_session_and_returns_to_the_shop(
    open_session, page, stripe_client
):
    session = open_session()

    answer = page.pay(session)

    assert answer.status == 303
    assert answer.headers["Location"] == f"http://newsroom.test/thanks/?session={session.id}"
    session = stripe_client.v1.checkout.sessions.retrieve(
        session.id, {"expand": ["payment_intent.latest_charge"]}
    )
    assert (session.status, session.payment_status) == ("complete", "paid")
    assert session.payment_intent.status == "succeeded"
    assert session.payment_intent.latest_charge.amount == 1000


def test_paying_once_tells_its_events_in_order(open_session, page, box, inbox):
    page.pay(open_session(customer_creation="always"))
    box.advance(10)
    box.deliver_due()

    money = [type for type in inbox.types if not type.startswith(("product", "price"))]
    assert money == [
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

    money = [type for type in inbox.types if not type.startswith(("product", "price"))]
    assert money == [
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


def test_a_month_later_the_subscription_renews(subscribed, box, inbox, stripe_client):
    subscription = subscribed()
    box.advance(32 * DAY)
    box.deliver_due()

    invoices = stripe_client.v1.invoices.list({"subscription": subscription.id}).data
    assert [invoice.billing_reason for invoice in invoices] == [
        "subscription_cycle",
        "subscription_create",
    ]
    assert [invoice.status for invoice in invoices] == ["paid", "paid"]
    assert len(inbox.of("invoice.paid")) == 2
