"""What an experiment shows: intervals, alarms and a verdict in words. Pure.

The metric is compared with the control by an interval that stays valid while it is watched; the
guardrails likewise, in the direction that hurts. Without a fitting sample ratio nothing is said.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from supporters.appeals import power, statistics
from supporters.appeals.measures import Measured
from supporters.appeals.statistics import Estimate, Interval

MILLION = 1_000_000
# Per gift and not per unit assigned: compared among those who gave.
OF_GIFTS = ("value", "recurring", "refunds")
# What is expected where an appeal has no history, in millionths: APPEALS's bases, rounded down.
USUAL = {
    "clicks": 4_000,
    "starts": 2_000,
    "completions": 300,
    "recurring": 400_000,
    "dismissals": 5_000,
    "pauses": 1_000,
    "refunds": 10_000,
    "value_mean": 2_000,
    "value_variation": MILLION,
}


@dataclass(frozen=True, slots=True)
class Declared:
    """What was declared before the first reader: the metric, the plan, the shares."""

    metric: str
    guardrails: tuple[str, ...]
    shares: tuple[tuple[str, int], ...]
    per_arm: int
    expected: Mapping[str, int]

    @property
    def alpha(self) -> float:
        return statistics.ALPHA / max(len(self.shares) - 1, 1)


@dataclass(frozen=True, slots=True)
class Comparison:
    """One arm's measure beside the control's; no interval where there are too few events."""

    measure: str
    arm: str
    control: Estimate
    other: Estimate
    interval: Interval | None

    @property
    def clear(self) -> bool:
        return self.interval is not None and self.interval.clear

    @property
    def rises(self) -> bool:
        return self.interval is not None and self.interval.low > 0

    @property
    def falls(self) -> bool:
        return self.interval is not None and self.interval.high < 0


@dataclass(frozen=True, slots=True)
class Findings:
    """All that can be said at a moment. `ratio` is the p-value of the sample ratio."""

    arms: dict[str, Measured]
    ratio: float
    metric: list[Comparison]
    others: list[Comparison]
    guardrails: list[Comparison]
    limit: int
    progress: int

    @property
    def ratio_alarm(self) -> bool:
        return self.ratio < statistics.RATIO_ALARM

    @property
    def breached(self) -> list[Comparison]:
        """Guardrails that are clearly worse than the control's."""
        return [each for each in self.guardrails if each.rises]

    @property
    def winner(self) -> Comparison | None:
        """The arm that is clearly better, if one may be named at all."""
        better = [each for each in self.metric if each.rises]
        if self.ratio_alarm or not better:
            return None
        return max(better, key=lambda each: each.other.value)


MEASURES = ("clicks", "starts", "completions", "value", "recurring")


def find(declared: Declared, measured: Mapping[str, Measured]) -> Findings:
    """Compare every arm with the first one, which is the control."""
    arms = {code: measured.get(code, Measured()) for code, _ in declared.shares}
    cut, limit = statistics.winsorised([arm.values for arm in arms.values()])
    values = dict(zip(arms, cut, strict=True))

    def compare(measure: str) -> list[Comparison]:
        return list(_compared(declared, measure, arms, values))

    others = [measure for measure in MEASURES if measure != declared.metric]
    return Findings(
        arms=arms,
        ratio=statistics.sample_ratio(
            [arm.signals for arm in arms.values()], [share for _, share in declared.shares]
        ),
        metric=compare(declared.metric),
        others=[each for measure in others for each in compare(measure)],
        guardrails=[each for measure in declared.guardrails for each in compare(measure)],
        limit=limit,
        progress=_progress(declared, arms.values()),
    )


def units_of(measure: str, measured: Measured) -> int:
    """Over how many a measure is taken."""
    return measured.completions if measure in OF_GIFTS else measured.units


def expected_from(history: Measured) -> dict[str, int]:
    """What a plan expects: the appeal's own past where it says enough, else what is usual."""
    expected = dict(USUAL)
    for measure in ("clicks", "starts", "completions", "dismissals", "pauses"):
        _learn(expected, measure, getattr(history, measure), history.units)
    for measure in ("recurring", "refunds"):
        _learn(expected, measure, getattr(history, measure), history.completions)
    if len(history.values) >= statistics.FEWEST:
        (values,), _limit = statistics.winsorised([history.values])
        found = statistics.mean(values)
        spread = math.sqrt(found.variance * found.of)
        expected["value_mean"] = round(found.value)
        expected["value_variation"] = round(spread / found.value * MILLION) or 1
    return expected


def _learn(expected: dict[str, int], measure: str, events: int, units: int) -> None:
    if events >= statistics.FEWEST and units > events:
        expected[measure] = round(events / units * MILLION)


def _compared(
    declared: Declared,
    measure: str,
    arms: Mapping[str, Measured],
    values: Mapping[str, Sequence[int]],
) -> Iterable[Comparison]:
    planned = _planned_variance(declared, measure)
    estimates = {code: _estimate(measure, arm, values[code]) for code, arm in arms.items()}
    (_, control), *rest = estimates.items()
    for code, estimate in rest:
        interval = statistics.difference(control, estimate, planned=planned, alpha=declared.alpha)
        yield Comparison(measure, code, control, estimate, interval)


def _estimate(measure: str, arm: Measured, values: Sequence[int]) -> Estimate:
    if measure == "value":
        return statistics.mean(values)
    of = units_of(measure, arm)
    signals = None if measure in OF_GIFTS else arm.signals
    return statistics.rate(getattr(arm, measure), of, signals=signals)


def _planned_variance(declared: Declared, measure: str) -> float:
    """What the difference's variance was to be at the planned end, from the plan alone."""
    size = max(planned_units(declared, measure), 1.0)
    if measure == "value":
        mean = declared.expected["value_mean"]
        return 2 * (declared.expected["value_variation"] / MILLION * mean) ** 2 / size
    base = declared.expected[measure] / MILLION
    return power.planned_variance(base, size)


def planned_units(declared: Declared, measure: str) -> float:
    """Over how many a measure was to be taken in an arm at the planned end."""
    given = declared.expected["completions"] / MILLION
    wanted, planned = measure in OF_GIFTS, declared.metric in OF_GIFTS
    if wanted == planned:
        return declared.per_arm
    return declared.per_arm * given if wanted else declared.per_arm / given


def _progress(declared: Declared, arms: Iterable[Measured]) -> int:
    """Per cent of the planned size that the slowest arm has reached."""
    slowest = min(units_of(declared.metric, arm) for arm in arms)
    return min(100 * slowest // declared.per_arm, 100)
