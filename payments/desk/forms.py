"""What finance may type: the filters of the movements, and a refund."""

import uuid
from datetime import date, timedelta
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from payments import clock
from payments.models import Contribution
from payments.money import LIMITS, AmountError, Money
from payments.reports.movements import KINDS
from payments.reports.questions import Question
from payments.reports.sources import NARROWING, SourceQuestion
from payments.services.disputes import EVIDENCE


def _day_field(label: Any) -> forms.DateField:
    return forms.DateField(
        label=label,
        required=False,
        input_formats=["%Y-%m-%d"],
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": _("This is not a day. Write it as 2026-03-31.")},
    )


class PeriodForm(forms.Form):
    """Days and a currency in the address. With neither day given, the current month is meant."""

    currency = forms.ChoiceField(
        label=_("Currency"),
        required=False,
        choices=[("", _("All")), *((code, code.upper()) for code in LIMITS)],
    )

    def __init__(self, data: QueryDict) -> None:
        filled = data.copy()
        if "from" not in data and "to" not in data:
            first, last = month_of(clock.local_date(clock.now()))
            filled["from"], filled["to"] = first.isoformat(), last.isoformat()
        super().__init__(filled)
        # `from` is a word of Python's and cannot be a class attribute.
        self.fields = {"from": _day_field(_("From")), "to": _day_field(_("To"))} | self.fields

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        first, last = cleaned.get("from"), cleaned.get("to")
        for name, day in (("from", first), ("to", last)):
            if day and not Question.EARLIEST <= day <= Question.LATEST:
                self.add_error(name, _("This day is too far away."))
        if first and last and last < first:
            self.add_error("to", _("The last day is before the first."))
        return cleaned

    def period(self, **others: str) -> Question:
        """The days and the currency of a valid form, narrowed by what else is given."""
        given = self.cleaned_data
        currency = given["currency"]
        return Question(first_day=given["from"], last_day=given["to"], currency=currency, **others)


class MovementsForm(PeriodForm):
    """The filters of the movements."""

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
        super().__init__(data)
        self.fields["find"].widget.attrs |= {
            "type": "search",
            "data-find": "",
            "autocomplete": "off",
        }

    def question(self) -> Question:
        """What a valid form asks."""
        others = ("kind", "source", "find", "fees")
        return self.period(**{name: self.cleaned_data[name] for name in others})


class SourcesForm(PeriodForm):
    """The filters of what the appeals brought. A source is named as the table names it."""

    by = forms.ChoiceField(
        label=_("One row for each"),
        required=False,
        choices=[
            ("article", _("Article")),
            ("author", _("Author")),
            ("section", _("Section")),
            ("campaign", _("Campaign")),
            ("appeal", _("Appeal")),
            ("variant", _("Variant")),
            ("placement", _("Placement")),
        ],
    )
    counted = forms.ChoiceField(
        label=_("Counted"),
        required=False,
        choices=[
            (SourceQuestion.MOVED, _("Money moved then")),
            (SourceQuestion.WON, _("Supporters won then")),
        ],
    )
    campaign = forms.CharField(label=_("Campaign"), required=False, max_length=80)
    appeal = forms.CharField(label=_("Appeal"), required=False, max_length=80)
    variant = forms.CharField(label=_("Variant"), required=False, max_length=80)
    placement = forms.CharField(label=_("Placement"), required=False, max_length=40)
    section = forms.CharField(label=_("Section"), required=False, max_length=80)
    author = forms.CharField(label=_("Author"), required=False, max_length=120)
    article = forms.CharField(label=_("Article"), required=False, max_length=120)

    def question(self) -> SourceQuestion:
        """What a valid form asks."""
        given = self.cleaned_data
        return SourceQuestion(
            self.period(),
            by=given["by"] or "article",
            counted=given["counted"] or SourceQuestion.MOVED,
            narrowed={name: given[name] for name in NARROWING if given[name]},
        )


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
            return Money.read(self.cleaned_data["amount"], self.contribution.currency)
        except AmountError as error:
            raise forms.ValidationError(_("This is not an amount. Write it as 10.50.")) from error


class ReasonForm(forms.Form):
    """Why somebody decides as they do."""

    reason = forms.CharField(label=_("Reason"), max_length=200)


class EvidenceForm(forms.Form):
    """The answer to a dispute, in Stripe's fields. The token makes one form one answer."""

    LONGEST = 15_000

    token = forms.UUIDField(
        widget=forms.HiddenInput,
        error_messages={"invalid": _("This form cannot be read. Open the page afresh.")},
    )

    def __init__(self, data: QueryDict | None = None, **options: Any) -> None:
        super().__init__(data, **options)
        for name, label in EVIDENCE_LABELS.items():
            self.fields[name] = forms.CharField(
                label=label, required=False, max_length=self.LONGEST, widget=_text_widget(name)
            )

    @classmethod
    def of(cls, texts: dict[str, str]) -> "EvidenceForm":
        """A form that is filled in already."""
        return cls(initial={**texts, "token": uuid.uuid4()})

    def texts(self) -> dict[str, str]:
        """What a valid form answers."""
        return {name: self.cleaned_data[name] for name in EVIDENCE}


EVIDENCE_LABELS = {
    "customer_name": _("Name of the payer"),
    "customer_email_address": _("E-mail address"),
    "service_date": _("Day of the contribution"),
    "product_description": _("What it was for"),
    "access_activity_log": _("What happened, in order of time"),
    "cancellation_policy_disclosure": _("What was agreed, and how it can be stopped"),
    "refund_policy_disclosure": _("How money is sent back"),
    "uncategorized_text": _("Summary"),
}
SHORT = ("customer_name", "customer_email_address", "service_date")


def _text_widget(name: str) -> forms.Widget:
    return forms.TextInput() if name in SHORT else forms.Textarea(attrs={"rows": 5})


def month_of(day: date) -> tuple[date, date]:
    """The first and the last day of a day's month."""
    first = day.replace(day=1)
    after = (first + timedelta(days=31)).replace(day=1)
    return first, after - timedelta(days=1)


def periods(today: date) -> list[tuple[str, str, str]]:
    """Names and days of the periods that finance asks for most."""
    this_month = month_of(today)
    last_month = month_of(this_month[0] - timedelta(days=1))
    this_year = (date(today.year, 1, 1), date(today.year, 12, 31))
    named = [
        (gettext("This month"), *this_month),
        (gettext("Last month"), *last_month),
        (gettext("This year"), *this_year),
    ]
    days = [(name, first.isoformat(), last.isoformat()) for name, first, last in named]
    return [*days, (gettext("Everything"), "", "")]


class ExplainForm(forms.Form):
    """Why a difference may stand."""

    reason = forms.CharField(label=_("Reason"), max_length=300)
