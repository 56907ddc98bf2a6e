"""Month ends and leap days, day by day, against the sandbox's own way of counting."""

from datetime import UTC, datetime, timedelta

import pytest

from payments import periods
from payments.sandbox import periods as stripes

FIRST, LAST = datetime(2024, 1, 1, 12, tzinfo=UTC), datetime(2036, 12, 31, 12, tzinfo=UTC)


def every_day():
    moment = FIRST
    while moment <= LAST:
        yield moment
        moment += timedelta(days=1)


@pytest.mark.case("F56")
@pytest.mark.parametrize("frequency", ["month", "year"])
def test_every_day_of_thirteen_years_renews_on_stripes_days(frequency):
    for anchor in every_day():
        begin = int(anchor.timestamp())
        for number in (1, 2, 13):
            ours = periods.boundary(anchor, frequency=frequency, number=number)
            months = number * stripes.MONTHS[frequency]
            assert ours.timestamp() == stripes.plus_months(begin, months=months)


@pytest.mark.case("F56")
def test_the_last_day_of_january_comes_back_after_february():
    anchor = datetime(2027, 1, 31, 9, tzinfo=UTC)
    days = [periods.boundary(anchor, frequency="month", number=n).day for n in range(1, 5)]
    assert days == [28, 31, 30, 31]
    leap = datetime(2028, 2, 29, 9, tzinfo=UTC)
    years = [periods.boundary(leap, frequency="year", number=n) for n in (1, 4)]
    assert [(moment.month, moment.day) for moment in years] == [(2, 28), (2, 29)]


@pytest.mark.case("F56")
def test_the_next_period_from_any_day_is_the_one_that_stripe_begins():
    for anchor in (datetime(2024, 1, 31, 12, tzinfo=UTC), datetime(2024, 2, 29, 12, tzinfo=UTC)):
        begin = int(anchor.timestamp())
        for moment in every_day():
            here = max(moment, anchor) + timedelta(seconds=1)
            ours = periods.first_from(anchor, frequency="month", moment=here)
            start = int(here.timestamp()) - 1
            assert ours.timestamp() == stripes.period_end(start, anchor=begin, interval="month")
