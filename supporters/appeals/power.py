"""How many readers a test needs, and the nearest honest test where it needs too many. Pure.

Two-sided 5 %, power 80 %. `one_look` is the classic figure for looking once, at the end.
`watched` is what a test needs whose intervals stay valid while it is watched; that is the one
that is planned with.
"""

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from statistics import NormalDist

from supporters.appeals.statistics import ALPHA, radius

POWER = 0.8
# Stopping as soon as it is clear makes up for part of the wider interval: by simulation of 28
# daily looks, this share of the size reaches the power.
SPARED = 0.9
# After twelve weeks devices have been cleared and the season is another one.
LONGEST_DAYS = 84
LARGEST_LIFT = 1.0
LIFTS = (0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.75, 1.0)

_quantile = NormalDist().inv_cdf


@dataclass(frozen=True, slots=True)
class Design:
    """A test as somebody would like it.

    `base` is the metric's present rate in one unit; `units_a_day` over all arms; `smallest` the
    share of the smallest arm. For the value of a gift, `base` is its coefficient of variation.
    """

    metric: str
    base: float
    lift: float
    units_a_day: float
    within_days: int
    arms: int = 2
    smallest: float = 0.5

    @property
    def alpha(self) -> float:
        """Each arm but one is compared with the control: the errors share the five per cent."""
        return ALPHA / (self.arms - 1)


@dataclass(frozen=True, slots=True)
class Plan:
    """What a design takes. `honest` where it fits into the days that it was given."""

    design: Design
    one_look: int
    per_arm: int
    days: int

    @property
    def honest(self) -> bool:
        return self.days <= self.design.within_days


def plan(design: Design) -> Plan:
    """How long a test takes. Raises ValueError for one that makes no sense."""
    if not 0 < design.lift <= LARGEST_LIFT or design.base <= 0:
        raise ValueError("a test needs a base above zero and a lift of up to 100 %")
    once = _size(design)
    needed = math.ceil(once * watching(design.alpha))
    daily = design.units_a_day * design.smallest
    days = math.ceil(needed / daily) if daily > 0 else math.inf
    return Plan(design, one_look=once, per_arm=needed, days=int(min(days, 10**6)))


def nearest(design: Design, others: Mapping[str, tuple[float, float]]) -> list[Plan]:
    """Honest tests near one that is none: up the funnel, of a larger effect, of more time.

    `others` are the metrics further up the funnel, nearest first, with base and units a day. A
    test that needs two of these concessions is proposed only where one does not do. Empty where
    no test of this traffic is honest.
    """
    further = [
        replace(design, metric=metric, base=base, units_a_day=units)
        for metric, (base, units) in others.items()
    ]
    longer = replace(design, within_days=LONGEST_DAYS)
    found = [each for each in (_first(further), _first(_larger(design)), _first([longer])) if each]
    if found:
        return found
    patient = (replace(each, within_days=LONGEST_DAYS) for each in (*further, design))
    rises = (_first([each, *_larger(each)]) for each in patient)
    return sorted((each for each in rises if each), key=lambda each: each.design.lift)


def _larger(design: Design) -> list[Design]:
    return [replace(design, lift=lift) for lift in LIFTS if lift > design.lift]


def one_look(base: float, lift: float, *, alpha: float = ALPHA) -> int:
    """Readers per arm to tell two rates apart with one look at the end (Fleiss, 1981)."""
    other = base * (1 + lift)
    if other >= 1:
        raise ValueError("no rate is above one")
    middle = (base + other) / 2
    under_none = _quantile(1 - alpha / 2) * math.sqrt(2 * middle * (1 - middle))
    under_some = _quantile(POWER) * math.sqrt(base * (1 - base) + other * (1 - other))
    return math.ceil(((under_none + under_some) / (other - base)) ** 2)


def one_look_at_means(variation: float, lift: float, *, alpha: float = ALPHA) -> int:
    """Gifts per arm to tell two means apart, each with this coefficient of variation."""
    reach = _quantile(1 - alpha / 2) + _quantile(POWER)
    return math.ceil((reach * variation / lift) ** 2 * (1 + (1 + lift) ** 2))


def watching(alpha: float = ALPHA) -> float:
    """How many times as many readers a test takes that is watched all the time."""
    always = radius(1.0, planned=1.0, alpha=alpha) + _quantile(POWER)
    once = _quantile(1 - alpha / 2) + _quantile(POWER)
    return SPARED * (always / once) ** 2


def planned_variance(base: float, per_arm: float) -> float:
    """Of the difference of two rates at the planned end; what the intervals are tuned for."""
    return 2 * base * (1 - base) / per_arm


def _size(design: Design) -> int:
    sized: Callable[..., int] = one_look_at_means if design.metric == "value" else one_look
    return sized(design.base, design.lift, alpha=design.alpha)


def _first(designs: Iterable[Design]) -> Plan | None:
    """The first of the designs that is honest; one whose rate cannot be is passed over."""
    for design in designs:
        if design.metric != "value" and not 0 < design.base * (1 + design.lift) < 1:
            continue
        made = plan(design)
        if made.honest:
            return made
    return None
