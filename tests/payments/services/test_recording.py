"""Money that arrives: recorded whoever tells it first, read once, and kept as it was told."""

import pytest

from payments.gateway.errors import Unavailable
from payments.models import AuditEntry, Contribution, LedgerEntry, OutboxTask, Receipt
from payments.sandbox.methods import FAILING_ACCOUNT, GOOD_ACCOUNT
from payments.services import contributions, refunds
from payments.services.parked import Foreign
from tests.builders import begin, give, subscribe

pytestmark = pytest.mark.django_db


@pytest.fixture
def paid(client, pay, stripe_sandbox):
    """Give, and let nobody hear of it; returns the id of the payment."""

    def give_unheard(**fields):
        row = begin(client, **fields)
        assert pay(row.stripe_url).status == 303
        session = stripe_sandbox.store.objects[row.stripe_checkout_session_id]
        return session["payment_intent"]

    return give_unheard


@pytest.fixture
def invoice(client, pay, stripe_sandbox):
    """The first invoice of a subscription that nobody has heard of."""
    pay(begin(client, frequency="month", cover_fee="1").stripe_url)
    (raw,) = stripe_sandbox.store.newest("invoice")
    return raw


@pytest.fixture
def silent(stripe_sandbox):
    return lambda: stripe_sandbox.faults.add({"kind": "lost_request", "path": "/v1/*", "times": 99})


def charge_of(sandbox):
    (charge,) = sandbox.store.newest("charge")
    return charge


# --- who tells it first -------------------------------------------------------------------------


@pytest.mark.case("F4")
def test_a_refund_heard_of_before_its_payment_records_the_payment_first(paid):
    payment_intent_id = paid()
    row = contributions.of_payment(payment_intent_id)
    assert (row.status, row.gift_minor) == ("paid", 1000)
    assert contributions.of_payment(payment_intent_id) == row
    assert Contribution.objects.count() == 1


def test_nothing_can_be_about_money_that_has_not_arrived(client, pay, deliver):
    pay(begin(client).stripe_url, payment_kind="sepa_debit", account=GOOD_ACCOUNT)
    deliver()
    row = Contribution.objects.get()
    assert row.status == "pending"
    for payment_intent_id in (row.stripe_payment_intent_id, ""):
        with pytest.raises(Foreign):
            contributions.of_payment(payment_intent_id)


@pytest.mark.case("F4")
def test_an_invoice_heard_of_before_its_subscription_is_the_first_of_it(invoice):
    row = contributions.record_invoice(invoice["id"])
    assert (row.kind, row.status, row.frequency) == ("first", "paid", "month")
    assert (row.gift_minor, row.cover_minor) == (1000, 41)
    assert row.stripe_invoice_id == invoice["id"]
    assert row.checkout.status == "paid"
    assert row.subscription.supporter == row.supporter
    assert contributions.record_invoice(invoice["id"]) == row


@pytest.mark.parametrize(
    ("facts", "known"), [({"status": "open"}, False), ({"amount_paid": 0}, False)]
)
def test_an_invoice_that_brought_nothing_records_nothing(invoice, facts, known):
    invoice |= facts
    assert contributions.record_invoice(invoice["id"]) is None
    assert not Contribution.objects.exists()


def test_a_cover_is_never_all_of_what_a_cycle_took(invoice):
    invoice["parent"]["subscription_details"]["metadata"]["keepopen_cover"] = "9999"
    row = contributions.record_invoice(invoice["id"])
    assert (row.gift_minor, row.cover_minor) == (1, 1040)


def test_a_cycle_of_which_no_cover_is_told_is_all_gift(invoice):
    del invoice["parent"]["subscription_details"]["metadata"]["keepopen_cover"]
    row = contributions.record_invoice(invoice["id"])
    assert (row.gift_minor, row.cover_minor) == (1041, 0)


def test_a_renewal_is_no_first_one_and_leaves_the_checkout_alone(client, pay, deliver, advance):
    row = subscribe(client, pay, deliver, cover_fee="1")
    finished = row.checkout.finished_at
    advance(days=32)
    renewal = row.contributions.get(kind="renewal")
    assert (renewal.checkout, renewal.gift_minor, renewal.cover_minor) == (None, 1000, 41)
    row.checkout.refresh_from_db()
    assert row.checkout.finished_at == finished


# --- what is known is not read again ------------------------------------------------------------


def test_a_contribution_of_which_all_is_known_is_not_read_again(
    client, pay, deliver, advance, silent
):
    row = give(client, pay, deliver, frequency="month")
    advance(seconds=120)
    silent()
    assert contributions.record_payment(row.stripe_payment_intent_id) == row
    assert contributions.record_invoice(row.stripe_invoice_id) == row
    assert contributions.settle_charge(row.stripe_charge_id) == row


def test_a_fee_told_later_is_booked_once(client, pay, deliver, advance, stripe_sandbox):
    row = give(client, pay, deliver)
    assert (row.status, row.fee_minor) == ("paid", None)
    assert not LedgerEntry.objects.filter(kind="fee").exists()
    advance(seconds=120)
    for _ in range(2):
        contributions.record_payment(row.stripe_payment_intent_id)
    row.refresh_from_db()
    told = charge_of(stripe_sandbox)["balance_transaction"]
    assert (row.fee_minor, row.stripe_balance_transaction_id) == (40, told)
    fee = LedgerEntry.objects.get(kind="fee")
    assert (fee.gross_minor, fee.fee_minor, fee.net_minor) == (0, 40, -40)
    assert fee.settles == LedgerEntry.objects.get(kind="gift")
    assert fee.stripe_charge_id == fee.settles.stripe_charge_id == row.stripe_charge_id
    assert Receipt.objects.count() == 1
    assert OutboxTask.objects.filter(name="receipt.render").count() == 1
    assert AuditEntry.objects.filter(action="contribution received").count() == 1


def test_a_contribution_whose_fee_is_not_known_is_read_again(client, pay, deliver, silent):
    row = give(client, pay, deliver)
    Contribution.objects.update(fee_minor=None)
    silent()
    with pytest.raises(Unavailable):
        contributions.record_payment(row.stripe_payment_intent_id)


# --- whose, and in which words ------------------------------------------------------------------


def test_a_name_and_an_address_that_the_bank_does_not_tell_are_those_of_the_form(
    client, pay, stripe_sandbox, deliver
):
    pay(begin(client, name="Nora of the form", email="Form@example.org").stripe_url)
    charge_of(stripe_sandbox)["billing_details"] |= {"email": None, "name": None}
    deliver()
    row = Contribution.objects.get()
    assert (row.name, row.email) == ("Nora of the form", "form@example.org")
    assert row.supporter.email == "form@example.org"


def test_the_name_and_address_that_the_bank_tells_come_first(client, pay, stripe_sandbox, deliver):
    pay(begin(client, name="Nora of the form", email="form@example.org").stripe_url)
    told = {"email": "Bank@example.org", "name": "Nora Of The Bank"}
    charge_of(stripe_sandbox)["billing_details"] |= told
    deliver()
    row = Contribution.objects.get()
    assert (row.name, row.email) == ("Nora Of The Bank", "bank@example.org")


def test_an_address_that_a_cycles_payment_does_not_tell_is_the_invoices(invoice, stripe_sandbox):
    charge_of(stripe_sandbox)["billing_details"] |= {"email": None, "name": None}
    row = contributions.record_invoice(invoice["id"])
    assert row.email == "nora@example.org"
    assert row.name == "Nora Reader"


def test_who_was_signed_in_gives_though_another_address_pays(client, pay, deliver, stripe_sandbox):
    from supporters.models import User

    nora = User.objects.create_user("nora@example.org")
    client.force_login(nora)
    pay(begin(client).stripe_url)
    charge_of(stripe_sandbox)["billing_details"]["email"] = "partner@example.org"
    deliver()
    row = Contribution.objects.get()
    assert (row.supporter, row.email) == (nora, "partner@example.org")


def test_a_sum_that_is_not_the_one_asked_for_is_all_gift(client, pay, stripe_sandbox, deliver):
    """Staff at Stripe's dashboard took less than the session said."""
    pay(begin(client, cover_fee="1").stripe_url)
    charge = charge_of(stripe_sandbox)
    intent = stripe_sandbox.store.objects[charge["payment_intent"]]
    intent |= {"amount": 900, "amount_received": 900}
    deliver()
    row = Contribution.objects.get()
    assert (row.gift_minor, row.cover_minor) == (900, 0)


# --- debits that fail ---------------------------------------------------------------------------


@pytest.mark.case("F35")
def test_a_debit_that_fails_is_noted_once_and_offers_no_refund(client, pay, deliver, advance):
    checkout = begin(client)
    pay(checkout.stripe_url, payment_kind="sepa_debit", account=FAILING_ACCOUNT)
    deliver()
    advance(days=5)
    row = Contribution.objects.get()
    assert row.status == "failed"
    assert AuditEntry.objects.filter(action="contribution failed").count() == 1
    with pytest.raises(refunds.RefundRefused) as refusal:
        refunds.refund(row, amount=row.charged, reason="", actor=None)
    assert refusal.value.code == "not_paid"


@pytest.mark.case("F35")
def test_a_debit_that_failed_before_anybody_heard_of_it_is_kept_as_failed(
    client, pay, stripe_sandbox
):
    from payments.gateway import calls

    checkout = begin(client)
    pay(checkout.stripe_url, payment_kind="sepa_debit", account=FAILING_ACCOUNT)
    stripe_sandbox.deliveries.deliver = lambda *_: 200
    stripe_sandbox.advance(5 * 86400)
    session = stripe_sandbox.store.objects[checkout.stripe_checkout_session_id]
    payment = calls.payment(session["payment_intent"])
    first = contributions.record_failure(checkout, payment)
    assert contributions.record_failure(checkout, payment) == first
    row = Contribution.objects.get()
    assert (row.status, row.gift_minor) == ("failed", 1000)
    assert not Receipt.objects.exists()
    assert AuditEntry.objects.filter(action="contribution failed").count() == 1
    checkout.refresh_from_db()
    assert (checkout.status, bool(checkout.finished_at)) == ("failed", True)
