"""The figures of an experiment, and how sure they are. Pure.

The interval is the normal mixture's always-valid one (mSPRT: Johari, Koomen, Pekelis and Walsh,
"Always valid inference", Operations Research 70, 2022; as an asymptotic confidence sequence:
Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas, "Time-uniform central limit theory and asymptotic
confidence sequences", Annals of Statistics 52, 2024). It holds at every moment at once, so whoever
looks each day and stops at will is wrong at most as often as `alpha` says.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from statistics import fmean, variance

ALPHA = 0.05
# A mismatch of the shares is looked for all the time, so the alarm asks for strong evidence.
RATIO_ALARM = 0.001
# With fewer events than these in an arm, the normal approximation says nothing yet.
FEWEST = 10
# Sums above this share of all are counted as that sum: one rich reader decides nothing.
WINSORISED_AT = 0.99


@dataclass(frozen=True, slots=True)
class Estimate:
    """A rate or a mean with its own variance, `of` so many units with so many `events`."""

    value: float
    variance: float
    of: int
    events: int


@dataclass(frozen=True, slots=True)
class Interval:
    """A difference between two arms, and where it may lie; all three in the metric's unit."""

    difference: float
    low: float
    high: float

    @property
    def clear(self) -> bool:
        """Whether "no difference" is ruled out."""
        return self.low > 0 or self.high < 0


def rate(events: int, of: int, *, signals: int | None = None) -> Estimate:
    """Events per unit. Units counted by sampling are known as well as `signals` of them say.

    The variance counts one event more and one less (Agresti and Caffo, 2000): an arm without
    any event is not taken for certain.
    """
    if of <= 0:
        return Estimate(0.0, math.inf, 0, events)
    share = min(events / of, 1.0)
    smoothed = min((events + 1) / (of + 2), 1.0)
    own = smoothed * (1 - smoothed) / of
    sampled = share**2 * (1 / signals - 1 / of) if signals and signals < of else 0.0
    return Estimate(share, own + sampled, of, events)


def mean(values: Sequence[float]) -> Estimate:
    """The mean of independent values."""
    count = len(values)
    if count < 2:
        return Estimate(values[0] if values else 0.0, math.inf, count, count)
    return Estimate(fmean(values), variance(values) / count, count, count)


def winsorised(arms: Sequence[Sequence[int]]) -> tuple[list[list[int]], int]:
    """Each arm's values with the highest cut to one limit for all arms, and that limit.

    A limit for each arm would cut the better one harder.
    """
    every = sorted(chain.from_iterable(arms))
    if not every:
        return [list(arm) for arm in arms], 0
    limit = every[min(math.ceil(WINSORISED_AT * len(every)), len(every)) - 1]
    return [[min(value, limit) for value in arm] for arm in arms], limit


def difference(
    control: Estimate, other: Estimate, *, planned: float, alpha: float = ALPHA
) -> Interval | None:
    """The other arm less the control; None while either has too few events to speak of.

    `planned` is the variance that the difference was to have at the planned end: the interval is
    tightest there. It must be fixed before the first view.
    """
    if min(control.events, other.events) < FEWEST:
        return None
    found = other.value - control.value
    reach = radius(control.variance + other.variance, planned=planned, alpha=alpha)
    return Interval(found, found - reach, found + reach)


def radius(variance: float, *, planned: float, alpha: float = ALPHA) -> float:
    """Half the width of the always-valid interval around a difference of this variance.

    The mixture's own variance is the one that makes the interval tightest at `planned`
    (Waudby-Smith and others, section B.2).
    """
    if not math.isfinite(variance) or variance <= 0:
        return math.inf
    surprise = -2 * math.log(alpha)
    mixed = planned * (surprise + math.log(surprise + 1))
    spread = variance * (variance + mixed) / mixed
    return math.sqrt(spread * (surprise + math.log((variance + mixed) / variance)))


def sample_ratio(observed: Sequence[int], shares: Sequence[float]) -> float:
    """How likely a mismatch like this is where readers fall into the arms by the shares.

    Pearson's chi-square over the units that were assigned, as they were received: the weights of
    a sampling are no observations.
    """
    total, whole = sum(observed), sum(shares)
    if not total or len(observed) < 2:
        return 1.0
    expected = [total * share / whole for share in shares]
    if any(not wanted and seen for seen, wanted in zip(observed, expected, strict=True)):
        return 0.0
    pairs = [pair for pair in zip(observed, expected, strict=True) if pair[1]]
    return chi_square_tail(
        sum((seen - wanted) ** 2 / wanted for seen, wanted in pairs), freedom=len(pairs) - 1
    )


def chi_square_tail(value: float, *, freedom: int) -> float:
    """The chance of a chi-square above the value: the closed form for whole degrees of freedom.

    Abramowitz and Stegun, 26.4.4 and 26.4.5.
    """
    half = value / 2
    if freedom % 2:
        tail, term, step = math.erfc(math.sqrt(half)), math.sqrt(half / math.pi) * 2, 1.5
    else:
        tail, term, step = 0.0, 1.0, 1.0
    for _ in range(freedom // 2):
        tail += term * math.exp(-half)
        term *= half / step
        step += 1
    return min(tail, 1.0)
