"""What a person is told about an amount that cannot be used."""

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from payments.money import LIMITS, AmountError, Money


def sentence(error: AmountError, currency: str, locale: str | None = None) -> str:
    """One sentence that says what to do; the limits stand in it where they matter."""
    language = locale or get_language() or "en"
    if error.code == "currency" or currency not in LIMITS:
        return _("We do not take this currency. Please choose one from the list.")
    limits = LIMITS[currency]
    least = Money(limits.smallest, currency).short(language)
    most = Money(limits.largest, currency).short(language)
    return {
        "empty": _("Please choose an amount or write your own."),
        "negative": _("Please write an amount above zero."),
        "too_many_decimals": _("Please write the amount without thousands signs: 1000 or 10.50."),
        "too_small": _("The smallest amount we can take is %(least)s.") % {"least": least},
        "too_large": _("The largest amount we take here is %(most)s. For more, please write to us.")
        % {"most": most},
    }.get(error.code, _("Please write the amount in digits, for example 10 or 10.50."))
