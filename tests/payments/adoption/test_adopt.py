"""An account with a life before us is taken over: whole, once, without a letter."""

from io import StringIO

import pytest
from django.core import mail
from django.core.management import CommandError, call_command

from payments import clock
from payments.models import (
    Contribution,
    Difference,
    LedgerEntry,
    LedgerLine,
    OutboxTask,
    Payout,
    ReadingPlace,
    Receipt,
    Reconciliation,
    Refund,
    StagedCharge,
    Subscription,
)
from payments.reconcile import run
from payments.services import contributions
from supporters.models import User
from tests.sandbox_client import client_for

pytestmark = pytest.mark.django_db
BACK = {"return_url": "https://shop.example.org"}


@pytest.fixture
def stripe(stripe_sandbox):
    return client_for(stripe_sandbox).v1


@pytest.fixture
def account(stripe, stripe_sandbox):
    """Two members, three single payments (one refunded), a bookshop's subscriber and a fee."""
    stripe.products.create({"id": "prod_members", "name": "Membership"})
    stripe.products.create({"id": "prod_books", "name": "Book club"})
    for email, product, amount in (
        ("ada@example.org", "prod_members", 900),
        ("ADA@example.org", "prod_members", 500),
        ("bo@example.org", "prod_books", 2000),
    ):
        agree(stripe, email, product, amount)
    for amount, kind in ((4000, "gift"), (2500, "gift"), (1300, "ticket")):
        pay_once(stripe, amount, kind)
    stripe_sandbox.advance(300)
    refunded = stripe.charges.list({"limit": 1}).data[0]
    stripe.refunds.create({"payment_intent": refunded.payment_intent, "amount": 300})
    stripe_sandbox.advance(40 * 86400)
    clock.set_offset(40 * 86400 + 300)
    return stripe_sandbox


def agree(stripe, email, product, amount):
    customer = stripe.customers.create({"email": email, "name": email.split("@")[0].title()})
    method = stripe.payment_methods.attach("pm_card_visa", {"customer": customer.id})
    price = {"currency": "eur", "product": product, "unit_amount": amount,
             "recurring": {"interval": "month"}}  # fmt: skip
    stripe.subscriptions.create(
        {
            "customer": customer.id,
            "default_payment_method": method.id,
            "items": [{"price_data": price}],
        }
    )


def pay_once(stripe, amount, kind):
    stripe.payment_intents.create(
        {
            "amount": amount,
            "currency": "eur",
            "confirm": True,
            "payment_method": "pm_card_visa",
            "metadata": {"kind": kind},
            **BACK,
        }
    )


@pytest.fixture
def adopt(account):
    def call(*, gifts="kind=gift", products=("prod_members",), **options):
        out = StringIO()
        call_command("adopt_stripe", stdout=out, gifts=gifts, product=list(products), **options)
        return out.getvalue()

    return call


def everything():
    """All that an adoption may make."""
    models = (User, Contribution, Subscription, LedgerEntry, Refund, Payout, Difference)
    return [model.objects.count() for model in models]


def test_what_is_ours_is_taken_over_and_the_rest_is_parked_with_its_reason(adopt):
    said = adopt()
    kinds = sorted(Contribution.objects.values_list("kind", "gift_minor"))
    assert kinds == [
        ("first", 500), ("first", 900), ("gift", 2500), ("gift", 4000),
        ("renewal", 500), ("renewal", 900),
    ]  # fmt: skip
    parked = dict(
        StagedCharge.objects.filter(outcome="foreign").values_list("reason", "amount_minor")
    )
    assert parked == {
        "an invoice of a subscription that is not taken over": 2000,
        "a single payment without kind=gift": 1300,
    }
    assert "parked: 1, a single payment without kind=gift" in said
    assert "eur: Stripe lists 9" in said
    assert "is NOT" not in said


def test_the_control_total_ties_and_so_do_the_books_afterwards(adopt):
    adopt()
    assert sum(LedgerLine.objects.values_list("amount_minor", flat=True)) == 0
    run.run_now()
    assert not Difference.objects.filter(status="open").exists(), list(
        Difference.objects.filter(status="open").values_list("kind", "subject", "ours", "theirs")
    )
    last = Reconciliation.objects.get()
    assert last.ties
    assert last.explained == Difference.objects.filter(kind="foreign").count() > 0


def test_nobody_gets_a_letter_and_no_receipt_is_numbered(adopt):
    adopt()
    assert (Receipt.objects.count(), OutboxTask.objects.count(), len(mail.outbox)) == (0, 0, 0)


def test_a_dry_run_says_the_same_and_makes_nothing(adopt):
    before = everything()
    rehearsed = adopt(dry_run=True)
    assert everything() == before
    assert "to be taken over 6" in rehearsed
    done = adopt()
    assert "taken over 6" in done
    assert "is NOT" not in rehearsed + done


def test_a_second_call_changes_nothing_and_reads_nothing_again(adopt, account):
    adopt()
    before = everything()
    account.faults.add({"path": "/v1/charges", "kind": "500", "times": 99})
    account.faults.add({"path": "/v1/balance_transactions", "kind": "500", "times": 99})
    account.faults.add({"path": "/v1/subscriptions", "kind": "500", "times": 99})
    adopt()
    assert everything() == before


@pytest.mark.parametrize(
    "path",
    [
        "/v1/balance_transactions",
        "/v1/charges",
        "/v1/invoice_payments",
        "/v1/subscriptions",
        "/v1/refunds",
        "/v1/disputes",
        "/v1/payouts",
    ],
)
@pytest.mark.case("F31")
def test_broken_off_anywhere_it_goes_on_and_ends_the_same(adopt, account, path, settings):
    account.faults.add({"path": path, "kind": "429", "times": 6})
    with pytest.raises(CommandError, match="call this again"):
        adopt()
    adopt()
    assert Contribution.objects.count() == 6
    run.run_now()
    assert Reconciliation.objects.get().ties


def test_more_may_be_taken_over_later_without_reading_again(adopt):
    adopt(gifts="none")
    assert Contribution.objects.filter(kind="gift").count() == 0
    adopt(gifts="all")
    assert Contribution.objects.filter(kind="gift").count() == 3
    run.run_now()
    assert Reconciliation.objects.get().ties


def test_one_person_with_two_records_at_stripe_is_one_supporter_and_named(adopt):
    said = adopt()
    assert User.objects.filter(email="ada@example.org").count() == 1
    assert "doubles: 1 customers sharing an address" in said
    assert "doubles: 1 paying twice" in said


def test_names_and_addresses_do_not_stay_in_what_was_read(adopt):
    adopt()
    adopted = StagedCharge.objects.filter(outcome="adopted")
    assert set(adopted.values_list("email", "name")) == {("", "")}
    assert "9 rows dropped" in adopt(forget=True)
    assert not StagedCharge.objects.exists()


def test_a_renewal_after_the_adoption_is_an_ordinary_contribution(adopt, account, deliver, advance):
    adopt()
    advance(days=31)
    fresh = Contribution.objects.filter(adopted_at=None)
    assert sorted(fresh.values_list("kind", "gift_minor")) == [("renewal", 500), ("renewal", 900)]
    assert Receipt.objects.count() == 2
    run.run_now()
    still_open = Difference.objects.filter(status="open").values_list("kind", flat=True)
    assert set(still_open) == {"foreign"}  # The book club's renewal.


def test_what_we_recorded_ourselves_before_is_known_and_not_taken_twice(adopt, account):
    adopt(gifts="none")
    known = Contribution.objects.filter(kind="renewal").first()
    StagedCharge.objects.filter(stripe_charge_id=known.stripe_charge_id).update(outcome="staged")
    said = adopt(gifts="none")
    assert "in the books before 1" in said
    assert contributions.record_payment(known.stripe_payment_intent_id) == known


@pytest.mark.parametrize("gifts", ["some", "", "kind"])
def test_an_unknown_choice_of_gifts_is_refused(adopt, gifts):
    with pytest.raises(CommandError, match="KEY=VALUE"):
        adopt(gifts=gifts)
    assert not ReadingPlace.objects.exists()
