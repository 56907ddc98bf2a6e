"""Bank debits: answers that come days later, and money that goes back weeks later."""

import json

import pytest
import stripe

DAY = 86400
RETURNED = "DE35 3704 0044 0532 0130 02"
FAILING = "DE62 3704 0044 0532 0130 01"


@pytest.fixture
def debited(open_session, page, stripe_client, box):
    """Pays by debit, waits for the bank's answer, and returns the charge."""

    def make(*, days=5, account="", **params):
        page.pay(open_session(**params), payment_kind="sepa_debit", account=account)
        box.advance(days * DAY)
        return stripe_client.v1.charges.list({"limit": 1}).data[0]

    return make


def moved(stripe_client, charge):
    found = stripe_client.v1.balance_transactions.list({"source": charge.id}).data
    return [(one.type, one.amount) for one in found]


def test_a_debit_its_owner_objects_to_weeks_later_is_a_lost_dispute(
    debited, stripe_client, box, inbox
):
    arrived = debited(account=RETURNED)
    assert (arrived.status, arrived.disputed) == ("succeeded", False)
    box.advance(21 * DAY)
    box.deliver_due()

    [dispute] = stripe_client.v1.disputes.list({"charge": arrived.id}).data
    assert (dispute.status, dispute.reason) == ("lost", "debit_not_authorized")
    assert [(one.amount, one.fee) for one in dispute.balance_transactions] == [(-1000, 750)]
    assert inbox.types[-4:] == [
        "charge.dispute.created",
        "charge.updated",
        "charge.dispute.funds_withdrawn",
        "charge.dispute.closed",
    ]
    with pytest.raises(stripe.InvalidRequestError):
        stripe_client.v1.refunds.create({"charge": arrived.id})


def test_an_arrived_debit_may_fail_late_without_a_dispute(debited, stripe_client, page, inbox, box):
    arrived = debited()
    assert page.post("/sandbox/return_debit", charge=arrived.id, **{"as": "failure"}).status == 200

    failed = stripe_client.v1.charges.retrieve(
        arrived.id, {"expand": ["failure_balance_transaction"]}
    )
    assert (failed.status, failed.paid, failed.failure_code) == (
        "failed",
        False,
        "insufficient_funds",
    )
    assert failed.failure_balance_transaction.type == "payment_failure_refund"
    assert moved(stripe_client, failed) == [("payment_failure_refund", -1000), ("payment", 1000)]
    box.deliver_due()
    assert inbox.types[-2:] == ["charge.failed", "charge.updated"]
    assert page.post("/sandbox/return_debit", charge=arrived.id, **{"as": "failure"}).status == 400


def test_the_operator_may_let_the_owner_object_at_once(debited, page, stripe_client):
    arrived = debited()
    page.post("/sandbox/return_debit", charge=arrived.id)

    assert stripe_client.v1.charges.retrieve(arrived.id).disputed


def test_a_debit_may_be_booked_before_the_bank_has_answered(box, debited, stripe_client):
    box.settings.change({"debits_book_early": True})
    waiting = debited(days=0)
    assert (waiting.status, moved(stripe_client, waiting)) == ("pending", [("payment", 1000)])

    failing = debited(account=FAILING)
    assert failing.status == "failed"
    assert moved(stripe_client, failing) == [("payment_failure_refund", -1000), ("payment", 1000)]
    assert moved(stripe_client, waiting) == [("payment", 1000)]


def test_a_refunded_debit_is_a_payment_refund(debited, stripe_client):
    arrived = debited(days=4, amount=5000)
    refund = stripe_client.v1.refunds.create(
        {"charge": arrived.id, "amount": 1000, "expand": ["balance_transaction"]}
    )

    assert refund.id.startswith("pyr_")
    assert (refund.balance_transaction.type, refund.balance_transaction.reporting_category) == (
        "payment_refund",
        "refund",
    )


def test_a_renewal_by_debit_that_fails_is_tried_again(subscribed_by_debit, stripe_client, box):
    subscription = subscribed_by_debit()
    failing = stripe_client.v1.payment_methods.create(
        {"type": "sepa_debit", "sepa_debit": {"iban": FAILING.replace(" ", "")},
         "billing_details": {"name": "N", "email": "n@example.org"}}
    )  # fmt: skip
    stripe_client.v1.payment_methods.attach(failing.id, {"customer": subscription.customer})
    stripe_client.v1.subscriptions.update(subscription.id, {"default_payment_method": failing.id})
    box.advance(27 * DAY)
    invoice = stripe_client.v1.invoices.list({"limit": 1}).data[0]
    assert (invoice.status, invoice.attempt_count) == ("open", 1)
    assert stripe_client.v1.subscriptions.retrieve(subscription.id).status == "active"

    box.advance(3 * DAY)
    invoice = stripe_client.v1.invoices.retrieve(invoice.id)
    assert invoice.next_payment_attempt > box.clock.now()
    assert stripe_client.v1.subscriptions.retrieve(subscription.id).status == "past_due"


@pytest.fixture
def subscribed_by_debit(open_session, page, stripe_client, box):
    def make():
        session = open_session(interval="month")
        page.pay(session, payment_kind="sepa_debit")
        box.advance(5 * DAY)
        session = stripe_client.v1.checkout.sessions.retrieve(
            session.id, {"expand": ["subscription"]}
        )
        return session.subscription

    return make


def test_only_money_that_arrived_is_disputed(debited, page):
    waiting = debited(days=0)
    answer = page.post("/sandbox/dispute", charge=waiting.id)

    assert answer.status == 400
    assert json.loads(answer.body)["error"]["param"] == "charge"


@pytest.mark.parametrize("early", [False, True])
def test_a_debit_under_way_for_a_void_invoice_brings_nothing(
    open_session, page, stripe_client, box, early
):
    box.settings.change({"debits_book_early": early})
    page.pay(open_session(interval="month"), payment_kind="sepa_debit")
    [invoice] = stripe_client.v1.invoices.list().data
    stripe_client.v1.invoices.void_invoice(invoice.id)
    box.advance(7 * DAY)

    [failed] = stripe_client.v1.charges.list().data
    assert (failed.status, failed.failure_code) == ("failed", "charge_canceled")
    assert sum(amount for _, amount in moved(stripe_client, failed)) == 0
    [intent] = stripe_client.v1.payment_intents.list().data
    assert intent.status == "canceled"
