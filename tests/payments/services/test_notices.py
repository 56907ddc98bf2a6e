"""Notices: to whom, how long ahead, and that each is given once."""

from datetime import timedelta

import pytest

from payments import clock
from payments.models import Notice, OutboxTask, Subscription
from payments.money import Money
from payments.services import notices, subscriptions
from tests.builders import subscribe

pytestmark = pytest.mark.django_db


@pytest.fixture
def yearly(client, pay, deliver):
    return subscribe(client, pay, deliver, frequency="year", amount="120")


@pytest.fixture
def monthly(client, pay, deliver):
    return subscribe(client, pay, deliver, amount="10")


def at(moment):
    """Let it be that moment here; Stripe's clock stands still."""
    clock.set_offset(round((clock.offset() + (moment - clock.now())).total_seconds()))


def letters():
    names = OutboxTask.objects.filter(name__in=["mail.renewal_near", "mail.card_ending",
                                                "mail.yearly_notice"])  # fmt: skip
    return sorted(names.values_list("name", flat=True))


# --- a yearly renewal ---------------------------------------------------------------------------


@pytest.mark.case("S10")
@pytest.mark.parametrize(("days", "given"), [(30.1, 0), (29.9, 1), (0.1, 1), (-0.1, 0)])
def test_a_yearly_renewal_is_announced_thirty_days_ahead(yearly, days, given):
    at(yearly.next_charge_at - timedelta(days=days))
    assert notices.due() == given
    assert letters() == ["mail.renewal_near"] * given
    assert notices.due() == 0


@pytest.mark.case("S10")
def test_what_stripe_announces_is_told_when_it_is_near_and_not_a_year_ahead(yearly):
    notices.upcoming(yearly.stripe_subscription_id)
    assert not letters()
    at(yearly.next_charge_at - timedelta(days=59))
    notices.upcoming(yearly.stripe_subscription_id)
    notices.upcoming(yearly.stripe_subscription_id)
    assert letters() == ["mail.renewal_near"]
    day = clock.local_date(yearly.next_charge_at)
    assert Notice.objects.get().about == day.isoformat()


def test_a_monthly_renewal_is_not_announced(monthly):
    at(monthly.next_charge_at - timedelta(days=2))
    notices.upcoming(monthly.stripe_subscription_id)
    assert notices.due() == 0
    assert not letters()


def test_the_first_charge_of_one_that_follows_is_not_announced(monthly):
    yearly = subscriptions.change_frequency(
        monthly, frequency="year", gift=Money(12000, "eur"), actor=None
    )
    at(yearly.next_charge_at - timedelta(days=2))
    notices.upcoming(yearly.stripe_subscription_id)
    assert notices.due() == 0
    assert not letters()


def test_a_renewal_moved_after_its_notice_is_announced_again_after_two_months_only(yearly):
    at(yearly.next_charge_at - timedelta(days=29))
    assert notices.due() == 1
    moved = yearly.next_charge_at + timedelta(days=20)
    Subscription.objects.update(next_charge_at=moved)
    at(moved - timedelta(days=5))
    assert notices.due() == 0
    moved = yearly.next_charge_at + timedelta(days=60)
    Subscription.objects.update(next_charge_at=moved)
    at(moved - timedelta(days=20))
    assert notices.due() == 1


def test_nothing_is_announced_of_one_that_ends_before(yearly):
    subscriptions.cancel(yearly, reason="", actor=None)
    at(yearly.next_charge_at - timedelta(days=10))
    assert notices.due() == 0


# --- a card that ends ---------------------------------------------------------------------------


def ends(subscription, months):
    """Let the card's last month lie so many months from the next charge's."""
    charge = clock.local_date(subscription.next_charge_at).replace(day=15)
    text = (charge + timedelta(days=30 * months)).isoformat()[:7]
    Subscription.objects.filter(pk=subscription.pk).update(card_expires=text)
    subscription.refresh_from_db()


@pytest.mark.parametrize(("months", "first"), [(-1, True), (0, False), (1, False)])
def test_a_card_is_good_until_its_last_month_is_over(monthly, months, first):
    ends(monthly, months)
    assert notices.card_ends_first(monthly) is first


def test_a_card_of_which_nobody_knows_the_end_is_not_said_to_end(monthly):
    monthly.card_expires = ""
    assert notices.card_ends_first(monthly) is False
    monthly.card_expires, monthly.next_charge_at = "2020-01", None
    assert notices.card_ends_first(monthly) is False


@pytest.mark.parametrize(("days", "given"), [(31, 0), (29, 1)])
def test_a_card_that_ends_first_is_told_thirty_days_before_the_charge(yearly, days, given):
    Subscription.objects.update(next_charge_at=clock.now() + timedelta(days=days))
    yearly.refresh_from_db()
    ends(yearly, -1)
    Notice.objects.create(subscription=yearly, kind="renewal", about="told", at=clock.now())
    assert notices.due() == given
    assert letters() == ["mail.card_ending"] * given
    assert notices.due() == 0


def test_a_card_that_lasts_is_not_told(yearly):
    at(yearly.next_charge_at - timedelta(days=20))
    ends(yearly, 0)
    assert notices.due() == 1
    assert letters() == ["mail.renewal_near"]


# --- the agreement, once a year -----------------------------------------------------------------


@pytest.mark.case("S10")
def test_a_monthly_agreement_is_recalled_in_its_month_and_not_before_a_year_is_near(monthly):
    began = clock.now().replace(year=2027, month=3, day=28)
    Subscription.objects.update(
        started_at=began, next_charge_at=began + timedelta(days=3650), card_expires=""
    )
    given = {}
    for year, month in [(2027, 3), (2028, 2), (2028, 3), (2028, 4), (2029, 3)]:
        at(began.replace(year=year, month=month, day=27))
        given[year, month] = notices.due()
    assert [moment for moment, count in given.items() if count] == [(2028, 3), (2029, 3)]
    assert letters() == ["mail.yearly_notice"] * 2


def test_a_yearly_agreement_is_recalled_by_its_renewal_alone(yearly):
    began = clock.now().replace(year=2027, month=3, day=1)
    Subscription.objects.update(started_at=began, next_charge_at=began + timedelta(days=3650))
    at(began.replace(year=2028, month=3, day=20))
    assert notices.due() == 0
