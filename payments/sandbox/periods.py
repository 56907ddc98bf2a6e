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


def next_day_of_month(epoch, *, day_of_month, hour=0, minute=0, second=0, month=None):
    """The next such moment after `epoch`; a day the month lacks becomes its last."""
    first = moment(epoch).replace(
        day=1, hour=hour, minute=minute, second=second, month=month or moment(epoch).month
    )
    step = 12 if month else 1
    for months in (0, step, 2 * step):
        start = moment(plus_months(int(first.timestamp()), months=months))
        last = calendar.monthrange(start.year, start.month)[1]
        found = int(start.replace(day=min(day_of_month, last)).timestamp())
        if found > epoch:
            return found
    raise ValueError("There is no such day.")


def next_midnight(epoch):
    return epoch - epoch % 86400 + 86400
