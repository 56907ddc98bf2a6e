"""Money: an integer of minor units and a currency, and the one table of limits per currency.

Minor units are Stripe's (https://docs.stripe.com/currencies): JPY has none, most currencies two,
BHD and its like three. No float comes near an amount; Decimal appears only at input and print.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from babel import Locale
from babel.numbers import NumberPattern, format_currency, get_currency_symbol, parse_pattern

ZERO_DECIMAL = frozenset(
    [
        "bif",
        "clp",
        "djf",
        "gnf",
        "jpy",
        "kmf",
        "krw",
        "mga",
        "pyg",
        "rwf",
        "vnd",
        "vuv",
        "xaf",
        "xof",
        "xpf",
    ],
)
THREE_DECIMAL = frozenset(["bhd", "jod", "kwd", "omr", "tnd"])
# Stripe charges these in steps: ISK and UGX have no cents but are sent times 100, and the last
# digit of a three-decimal currency stays 0.
STEPS = {"isk": 100, "ugx": 100} | dict.fromkeys(THREE_DECIMAL, 10)

GROUP_SPACES = re.compile(r"[\s\u00a0\u202f']")
PLAIN = re.compile(r"(?P<whole>[0-9]+)(?:[.,](?P<part>[0-9]*))?")
GROUPED = re.compile(r"[0-9]{1,3}(?:(?P<group>[.,])[0-9]{3})(?:(?P=group)[0-9]{3})*[.,][0-9]*")


class CurrencyMismatch(ValueError):
    """Two amounts in different currencies were added, subtracted or compared."""


class AmountError(ValueError):
    """A typed amount that cannot be used; `code` names why.

    Codes: empty, not_a_number, negative, too_many_decimals, too_small, too_large, currency.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Limits:
    """Smallest and largest single contribution in a currency, in minor units."""

    smallest: int
    largest: int


# The one limits table: the page, the API and the call to Stripe all read it. The floor is well
# above Stripe's own minimum (card testers favour tiny sums); the ceiling is far below Stripe's.
LIMITS: dict[str, Limits] = {
    "eur": Limits(100, 1_000_000),
    "gbp": Limits(100, 1_000_000),
    "usd": Limits(100, 1_000_000),
    "cad": Limits(100, 1_000_000),
    "aud": Limits(100, 1_000_000),
    "chf": Limits(100, 1_000_000),
    "sek": Limits(1_000, 10_000_000),
    "pln": Limits(500, 5_000_000),
    "jpy": Limits(100, 1_000_000),
}


def exponent(currency: str) -> int:
    """Digits after the decimal sign in Stripe's minor unit of a currency: 0, 2 or 3."""
    if currency in ZERO_DECIMAL:
        return 0
    return 3 if currency in THREE_DECIMAL else 2


@dataclass(frozen=True, slots=True)
class Money:
    """A sum: `minor` in the currency's minor unit, `currency` as lower-case ISO 4217."""

    minor: int
    currency: str

    def __post_init__(self) -> None:
        if type(self.minor) is not int:
            raise TypeError(f"minor units are an int, not {type(self.minor).__name__}")
        if not re.fullmatch(r"[a-z]{3}", self.currency):
            raise ValueError(f"not a lower-case ISO 4217 code: {self.currency!r}")

    def __add__(self, other: "Money") -> "Money":
        return Money(self.minor + self._same(other), self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.minor - self._same(other), self.currency)

    def __neg__(self) -> "Money":
        return Money(-self.minor, self.currency)

    def __lt__(self, other: "Money") -> bool:
        return self.minor < self._same(other)

    def __le__(self, other: "Money") -> bool:
        return self.minor <= self._same(other)

    def __gt__(self, other: "Money") -> bool:
        return self.minor > self._same(other)

    def __ge__(self, other: "Money") -> bool:
        return self.minor >= self._same(other)

    def __bool__(self) -> bool:
        return self.minor != 0

    def _same(self, other: "Money") -> int:
        if not isinstance(other, Money):
            raise TypeError(f"Money and {type(other).__name__} do not mix")
        if other.currency != self.currency:
            raise CurrencyMismatch(f"{self.currency} and {other.currency} do not mix")
        return other.minor

    def allocate(self, weights: Sequence[int]) -> list["Money"]:
        """Split by integer weights with the largest remainder; the parts sum to the whole."""
        total = sum(weights)
        if total <= 0 or min(weights) < 0:
            raise ValueError("weights are not negative and not all zero")
        sign = -1 if self.minor < 0 else 1
        parts = [divmod(abs(self.minor) * weight, total) for weight in weights]
        rest = abs(self.minor) - sum(whole for whole, _ in parts)
        by_remainder = sorted(range(len(parts)), key=lambda i: (-parts[i][1], i))
        extra = set(by_remainder[:rest])
        return [
            Money(sign * (whole + (i in extra)), self.currency)
            for i, (whole, _) in enumerate(parts)
        ]

    @property
    def decimal(self) -> Decimal:
        """The sum in major units, exactly: Money(1050, "eur") is Decimal("10.50")."""
        return Decimal(self.minor).scaleb(-exponent(self.currency))

    def plain(self) -> str:
        """Digits with a decimal point and nothing else, for files and form fields: `10.50`."""
        return f"{self.decimal:f}"

    def typed(self) -> str:
        """As a person would type it: `10` for a whole sum, else `10.50`."""
        whole = self.decimal == self.decimal.to_integral_value()
        return f"{self.decimal.to_integral_value():f}" if whole else self.plain()

    def format(self, locale: str = "en") -> str:
        """As a reader of `locale` expects it: `€10.50`, `10,50 €`; in all the minor unit's digits.

        CLDR would round to what is used in shops: no hundredths of a króna or a dinar.
        """
        return self._printed(locale, digits=exponent(self.currency))

    def short(self, locale: str = "en") -> str:
        """Like `format`, without the decimals of a whole sum: `€10`."""
        return self.format(locale) if "." in self.typed() else self._printed(locale, digits=0)

    def _printed(self, locale: str, *, digits: int) -> str:
        name = babel_locale(locale)
        return format_currency(
            self.decimal,
            self.currency.upper(),
            format=_pattern(name, digits),
            locale=name,
            currency_digits=False,
        )

    @classmethod
    def from_text(cls, text: str, currency: str) -> "Money":
        """Read an amount as a person types it: `10`, `10.50`, `10,50`, `1 000`, `1,000.50`.

        Raises AmountError. `1,000` alone could mean one or a thousand and is refused.
        """
        if currency not in LIMITS:
            raise AmountError("currency")
        read = cls.read(text, currency)
        if read.minor % STEPS.get(currency, 1):
            raise AmountError("too_many_decimals")
        return read

    @classmethod
    def read(cls, text: str, currency: str) -> "Money":
        """The same in any currency, also in one that nobody is asked to give in here."""
        return cls(_minor_from_text(text, exponent(currency)), currency)

    def within_limits(self) -> "Money":
        """Itself, or AmountError too_small, too_large or currency by the limits table."""
        limits = LIMITS.get(self.currency)
        if limits is None:
            raise AmountError("currency")
        if self.minor < limits.smallest:
            raise AmountError("too_small")
        if self.minor > limits.largest:
            raise AmountError("too_large")
        return self


def total(amounts: Iterable[Money], currency: str) -> Money:
    """The sum of amounts that must all be in `currency`."""
    return sum(amounts, start=Money(0, currency))


def symbol(currency: str, locale: str = "en") -> str:
    """The sign a reader of `locale` knows the currency by: `€`, `US$`."""
    return get_currency_symbol(currency.upper(), locale=babel_locale(locale))


def babel_locale(language: str) -> str:
    """Django's language code (`en-ie`) as Babel writes it (`en_IE`)."""
    base, _, region = language.replace("_", "-").partition("-")
    return f"{base}_{region.upper()}" if region else base


@cache
def _pattern(name: str, digits: int) -> NumberPattern:
    """How a locale writes sums, with so many decimals."""
    pattern = Locale.parse(name).currency_formats["standard"].pattern
    return parse_pattern(pattern.replace(".00", "." + "0" * digits if digits else ""))


def _minor_from_text(text: str, digits: int) -> int:
    cleaned = GROUP_SPACES.sub("", text)
    if not cleaned:
        raise AmountError("empty")
    if cleaned[0] in "-\u2212":
        raise AmountError("negative")
    if GROUPED.fullmatch(cleaned):
        cut = max(cleaned.rfind("."), cleaned.rfind(","))
        if cleaned[cut] in cleaned[:cut]:
            raise AmountError("not_a_number")
        cleaned = re.sub("[.,]", "", cleaned[:cut]) + "." + cleaned[cut + 1 :]
    match = PLAIN.fullmatch(cleaned)
    if not match or len(cleaned) > 16:
        raise AmountError("not_a_number")
    part = match["part"] or ""
    if len(part) > digits:
        raise AmountError("too_many_decimals")
    return int(match["whole"]) * 10**digits + int((part or "0").ljust(digits, "0"))
