"""What may be typed about an experiment: the calculator first, then what is declared."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from supporters.appeals.experiments import Wanted
from supporters.appeals.findings import MILLION
from supporters.appeals.power import LONGEST_DAYS
from supporters.models import Appeal, Experiment, Guardrail, Metric


class CalculatorForm(forms.Form):
    """A test as somebody would like it; what is left empty is taken from the appeal's past."""

    appeal = forms.ModelChoiceField(
        label=gettext_lazy("Appeal"),
        queryset=Appeal.objects.filter(live__isnull=False),
        to_field_name="code",
        empty_label=None,
    )
    metric = forms.ChoiceField(
        label=gettext_lazy("What is to rise"), choices=Metric.choices, initial=Metric.CLICKS
    )
    lift_percent = forms.IntegerField(
        label=gettext_lazy("By at least, in per cent"),
        min_value=5,
        max_value=100,
        initial=20,
        help_text=gettext_lazy("Relative: 20 makes 0.50 % into 0.60 %."),
    )
    days = forms.IntegerField(
        label=gettext_lazy("Within days"), min_value=7, max_value=LONGEST_DAYS, initial=28
    )
    unit = forms.ChoiceField(
        label=gettext_lazy("Who falls into a variant"),
        choices=[
            (Experiment.Unit.PAGE, gettext_lazy("Each page view")),
            (Experiment.Unit.READER, gettext_lazy("Readers who allow storage")),
        ],
        initial=Experiment.Unit.PAGE,
    )
    units_a_day = forms.IntegerField(
        label=gettext_lazy("Views or readers a day"),
        required=False,
        min_value=1,
        max_value=10**9,
        help_text=gettext_lazy("Empty: as in the last 28 days."),
    )
    base = forms.DecimalField(
        label=gettext_lazy("Present rate, in per cent"),
        required=False,
        max_value=500,
        decimal_places=4,
        help_text=gettext_lazy(
            "Empty: as in the last 28 days. For the value of a gift: the standard deviation in"
            " per cent of the mean."
        ),
    )

    def clean_base(self) -> Any:
        base = self.cleaned_data["base"]
        if base is not None and round(base * MILLION / 100) < 1:
            raise forms.ValidationError(_("This rate is too small to be tested."))
        return base

    def wanted(self) -> Wanted:
        """What a valid form asks for."""
        given = dict(self.cleaned_data)
        base = given.pop("base")
        return Wanted(**given, base=round(base * MILLION / 100) if base is not None else None)


class DeclareForm(forms.Form):
    """What is written down before the first reader, and never changed."""

    code = forms.SlugField(
        label=gettext_lazy("Code"),
        max_length=80,
        help_text=gettext_lazy("Small letters, digits and hyphens: dated-heading."),
    )
    question = forms.CharField(
        label=gettext_lazy("What you expect, and why"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    guardrails = forms.MultipleChoiceField(
        label=gettext_lazy("What must not rise"),
        choices=Guardrail.choices,
        required=False,
        initial=Guardrail.values,
        widget=forms.CheckboxSelectMultiple,
    )

    def clean_code(self) -> str:
        code = self.cleaned_data["code"]
        if code == "new":
            raise forms.ValidationError(_("“new” is the name of a page. Choose another code."))
        return code
