"""Invoices: paid by hand, off Stripe or on their page, given up, void."""

import urllib.parse

import pytest
import stripe

DAY = 86400
FAILS_LATER = "4000000000000341"
CARD = {"card_number": "4242424242424242", "exp": "12/34", "cvc": "123"}


@pytest.fixture
def behind(subscribed, box, stripe_client):
    """A subscription whose renewal has failed once, and that renewal's invoice."""

    def make():
        subscription = subscribed(card=FAILS_LATER)
        box.advance(31 * DAY + 7200)
        return subscription, stripe_client.v1.invoices.retrieve(newest(stripe_client).id)

    return make


@pytest.fixture
def debited(open_session, page, stripe_client):
    """The first invoice of a subscription by bank debit, while the bank has not answered."""

    def make(**fields):
        page.pay(open_session(interval="month"), payment_kind="sepa_debit", **fields)
        return newest(stripe_client)

    return make


def newest(stripe_client):
    return stripe_client.v1.invoices.list({"limit": 1}).data[0]


def path(invoice):
    return urllib.parse.urlsplit(invoice.hosted_invoice_url).path


def status_of(stripe_client, subscription):
    return stripe_client.v1.subscriptions.retrieve(subscription.id).status


def test_paid_off_stripe_the_subscription_goes_on_and_nothing_more_is_taken(
    behind, stripe_client, box, inbox
):
    subscription, invoice = behind()
    stripe_client.v1.invoices.pay(invoice.id, {"paid_out_of_band": True})

    paid = stripe_client.v1.invoices.retrieve(
        invoice.id, {"expand": ["payments.data.payment.payment_intent"]}
    )
    assert (paid.status, paid.amount_paid, paid.amount_paid_off_stripe) == ("paid", 0, 1000)
    [payment] = paid.payments.data
    assert (payment.status, payment.payment.payment_intent.status) == ("canceled", "canceled")
    assert status_of(stripe_client, subscription) == "active"
    box.advance(20 * DAY)
    assert len([one for one in stripe_client.v1.charges.list().data if one.paid]) == 1


def test_what_a_bank_debit_is_under_way_for_is_not_taken_twice(debited, stripe_client, page, box):
    invoice = debited()
    with pytest.raises(stripe.InvalidRequestError) as caught:
        stripe_client.v1.invoices.pay(invoice.id)
    assert caught.value.code == "payment_intent_unexpected_state"
    for answer in (page.get(path(invoice)), page.post(path(invoice), **CARD)):
        assert "is on its way" in answer.body.decode()

    box.advance(4 * DAY)
    assert [one.status for one in stripe_client.v1.charges.list().data] == ["succeeded"]
    assert newest(stripe_client).status == "paid"


def test_a_debit_that_failed_may_be_made_good_with_a_card(debited, stripe_client, page, box):
    invoice = debited(account="DE62 3704 0044 0532 0130 01")
    box.advance(4 * DAY)
    assert newest(stripe_client).status == "open"

    assert page.post(path(invoice), **CARD).status == 303
    assert newest(stripe_client).status == "paid"


def test_an_ended_subscriptions_invoice_is_not_tried_again_but_may_be_paid(
    behind, stripe_client, box, inbox
):
    subscription, invoice = behind()
    assert invoice.next_payment_attempt > box.clock.now()
    stripe_client.v1.subscriptions.cancel(subscription.id)

    left = newest(stripe_client)
    assert (left.status, left.auto_advance, left.next_payment_attempt) == ("open", False, None)
    box.deliver_due()
    assert inbox.types[-2:] == ["customer.subscription.deleted", "invoice.updated"]
    box.advance(20 * DAY)
    assert newest(stripe_client).attempt_count == 1
    method = stripe_client.v1.payment_methods.attach(
        "pm_card_visa", {"customer": subscription.customer}
    )
    paid = stripe_client.v1.invoices.pay(invoice.id, {"payment_method": method.id})
    assert paid.status == "paid"
    assert status_of(stripe_client, subscription) == "canceled"


def test_an_older_invoice_paid_leaves_a_subscription_behind_with_the_newer(
    behind, stripe_client, box
):
    box.settings.change({"dunning_days": [1], "dunning_end": "past_due"})
    subscription, first = behind()
    box.advance(31 * DAY)
    second = newest(stripe_client)
    assert (second.status, status_of(stripe_client, subscription)) == ("open", "past_due")
    method = stripe_client.v1.payment_methods.attach(
        "pm_card_visa", {"customer": subscription.customer}
    )

    stripe_client.v1.invoices.pay(first.id, {"payment_method": method.id})
    assert status_of(stripe_client, subscription) == "past_due"
    stripe_client.v1.invoices.pay(second.id, {"payment_method": method.id})
    assert status_of(stripe_client, subscription) == "active"


def test_a_void_invoice_takes_nothing_and_cannot_be_paid(behind, stripe_client, page):
    _, invoice = behind()
    void = stripe_client.v1.invoices.void_invoice(invoice.id)
    assert (void.status, void.next_payment_attempt) == ("void", None)
    with pytest.raises(stripe.InvalidRequestError, match="is void"):
        stripe_client.v1.invoices.pay(invoice.id)
    assert "Nothing is due" in page.post(path(invoice), **CARD).body.decode()


def test_an_uncollectible_invoice_can_still_be_paid(behind, stripe_client, page):
    _, invoice = behind()
    given_up = stripe_client.v1.invoices.mark_uncollectible(invoice.id)
    assert given_up.status == "uncollectible"
    assert given_up.status_details.uncollectible.reason == "user_forgiven"
    assert page.post(path(invoice), **CARD).status == 303
    paid = newest(stripe_client)
    assert paid.status == "paid"
    with pytest.raises(stripe.InvalidRequestError) as caught:
        stripe_client.v1.invoices.pay(invoice.id)
    assert caught.value.code == "invoice_already_paid"


def test_payments_are_found_by_invoice_by_intent_and_by_status(behind, stripe_client):
    _, invoice = behind()
    payments = stripe_client.v1.invoice_payments
    [waiting] = payments.list({"invoice": invoice.id}).data
    intent = waiting.payment.payment_intent
    assert [one.id for one in payments.list({"status": "open"}).data] == [waiting.id]
    asked = {"payment": {"type": "payment_intent", "payment_intent": intent}}
    assert [one.id for one in payments.list(asked).data] == [waiting.id]
    assert payments.list({"invoice": invoice.id, "status": "paid"}).data == []
