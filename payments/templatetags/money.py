"""Sums of money as a reader of the page's language expects them."""

from django import template
from django.utils.translation import get_language

from payments.money import Money

register = template.Library()


@register.filter
def money(amount: Money) -> str:
    """With its decimals: `€10.00`."""
    return amount.format(get_language() or "en")


@register.filter
def money_short(amount: Money) -> str:
    """Without the decimals of a whole sum: `€10`."""
    return amount.short(get_language() or "en")
