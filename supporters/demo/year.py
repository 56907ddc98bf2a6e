"""The plan of a year: who gives what and when, and what becomes of it. Pure; one seed, one year."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Any

from supporters.demo import newspaper
from supporters.demo.names import FAMILY, GIVEN, MESSAGES

DAY = 86_400
DAYS = 365
# What happens on the last day must have been settled by Stripe when the year is over.
LAST_MOMENT = DAYS * DAY - DAY // 4
PER_SCALE = {"month": 152, "year": 22, "once": 60}
WEIGHTS = {
    "month": {500: 4, 750: 1, 1000: 7, 1200: 1, 1500: 3, 2000: 1, 2500: 2, 5000: 1},
    "year": {5000: 2, 8000: 3, 10000: 2, 12000: 3, 20000: 1},
    "once": {500: 1, 1000: 3, 2000: 1, 2500: 4, 3500: 1, 5000: 3, 10000: 2, 25000: 1},
}
CURRENCIES = {"eur": 60, "gbp": 22, "usd": 18}
LANGUAGES = {
    "eur": {"en": 8, "de": 2, "fr": 2, "es": 1, "ga": 1},
    "gbp": {"en": 1},
    "usd": {"en": 1},
}

GOOD, AMERICAN, MASTER = "4242424242424242", "378282246310005", "5555555555554444"
DISPUTED, INQUIRED, WARNED = "4000000000000259", "4000000000001976", "4000000000005423"
REFUND_FAILS, ACCOUNT_RETURNED = "4000000000005126", "DE35370400440532013002"
ASKS_BANK, FAILS_LATER, DECLINED = "4000002500003155", "4000000000000341", "4000000000009995"


@dataclass(frozen=True)
class Giver:
    """Somebody who gives, once or by agreement, and how they came to it."""

    name: str
    email: str
    frequency: str
    currency: str
    minor: int
    starts: int
    card: str
    fields: dict[str, Any]
    source: dict[str, str]
    token: uuid.UUID


@dataclass(frozen=True)
class Act:
    """One thing that somebody does, `at` seconds into the year.

    Words: give, give by debit, try in vain, turn back, change, stop, stop and go on, refund,
    refund half; and where banks come in: answer a dispute, accept a dispute, pay what failed.
    """

    at: int
    word: str
    giver: Giver


def plan(*, scale: int = 1, seed: int = 7) -> list[Act]:
    """Every act of the year, in order of time."""
    dice = Random(seed)  # noqa: S311 (a story, not a secret)
    acts = [*_nora(), *_troubles()]
    for frequency, number in PER_SCALE.items():
        for place in range(number * scale):
            giver = _giver(dice, frequency, number=place)
            acts += _life(dice, giver)
    return sorted((act for act in acts if act.at <= LAST_MOMENT), key=lambda act: act.at)


def charges(acts: list[Act]) -> list[int]:
    """How many payments each day will see, near enough for a progress bar."""
    days = [0] * DAYS
    for act in acts:
        first = act.at // DAY
        days[first] += 1
        if act.word == "give":
            step = {"month": 30, "year": DAYS, "once": DAYS}[act.giver.frequency]
            for day in range(first + step, DAYS, step):
                days[day] += 1
    return days


def _nora() -> Iterator[Act]:
    """The supporter whom a visitor enters as: ten euro a month, from the flood wall story."""
    nora = Giver(
        name="Nora Whitlock",
        email="nora.whitlock@example.org",
        frequency="month",
        currency="eur",
        minor=1000,
        starts=2 * DAY + 70_000,
        card=GOOD,
        fields={"message": "For the people who read all forty-one change orders."},
        source=_source("flood-wall-contract", "article-end"),
        token=uuid.uuid5(uuid.NAMESPACE_URL, "nora"),
    )
    yield Act(nora.starts, "give", nora)


# Day of the year, hour, card or account, minor units of euro, and what follows after how many days.
TROUBLES = (
    ("Edda Lindqvist", 74, 11, DISPUTED, 5000, ("answer a dispute", 6)),
    ("Matteo Varga", 139, 16, DISPUTED, 2500, ("accept a dispute", 6)),
    ("Siobhan Drury", 171, 20, INQUIRED, 1500, ("refund", 5)),
    ("Ilse Brandt", 205, 9, REFUND_FAILS, 3500, ("refund", 7)),
    ("Piet van Ness", 248, 13, ACCOUNT_RETURNED, 4000, ()),
    ("Ruadh Kinsella", 318, 12, GOOD, 40000, ("refund", 40)),
    ("Tilda Okafor", 359, 18, DISPUTED, 10000, ()),
    ("Bruno Castellan", 362, 19, WARNED, 2500, ()),
    ("Anouk Delmar", 96, 20, FAILS_LATER, 1500, ("pay what failed", 34)),
    ("Colm Verity", 331, 9, FAILS_LATER, 1000, ()),
)


def _troubles() -> Iterator[Act]:
    """What banks bring: a dispute won, one lost, one that waits for an answer, an inquiry, a
    refund that comes back, a debit that is returned, a refund for two people, a fraud warning, a
    renewal that failed and came after all, one that is still tried."""
    for name, day, hour, card, minor, after in TROUBLES:
        mailbox = name.lower().replace(" ", ".")
        giver = Giver(
            name=name,
            email=f"{mailbox}@example.org",
            frequency="month" if card == FAILS_LATER else "once",
            currency="eur",
            minor=minor,
            starts=day * DAY + hour * 3600,
            card=card,
            fields={},
            source=_source("flood-wall-contract", "article-end"),
            token=uuid.uuid5(uuid.NAMESPACE_URL, mailbox),
        )
        yield Act(giver.starts, "give" if card.isdigit() else "give by debit", giver)
        if after:
            word, days = after
            yield Act(giver.starts + days * DAY, word, giver)


def _giver(dice: Random, frequency: str, *, number: int) -> Giver:
    given, family = dice.choice(GIVEN), dice.choice(FAMILY)
    currency = _weighted(dice, CURRENCIES)
    token = uuid.UUID(int=dice.getrandbits(128), version=4)
    return Giver(
        name=f"{given} {family}",
        email=f"{given}.{family}.{frequency[0]}{number}@example.org".lower().replace("’", ""),
        frequency=frequency,
        currency=currency,
        minor=_weighted(dice, WEIGHTS[frequency]),
        starts=_start(dice, frequency),
        card=dice.choice([GOOD] * 8 + [MASTER] * 3 + [AMERICAN]),
        fields=_fields(dice, currency),
        source=_came_from(dice),
        token=token,
    )


def _start(dice: Random, frequency: str) -> int:
    """Many began early in the year; single gifts come all year. Readers are awake by day."""
    spread = 2.4 if frequency == "month" else 1.0
    day = int(dice.random() ** spread * (DAYS - 2))
    return day * DAY + int(dice.triangular(6, 23, 20) * 3600)


def _fields(dice: Random, currency: str) -> dict[str, Any]:
    return {
        "cover_fee": dice.random() < 0.3,
        "message": dice.choice(MESSAGES) if dice.random() < 0.15 else "",
        "dedication": f"In memory of {dice.choice(GIVEN)}" if dice.random() < 0.05 else "",
        "recognition": dice.choice(["none"] * 6 + ["first"] * 2 + ["full"]),
        "language": _weighted(dice, LANGUAGES[currency]),
    }


def _came_from(dice: Random) -> dict[str, str]:
    stories = [article.slug for article in newspaper.articles() if not article.sensitive]
    slug = dice.choice(stories + ["flood-wall-contract"] * 5 + ["tarran-reservoir"] * 3 + [""])
    return _source(slug, dice.choice(["article-top", "article-end", "article-end"]))


def _source(slug: str, placement: str) -> dict[str, str]:
    """The plain values that a checkout keeps of where the wish came from: the appeals of asks.py.

    Who came by a link met none. The wall's own appeal is at its end, in two wordings.
    """
    if not slug:
        return {"campaign": "open-newsroom"}
    if slug == "flood-wall-contract":
        placement, variant = "article-end", "orders" if placement == "article-top" else "town"
        source = {"campaign": "flood-wall", "appeal": "wall-end", "variant": variant}
    else:
        appeal = {"article-top": "we-need-your-help", "article-end": "report-the-next-one"}
        source = {"campaign": "open-newsroom", "appeal": appeal[placement], "variant": "house"}
    return source | {"placement": placement, "article": slug}


def _life(dice: Random, giver: Giver) -> Iterator[Act]:
    """How it began, and what came after."""
    fate = dice.random()
    began = _beginning(dice, giver)
    yield began
    if began.word == "turn back":
        return
    later = began.at + int(dice.uniform(35, 300) * DAY)
    if giver.frequency == "month":
        word = _fate(fate, {"stop": 0.08, "change": 0.07, "stop and go on": 0.03, "refund": 0.03})
    else:
        word = _fate(fate, {"refund": 0.08, "refund half": 0.05})
        later = began.at + int(dice.uniform(1, 20) * DAY)
    if word:
        yield Act(later, word, giver)


def _beginning(dice: Random, giver: Giver) -> Act:
    chance = dice.random()
    if giver.frequency == "month" and chance < 0.06:
        return Act(giver.starts, "give", _with_card(giver, FAILS_LATER))
    if chance < 0.10:
        return Act(giver.starts, "give", _with_card(giver, ASKS_BANK))
    if chance < 0.16:
        return Act(giver.starts, "try in vain", giver)
    if chance < 0.20:
        return Act(giver.starts, "turn back", giver)
    if chance < 0.26 and giver.currency == "eur" and giver.frequency == "once":
        return Act(giver.starts, "give by debit", giver)
    return Act(giver.starts, "give", giver)


def _with_card(giver: Giver, card: str) -> Giver:
    return Giver(**{**vars(giver), "card": card})


def _fate(chance: float, shares: dict[str, float]) -> str:
    for word, share in shares.items():
        if chance < share:
            return word
        chance -= share
    return ""


def _weighted(dice: Random, weights: dict[Any, int]) -> Any:
    return dice.choices(list(weights), weights=list(weights.values()))[0]
