"""The plan of a seed: who gives what and when, and what becomes of it. Pure."""

import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random

DAY = 86_400
# A new thing happens at most every half hour: whoever has to press a button again, because the
# storm broke the answer, has done it before the next begins, and both lives keep the same time.
SLOT = 1_800
# One payout in so many days is sent back by the bank.
PAYOUT_FAILS = 25
GOOD, MASTER = "4242424242424242", "5555555555554444"
DECLINED, FAILS_LATER, ASKS_BANK = "4000000000000002", "4000000000000341", "4000002500003155"
ALWAYS_ASKS = "4000002760003184"
DISPUTED, INQUIRED = "4000000000000259", "4000000000001976"
REFUND_WAITS, REFUND_FAILS = "4000000000007726", "4000000000005126"
WARNED = "4000000000005423"
CARD_FAILS = "card that fails"
SETTLES, RETURNS = "DE89370400440532013000", "DE62370400440532013001"

FREQUENCIES = {"month": 55, "once": 35, "year": 10}
CURRENCIES = {"eur": 55, "gbp": 18, "usd": 17, "jpy": 10}
AMOUNTS = {"month": (500, 5_000), "year": (5_000, 30_000), "once": (300, 50_000)}
CARDS = {
    GOOD: 50,
    MASTER: 15,
    ASKS_BANK: 6,
    FAILS_LATER: 8,
    ALWAYS_ASKS: 3,
    DISPUTED: 5,
    INQUIRED: 2,
    REFUND_WAITS: 3,
    REFUND_FAILS: 3,
    WARNED: 2,
}
LATER = {
    "month": {
        "": 40,
        "change": 14,
        "stop": 12,
        "stop and go on": 8,
        "new card": 8,
        "pause": 6,
        "refund": 6,
        "refund in the dashboard": 4,
        "stop in the dashboard": 3,
        "stop now": 4,
        "to yearly": 3,
        "move the day": 4,
        "toggle the cover": 4,
        "skip one": 4,
    },
    "year": {"": 70, "change": 10, "stop": 10, "refund half": 10},
    "once": {
        "": 66,
        "refund": 10,
        "refund half": 8,
        "refund twice": 6,
        "refund in the dashboard": 6,
        "ask for too much": 4,
    },
}

# How many of those who give monthly go on wishing, and what.
CHANGES_OF_MIND = 0.4
MINDS = {
    "to yearly": 18,
    "to monthly": 18,
    "go back": 16,
    "change": 10,
    "pause": 8,
    "resume": 6,
    "skip one": 6,
    "move the day": 6,
    "toggle the cover": 6,
    "stop": 6,
    "stop and go on": 6,
    "new card": 4,
    "stop now": 2,
    "refund": 4,
}


@dataclass(frozen=True)
class Giver:
    """One supporter of the plan."""

    number: int
    frequency: str
    currency: str
    minor: int
    cover_fee: bool
    card: str
    expires: str
    returns_to_the_page: bool
    token: uuid.UUID
    account: str = ""

    @property
    def email(self) -> str:
        return f"supporter{self.number}@example.org"

    @property
    def name(self) -> str:
        return f"Supporter {self.number}"


@dataclass(frozen=True, order=True)
class Act:
    """One thing that somebody does, `at` seconds after the beginning."""

    at: int
    word: str = field(compare=False)
    giver: Giver | None = field(compare=False, default=None)


class Slots:
    """Hands out half hours, each once."""

    def __init__(self) -> None:
        self.taken: set[int] = set()

    def free(self, wanted: float) -> int:
        slot = int(wanted) // SLOT
        while slot in self.taken:
            slot += 1
        self.taken.add(slot)
        return slot * SLOT


def plan(*, seed: int, days: int, supporters: int) -> list[Act]:
    """Every act in order of time. What is added has dice of its own: lives stay as they were."""
    slots = Slots()
    acts = people(seed=seed, days=days, supporters=supporters, slots=slots)
    acts += _at_the_bank(Random(f"bank {seed}"), slots, days=days)
    acts += _declined_again(Random(f"declined {seed}"), slots, acts)
    return sorted(acts + _changes_of_mind(Random(f"minds {seed}"), slots, acts))


def people(*, seed: int, days: int, supporters: int, slots: Slots) -> list[Act]:
    """Who gives what and when, and the first thing that each of them wishes later."""
    dice = Random(f"lives {seed}")
    acts: list[Act] = []
    for number in range(supporters):
        acts += _life(dice, slots, _giver(dice, number), days=days)
    return acts


def _at_the_bank(dice: Random, slots: Slots, *, days: int) -> list[Act]:
    """What becomes of payouts; by dice of its own, so that people's lives stay as they were."""
    moments = [slots.free(dice.random() * days * DAY) for _ in range(1 + days // PAYOUT_FAILS)]
    debited, *fail = moments
    return [
        Act(debited, "debit negative balances"),
        *(Act(moment, "payout comes back") for moment in fail),
    ]


def _declined_again(dice: Random, slots: Slots, acts: list[Act]) -> list[Act]:
    """Of those who rescue a failed renewal, the first card that some give fails as well."""
    rescues = [act for act in acts if act.giver and act.word == "new card"]
    return [
        Act(slots.free(act.at - DAY // 2), CARD_FAILS, act.giver)
        for act in rescues
        if act.giver.card in {FAILS_LATER, ALWAYS_ASKS} and dice.random() < 0.3
    ]


def _changes_of_mind(dice: Random, slots: Slots, acts: list[Act]) -> list[Act]:
    """Of those who give month by month, some wish one thing after another, and back again."""
    last: dict[Giver, int] = {}
    for act in acts:
        if act.giver and act.giver.frequency == "month":
            last[act.giver] = max(last.get(act.giver, 0), act.at)
    found = []
    for giver, at in last.items():
        if dice.random() < CHANGES_OF_MIND:
            for _ in range(dice.randint(1, 4)):
                at = slots.free(at + dice.uniform(0, 50) * DAY)
                found.append(Act(at, pick(dice, MINDS), giver))
    return found


def _giver(dice: Random, number: int) -> Giver:
    frequency, currency = pick(dice, FREQUENCIES), pick(dice, CURRENCIES)
    debit = currency == "eur" and frequency == "once" and dice.random() < 0.25
    return Giver(
        number=number,
        frequency=frequency,
        currency=currency,
        minor=dice.randint(*AMOUNTS[frequency]),
        cover_fee=dice.random() < 0.3,
        card=pick(dice, CARDS),
        expires="12/40",
        returns_to_the_page=dice.random() < 0.7,
        token=uuid.UUID(int=dice.getrandbits(128), version=4),
        account=(SETTLES if dice.random() < 0.7 else RETURNS) if debit else "",
    )


def _life(dice: Random, slots: Slots, giver: Giver, *, days: int) -> list[Act]:
    spread = 1.7 if giver.frequency == "month" else 1.0
    begins = slots.free(dice.random() ** spread * max(days - 20, 1) * DAY)
    first = pick(dice, {"give": 78, "decline first": 8, "turn back": 6, "send twice": 8})
    acts = [Act(begins, first, giver)]
    word = pick(dice, LATER[giver.frequency])
    if first == "turn back":
        return acts
    if giver.card in {FAILS_LATER, ALWAYS_ASKS} and giver.frequency == "month":
        return acts + _rescue(dice, slots, giver, begins=begins)
    if giver.card == DISPUTED:
        word = pick(dice, {"": 2, "dispute won": 3, "dispute lost": 3, "accept the loss": 2})
    if word:
        span = (25, 330) if giver.frequency == "month" else (1, 40)
        acts.append(Act(slots.free(begins + dice.uniform(*span) * DAY), word, giver))
    if word == "pause":
        acts.append(Act(slots.free(acts[-1].at + dice.uniform(20, 80) * DAY), "resume", giver))
    return acts


def _rescue(dice: Random, slots: Slots, giver: Giver, *, begins: int) -> list[Act]:
    """The first renewal fails; some give a new card before Stripe tries again three days later."""
    if dice.random() < 0.4:
        return []
    renewal = months_after(begins, 1)
    return [Act(slots.free(renewal + 1 * DAY), "new card", giver)]


def months_after(at: int, months: int) -> int:
    """The same day and hour of a later month, near enough for a plan that begins on a 1st."""
    start = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=at)
    year, month = divmod(start.month - 1 + months, 12)
    day = min(start.day, 28)
    moved = start.replace(year=start.year + year, month=month + 1, day=day)
    return int((moved - datetime(2026, 1, 1, tzinfo=UTC)).total_seconds()) + (start.day - day) * DAY


def pick(dice: Random, weights: dict):
    return dice.choices(list(weights), weights=list(weights.values()))[0]
