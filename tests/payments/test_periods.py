"""The days of charges against an implementation of another kind, for every day of 2024 to 2036.

The model does not count months: it walks through the calendar and asks of each day whether a
subscription of that anchor is due on it. Held to it are our own arithmetic, which pages and
letters show, and the sandbox's, which makes the renewals.
"""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from payments import periods
from payments.sandbox import periods as sandbox_periods

FIRST, LAST = date(2024, 1, 1), date(2036, 12, 31)
DAY = timedelta(days=1)
ANCHOR_TIME = time(1, 30, tzinfo=UTC)


def days(start, end):
    return [start + DAY * number for number in range((end - start).days + 1)]


def is_last_of_its_month(day):
    return (day + DAY).day == 1


def due_each_month(day, anchor):
    """On the anchor's day, or on the last day of a month too short for it."""
    return day.day == anchor.day or (is_last_of_its_month(day) and day.day < anchor.day)


def due_each_year(day, anchor):
    return day.month == anchor.month and due_each_month(day, anchor)


DUE = {"month": due_each_month, "year": due_each_year}
# The walk is long, so it is cut into years of anchors that run beside one another.
YEARS = range(2024, 2037)


def moment(day):
    return datetime.combine(day, ANCHOR_TIME)


def walked(anchor, frequency, *, number):
    """The next so many days of charge, found day by day."""
    found, day = [], anchor
    while len(found) < number:
        day += DAY
        if DUE[frequency](day, anchor):
            found.append(day)
    return found


@pytest.mark.case("F56")
@pytest.mark.parametrize("year", YEARS)
@pytest.mark.parametrize(("frequency", "number"), [("month", 14), ("year", 2)])
def test_every_anchor_is_charged_on_the_days_of_the_model(year, frequency, number):
    for anchor in days(date(year, 1, 1), date(year, 12, 31)):
        expected = walked(anchor, frequency, number=number)
        start = moment(anchor)
        shown = [
            periods.boundary(start, frequency=frequency, number=place + 1).date()
            for place in range(number)
        ]
        assert shown == expected, anchor
        made, end = [], int(start.timestamp())
        for _ in range(number):
            end = sandbox_periods.period_end(end, anchor=int(start.timestamp()), interval=frequency)
            made.append(datetime.fromtimestamp(end, UTC).date())
        assert made == expected, anchor


@pytest.mark.case("F56")
@pytest.mark.parametrize("frequency", ["month", "year"])
@pytest.mark.parametrize(
    "anchor", [date(2024, 1, 29), date(2024, 1, 30), date(2024, 1, 31), date(2024, 2, 29)]
)
def test_the_next_charge_from_any_day_is_the_one_of_the_model(anchor, frequency):
    due = [day for day in days(anchor, LAST + 400 * DAY) if DUE[frequency](day, anchor)]
    for day in days(anchor, LAST):
        expected = next(each for each in due if each >= day)
        asked = datetime.combine(day, time(0), tzinfo=UTC)
        found = periods.first_from(moment(anchor), frequency=frequency, moment=asked)
        assert found == moment(expected), day
        if day == expected:
            exact = periods.first_from(moment(anchor), frequency=frequency, moment=found)
            assert exact == found
            after = periods.after(moment(anchor), frequency=frequency, moment=found, periods=1)
            assert after.date() == next(each for each in due if each > expected)


@pytest.mark.case("F56")
@pytest.mark.parametrize("day_of_month", [1, 15, 28])
def test_a_moved_day_is_the_first_such_day_that_is_not_earlier(day_of_month):
    zone = ZoneInfo("Europe/Berlin")
    for day in days(FIRST, LAST):
        asked = moment(day)
        local = asked.astimezone(zone).date()
        expected = next(each for each in days(local, local + 31 * DAY) if each.day == day_of_month)
        moved = periods.on_day(asked, day=day_of_month, zone=zone)
        assert moved.astimezone(zone).date() == expected
        assert moved.date() == expected


@pytest.mark.case("F57")
@pytest.mark.parametrize(
    "zone", ["Europe/Dublin", "America/New_York", "Pacific/Kiritimati", "Etc/GMT+12", "UTC"]
)
@pytest.mark.parametrize("day_of_month", [1, 28])
def test_a_chosen_day_stays_that_day_through_summer_and_winter_time(zone, day_of_month):
    """Stripe counts in UTC from the anchor, whatever the month in which the day was chosen."""
    here = ZoneInfo(zone)
    for month in range(1, 13):
        chosen = datetime(2026, month, 5, 2, 30, tzinfo=UTC)
        start = periods.on_day(chosen, day=day_of_month, zone=here)
        for number in range(156):
            charged = periods.boundary(start, frequency="month", number=number)
            assert charged.astimezone(here).day == day_of_month, charged


@pytest.mark.case("F57")
def test_a_charge_in_the_hour_that_does_not_exist_is_one_charge():
    """02:30 on 29 March 2026 is missing in Berlin, and is doubled on 25 October: UTC has both."""
    zone = ZoneInfo("Europe/Berlin")
    anchor = datetime(2026, 2, 28, 2, 30, tzinfo=zone).astimezone(UTC)
    charged = [periods.boundary(anchor, frequency="month", number=number) for number in range(12)]
    assert len(set(charged)) == 12
    assert [each.astimezone(zone).day for each in charged] == [28] * 12
