"""The days on which a subscription is charged: months counted from an anchor, as Stripe counts.

The anchor's day clamps and comes back: 31 January, 28 February, 31 March (FAILURES F56). Stripe
counts in UTC; a newsroom's day and its daylight saving are a matter of showing (F57).
"""

import calendar
from datetime import UTC, datetime, timedelta, tzinfo

MONTHS = {"month": 1, "year": 12}


def boundary(anchor: datetime, *, frequency: str, number: int) -> datetime:
    """The moment `number` periods after the anchor; negative numbers lie before it."""
    start = anchor.astimezone(UTC)
    years, month = divmod(start.month - 1 + number * MONTHS[frequency], 12)
    year = start.year + years
    day = min(start.day, calendar.monthrange(year, month + 1)[1])
    return start.replace(year=year, month=month + 1, day=day)


def first_from(anchor: datetime, *, frequency: str, moment: datetime) -> datetime:
    """The first boundary that is not before `moment`."""
    start, here = anchor.astimezone(UTC), moment.astimezone(UTC)
    gone = (here.year - start.year) * 12 + here.month - start.month
    number = gone // MONTHS[frequency] - 1
    while boundary(anchor, frequency=frequency, number=number) < moment:
        number += 1
    return boundary(anchor, frequency=frequency, number=number)


def after(anchor: datetime, *, frequency: str, moment: datetime, periods: int) -> datetime:
    """The boundary that many periods after the first one from `moment`."""
    start = first_from(anchor, frequency=frequency, moment=moment)
    # A boundary of a clamped month lies before its successor, so one second on is in between.
    for _ in range(periods):
        start = first_from(anchor, frequency=frequency, moment=start + timedelta(seconds=1))
    return start


def on_day(moment: datetime, *, day: int, zone: tzinfo) -> datetime:
    """The first such day of a month, in `zone`, that is not before the day of `moment`.

    The hour lies in the middle of the stretch that is this day in UTC and in `zone` alike: Stripe
    goes on counting in UTC, and no change of daylight saving moves it to another day. `day` is 28
    at most, so that every month has it.
    """
    local = moment.astimezone(zone)
    year, month = local.year, local.month
    if day < local.day:
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)
    noon = datetime(year, month, day, 12, tzinfo=UTC)
    ahead = noon.replace(tzinfo=zone).utcoffset() or timedelta()
    return noon - ahead / 2
