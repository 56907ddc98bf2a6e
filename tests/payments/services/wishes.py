"""One wish of each kind about a subscription, with terms that make a difference."""

from payments.money import Money
from payments.services import subscriptions

WISHES = {
    "amount": lambda row: subscriptions.change_amount(row, gift=Money(2000, "eur"), actor=None),
    "cover": lambda row: subscriptions.cover_fee(row, actor=None),
    "frequency": lambda row: subscriptions.change_frequency(
        row, frequency="year", gift=Money(12000, "eur"), actor=None
    ),
    "day": lambda row: subscriptions.change_day(row, day=7, actor=None),
    "pause": lambda row: subscriptions.pause(row, charges=1, actor=None),
    "skip": lambda row: subscriptions.skip(row, actor=None),
    "resume": lambda row: subscriptions.resume(row, actor=None),
    "cancel": lambda row: subscriptions.cancel(row, reason="", actor=None),
    "cancel_now": lambda row: subscriptions.cancel_now(row, reason="", actor=None),
    "undo": lambda row: subscriptions.undo_cancel(row, actor=None),
}
