"""Money as an integer and a currency: nothing is lost in sharing, printing or reading it."""

import operator
import re
from dataclasses import FrozenInstanceError
from decimal import Decimal

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from payments import cover
from payments.money import (
    LIMITS,
    STEPS,
    THREE_DECIMAL,
    ZERO_DECIMAL,
    AmountError,
    CurrencyMismatch,
    Money,
    babel_locale,
    exponent,
    symbol,
    total,
)

LOCALES = [code for code, _ in settings.LANGUAGES]
CURRENCIES = sorted(ZERO_DECIMAL | THREE_DECIMAL | set(LIMITS) | set(STEPS))
minors = st.integers(-(10**12), 10**12)
currencies = st.sampled_from(CURRENCIES)
moneys = st.builds(Money, minors, currencies)
weights = st.lists(st.integers(0, 10**6), min_size=1, max_size=12).filter(any)


@pytest.mark.case("F47")
@given(moneys, weights)
def test_shares_sum_to_the_whole_and_are_fair_to_a_minor_unit(money, weights):
    parts = money.allocate(weights)
    assert total(parts, money.currency) == money
    for part, weight in zip(parts, weights, strict=True):
        fair = Decimal(money.minor) * weight / sum(weights)
        assert abs(part.minor - fair) < 1
        assert weight or not part


@pytest.mark.case("F47")
def test_what_is_left_over_goes_to_the_largest_remainders_first():
    parts = Money(100, "eur").allocate([1, 1, 1])
    assert [part.minor for part in parts] == [34, 33, 33]
    assert [part.minor for part in Money(-5, "eur").allocate([3, 7])] == [-2, -3]
    assert [part.minor for part in Money(10, "eur").allocate([1, 4, 4])] == [1, 5, 4]


@pytest.mark.case("F47")
@pytest.mark.parametrize("weights", [[], [0], [0, 0], [1, -1], [2, -1]])
def test_shares_of_nothing_or_less_are_refused(weights):
    with pytest.raises(ValueError, match="weights"):
        Money(100, "eur").allocate(weights)


@pytest.mark.case("F48")
@given(minors.map(abs), st.sampled_from(sorted(LIMITS)))
def test_what_is_printed_plainly_is_read_back(minor, currency):
    money = Money(minor % 10**9, currency)
    assert Money.from_text(money.plain(), currency) == money
    assert Money.from_text(money.typed(), currency) == money


@pytest.mark.case("F48")
@pytest.mark.parametrize("locale", LOCALES)
@given(minor=st.integers(1, 10**8), currency=st.sampled_from(sorted(set(LIMITS) - {"jpy"})))
def test_what_a_page_prints_is_read_back_in_every_language(locale, minor, currency):
    money = Money(minor, currency)
    digits = re.sub(r"[^0-9.,\s\u00a0\u202f]", "", money.format(locale)).strip()
    assert Money.from_text(digits, currency) == money


@pytest.mark.case("F48")
@pytest.mark.parametrize("currency", [*CURRENCIES, "huf", "twd", "rsd", "cop", "dkk", "inr"])
def test_every_currency_prints_as_many_digits_as_stripe_counts(currency):
    digits = 0 if currency in ZERO_DECIMAL else 3 if currency in THREE_DECIMAL else 2
    assert exponent(currency) == digits
    assert Money(123456, currency).plain() == f"{Decimal(123456).scaleb(-digits):f}"
    assert Money(123456, currency).decimal * 10**digits == 123456
    for locale in LOCALES:
        for minor in (123456, 100000, 1, -123456):
            money = Money(minor, currency)
            assert read_from_a_page(money.format(locale), currency) == money, locale


def read_from_a_page(printed, currency):
    """By the digits alone; as many stand behind the last sign as the currency counts."""
    digits = exponent(currency)
    kept = re.sub(r"[^0-9.,]", "", printed)
    assert not digits or len(re.split(r"[.,]", kept)[-1]) == digits, printed
    number = int(re.sub(r"[.,]", "", kept))
    return Money(-number if re.search("[-\u2212]", printed) else number, currency)


@pytest.mark.case("F48")
@pytest.mark.parametrize(
    ("minor", "currency", "printed"),
    [(1050, "isk", "ISK10.50"), (1050, "rsd", "RSD10.50"), (1050, "huf", "HUF10.50")],
)
def test_no_hundredth_is_rounded_away_where_shops_have_none(minor, currency, printed):
    assert Money(minor, currency).format("en").replace("\u00a0", "") == printed


def test_sums_are_printed_as_readers_expect_them():
    assert Money(1050, "eur").format("en") == "€10.50"
    assert Money(1050, "eur").format("de") == "10,50\u00a0€"
    assert Money(1000, "eur").short("en") == "€10"
    assert Money(1050, "eur").short("en") == "€10.50"
    assert Money(1000, "jpy").short("en") == "¥1,000"
    assert Money(1000, "eur").typed() == "10"
    assert Money(1001, "eur").typed() == "10.01"
    assert symbol("usd", "en") == "$"
    assert symbol("eur", "de") == "€"
    assert babel_locale("en-ie") == "en_IE"
    assert babel_locale("de") == "de"


@given(minors, minors, currencies)
def test_adding_and_comparing_are_those_of_the_integers(a, b, currency):
    one, other = Money(a, currency), Money(b, currency)
    assert (one + other).minor == a + b
    assert (one - other).minor == a - b
    assert (-one).minor == -a
    assert bool(one) == bool(a)
    for compare in (operator.lt, operator.le, operator.gt, operator.ge, operator.eq):
        assert compare(one, other) == compare(a, b)


@pytest.mark.parametrize(
    "mix", [operator.add, operator.sub, operator.lt, operator.le, operator.gt, operator.ge]
)
def test_two_currencies_never_mix(mix):
    with pytest.raises(CurrencyMismatch):
        mix(Money(1, "eur"), Money(1, "usd"))
    with pytest.raises(TypeError):
        mix(Money(1, "eur"), 1)


@pytest.mark.parametrize("minor", [1.0, "1", True, None, Decimal(1)])
def test_only_whole_numbers_are_minor_units(minor):
    with pytest.raises(TypeError):
        Money(minor, "eur")


@pytest.mark.parametrize("currency", ["EUR", "eu", "euro", "", "e1r", "eur "])
def test_a_currency_is_three_small_letters(currency):
    with pytest.raises(ValueError, match="4217"):
        Money(1, currency)


@pytest.mark.parametrize(
    ("text", "minor"),
    [
        ("10", 1000),
        ("10.5", 1050),
        ("10,50", 1050),
        ("10.", 1000),
        (" 1 000 ", 100000),
        ("1,000.50", 100050),
        ("1.000,50", 100050),
        ("1'000.50", 100050),
        ("1,234,567.89", 123456789),
        ("0.05", 5),
    ],
)
def test_amounts_are_read_as_people_type_them(text, minor):
    assert Money.from_text(text, "eur") == Money(minor, "eur")


@pytest.mark.case("F40")
@pytest.mark.parametrize(
    ("text", "currency", "code"),
    [
        ("", "eur", "empty"),
        ("  ", "eur", "empty"),
        ("-3", "eur", "negative"),
        ("\u22123", "eur", "negative"),
        ("10.505", "eur", "too_many_decimals"),
        ("1,000", "eur", "too_many_decimals"),
        ("1.5", "jpy", "too_many_decimals"),
        ("1,000,50.5", "eur", "not_a_number"),
        ("1.000.000.50", "eur", "not_a_number"),
        ("ten", "eur", "not_a_number"),
        ("1e3", "eur", "not_a_number"),
        ("9" * 17, "eur", "not_a_number"),
        ("10", "xxx", "currency"),
    ],
)
def test_what_could_mean_two_things_or_none_is_refused(text, currency, code):
    with pytest.raises(AmountError) as refusal:
        Money.from_text(text, currency)
    assert refusal.value.code == code


def test_a_refused_amount_says_why_in_its_text_too():
    with pytest.raises(AmountError) as refused:
        Money.from_text("ten", "eur")
    assert (refused.value.code, str(refused.value)) == ("not_a_number", "not_a_number")


def test_sixteen_digits_are_still_read():
    assert Money.from_text("9" * 16, "jpy").minor == int("9" * 16)


@pytest.mark.parametrize("currency", sorted(LIMITS))
def test_the_limits_themselves_are_within(currency):
    limits = LIMITS[currency]
    for minor in (limits.smallest, limits.largest):
        assert Money(minor, currency).within_limits().minor == minor
    for minor, code in ((limits.smallest - 1, "too_small"), (limits.largest + 1, "too_large")):
        with pytest.raises(AmountError) as refusal:
            Money(minor, currency).within_limits()
        assert refusal.value.code == code


def test_the_currencies_that_stripe_charges_in_steps():
    """https://docs.stripe.com/currencies, "Special cases"."""
    assert {code: STEPS[code] for code in ("isk", "ugx", "bhd")} == {
        "isk": 100,
        "ugx": 100,
        "bhd": 10,
    }


def test_the_limits_are_those_that_the_newsroom_was_promised():
    printed = {
        code: (
            Money(limits.smallest, code).format("en"),
            Money(limits.largest, code).format("en"),
        )
        for code, limits in LIMITS.items()
    }
    assert printed == {
        "eur": ("€1.00", "€10,000.00"),
        "gbp": ("£1.00", "£10,000.00"),
        "usd": ("$1.00", "$10,000.00"),
        "cad": ("CA$1.00", "CA$10,000.00"),
        "aud": ("A$1.00", "A$10,000.00"),
        "chf": ("CHF1.00", "CHF10,000.00"),
        "sek": ("SEK10.00", "SEK100,000.00"),
        "pln": ("PLN5.00", "PLN50,000.00"),
        "jpy": ("¥100", "¥1,000,000"),
    }


def test_a_currency_without_limits_is_refused():
    with pytest.raises(AmountError) as refusal:
        Money(1000, "xxx").within_limits()
    assert refusal.value.code == "currency"


@pytest.mark.case("F49")
@given(
    gift=st.integers(1, 10**7),
    rate=st.integers(0, 2_000),
    fixed=st.integers(0, 500),
    currency=st.sampled_from(["eur", "jpy", "isk", "kwd"]),
)
def test_a_covered_fee_leaves_the_gift_whole_and_adds_no_more_than_needed(
    gift, rate, fixed, currency
):
    step = STEPS.get(currency, 1)
    gift = Money(gift * step, currency)
    table, settings.FEE_ESTIMATE = settings.FEE_ESTIMATE, {"default": (rate, fixed)}
    try:
        added = cover.cover_for(gift)
        charged = gift + added
        kept = charged - cover.expected_fee(charged)
        less = Money(charged.minor - step, currency)
        assert kept >= gift
        assert charged.minor % step == 0
        assert not added or less - cover.expected_fee(less) < gift
    finally:
        settings.FEE_ESTIMATE = table


def test_a_sum_and_a_limit_never_change_and_take_no_other_facts():
    for fixed, name in ((Money(1000, "eur"), "minor"), (LIMITS["eur"], "smallest")):
        with pytest.raises(FrozenInstanceError):
            setattr(fixed, name, 1)
        assert not hasattr(fixed, "__dict__")
    assert {Money(1000, "eur"): 1}[Money(1000, "eur")] == 1


def test_one_share_is_the_whole_and_a_weight_of_nothing_gets_nothing():
    assert Money(100, "eur").allocate([1]) == [Money(100, "eur")]
    assert Money(100, "eur").allocate([0, 1]) == [Money(0, "eur"), Money(100, "eur")]
