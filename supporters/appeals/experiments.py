"""The life of an experiment: planned only where it is honest, begun, ended by itself or by hand.

Arms are the variants of a published appeal by their shares; the device assigns them (assign.py).
A test begins at a whole hour, so that counters and checkouts are cut at the same moment.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from payments import clock
from payments.models.standing import whether
from payments.services import audit
from supporters.appeals import content, findings, measures, power
from supporters.appeals.findings import MILLION, Declared, Findings
from supporters.appeals.measures import Measured, Window
from supporters.appeals.power import Design, Plan
from supporters.appeals.references import HOUR, whole_hour
from supporters.models import Appeal, Experiment, Metric, User

Status, Ending = Experiment.Status, Experiment.Ending
HISTORY = timedelta(days=28)
# Further up the funnel, nearest first.
FURTHER_UP = {
    Metric.CLICKS: (),
    Metric.STARTS: (Metric.CLICKS,),
    Metric.COMPLETIONS: (Metric.STARTS, Metric.CLICKS),
    Metric.VALUE: (Metric.COMPLETIONS, Metric.STARTS, Metric.CLICKS),
    Metric.RECURRING: (Metric.COMPLETIONS, Metric.STARTS, Metric.CLICKS),
}


class Refused(Exception):
    """A step that is not open.

    Codes: one_variant, not_published, impossible, hopeless, test_code_taken, already_testing,
    wrong_state, no_reason.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Wanted:
    """A test as somebody would like it. What is None is taken from the appeal's history."""

    appeal: Appeal
    metric: str
    unit: str
    lift_percent: int
    days: int
    units_a_day: int | None = None
    base: int | None = None

    @property
    def sticky(self) -> bool:
        return self.unit == Experiment.Unit.READER


@dataclass(frozen=True, slots=True)
class Calculation:
    """What a wanted test takes, and the honest ones near it where it is none."""

    plan: Plan
    nearest: list[Plan]
    expected: dict[str, int]
    units_a_day: float
    history: Measured


def calculate(wanted: Wanted) -> Calculation:
    """Size and days of a test. Raises Refused: not_published, one_variant or impossible."""
    shares = _shares(wanted.appeal)
    history = _history(wanted)
    expected = findings.expected_from(history)
    if wanted.base:
        expected["value_variation" if wanted.metric == Metric.VALUE else wanted.metric] = (
            wanted.base
        )
    units = float(wanted.units_a_day or history.units / HISTORY.days)
    base, daily = _traffic(wanted.metric, expected, units)
    design = Design(
        wanted.metric,
        base=base,
        lift=wanted.lift_percent / 100,
        units_a_day=daily,
        within_days=wanted.days,
        arms=len(shares),
        smallest=min(share for _, share in shares) / sum(share for _, share in shares),
    )
    try:
        made = power.plan(design)
    except ValueError as error:
        raise Refused("impossible") from error
    others = {up.value: _traffic(up, expected, units) for up in FURTHER_UP[Metric(wanted.metric)]}
    near = [] if made.honest else power.nearest(design, others)
    return Calculation(made, near, expected, units, history)


def plan(
    code: str, wanted: Wanted, *, question: str, guardrails: list[str], actor: User
) -> Experiment:
    """Declare a test. Raises Refused: as `calculate`, and hopeless, test_code_taken,
    already_testing."""
    calculation = calculate(wanted)
    if not calculation.plan.honest:
        raise Refused("hopeless")
    if Experiment.objects.filter(code=code).exists():
        raise Refused("test_code_taken")
    if Experiment.objects.open().filter(appeal=wanted.appeal).exists():
        raise Refused("already_testing")
    try:
        with transaction.atomic():
            experiment = Experiment.objects.create(
                code=code,
                appeal=wanted.appeal,
                question=question,
                metric=wanted.metric,
                guardrails=guardrails,
                unit=wanted.unit,
                expected=calculation.expected,
                lift_percent=wanted.lift_percent,
                per_arm=calculation.plan.per_arm,
                days=wanted.days,
                currency=wanted.appeal.campaign.currency,
                created_at=clock.now(),
                created_by=actor,
            )
            audit.note("experiment.planned", subject=experiment, actor=actor)
    except IntegrityError as error:
        raise Refused("already_testing") from error
    return experiment


@transaction.atomic
def begin(experiment: Experiment, *, actor: User) -> None:
    """From the next whole hour on it counts. Raises Refused: not_published, one_variant,
    wrong_state."""
    experiment = _locked(experiment)
    experiment.shares = _shares(experiment.appeal)
    experiment.version = experiment.appeal.live
    experiment.starts_at = whole_hour(clock.now()) + HOUR
    _take(experiment, Status.RUNNING, "experiment.begun", actor)


@transaction.atomic
def stop(experiment: Experiment, *, actor: User, reason: str) -> None:
    """End it by hand, with the reason; what was counted stays. Raises Refused."""
    experiment = _locked(experiment)
    if not reason.strip():
        raise Refused("no_reason")
    if experiment.starts_at:
        experiment.ended_at = max(whole_hour(clock.now()), experiment.starts_at)
    experiment.ending, experiment.reason = Ending.BY_HAND, reason.strip()
    _take(experiment, Status.STOPPED, "experiment.stopped", actor, reason=reason.strip())


def end_due() -> int:
    """End every test whose size or last day is reached, or whose appeal changed."""
    now = clock.now()
    ended = [each for each in _running.rows() if _end(each, now)]
    return len(ended)


@whether
def _running() -> QuerySet[Experiment]:
    return Experiment.objects.filter(status=Status.RUNNING).select_related("appeal")


def declared(experiment: Experiment) -> Declared:
    """The experiment as the figures need it."""
    return Declared(
        metric=experiment.metric,
        guardrails=tuple(experiment.guardrails),
        shares=tuple((code, share) for code, share in experiment.shares),
        per_arm=experiment.per_arm,
        expected=experiment.expected,
    )


def window(experiment: Experiment, now: datetime) -> Window:
    """Whole hours only, from the beginning until now or the end. Raises ValueError if not begun."""
    if experiment.starts_at is None:
        raise ValueError("an experiment that has not begun counts nothing")
    until = experiment.ended_at or whole_hour(now)
    return Window(
        experiment.appeal.code,
        sticky=experiment.sticky,
        start=experiment.starts_at,
        end=max(until, experiment.starts_at),
        currency=experiment.currency,
    )


def found(experiment: Experiment, now: datetime) -> Findings:
    """What it shows by now."""
    return findings.find(declared(experiment), measures.by_variant(window(experiment, now)))


def _history(wanted: Wanted) -> Measured:
    end = whole_hour(clock.now())
    currency = wanted.appeal.campaign.currency
    past = Window(wanted.appeal.code, wanted.sticky, end - HISTORY, end, currency)
    return sum(measures.by_variant(past).values(), Measured())


def _traffic(metric: str, expected: dict[str, int], units: float) -> tuple[float, float]:
    """The base of a metric, and over how many units a day it is taken."""
    if metric == Metric.VALUE:
        base = expected["value_variation"] / MILLION
    else:
        base = expected[metric] / MILLION
    given = expected["completions"] / MILLION
    return base, units * given if metric in findings.OF_GIFTS else units


def _shares(appeal: Appeal) -> list[tuple[str, int]]:
    """The variants that readers see now; the first is the control."""
    if appeal.live is None:
        raise Refused("not_published")
    variants = content.of_version(appeal.live).variants
    shares = [(each.code, each.share) for each in variants if each.share]
    if len(shares) < 2:
        raise Refused("one_variant")
    return shares


def _end(experiment: Experiment, now: datetime) -> bool:
    ending, at = _due(experiment, now)
    if not ending:
        return False
    with transaction.atomic():
        experiment = _locked(experiment)
        if experiment.status != Status.RUNNING:
            return False
        experiment.ending, experiment.ended_at = ending, at
        _take(experiment, Status.ENDED, "experiment.ended", None)
    return True


def _due(experiment: Experiment, now: datetime) -> tuple[str, datetime]:
    """Why it ends now, if it does, and up to which hour it counts."""
    begun, last = experiment.starts_at, experiment.ends_at
    if begun is None or last is None:
        return "", now
    until = max(whole_hour(now), begun)
    if experiment.appeal.live_id != experiment.version_id:
        return Ending.CHANGED, min(until, last)
    if now >= last:
        return Ending.DATE, last
    if found(experiment, now).progress >= 100:
        return Ending.SIZE, until
    return "", now


def _locked(experiment: Experiment) -> Experiment:
    rows = Experiment.objects.select_for_update(of=("self",))
    return rows.select_related("appeal__live", "appeal__campaign").get(pk=experiment.pk)


def _take(
    experiment: Experiment, status: str, action: str, actor: User | None, *, reason: str = ""
) -> None:
    was = experiment.status
    if not experiment.move(status):
        raise Refused("wrong_state")
    experiment.save()
    after: dict[str, Any] = {"status": status, "ending": experiment.ending}
    audit.note(
        action, subject=experiment, actor=actor, reason=reason, before={"status": was}, after=after
    )
