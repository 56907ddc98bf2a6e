"""Whose money it is: ours is told from that of other products on the same Stripe account."""

import uuid

import pytest

from payments.gateway.errors import Misconfigured, Unavailable
from payments.models import AuditEntry, Contribution, Subscription
from payments.services import contributions, mirror, returns, vanished, whose
from payments.services.parked import Foreign, Unsettled
from tests.builders import give, operate, subscribe
from tests.sandbox_client import client_for

pytestmark = pytest.mark.django_db
UNKNOWN = str(uuid.uuid4())


@pytest.fixture
def stripe(stripe_sandbox):
    return client_for(stripe_sandbox).v1


@pytest.fixture
def sell(stripe):
    """Take a payment as another product does; returns the PaymentIntent."""

    def take(**metadata):
        return stripe.payment_intents.create(
            {"amount": 900, "currency": "eur", "payment_method": "pm_card_visa", "confirm": True,
             "metadata": metadata}
        )  # fmt: skip

    return take


@pytest.fixture
def agree(stripe):
    """Begin a subscription as another product does; returns it."""

    def begin(**metadata):
        stripe.products.create({"id": f"prod_{uuid.uuid4().hex}", "name": "Books"})
        product = stripe.products.list({"limit": 1}).data[0].id
        customer = stripe.customers.create({"email": "bo@example.org"}).id
        card = stripe.payment_methods.attach("pm_card_visa", {"customer": customer}).id
        price = {"currency": "eur", "product": product, "unit_amount": 500,
                 "recurring": {"interval": "month"}}  # fmt: skip
        return stripe.subscriptions.create(
            {"customer": customer, "default_payment_method": card, "metadata": metadata,
             "items": [{"price_data": price}]}
        )  # fmt: skip

    return begin


def payment_of(stripe, invoice_id):
    (found,) = stripe.invoice_payments.list({"invoice": invoice_id}).data
    return found.payment.payment_intent


def test_what_is_booked_is_ours_without_a_question_to_stripe(client, pay, deliver, stripe_sandbox):
    contribution = give(client, pay, deliver)
    stripe_sandbox.faults.add({"kind": "lost_request", "path": "/v1/*", "times": 99})
    assert whose.payment(contribution.stripe_payment_intent_id) == ""
    with pytest.raises(Unavailable):
        whose.payment("pi_other")


def test_a_gift_that_is_not_booked_yet_is_ours_by_its_checkout(client, pay, stripe_sandbox, stripe):
    from tests.builders import begin

    checkout = begin(client)
    pay(checkout.stripe_url)
    (charge,) = stripe.charges.list().data
    assert whose.payment(charge.payment_intent) == ""
    assert whose.charge(charge.id) == ""
    assert not Contribution.objects.exists()


@pytest.mark.case("F7")
@pytest.mark.parametrize(
    "metadata", [{}, {"keepopen_checkout": UNKNOWN}, {"keepopen_checkout": "shop-7"}]
)
def test_a_sale_of_another_product_is_not_ours(sell, stripe, metadata):
    sold = sell(**metadata)
    assert whose.payment(sold.id)
    assert whose.charge(sold.latest_charge)
    refund = stripe.refunds.create({"payment_intent": sold.id})
    assert whose.refund(refund.id) == whose.payment(sold.id)
    for service in (contributions.record_payment, contributions.of_payment):
        with pytest.raises(Foreign):
            service(sold.id)


@pytest.mark.case("F7")
def test_a_dispute_is_whose_its_payment_is(client, pay, deliver, stripe_sandbox, sell):
    ours, sold = give(client, pay, deliver), sell()
    for charge, answer in ((ours.stripe_charge_id, False), (sold.latest_charge, True)):
        operate(stripe_sandbox, "dispute", charge=charge)
        newest = next(iter(stripe_sandbox.store.newest("dispute")))
        assert bool(whose.dispute(newest["id"])) is answer


def test_a_charge_without_a_payment_is_not_ours(stripe_sandbox, sell):
    charge = stripe_sandbox.store.objects[sell().latest_charge]
    charge["payment_intent"] = None
    assert whose.charge(charge["id"]) == "a charge without a payment intent"
    with pytest.raises(Foreign):
        contributions.settle_charge(charge["id"])


@pytest.mark.case("F7")
def test_another_products_subscription_is_not_ours_nor_what_it_brings(agree, stripe):
    theirs = agree()
    reason = "a subscription without our checkout's id"
    assert whose.subscription(theirs.id, {}) == reason
    assert whose.invoice(theirs.latest_invoice) == reason
    paid = payment_of(stripe, theirs.latest_invoice)
    assert whose.payment(paid) == reason
    for service, subject in (
        (mirror.sync, theirs.id),
        (contributions.record_invoice, theirs.latest_invoice),
        (contributions.record_payment, paid),
    ):
        with pytest.raises(Foreign):
            service(subject)
    assert not Subscription.objects.exists()
    assert not Contribution.objects.exists()


@pytest.mark.case("F7")
@pytest.mark.parametrize("key", ["keepopen_checkout", "keepopen_follows"])
def test_a_subscription_that_names_something_unknown_is_not_taken_over(agree, key):
    theirs = agree(**{key: UNKNOWN})
    with pytest.raises(Foreign):
        mirror.sync(theirs.id)
    assert not Subscription.objects.exists()


def test_a_subscription_is_ours_when_we_hold_it_or_it_names_ours(client, pay, deliver, agree):
    ours = subscribe(client, pay, deliver)
    assert whose.subscription(ours.stripe_subscription_id, {}) == ""
    assert whose.subscription("sub_new", {"keepopen_follows": str(ours.public_id)}) == ""
    named = {"keepopen_checkout": str(ours.checkout.public_id)}
    assert whose.subscription("sub_new", named) == ""


def test_an_invoice_of_no_subscription_is_not_ours(stripe_sandbox, agree):
    raw = stripe_sandbox.store.objects[agree().latest_invoice]
    raw["parent"] = None
    assert whose.invoice(raw["id"]) == "an invoice of no subscription"


# --- bank debits that came back -----------------------------------------------------------------


def test_a_payment_that_did_not_come_back_books_nothing(client, pay, deliver):
    contribution = give(client, pay, deliver)
    returns.record(contribution.stripe_charge_id)
    assert not contribution.refunds.exists()
    assert not AuditEntry.objects.filter(action="returned by the bank").exists()


@pytest.mark.case("F35")
def test_a_first_debit_of_a_subscription_that_was_booked_and_failed_passes_through_the_books(
    client, pay, deliver, advance, stripe_sandbox
):
    from payments.models import LedgerEntry
    from payments.sandbox.methods import FAILING_ACCOUNT
    from tests.builders import begin

    stripe_sandbox.settings.change({"debits_book_early": True})
    row = begin(client, frequency="month")
    pay(row.stripe_url, payment_kind="sepa_debit", account=FAILING_ACCOUNT)
    deliver()
    advance(days=5)
    entries = LedgerEntry.objects.filter(kind="adjustment")
    assert sorted(entries.values_list("gross_minor", flat=True)) == [-1000, 1000]
    assert not Contribution.objects.filter(status="paid").exists()


@pytest.mark.case("F7")
def test_a_debit_of_another_product_that_came_back_is_not_booked(sell, stripe_sandbox):
    from payments.models import LedgerEntry

    sold = sell()
    stripe_sandbox.advance(120)
    stripe_sandbox.store.objects[sold.id]["status"] = "requires_payment_method"
    charge = stripe_sandbox.store.objects[sold.latest_charge]
    charge["failure_balance_transaction"] = charge["balance_transaction"]
    with pytest.raises(Foreign):
        returns.record(sold.latest_charge)
    assert not LedgerEntry.objects.exists()


# --- what Stripe no longer knows ----------------------------------------------------------------


@pytest.mark.case("F43")
def test_one_that_stripe_still_knows_is_read_and_not_ended(client, pay, deliver):
    ours = subscribe(client, pay, deliver)
    row = vanished.end_subscription(ours.stripe_subscription_id)
    assert (row.status, row.ended_at) == ("active", None)
    assert row.seen_at > ours.seen_at


@pytest.mark.case("F43")
def test_one_that_was_deleted_at_stripe_is_ended_once_and_its_history_stays(
    client, pay, deliver, stripe_sandbox
):
    ours = subscribe(client, pay, deliver)
    del stripe_sandbox.store.objects[ours.stripe_subscription_id]
    first = vanished.end_subscription(ours.stripe_subscription_id)
    assert (first.status, first.next_charge_at) == ("canceled", None)
    assert first.ended_at
    entry = AuditEntry.objects.get(action="subscription unknown to Stripe")
    assert entry.before == {"status": "active"}
    again = vanished.end_subscription(ours.stripe_subscription_id)
    assert again.ended_at == first.ended_at
    assert AuditEntry.objects.filter(action="subscription unknown to Stripe").count() == 1
    assert Contribution.objects.get().subscription == ours


def test_another_mistake_than_unknown_does_not_end_it(
    client, pay, deliver, stripe_sandbox, settings
):
    ours = subscribe(client, pay, deliver)
    settings.STRIPE_SECRET_KEY = "sk_test_wrong"
    stripe_sandbox.faults.add({"kind": "lost_request", "path": "/v1/*", "times": 99})
    with pytest.raises((Misconfigured, Unavailable)):
        vanished.end_subscription(ours.stripe_subscription_id)
    ours.refresh_from_db()
    assert ours.status == "active"


def test_a_paid_invoice_whose_payment_is_not_listed_yet_is_tried_again(
    client, pay, deliver, stripe_sandbox
):
    from tests.builders import begin

    pay(begin(client, frequency="month").stripe_url)
    (invoice,) = stripe_sandbox.store.newest("invoice")
    for kept in list(stripe_sandbox.store.newest("invoice_payment")):
        kept["invoice"] = "in_elsewhere"
    with pytest.raises(Unsettled):
        contributions.record_invoice(invoice["id"])
