"""Rules as a person fills them in: a row per condition, made from the one definition of fields."""

import re
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from supporters.appeals.fields import FIELDS, OPERATORS, RuleError, parse, schedule_words

DAY_NAMES = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
TIME = re.compile(r"(\d{1,2}:\d\d)\s*[–-]\s*(\d{1,2}:\d\d)")
YES = ("yes", "true", "1")
MOST = 20


def _choices() -> list[tuple[str, Any]]:
    """Operators under the kind of field that they go with."""
    kinds = {"one": _("word"), "many": _("words"), "number": _("number"), "flag": _("yes or no")}
    return [
        (str(kinds.get(kind, kind)), list(operators.items()))
        for kind, operators in OPERATORS.items()
    ]


class RuleForm(forms.Form):
    """One condition; a row without a field is no condition."""

    field = forms.ChoiceField(
        label=gettext_lazy("What"),
        required=False,
        choices=lambda: [("", "–"), *((name, field.about) for name, field in FIELDS.items())],
    )
    operator = forms.ChoiceField(label=gettext_lazy("How"), required=False, choices=_choices)
    value = forms.CharField(label=gettext_lazy("Value"), required=False, max_length=1000)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("field") and not self.errors:
            cleaned["condition"] = self._condition(cleaned)
        return cleaned

    def _condition(self, cleaned: dict[str, Any]) -> list[Any] | None:
        name, kind = cleaned["field"], FIELDS[cleaned["field"]].kind
        try:
            value = READ.get(kind, str)(cleaned["value"])
            (condition,) = parse([[name, cleaned["operator"], value]])
        except RuleError as error:
            for sentence in error.sentences:
                self.add_error("value", sentence.removeprefix("Condition 1: "))
            return None
        return condition.data()


RuleFormSet = forms.formset_factory(
    RuleForm, extra=1, max_num=MOST, validate_max=True, absolute_max=MOST + 1
)


def initial(rules: list[Any]) -> list[dict[str, str]]:
    """Rows for rules as they are stored."""
    return [
        {"field": name, "operator": operator, "value": typed(name, value)}
        for name, operator, value in rules
    ]


def conditions(formset: Any) -> list[Any]:
    """What valid rows say, as it is stored."""
    found = (form.cleaned_data.get("condition") for form in formset)
    return [condition for condition in found if condition]


def typed(name: str, value: Any) -> str:
    """A stored value as a person would type it."""
    if isinstance(value, list):
        return ", ".join(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return schedule_words(value) if FIELDS[name].kind == "schedule" else str(value)


def _flag(text: str) -> bool:
    word = text.strip().lower()
    if word in YES:
        return True
    if word in {"no", "false", "0"}:
        return False
    raise RuleError([_("Write yes or no.")])


def _schedule(text: str) -> dict[str, Any]:
    """`Mon, Tue 18:00–23:00`; without days every day, without times the whole day."""
    times, lower = TIME.search(text), text.lower()
    words = re.findall(r"[a-z]+", lower.replace("every day", ""))
    unknown = [word for word in words if word[:3] not in DAY_NAMES]
    if unknown or not (words or times or "every day" in lower):
        raise RuleError([_("Write days and hours as: Mon, Tue 18:00–23:00.")])
    days = [DAY_NAMES.index(word[:3]) + 1 for word in words]
    begin, end = (times[1], times[2]) if times else (0, 0)
    return {"days": days, "from": begin, "to": end}


READ: dict[str, Any] = {"flag": _flag, "schedule": _schedule}
