"""The words of a recurring agreement, kept as they were read (PRODUCT S10)."""

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from payments.cover import cover_for
from payments.money import Money


def words(gift: Money, *, frequency: str, covered: bool) -> str:
    """What somebody agrees to by pressing the button; empty for a single gift."""
    sum_taken = gift + cover_for(gift) if covered else gift
    amount = sum_taken.format(get_language() or "en")
    return {
        "once": "",
        "month": _("I give %(gift)s every month until I stop it.") % {"gift": amount},
        "year": _("I give %(gift)s every year until I stop it.") % {"gift": amount},
    }[frequency]
