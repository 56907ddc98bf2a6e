"""What a rule may speak of: the one definition of its fields, operators and values.

Pure: no Django, no clock. `static/supporters/js/appeal-rules.js` is its mirror for the browser;
tests/supporters/appeals/vectors.json holds both to the same answers.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

DEVICES = ("phone", "tablet", "desktop")
REFERRERS = ("direct", "internal", "search", "social", "newsletter", "other")
STANDINGS = ("reader", "lapsed", "supporter")
CAMPAIGNS = ("before", "running", "met", "over")
WEEK = (1, 2, 3, 4, 5, 6, 7)
DAY_MINUTES = 24 * 60
LONGEST, MOST_VALUES, MOST_CONDITIONS = 60, 40, 20


@dataclass(frozen=True, slots=True)
class Field:
    """`kind` one: a single word; many: several; number; flag; schedule. `about` is for the desk."""

    name: str
    kind: str
    about: str
    choices: tuple[str, ...] = ()
    shape: str = ""
    example: str = ""


OPERATORS = {
    "one": {"in": "is one of", "not_in": "is none of"},
    "many": {"any": "has any of", "all": "has all of", "none": "has none of"},
    "number": {"at_least": "is at least", "at_most": "is at most"},
    "flag": {"is": ""},
    "schedule": {"within": "is within", "outside": "is outside"},
}
FIELDS = {
    field.name: field
    for field in (
        Field("section", "one", "the section of the story"),
        Field("tags", "many", "the story's tags"),
        Field("authors", "many", "the story's authors"),
        Field("language", "one", "the language of the page", shape="[a-z]{2,3}", example="en"),
        Field("country", "one", "the reader's country", shape="[a-z]{2}", example="ie"),
        Field("device", "one", "the device", choices=DEVICES),
        Field("referrer", "one", "where the reader comes from", choices=REFERRERS),
        Field("schedule", "schedule", "the time in the newsroom's zone"),
        Field("read", "number", "articles read in 30 days, where the reader consented"),
        Field("standing", "one", "what the device knows of the reader's gifts", choices=STANDINGS),
        Field("campaign", "one", "the state of the campaign", choices=CAMPAIGNS),
        Field("sensitive", "flag", "the story is marked as sensitive"),
    )
}


class RuleError(ValueError):
    """Rules that cannot be used; `sentences` say what is wrong with each."""

    def __init__(self, sentences: list[str]) -> None:
        super().__init__(" ".join(sentences))
        self.sentences = sentences


@dataclass(frozen=True, slots=True)
class Condition:
    """One line of a rule. `value` is a tuple of words, a number, a flag or a schedule's mapping."""

    field: str
    operator: str
    value: Any

    def data(self) -> list[Any]:
        """As it stands in rules.json and as `parse` reads it back."""
        value = list(self.value) if isinstance(self.value, tuple) else self.value
        return [self.field, self.operator, value]

    def words(self) -> str:
        """The line as a person reads it: "the section of the story is one of: news, sport"."""
        if self.field == "now":
            return "today lies between its first and its last day"
        field = FIELDS[self.field]
        said = f"{field.about} {OPERATORS[field.kind][self.operator]}"
        return SAID[field.kind](said.strip(), self.value)


Rules = tuple[Condition, ...]


def parse(data: Any) -> Rules:
    """Rules from what the desk stores: a list of conditions, all of which must hold.

    A condition is `{"field", "operator", "value"}` or the same as a list of three. An empty list
    asks every reader. Raises RuleError with a sentence for each condition that is wrong.
    """
    if isinstance(data, Mapping):
        data = data.get("all", []) if set(data) <= {"all"} else None
    if not isinstance(data, list | tuple):
        raise RuleError(["Rules are a list of conditions."])
    if len(data) > MOST_CONDITIONS:
        raise RuleError([f"Rules have at most {MOST_CONDITIONS} conditions."])
    found: list[Condition] = []
    wrong: list[str] = []
    for place, each in enumerate(data, start=1):
        try:
            found.append(_condition(each))
        except RuleError as error:
            wrong += [f"Condition {place}: {sentence}" for sentence in error.sentences]
    if wrong:
        raise RuleError(wrong)
    return tuple(found)


def _condition(data: Any) -> Condition:
    if isinstance(data, Mapping):
        data = [data.get("field"), data.get("operator"), data.get("value")]
    if not isinstance(data, list | tuple) or len(data) != 3:
        raise RuleError(["It needs a field, an operator and a value."])
    name, operator, value = data
    if not isinstance(name, str) or name not in FIELDS:
        raise RuleError([f"There is no field “{name}”. There are: {', '.join(FIELDS)}."])
    field = FIELDS[name]
    operators = OPERATORS[field.kind]
    if not isinstance(operator, str) or operator not in operators:
        allowed = ", ".join(operators)
        raise RuleError([f"“{name}” cannot be asked with “{operator}”, only with {allowed}."])
    return Condition(name, operator, READERS[field.kind](field, value))


def _words(field: Field, value: Any) -> tuple[str, ...]:
    if isinstance(value, str):
        value = value.split(",")
    if not isinstance(value, list | tuple) or not all(isinstance(each, str) for each in value):
        raise RuleError([f"“{field.name}” needs words."])
    words = tuple(sorted({word for each in value if (word := normal(each))}))
    if not words:
        raise RuleError([f"“{field.name}” needs at least one word."])
    if len(words) > MOST_VALUES:
        raise RuleError([f"“{field.name}” takes at most {MOST_VALUES} words."])
    wrong = [f"“{word}” {why}" for word in words if (why := _why_not(field, word))]
    if wrong:
        raise RuleError(wrong)
    return words


def _why_not(field: Field, word: str) -> str:
    if field.choices and word not in field.choices:
        return f"is no {field.name}; choose from {', '.join(field.choices)}."
    if field.shape and not re.fullmatch(field.shape, word):
        return f"is no {field.name} code such as “{field.example}”."
    return "is too long." if len(word) > LONGEST else ""


def _number(field: Field, value: Any) -> int:
    text = str(value).strip()
    if isinstance(value, bool) or not re.fullmatch(r"[0-9]{1,6}", text):
        raise RuleError([f"“{field.name}” needs a whole number from 0 to 999999."])
    return int(text)


def _flag(field: Field, value: Any) -> bool:
    if not isinstance(value, bool):
        raise RuleError([f"“{field.name}” is true or false."])
    return value


def _schedule(field: Field, value: Any) -> dict[str, Any]:
    """Days 1 (Monday) to 7, none meaning all; `from` and `to` as 18:00 or minutes of the day.

    Where `to` is not after `from`, the time runs past midnight and belongs to the day it began.
    """
    if not isinstance(value, Mapping) or not set(value) <= {"days", "from", "to"}:
        raise RuleError(["A schedule has days, from and to."])
    days = value.get("days") or list(WEEK)
    if not isinstance(days, list | tuple) or not all(
        isinstance(day, int) and not isinstance(day, bool) and day in WEEK for day in days
    ):
        raise RuleError(["The days of a schedule are numbers from 1 (Monday) to 7 (Sunday)."])
    begin, end = (_minute(value.get(name, 0)) for name in ("from", "to"))
    return {"days": sorted(set(days)), "from": begin, "to": end}


def _minute(value: Any) -> int:
    found = re.fullmatch(r"([01]?[0-9]|2[0-4]):([0-5][0-9])", str(value))
    minute = int(found[1]) * 60 + int(found[2]) if found else value
    whole = isinstance(minute, int) and not isinstance(minute, bool)
    if not whole or not 0 <= minute <= DAY_MINUTES:
        raise RuleError(["The times of a schedule look like 18:00."])
    return minute % DAY_MINUTES


READERS = {
    "one": _words,
    "many": _words,
    "number": _number,
    "flag": _flag,
    "schedule": _schedule,
}


def normal(word: str) -> str:
    """How words are compared: trimmed, lower case, one space between."""
    return " ".join(word.lower().split())


def schedule_words(value: Mapping[str, Any]) -> str:
    """A schedule in words: "Mon, Tue 18:00–23:00"."""
    names = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
    every = len(value["days"]) == len(WEEK)
    days = "every day" if every else ", ".join(names[day - 1] for day in value["days"])
    begin, end = (f"{value[side] // 60:02}:{value[side] % 60:02}" for side in ("from", "to"))
    return days if begin == end else f"{days} {begin}–{end}"


SAID: dict[str, Callable[[str, Any], str]] = {
    "one": lambda said, value: f"{said}: {', '.join(value)}",
    "many": lambda said, value: f"{said}: {', '.join(value)}",
    "number": lambda said, value: f"{said} {value}",
    "flag": lambda said, value: said if value else said.replace(" is ", " is not ", 1),
    "schedule": lambda said, value: f"{said}: {schedule_words(value)}",
}


def in_schedule(value: Mapping[str, Any], *, day: int, minute: int) -> bool:
    """Whether a minute of an ISO weekday lies in the schedule."""
    begin, end, days = value["from"], value["to"], value["days"]
    if begin < end:
        return day in days and begin <= minute < end
    before = 7 if day == 1 else day - 1
    return (day in days and minute >= begin) or (before in days and minute < end)
