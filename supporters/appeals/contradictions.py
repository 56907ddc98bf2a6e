"""Rules that can never hold, always hold, or say the same thing twice: told before publishing."""

from collections.abc import Iterator
from dataclasses import dataclass

from supporters.appeals.fields import (
    DAY_MINUTES,
    FIELDS,
    WEEK,
    Condition,
    Rules,
    in_schedule,
)


@dataclass(frozen=True, slots=True)
class Problem:
    """`kind` is never, always or contradiction; the first and the last stop publishing."""

    kind: str
    sentence: str

    @property
    def stops(self) -> bool:
        return self.kind != "always"


def problems(rules: Rules) -> list[Problem]:
    """What is wrong with rules taken together; nothing for a rule that chooses among readers."""
    found = [problem for name in FIELDS for problem in _of_field(name, rules)]
    if rules and not found and all(_always(each) for each in rules):
        found.append(Problem("always", "These conditions hold for every reader."))
    return found


def _of_field(name: str, rules: Rules) -> Iterator[Problem]:
    mine = [each for each in rules if each.field == name]
    if not mine:
        return
    kind = FIELDS[name].kind
    if _CANNOT[kind](mine):
        said = ", and ".join(each.words() for each in mine)
        yield Problem("contradiction" if len(mine) > 1 else "never", f"This never holds: {said}.")
    elif name == "standing" and _allowed(mine) == {"supporter"}:
        yield Problem("never", "Supporters are never asked, so this appeal would reach nobody.")
    else:
        for each in mine:
            if _always(each):
                yield Problem("always", f"This holds for every reader: {each.words()}.")


def _allowed(conditions: list[Condition]) -> set[str] | None:
    """The words left over by conditions on one field; None where any word may come."""
    choices = FIELDS[conditions[0].field].choices
    wanted = [set(each.value) for each in conditions if each.operator == "in"]
    excluded = {word for each in conditions if each.operator == "not_in" for word in each.value}
    if choices:
        wanted.append(set(choices))
    return set.intersection(*wanted) - excluded if wanted else None


def _no_word(conditions: list[Condition]) -> bool:
    return _allowed(conditions) == set()


def _no_words(conditions: list[Condition]) -> bool:
    """`all` and `none` share a word, or `none` takes every word of an `any`."""
    none = {word for each in conditions if each.operator == "none" for word in each.value}
    return any(
        set(each.value) <= none if each.operator == "any" else bool(set(each.value) & none)
        for each in conditions
        if each.operator != "none"
    )


def _no_number(conditions: list[Condition]) -> bool:
    least = [each.value for each in conditions if each.operator == "at_least"]
    most = [each.value for each in conditions if each.operator == "at_most"]
    return bool(least and most and max(least) > min(most))


def _no_flag(conditions: list[Condition]) -> bool:
    return len({each.value for each in conditions}) > 1


def _no_time(conditions: list[Condition]) -> bool:
    return not any(
        all(_in_time(each, day, minute) for each in conditions)
        for day in WEEK
        for minute in range(DAY_MINUTES)
    )


_CANNOT = {
    "one": _no_word,
    "many": _no_words,
    "number": _no_number,
    "flag": _no_flag,
    "schedule": _no_time,
}


def _always(condition: Condition) -> bool:
    choices = FIELDS[condition.field].choices
    if condition.field == "schedule":
        return all(_in_time(condition, day, at) for day in WEEK for at in range(DAY_MINUTES))
    return bool(choices) and condition.operator == "in" and set(choices) <= set(condition.value)


def _in_time(condition: Condition, day: int, minute: int) -> bool:
    inside = in_schedule(condition.value, day=day, minute=minute)
    return inside == (condition.operator == "within")
