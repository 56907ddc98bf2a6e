"""The offer to cover the fee: what to add so that the newsroom keeps the whole gift.

An estimate from FEE_ESTIMATE, used for the offer alone. Booked fees are Stripe's own.
"""

from django.conf import settings

from payments.money import STEPS, Money


def expected_fee(charged: Money) -> Money:
    """What taking `charged` is expected to cost: rate rounded half up, plus the fixed part."""
    rate, fixed = settings.FEE_ESTIMATE.get(charged.currency, settings.FEE_ESTIMATE["default"])
    return Money((charged.minor * rate + 5_000) // 10_000 + fixed, charged.currency)


def cover_for(gift: Money) -> Money:
    """The smallest addition that leaves the newsroom at least the gift after the fee."""
    rate, fixed = settings.FEE_ESTIMATE.get(gift.currency, settings.FEE_ESTIMATE["default"])
    step = STEPS.get(gift.currency, 1)
    charged = max(gift.minor, (gift.minor + fixed) * 10_000 // (10_000 - rate) - 1)
    while charged % step or _kept(charged, gift.currency) < gift.minor:
        charged += 1
    return Money(charged - gift.minor, gift.currency)


def _kept(charged: int, currency: str) -> int:
    return charged - expected_fee(Money(charged, currency)).minor
