"""Conditions as devices read them: [field, test, value, wanted], where `test` is some, every or
range. Eleven operators become three, so that the deciding script fits into every page."""

from collections.abc import Callable, Mapping
from typing import Any

from supporters.appeals.fields import Condition

# After every moment and above every number that a browser will see.
NEVER = 10**11
WEEK_MINUTES, DAY_MINUTES = 10080, 1440
Compiled = list[Any]


def condition(each: Condition, campaign: tuple[int, int, bool] = (0, 0, False)) -> Compiled:
    """A condition of an appeal, whose campaign's days turn its state into ranges of time."""
    if each.field == "campaign":
        return ["now", "range", _days(each.value, campaign), each.operator == "in"]
    test, value, wanted = OPERATORS[each.operator](each.value)
    return [each.field, test, value, wanted]


def _days(states: tuple[str, ...], campaign: tuple[int, int, bool]) -> list[list[int]]:
    starts, ends, met = campaign
    running = [starts, ends or NEVER]
    ranges = {
        "before": [0, starts],
        "met" if met else "running": running,
        "over": [max(ends, starts), NEVER] if ends else [0, 0],
    }
    return [ranges[state] for state in states if state in ranges]


def minutes(value: Mapping[str, Any]) -> list[list[int]]:
    """A schedule as ranges of the week's minutes, Monday 00:00 being 0."""
    begin, end = value["from"], value["to"]
    found = []
    for day in value["days"]:
        start = (day - 1) * DAY_MINUTES + begin
        stop = (day - 1) * DAY_MINUTES + end + (0 if begin < end else DAY_MINUTES)
        found.append([start, min(stop, WEEK_MINUTES)])
        if stop > WEEK_MINUTES:
            found.append([0, stop - WEEK_MINUTES])
    return found


Triple = tuple[str, list[Any], bool]
OPERATORS: dict[str, Callable[[Any], Triple]] = {
    "in": lambda value: ("some", list(value), True),
    "not_in": lambda value: ("some", list(value), False),
    "any": lambda value: ("some", list(value), True),
    "all": lambda value: ("every", list(value), True),
    "none": lambda value: ("some", list(value), False),
    "at_least": lambda value: ("range", [[value, NEVER]], True),
    "at_most": lambda value: ("range", [[0, value + 1]], True),
    "is": lambda value: ("some", [True], value),
    "within": lambda value: ("range", minutes(value), True),
    "outside": lambda value: ("range", minutes(value), False),
    "between": lambda value: ("range", [list(value)], True),
}
