"""Every kind of difference of payouts, papers and subscriptions, seeded, found and repaired."""

from datetime import timedelta

import pytest

from payments import clock
from payments.models import Contribution, Payout, PayoutItem, Subscription
from payments.money import Money
from payments.services import subscriptions
from tests.builders import begin, give

pytestmark = pytest.mark.django_db


# --- Payouts ------------------------------------------------------------------------------------


@pytest.fixture
def quiet(client, pay, deliver, advance, stripe_sandbox):
    """One gift and its payout, no subscription that renews meanwhile."""
    gift = give(client, pay, deliver, amount="30")
    for _ in range(5):
        advance(days=1)
    return gift


def test_a_payout_nobody_told_us_of(client, pay, deliver, quiet, unseen, compare, mend):
    give(client, pay, deliver, amount="40")
    deliver()
    with unseen(days=6):
        pass
    assert compare() == {"missing_fee": 1, "missing_payout": 1}
    mend()
    assert compare() == {}


@pytest.mark.case("F55")
def test_a_payout_that_the_bank_sent_back_unseen(quiet, stripe_sandbox, unseen, compare, mend):
    payout = Payout.objects.get()
    with unseen(days=1):
        fail(stripe_sandbox, payout)
    # The money went out again the next day, which nobody told us either.
    assert compare() == {"missing_payout": 1, "payout_returned": 1, "payout_state": 1}
    mend()
    assert compare() == {}
    payout.refresh_from_db()
    assert (payout.status, payout.failure_code) == ("failed", "account_closed")


def fail(sandbox, payout):
    body = f'{{"payout": "{payout.stripe_payout_id}"}}'.encode()
    headers = {"Content-Type": "application/json", "Authorization": "Bearer sk_test_sandbox"}
    assert sandbox.handle("POST", "/sandbox/fail_payout", headers, body).status == 200


def test_a_payout_that_stands_otherwise(quiet, compare, mend):
    Payout.objects.update(status="in_transit")
    assert compare() == {"payout_state": 1}
    mend()
    assert compare() == {}


def test_a_payout_whose_content_is_not_whole(lived, compare, mend):
    PayoutItem.objects.filter(payout=Payout.objects.first()).first().delete()
    assert compare() == {"payout_content": 1}
    mend()
    assert compare() == {}


def test_a_payout_whose_content_was_never_read(quiet, advance, compare, mend):
    advance(days=3)
    PayoutItem.objects.all().delete()
    Payout.objects.update(itemised_at=None)
    assert compare() == {"payout_content": 1}
    mend()
    assert compare() == {}


# --- Papers -------------------------------------------------------------------------------------


def test_a_contribution_without_a_receipt(hidden_charge, book, compare, mend):
    book(hidden_charge, receipt=False)
    assert compare() == {"no_receipt": 1}
    mend()
    assert compare() == {}


def test_a_receipt_without_money(lived, compare):
    Contribution.objects.filter(pk=lived.pk).update(status="failed")
    assert compare() == {"receipt_alone": 1}


# --- Subscriptions ------------------------------------------------------------------------------


def test_a_subscription_that_will_end_and_nobody_told_us(agreement, stripe, unseen, compare, mend):
    with unseen():
        stripe.subscriptions.update(
            agreement.stripe_subscription_id, {"cancel_at_period_end": True}
        )
    assert compare() == {"subscription_state": 1}
    mend()
    assert compare() == {}


def test_a_subscription_of_another_amount(agreement, stripe, unseen, compare, mend):
    with unseen():
        price = {"currency": "eur", "product": "prod_keepopen", "unit_amount": 900,
                 "recurring": {"interval": "month"}}  # fmt: skip
        stripe.subscriptions.update(
            agreement.stripe_subscription_id,
            {
                "items": [{"id": agreement.stripe_item_id, "price_data": price}],
                "proration_behavior": "none",
            },
        )
    assert compare() == {"subscription_amount": 1}
    mend()
    assert compare() == {}
    agreement.refresh_from_db()
    assert agreement.amount_minor == 900


@pytest.mark.case("F43")
def test_a_subscription_that_ended_at_stripe_unseen(agreement, stripe, unseen, compare, mend):
    with unseen():
        stripe.subscriptions.cancel(agreement.stripe_subscription_id)
    assert compare() == {"subscription_ended": 1}
    mend()
    assert compare() == {}
    agreement.refresh_from_db()
    assert agreement.status == "canceled"


def test_a_subscription_that_only_stripe_knows(client, pay, lived, unseen, compare, mend):
    with unseen(days=1):
        pay(begin(client, frequency="month", amount="8").stripe_url)
    assert compare() == {"missing_charge": 1, "subscription_unknown": 1}
    mend()
    assert compare() == {}
    assert Subscription.objects.count() == 2


@pytest.mark.case("F43")
def test_a_subscription_that_stripe_does_not_know(agreement, compare, mend):
    Subscription.objects.create(
        supporter=agreement.supporter, status="active", frequency="month", currency="eur",
        amount_minor=500, started_at=agreement.started_at, seen_at=agreement.seen_at,
        anchor_at=agreement.anchor_at, stripe_subscription_id="sub_deleted",
        stripe_item_id="si_x", stripe_customer_id="cus_x",
    )  # fmt: skip
    assert compare() == {"subscription_gone": 1}
    mend()
    assert compare() == {}
    assert Subscription.objects.get(stripe_subscription_id="sub_deleted").status == "canceled"


@pytest.mark.case("F44")
@pytest.mark.case("F45")
def test_one_that_goes_on_beside_what_was_to_follow_it(agreement, stripe, compare, deliver):
    year = Money(12_000, "eur")
    subscriptions.change_frequency(agreement, frequency="year", gift=year, actor=None)
    deliver()
    assert compare() == {}
    first = agreement.stripe_subscription_id
    stripe.subscriptions.update(first, {"cancel_at_period_end": False})
    deliver()
    assert compare() == {"subscription_twice": 1}
    stripe.subscriptions.cancel(first)
    deliver()
    assert compare() == {}


def test_a_renewal_that_was_due_and_not_made(agreement, compare, mend):
    Subscription.objects.update(next_charge_at=clock.now() - timedelta(days=5))
    assert compare() == {"renewal_missed": 1}
    mend()
    assert compare() == {}
