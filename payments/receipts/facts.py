"""What a receipt prints, frozen when its number is given, so that it reads the same for ever."""

from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from payments.money import Money

VERSION = 1
DATES = ("issued_on", "received_on")
# Fields that came after the first release: written only where they say something.
YOUNGER = ("note",)
LINES = ("newsroom_legal_lines", "newsroom_address")


class UnknownFacts(ValueError):
    """Stored facts that this release cannot read: another version, or fields it does not know."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptFacts:
    """One receipt, or with `refund_of` one refund note, as it stands on paper.

    Sums are minor units of `currency` (lower-case ISO 4217). `frequency` is once, month or year;
    `kind` is that of the contribution, of which the paper tells only renewals apart. `reference`
    is the contribution's public id. Dates are days in the newsroom's zone. `refund_of` is the
    number of the receipt whose money went back; the sums are then what was sent back. Of such a
    note, `note` tells why: refunded, returned (a bank took it) or restored (it came back).
    """

    number: str
    issued_on: date
    received_on: date
    amount_minor: int
    currency: str
    gift_minor: int
    cover_minor: int = 0
    frequency: str
    kind: str
    supporter_name: str
    supporter_email: str
    method: str
    reference: str
    newsroom_name: str
    newsroom_legal_lines: tuple[str, ...] = ()
    newsroom_address: tuple[str, ...] = ()
    period: str = ""
    dedication: str = ""
    refund_of: str = ""
    note: str = ""
    language: str = "en"

    def __post_init__(self) -> None:
        if self.frequency not in ("once", "month", "year"):
            raise ValueError(f"not a frequency: {self.frequency!r}")
        if self.gift_minor + self.cover_minor != self.amount_minor:
            raise ValueError("gift and cover do not add up to the amount")
        if self.gift_minor < 0 or self.cover_minor < 0 or not self.amount_minor:
            raise ValueError("a receipt is for a sum above zero")
        for name in LINES:
            object.__setattr__(self, name, tuple(getattr(self, name)))

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.currency)

    @property
    def gift(self) -> Money:
        return Money(self.gift_minor, self.currency)

    @property
    def cover(self) -> Money:
        return Money(self.cover_minor, self.currency)

    def to_json(self) -> dict[str, Any]:
        """Plain values for a JSON column, with the version that `from_json` reads."""
        plain = {each.name: getattr(self, each.name) for each in fields(self)}
        plain |= {name: plain[name].isoformat() for name in DATES}
        plain |= {name: list(plain[name]) for name in LINES}
        return {"v": VERSION, **{k: v for k, v in plain.items() if v or k not in YOUNGER}}

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> "ReceiptFacts":
        """The facts that `to_json` wrote. Raises UnknownFacts for any other shape."""
        if stored.get("v") != VERSION:
            raise UnknownFacts(f"facts of version {stored.get('v')!r}; this is {VERSION}")
        plain = {name: value for name, value in stored.items() if name != "v"}
        try:
            return cls(**plain | {name: date.fromisoformat(plain[name]) for name in DATES})
        except (TypeError, KeyError) as error:
            raise UnknownFacts(str(error)) from error
