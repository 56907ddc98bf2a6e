"""What finance may type: the filters of the movements, and a refund."""

import uuid
from datetime import date, timedelta
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from payments import clock
from payments.models import Contribution
from payments.money import LIMITS, AmountError, Money
from payments.reports.movements import KINDS
from payments.reports.questions import Question


def _day_field(label: Any) -> forms.DateField:
    return forms.DateField(
        label=label,
        required=False,
        input_formats=["%Y-%m-%d"],
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": _("This is not a day. Write it as 2026-03-31.")},
    )


class MovementsForm(forms.Form):
    """The filters in the address. With neither day given, the current month is meant."""

    currency = forms.ChoiceField(
        label=_("Currency"),
        required=False,
        choices=[("", _("All")), *((code, code.upper()) for code in LIMITS)],
    )
    kind = forms.ChoiceField(
        label=_("Kind"), required=False, choices=[("", _("All")), *KINDS.items()]
    )
    source = forms.CharField(label=_("Campaign, appeal or article"), required=False, max_length=120)
    find = forms.CharField(label=_("Find"), required=False, max_length=120)
    fees = forms.ChoiceField(
        label=_("Fees"),
        required=False,
        choices=[("", _("All")), (Question.OPEN, _("Not known yet"))],
    )

    def __init__(self, data: QueryDict) -> None:
        filled = data.copy()
        if "from" not in data and "to" not in data:
            first, last = month_of(clock.local_date(clock.now()))
            filled["from"], filled["to"] = first.isoformat(), last.isoformat()
        super().__init__(filled)
        # `from` is a word of Python's and cannot be a class attribute.
        self.fields = {"from": _day_field(_("From")), "to": _day_field(_("To"))} | self.fields
        self.fields["find"].widget.attrs |= {
            "type": "search",
            "data-find": "",
            "autocomplete": "off",
        }

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        first, last = cleaned.get("from"), cleaned.get("to")
        for name, day in (("from", first), ("to", last)):
            if day and not Question.EARLIEST <= day <= Question.LATEST:
                self.add_error(name, _("This day is too far away."))
        if first and last and last < first:
            self.add_error("to", _("The last day is before the first."))
        return cleaned

    def question(self) -> Question:
        """What a valid form asks."""
        given = self.cleaned_data
        others = {name: given[name] for name in ("currency", "kind", "source", "find", "fees")}
        return Question(first_day=given["from"], last_day=given["to"], **others)


class RefundForm(forms.Form):
    """How much goes back and why. The token makes one form one refund."""

    amount = forms.CharField(
        label=_("Amount"),
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )
    reason = forms.CharField(label=_("Reason"), max_length=200)
    token = forms.UUIDField(
        widget=forms.HiddenInput,
        error_messages={"invalid": _("This form cannot be read. Open the page afresh.")},
    )

    def __init__(self, data: QueryDict | None = None, *, contribution: Contribution, most: Money):
        self.contribution, self.most = contribution, most
        super().__init__(data, initial={"amount": most.typed(), "token": uuid.uuid4()})

    def clean_amount(self) -> Money:
        """A sum in the contribution's currency; the service knows how much is left."""
        try:
            return Money.from_text(self.cleaned_data["amount"], self.contribution.currency)
        except AmountError as error:
            raise forms.ValidationError(_("This is not an amount. Write it as 10.50.")) from error


def month_of(day: date) -> tuple[date, date]:
    """The first and the last day of a day's month."""
    first = day.replace(day=1)
    after = (first + timedelta(days=31)).replace(day=1)
    return first, after - timedelta(days=1)
