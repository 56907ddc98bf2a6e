"""Wishes to the letter: which terms are possible, what is answered, and what asks nothing more."""

from datetime import timedelta
from functools import partial

import pytest

from payments import clock
from payments.gateway import changes as stripes_changes
from payments.models import Consent, Subscription, SubscriptionChange
from payments.money import AmountError, Money
from payments.services import subscriptions
from payments.services.changes import ChangeRefused
from tests.builders import subscribe
from tests.payments.services.wishes import WISHES

pytestmark = pytest.mark.django_db


@pytest.fixture
def monthly(client, pay, deliver):
    return subscribe(client, pay, deliver, amount="10")


def refused(wish):
    with pytest.raises(ChangeRefused) as refusal:
        wish()
    return refusal.value.code


# --- what is possible ---------------------------------------------------------------------------


def test_every_day_that_each_month_has_can_be_chosen(monthly):
    for day in (1, 28):
        at = subscriptions.moved_to(monthly, day=day)
        assert clock.local_date(at).day == day
        assert timedelta() <= at - monthly.next_charge_at < timedelta(days=32)


def test_one_to_twelve_charges_can_be_left_out(monthly):
    for charges in (1, 12):
        again = subscriptions.charge_after_pause(monthly, charges=charges)
        months = (again.year - monthly.next_charge_at.year) * 12 + again.month
        assert months - monthly.next_charge_at.month == charges
    for charges in (0, 13):
        wish = partial(subscriptions.charge_after_pause, monthly, charges=charges)
        assert refused(wish) == "months"


def test_of_one_whose_next_charge_nobody_knows_no_day_is_named(monthly):
    monthly.next_charge_at = None
    assert refused(lambda: subscriptions.moved_to(monthly, day=7)) == "day"
    assert refused(lambda: subscriptions.charge_after_pause(monthly, charges=1)) == "months"


def test_a_pause_ends_a_day_before_the_charge_that_is_taken_again(monthly):
    again = subscriptions.charge_after_pause(monthly, charges=3)
    paused = subscriptions.pause(monthly, charges=3, actor=None)
    assert paused.paused_until == again - timedelta(days=1)
    assert SubscriptionChange.objects.get().wanted["charges"] == 3


def test_another_frequency_is_the_other_of_two(monthly):
    for frequency in ("month", "week", "once"):
        wish = partial(subscriptions.change_frequency, monthly, frequency=frequency)
        assert refused(partial(wish, gift=Money(12000, "eur"), actor=None)) == "same"


def test_another_frequency_with_a_sum_outside_the_limits_is_refused(monthly):
    with pytest.raises(AmountError):
        subscriptions.change_frequency(monthly, frequency="year", gift=Money(1, "eur"), actor=None)


def test_one_that_is_overdue_is_paid_first(monthly, stripe_sandbox):
    stripe_sandbox.store.objects[monthly.stripe_subscription_id]["status"] = "past_due"
    for wish in ("frequency", "day", "pause", "skip"):
        assert refused(partial(WISHES[wish], monthly)) == "overdue"


def test_a_covered_fee_is_covered_in_the_other_frequency_too(client, pay, deliver):
    row = subscribe(client, pay, deliver, amount="10", cover_fee="1")
    yearly = WISHES["frequency"](row)
    assert yearly.gift == Money(12000, "eur")
    assert yearly.cover_minor > 41
    assert Subscription.objects.get(pk=row.pk).successor == yearly


def test_an_uncovered_fee_is_not_covered_in_the_other_frequency(monthly):
    assert WISHES["frequency"](monthly).cover_minor == 0


def test_the_words_of_a_switch_are_kept_with_what_begins(monthly):
    text = "I give €120.00 every year until I stop it."
    yearly = subscriptions.change_frequency(
        monthly, frequency="year", gift=Money(12000, "eur"), actor=None, consent_text=text
    )
    kept = Consent.objects.get(text=text)
    assert (kept.subscription, kept.frequency, kept.amount_minor) == (yearly, "year", 12000)


# --- what is answered, and what asks nothing more -----------------------------------------------


@pytest.mark.parametrize("wish", WISHES)
def test_each_wish_is_answered_with_the_agreement_as_it_stands(monthly, wish):
    row = WISHES[wish](monthly)
    assert isinstance(row, Subscription)
    assert (row.follows == monthly) if wish == "frequency" else (row == monthly)


def test_what_is_so_already_asks_nothing_of_stripe(monthly):
    assert subscriptions.resume(monthly, actor=None) == monthly
    assert subscriptions.undo_cancel(monthly, actor=None) == monthly
    assert subscriptions.leave_fee(monthly, actor=None) == monthly
    assert not SubscriptionChange.objects.exists()
    subscriptions.cancel(monthly, reason="", actor=None)
    assert subscriptions.cancel(monthly, reason="", actor=None) == monthly
    assert SubscriptionChange.objects.count() == 1


def test_a_second_pause_that_is_not_the_same_is_refused(monthly):
    subscriptions.pause(monthly, charges=2, actor=None)
    assert subscriptions.pause(monthly, charges=2, actor=None) == monthly
    assert refused(lambda: subscriptions.pause(monthly, charges=3, actor=None)) == "paused"
    assert refused(lambda: subscriptions.skip(monthly, actor=None)) == "paused"
    assert SubscriptionChange.objects.count() == 1


def test_one_paused_in_the_dashboard_is_not_paused_again_here(monthly):
    stripe = stripes_changes.api().subscriptions
    stripe.pause(monthly.stripe_subscription_id, {"type": "subscription"})
    assert refused(lambda: subscriptions.skip(monthly, actor=None)) == "paused"


def test_one_paused_in_the_dashboard_ends_at_once_when_it_is_stopped(monthly):
    stripe = stripes_changes.api().subscriptions
    stripe.pause(monthly.stripe_subscription_id, {"type": "subscription"})
    ended = subscriptions.cancel(monthly, reason="", actor=None)
    assert ended.status == "canceled"
    assert SubscriptionChange.objects.get().kind == "cancel_now"


def test_a_switch_that_has_charged_is_not_taken_back(monthly, stripe_sandbox):
    yearly = WISHES["frequency"](monthly)
    stripe_sandbox.store.objects[yearly.stripe_subscription_id]["status"] = "active"
    assert refused(lambda: subscriptions.undo_cancel(monthly, actor=None)) == "begun"
    assert SubscriptionChange.objects.latest("pk").note == "begun"
    yearly.refresh_from_db()
    assert yearly.running


def test_a_switch_whose_second_half_was_ended_elsewhere_is_taken_back_all_the_same(monthly):
    yearly = WISHES["frequency"](monthly)
    stripes_changes.end_now(yearly.stripe_subscription_id, key="by-staff")
    assert not subscriptions.undo_cancel(monthly, actor=None).ending


def test_where_another_frequency_cannot_begin_the_old_one_goes_on(monthly, stripe_sandbox):
    (card,) = stripe_sandbox.store.kinds["payment_method"]
    stripe_sandbox.store.objects[card]["customer"] = None
    refused(lambda: WISHES["frequency"](monthly))
    monthly.refresh_from_db()
    assert (monthly.ending, monthly.successor) == (False, None)
    assert SubscriptionChange.objects.get().status == "refused"
