"""What the contribute page shows around its form."""

import uuid
from typing import Any

from django.conf import settings
from django.utils.translation import get_language

from payments.money import LIMITS, AmountError, Money, babel_locale, exponent, symbol
from supporters.appeals.counts import supporters_counted
from supporters.forms.giving import GivingForm
from supporters.suggestions import currencies, suggestion_sets


def page_context(form: GivingForm) -> dict[str, Any]:
    """Tiles, words and figures for a form, bound or not."""
    language = get_language() or "en"
    currency = _value(form, "currency") if _value(form, "currency") in LIMITS else ""
    currency = currency or settings.DEFAULT_CURRENCY
    frequency = _value(form, "frequency")
    typed = _typed(form, frequency)
    amount = _money(typed, currency)
    rate, fixed = settings.FEE_ESTIMATE.get(currency, settings.FEE_ESTIMATE["default"])
    if not form.is_bound:
        form.initial.setdefault("form_token", uuid.uuid4())
        form.initial["currency"] = currency
    return {
        "form": form,
        "sets": suggestion_sets(
            currency,
            language=language,
            frequency=frequency,
            amount=amount,
            own=bool(typed) and amount is None,
        ),
        "currency": currency,
        "currencies": currencies(),
        "symbol": symbol(currency, language),
        "symbol_after": _symbol_comes_after(currency, language),
        "digits": exponent(currency),
        "fee": {
            "rate": rate,
            "fixed": fixed,
            "percent": f"{rate / 100:g}",
            "fixed_label": Money(fixed, currency).format(language),
        },
        **supporters_counted(),
    }


def _value(form: GivingForm, name: str) -> str:
    return str(form[name].value() or "")


def _typed(form: GivingForm, frequency: str) -> str:
    """What stands in the field, or the tile that was sent."""
    written = _value(form, "amount").strip()
    tile = form.data.get(f"choice_{frequency}", "") if form.is_bound else ""
    return written or ("" if tile == "own" else tile)


def _money(text: str, currency: str) -> Money | None:
    try:
        return Money.from_text(text, currency)
    except AmountError:
        return None


def _symbol_comes_after(currency: str, language: str) -> bool:
    shown = Money(100, currency).format(babel_locale(language))
    return not shown.startswith(symbol(currency, language))
