"""Billing periods: months counted from an anchor, so 31 January, 28 February, 31 March."""

import calendar
import datetime

UTC = datetime.UTC
FIXED = {"day": 86400, "week": 7 * 86400}
MONTHS = {"month": 1, "year": 12}


def moment(epoch):
    return datetime.datetime.fromtimestamp(epoch, UTC)


def plus_months(anchor, *, months):
    """`anchor` moved by whole months; a day the month lacks becomes its last."""
    start = moment(anchor)
    years, month = divmod(start.month - 1 + months, 12)
    year = start.year + years
    day = min(start.day, calendar.monthrange(year, month + 1)[1])
    return int(start.replace(year=year, month=month + 1, day=day).timestamp())


def period_end(start, *, anchor, interval, count=1):
    """The first anchored boundary after `start`."""
    if interval in FIXED:
        length = FIXED[interval] * count
        return anchor + ((start - anchor) // length + 1) * length
    return _monthly_end(start, anchor=anchor, step=MONTHS[interval] * count)


def _monthly_end(start, *, anchor, step):
    first, here = moment(anchor), moment(start)
    gone = (here.year - first.year) * 12 + here.month - first.month
    months = (gone // step - 1) * step
    while plus_months(anchor, months=months) <= start:
        months += step
    return plus_months(anchor, months=months)


def next_midnight(epoch):
    return epoch - epoch % 86400 + 86400
