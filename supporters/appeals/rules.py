"""Whom to ask, and with which appeal: the decision that the browser and Python make alike.

Pure: everything comes in as an argument. Devices get the same bundle boiled down to three tests
(`Bundle.data`) and decide in static/supporters/js/appeal-rules.js; tests compare both over random
contexts.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from supporters.appeals import compiled
from supporters.appeals.assign import arm_at, held_out, point
from supporters.appeals.contradictions import Problem, problems
from supporters.appeals.fields import (
    FIELDS,
    OPERATORS,
    Condition,
    RuleError,
    Rules,
    in_schedule,
    parse,
)

__all__ = [
    "FIELDS",
    "OPERATORS",
    "Bundle",
    "Candidate",
    "Condition",
    "Context",
    "Decision",
    "Looked",
    "Page",
    "Problem",
    "RuleError",
    "Rules",
    "decide",
    "for_page",
    "parse",
    "problems",
    "without_device",
]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A published appeal. Moments are epoch seconds, 0 for none.

    `arms` are variants with whole numbers as shares, of which one at least is above zero.
    `campaign` is its start, its end and whether its goal is met; `tested` the number of the
    test of it that runs, by which readers fall into its arms anew.
    """

    code: str
    placement: str
    arms: tuple[tuple[str, int], ...]
    priority: int = 0
    rules: Rules = ()
    starts: int = 0
    ends: int = 0
    sensitive: bool = False
    campaign: tuple[int, int, bool] = (0, 0, False)
    tested: int = 0

    @property
    def salt(self) -> str:
        """What sorts readers into its arms: each test does so independently of any other."""
        return f"{self.code}:{self.tested or ''}"

    @property
    def conditions(self) -> Rules:
        """Its own rules after those that go without saying."""
        window = (Condition("now", "between", (self.starts, self.ends or compiled.NEVER)),)
        calm = () if self.sensitive else (Condition("sensitive", "is", False),)
        return (window if self.starts or self.ends else ()) + calm + self.rules

    def data(self) -> dict[str, Any]:
        """As it stands in rules.json."""
        when = [compiled.condition(each, self.campaign) for each in self.conditions]
        found = {"code": self.code, "when": when, "arms": [list(arm) for arm in self.arms]}
        return found | ({"tested": self.tested} if self.tested else {})


@dataclass(frozen=True, slots=True)
class Bundle:
    """What is live. `zone` lists (epoch, seconds ahead of UTC) of the newsroom's clock changes.

    A mute is (kind, value, until): story, tag or site. The budget is asks per page and, where the
    reader consented to counting, per week.
    """

    appeals: tuple[Candidate, ...] = ()
    mutes: tuple[tuple[str, str, int], ...] = ()
    zone: tuple[tuple[int, int], ...] = ((0, 0),)
    per_page: int = 2
    per_week: int = 20
    killed: bool = False

    def at(self, placement: str) -> tuple[Candidate, ...]:
        """The appeals of a placement, the first choice first."""
        found = (each for each in self.appeals if each.placement == placement)
        return tuple(sorted(found, key=lambda each: (-each.priority, each.code)))

    def guards(self) -> Iterator[tuple[str, Rules]]:
        """Why nobody is to be asked, whatever the rules say: the first whose conditions hold."""
        if self.killed:
            yield "killed", ()
        for kind, value, until in self.mutes:
            yield "muted", (Condition("now", "between", (0, until)), *MUTED[kind](value))
        yield "supporter", (Condition("standing", "in", ("supporter",)),)
        yield "paused", (Condition("paused", "is", True),)
        yield "budget", (Condition("asked_here", "at_least", self.per_page),)
        yield "budget", (Condition("asked_this_week", "at_least", self.per_week),)

    def data(self, placement: str) -> dict[str, Any]:
        """What a device decides by, for one placement."""
        guards = [
            [name, [compiled.condition(each) for each in rules]] for name, rules in self.guards()
        ]
        return {
            "zone": [list(each) for each in self.zone],
            "guards": guards,
            "appeals": [each.data() for each in self.at(placement)],
        }


PAGE_FIELDS = ("story", "section", "tags", "authors", "language", "sensitive")


@dataclass(frozen=True, slots=True)
class Page:
    """What is known of an article when its page is made; words in lower case."""

    story: str = ""
    section: str = ""
    tags: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    language: str = ""
    sensitive: bool = False

    def data(self) -> dict[str, Any]:
        """As the device reads it; what is empty is left out."""
        values = {name: getattr(self, name) for name in PAGE_FIELDS}
        return {name: value for name, value in values.items() if value}


MUTED: dict[str, Callable[[str], Rules]] = {
    "site": lambda value: (),
    "story": lambda value: (Condition("story", "in", (value,)),),
    "tag": lambda value: (Condition("tags", "any", (value,)),),
}


@dataclass(frozen=True, slots=True)
class Context:
    """A page and what is known of its reader. None where consent for knowing is missing.

    `chance` (0 to 2**32) stands for the visitor where none may be remembered.
    """

    now: int
    story: str = ""
    section: str = ""
    tags: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    language: str = ""
    country: str = ""
    device: str = "desktop"
    referrer: str = "direct"
    standing: str = "reader"
    sensitive: bool = False
    paused: bool = False
    read: int | None = None
    asked_here: int = 0
    asked_this_week: int | None = None
    visitor: str | None = None
    chance: int = 0

    def data(self) -> dict[str, Any]:
        """As the browser has it: what is not known is left out."""
        values = {name: getattr(self, name) for name in self.__slots__}
        return {name: value for name, value in values.items() if value is not None}


@dataclass(frozen=True, slots=True)
class Looked:
    """An appeal that was looked at, and whether each of its conditions held."""

    code: str
    checks: tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class Decision:
    """`why` is asked, killed, muted, supporter, paused, budget, holdout or nothing."""

    why: str
    appeal: str = ""
    variant: str = ""
    sticky: bool = False
    appeals: tuple[Looked, ...] = ()

    @property
    def asked(self) -> bool:
        return self.why == "asked"

    def data(self) -> dict[str, Any]:
        """As the browser answers."""
        return {
            "why": self.why,
            "appeal": self.appeal,
            "variant": self.variant,
            "sticky": self.sticky,
            "appeals": [[each.code, list(each.checks)] for each in self.appeals],
        }


def decide(bundle: Bundle, placement: str, context: Context) -> Decision:
    """The appeal of highest priority whose rules hold, unless the reader is not to be asked."""
    found = bundle.at(placement)
    looked = tuple(_look(each, bundle, context) for each in found)
    chosen = next((a for a, seen in zip(found, looked, strict=True) if all(seen.checks)), None)
    sticky = context.visitor is not None
    why = next((name for name, rules in bundle.guards() if _all(rules, bundle, context)), "")
    if why or chosen is None:
        return Decision(why or "nothing", sticky=sticky, appeals=looked)
    if context.visitor is not None and held_out(context.visitor):
        return Decision("holdout", chosen.code, "holdout", sticky, looked)
    place = context.chance if context.visitor is None else point(chosen.salt, context.visitor)
    return Decision("asked", chosen.code, arm_at(place, chosen.arms), sticky, looked)


def for_page(bundle: Bundle, placement: str, page: Page, now: int) -> Bundle:
    """The bundle without what this page rules out, so that its HTML stays small.

    What the newsroom has silenced here leaves no appeal at all.
    """
    known = Context(now=now, **{name: getattr(page, name) for name in PAGE_FIELDS})
    silenced = any(
        name in {"killed", "muted"} and _all(rules, bundle, known)
        for name, rules in bundle.guards()
    )
    left = [each for each in bundle.at(placement) if _possible(each, bundle, known)]
    return replace(bundle, appeals=() if silenced else tuple(left), mutes=())


def without_device(bundle: Bundle, placement: str, page: Page | None, now: int) -> Candidate | None:
    """The first appeal that shows on every device: what readers without scripts see."""
    sure = {"now", "sensitive"} | set(PAGE_FIELDS if page else ())
    known = Context(now=now, **(page.data() if page else {}))
    for each in bundle.at(placement):
        settled = all(condition.field in sure for condition in each.conditions)
        if settled and all(_look(each, bundle, known).checks):
            return each
    return None


def campaign_state(campaign: tuple[int, int, bool], now: int) -> str:
    """before, running, met or over; without an end it is never over."""
    starts, ends, met = campaign
    if now < starts:
        return "before"
    if ends and now >= ends:
        return "over"
    return "met" if met else "running"


def _possible(candidate: Candidate, bundle: Bundle, known: Context) -> bool:
    settled = (each for each in candidate.conditions if each.field in PAGE_FIELDS)
    return all(_holds(each, bundle, known, "") for each in settled)


def _look(candidate: Candidate, bundle: Bundle, context: Context) -> Looked:
    state = campaign_state(candidate.campaign, context.now)
    checks = (_holds(each, bundle, context, state) for each in candidate.conditions)
    return Looked(candidate.code, tuple(checks))


def _all(rules: Rules, bundle: Bundle, context: Context) -> bool:
    return all(_holds(each, bundle, context, "") for each in rules)


def _holds(each: Condition, bundle: Bundle, context: Context, state: str) -> bool:
    """What is not known fulfils nothing but a "none of"."""
    if each.field == "schedule":
        return _in_time(each.value, bundle, context.now) == (each.operator == "within")
    known = state if each.field == "campaign" else getattr(context, each.field)
    return TESTS[each.operator](each.value, known)


def _in_time(value: Mapping[str, Any], bundle: Bundle, now: int) -> bool:
    ahead = 0
    for since, seconds in bundle.zone:
        ahead = seconds if since <= now else ahead
    minutes = (now + ahead) // 60
    # 1 January 1970 was a Thursday.
    return in_schedule(value, day=(minutes // 1440 + 3) % 7 + 1, minute=minutes % 1440)


TESTS: dict[str, Callable[[Any, Any], bool]] = {
    "in": lambda value, known: known in value,
    "not_in": lambda value, known: known not in value,
    "any": lambda value, known: any(word in known for word in value),
    "all": lambda value, known: all(word in known for word in value),
    "none": lambda value, known: not any(word in known for word in value),
    "at_least": lambda value, known: known is not None and known >= value,
    "at_most": lambda value, known: known is not None and known <= value,
    "is": lambda value, known: value == known,
    "between": lambda value, known: value[0] <= known < value[1],
}
