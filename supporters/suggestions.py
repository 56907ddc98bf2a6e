"""The amounts that the giving page and the appeal suggest, per currency and frequency."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from django.utils.translation import gettext as _

from payments.cover import cover_for
from payments.models import Frequency
from payments.money import LIMITS, Money

# Major units, the middle one is chosen at first. One row serves currencies of a similar size.
NEAR_EURO = {"once": (10, 25, 50, 100), "month": (5, 10, 15, 25), "year": (50, 80, 120, 200)}
SUGGESTED = dict.fromkeys(("eur", "gbp", "usd", "cad", "aud", "chf"), NEAR_EURO) | {
    "sek": {
        "once": (100, 250, 500, 1000),
        "month": (50, 100, 150, 250),
        "year": (500, 800, 1200, 2000),
    },
    "pln": {"once": (40, 100, 200, 400), "month": (20, 40, 60, 100), "year": (200, 300, 500, 800)},
    "jpy": {
        "once": (1500, 3000, 6000, 12000),
        "month": (500, 1000, 2000, 3000),
        "year": (6000, 10000, 15000, 25000),
    },
}
FIRST_CHOICE = 1
NOTHING_ELSE: Mapping[str, Sequence[int]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One tile: `value` as it is sent, `label` as it is read, `cover` the fee it would add."""

    value: str
    label: str
    cover: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class SuggestionSet:
    """The tiles of one frequency, and the words that go with it."""

    frequency: str
    label: str
    word: str
    chosen: bool
    own: bool
    amounts: tuple[Suggestion, ...]
    give: str
    promise: str


def currencies() -> list[str]:
    """The currencies that can be given in."""
    return sorted(LIMITS)


def suggestion_sets(
    currency: str,
    *,
    language: str,
    frequency: str,
    amount: Money | None,
    own: bool = False,
    offered: Mapping[str, Sequence[int]] = NOTHING_ELSE,
) -> list[SuggestionSet]:
    """The three sets with what was chosen; `own` where something was typed that is no tile.

    `offered` are an appeal's own sums in minor units, for the frequencies that it names.
    """
    sums = {
        name: [Money(minor, currency) for minor in offered[name]]
        if offered.get(name)
        else [Money.from_text(str(major), currency) for major in SUGGESTED[currency][name]]
        for name in Frequency.values
    }
    return [
        _set(name, sums[name], language=language, frequency=frequency, amount=amount, own=own)
        for name in Frequency.values
    ]


def _set(
    name: str,
    sums: list[Money],
    *,
    language: str,
    frequency: str,
    amount: Money | None,
    own: bool,
) -> SuggestionSet:
    mine = amount if name == frequency else None
    own = name == frequency and (own or (mine is not None and mine not in sums))
    first = sums[min(FIRST_CHOICE, len(sums) - 1)]
    chosen = None if own else (mine if mine in sums else first)
    shown = mine or chosen
    return SuggestionSet(
        frequency=name,
        label=_labels()[name],
        word=_words()[name],
        chosen=name == frequency,
        own=own,
        amounts=tuple(
            Suggestion(
                value=each.typed(),
                label=each.short(language),
                cover=cover_for(each).format(language),
                chosen=each == chosen,
            )
            for each in sums
        ),
        give=give_words(name, shown.short(language) if shown else ""),
        promise=_promises()[name],
    )


def give_words(frequency: str, amount: str) -> str:
    """What the button says: "Give €10 a month"."""
    if not amount:
        return _("Give")
    return {
        "once": _("Give %(amount)s"),
        "month": _("Give %(amount)s a month"),
        "year": _("Give %(amount)s a year"),
    }[frequency] % {"amount": amount}


def _labels() -> dict[str, str]:
    return {"once": _("Once"), "month": _("Monthly"), "year": _("Yearly")}


def _words() -> dict[str, str]:
    return {"once": "", "month": _("a month"), "year": _("a year")}


def _promises() -> dict[str, str]:
    return {
        "once": _("Taken once, today."),
        "month": _("Taken today and every month on this day, until you stop it."),
        "year": _("Taken today and every year on this day, until you stop it."),
    }
