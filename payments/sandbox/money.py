"""Smallest and largest amounts Stripe takes, per currency, in minor units."""

from payments.sandbox import errors

SMALLEST = {
    "usd": 50, "aud": 50, "brl": 50, "cad": 50, "chf": 50, "eur": 50, "inr": 50, "nzd": 50,
    "sgd": 50, "ars": 50, "cop": 50, "idr": 50, "ils": 50, "php": 50, "rub": 50, "zar": 50,
    "jpy": 50, "krw": 50, "gbp": 30, "aed": 200, "myr": 200, "pln": 200, "ron": 200, "dkk": 250,
    "nok": 300, "sek": 300, "hkd": 400, "mxn": 1000, "thb": 1000, "czk": 1500, "huf": 17500,
}  # fmt: skip
LARGEST = 99_999_999


def check_amount(amount, *, currency, param):
    if not isinstance(amount, int) or amount < 0:
        raise errors.invalid(
            "This value must be greater than or equal to 0.",
            param=param,
            code="parameter_invalid_integer",
        )
    if amount < SMALLEST.get(currency, 50):
        raise errors.invalid(
            "Amount must convert to at least the minimum charge amount.",
            param=param,
            code="amount_too_small",
        )
    if amount > LARGEST:
        raise errors.invalid("Amount is too large.", param=param, code="amount_too_large")


def check_currency(currency, *, param="currency"):
    if len(currency) != 3 or not currency.isalpha():
        raise errors.invalid(f"Invalid currency: {currency.lower()}.", param=param)
