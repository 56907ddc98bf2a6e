"""An experiment as a person reads it: sentences, a picture's geometry and the rows of a table."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from payments import charts
from payments.charts import Span
from payments.money import Money
from supporters.appeals import afterwards, experiments, findings, measures
from supporters.appeals.afterwards import Afterwards
from supporters.appeals.findings import Comparison, Findings
from supporters.appeals.holdout import Increment
from supporters.appeals.statistics import Estimate, Interval
from supporters.models import Experiment, Guardrail, Metric

# The picture shows relative differences; what is further away says nothing yet anyway.
MOST = 1.5
ROW_HEIGHT = 34
LABELS = {choice.value: choice.label for choice in (*Metric, *Guardrail)} | {
    "kept": "Monthly gifts kept for 90 days",
    "complaints": "Gifts sent back or disputed within 90 days",
}
HURTS = frozenset({*Guardrail.values, "complaints"})


@dataclass(frozen=True, slots=True)
class Line:
    """One arm's measure in the table; everything but `kind` is words."""

    measure: str
    arm: str
    control: str
    other: str
    relative: str
    between: str
    verdict: str
    kind: str


@dataclass(frozen=True, slots=True)
class Drawn:
    name: str
    span: Span
    kind: str
    top: int


@dataclass(frozen=True, slots=True)
class Picture:
    """Relative differences around zero; `ends` are the words at both ends."""

    rows: list[Drawn]
    height: int
    ends: tuple[str, str]


@dataclass(frozen=True, slots=True)
class Report:
    verdict: str
    kind: str
    alarms: list[str]
    notes: list[str]
    lines: list[Line]
    picture: Picture | None
    findings: Findings
    held_out: int
    as_of: datetime
    later: dict[str, Afterwards]
    later_lines: list[Line]
    later_as_of: datetime

    @property
    def matured(self) -> bool:
        """Whether a gift of any variant is ninety days old."""
        return any(arm.gifts or arm.monthly for arm in self.later.values())


def report(experiment: Experiment, now: datetime) -> Report:
    """Everything that its page says at a moment. Raises ValueError for one that has not begun."""
    window = experiments.window(experiment, now)
    declared = experiments.declared(experiment)
    found = findings.find(declared, measures.by_variant(window))
    later = afterwards.by_variant(window, now)
    lasting = afterwards.compare(declared, later)
    compared = [*found.metric, *found.guardrails, *found.others]
    verdict, kind = _verdict(experiment, found)
    return Report(
        verdict=verdict,
        kind=kind,
        alarms=_alarms(found) + _late_alarms(lasting),
        notes=_notes(experiment, found),
        lines=[_line(each, experiment.currency) for each in compared],
        picture=_picture(compared),
        findings=found,
        held_out=measures.ghosts(window),
        as_of=window.end,
        later={code: later.get(code, Afterwards()) for code in found.arms},
        later_lines=[_line(each, experiment.currency) for each in lasting],
        later_as_of=now,
    )


def asking(increment: Increment) -> dict[str, Any]:
    """What the standing holdout says, in words."""
    added = increment.added
    if added is None:
        verdict = _("Too few gifts of readers who are never asked to say what asking adds.")
    elif added[0] > 0:
        verdict = _("Asking adds: between %(low)s and %(high)s gifts came only because of it.") % {
            "low": number_format(added[0], force_grouping=True),
            "high": number_format(added[1], force_grouping=True),
        }
    else:
        verdict = _("Not clear yet: readers who are never asked give about as often.")
    groups = ((_("Asked"), increment.asked), (_("Never asked"), increment.held))
    return {
        "verdict": verdict,
        "since": increment.since,
        "until": increment.until,
        "rows": [
            {
                "name": name,
                "readers": group.of,
                "gifts": group.events,
                "rate": percent(group.value) if group.of else "–",
            }
            for name, group in groups
        ],
    }


def percent(value: float) -> str:
    """A share with as many digits as say something: `0.42 %`."""
    shown = 100 * value
    digits = 1 if shown >= 10 else 2 if shown >= 0.1 else 3 if shown >= 0.01 else 4
    if not value:
        digits = 0
    return f"{number_format(round(shown, digits), decimal_pos=digits)} %"


def _verdict(experiment: Experiment, found: Findings) -> tuple[str, str]:
    """The one sentence, and what kind of note it is."""
    if found.ratio_alarm:
        return _("This result must not be believed: look at the alarm."), "error"
    winner = found.winner
    if winner:
        return _better(winner, experiment.currency), "success"
    if any(each.clear for each in found.metric):
        return _("No variant is better than the first one; at least one is worse."), "warning"
    if not experiment.over:
        return _("Nothing is decided yet. You may look as often as you like."), "info"
    if all(each.interval is None for each in found.metric):
        return _("It ended with too few readers to say anything."), "info"
    return _(
        "No difference was found. One of %(lift)s %% or more would probably have been seen."
    ) % {"lift": experiment.lift_percent}, "info"


def _better(winner: Comparison, currency: str) -> str:
    interval = winner.interval
    relative = _relative(interval, winner.control) if interval else ""
    return _(
        "“%(arm)s” is better. %(measure)s: %(other)s against %(control)s;"
        " the difference lies between %(between)s."
    ) % {
        "arm": winner.arm,
        "measure": LABELS[winner.measure],
        "other": _amount(winner.measure, winner.other, currency),
        "control": _amount(winner.measure, winner.control, currency),
        "between": relative,
    }


def _alarms(found: Findings) -> list[str]:
    alarms = []
    if found.ratio_alarm:
        alarms.append(
            _(
                "Readers did not fall into the variants by their shares (p = %(p)s). Something"
                " loses readers of one variant: a cache, a blocker, a redirect. Find it, then"
                " begin a new test."
            )
            % {"p": f"{found.ratio:.2g}"}
        )
    for each in found.breached:
        alarms.append(
            _("%(measure)s rose clearly with “%(arm)s”. Think of stopping.")
            % {"measure": LABELS[each.measure], "arm": each.arm}
        )
    return alarms


def _late_alarms(lasting: list[Comparison]) -> list[str]:
    """What its gifts came to, where that takes the shine off a variant."""
    words = {
        "kept": _("Monthly gifts of “%(arm)s” last clearly less often than those of the first."),
        "complaints": _("Gifts of “%(arm)s” are clearly more often sent back or disputed."),
    }
    worse = [each for each in lasting if (each.falls if each.measure == "kept" else each.rises)]
    return [words[each.measure] % {"arm": each.arm} for each in worse]


def _notes(experiment: Experiment, found: Findings) -> list[str]:
    """What somebody has to know before believing the figures."""
    notes = []
    if not experiment.sticky:
        notes.append(
            _(
                "Each page view drew its variant anew, without anything kept on the device: one"
                " reader may have met several. The figures are of page views, not of readers."
            )
        )
    if found.limit:
        limit = Money(found.limit, experiment.currency).format(get_language() or "en")
        notes.append(
            _("Gifts above %(limit)s count as %(limit)s, so that one gift decides nothing.")
            % {"limit": limit}
        )
    return notes


def _line(each: Comparison, currency: str) -> Line:
    verdict, kind = _said(each)
    return Line(
        measure=LABELS[each.measure],
        arm=each.arm,
        control=_amount(each.measure, each.control, currency),
        other=_amount(each.measure, each.other, currency),
        relative=_signed(each.interval.difference / each.control.value)
        if each.interval and each.control.value
        else "",
        between=_relative(each.interval, each.control) if each.interval else "",
        verdict=verdict,
        kind=kind,
    )


def _said(each: Comparison) -> tuple[str, str]:
    if each.interval is None:
        return _("too few to say"), ""
    if not each.clear:
        return _("not clear"), ""
    hurts = each.measure in HURTS
    if each.rises:
        return _("higher"), "bad" if hurts else "good"
    return _("lower"), "good" if hurts else "bad"


def _picture(compared: list[Comparison]) -> Picture | None:
    sure = [each for each in compared if each.interval and each.control.value]
    if not sure:
        return None
    rows = [_ends(each) for each in sure]
    scale, drawn = charts.spans(rows, most=MOST)
    named = [
        Drawn(f"{LABELS[each.measure]}, {each.arm}", span, _said(each)[1], top=place * ROW_HEIGHT)
        for place, (each, span) in enumerate(zip(sure, drawn, strict=True))
    ]
    return Picture(named, len(named) * ROW_HEIGHT, (_signed(scale.low), _signed(scale.high)))


def _ends(each: Comparison) -> tuple[float, float, float]:
    interval: Any = each.interval
    base = each.control.value
    return interval.low / base, interval.difference / base, interval.high / base


def _relative(interval: Interval, control: Estimate) -> str:
    if not control.value:
        return ""
    low, high = _signed(interval.low / control.value), _signed(interval.high / control.value)
    return _("%(low)s and %(high)s") % {"low": low, "high": high}


def _signed(value: float) -> str:
    sign = "+" if value > 0 else "−" if value < 0 else ""
    return f"{sign}{number_format(round(abs(100 * value), 1), decimal_pos=1)} %"


def _amount(measure: str, estimate: Estimate, currency: str) -> str:
    if not estimate.of:
        return "–"
    if measure == Metric.VALUE:
        return Money(round(estimate.value), currency).format(get_language() or "en")
    return percent(estimate.value)
