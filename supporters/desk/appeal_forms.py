"""What may be typed about an appeal: its place and schedule, its variants, its rules."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from payments.models import Frequency
from payments.money import AmountError, Money
from supporters.amounts import sentence
from supporters.appeals import gate
from supporters.appeals.content import Content, Wording
from supporters.desk import rule_forms
from supporters.models import Appeal, Campaign, Placement

LOCAL = "%Y-%m-%dT%H:%M"
COLOURS = ("light_brand", "light_brand_ink", "dark_brand", "dark_brand_ink")


def _moment(label: Any) -> forms.DateTimeField:
    """A moment in the newsroom's zone, which is Django's current one."""
    return forms.DateTimeField(
        label=label,
        required=False,
        input_formats=[LOCAL, "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=LOCAL),
        error_messages={"invalid": gettext_lazy("Write day and time as 2026-03-31 18:00.")},
    )


class CampaignField(forms.ModelChoiceField):
    def label_from_instance(self, obj: Campaign) -> str:
        return obj.name


class AppealForm(forms.Form):
    """Everything but the words. `seen` is the version from which the writer began."""

    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)
    code = forms.SlugField(
        label=gettext_lazy("Code"),
        max_length=80,
        help_text=gettext_lazy("As it will stand in reports, for good: spring-end."),
    )
    campaign = CampaignField(
        label=gettext_lazy("Campaign"),
        queryset=Campaign.objects.exclude(status=Campaign.Status.ARCHIVED),
        empty_label=None,
    )
    placement = forms.ChoiceField(label=gettext_lazy("Placement"), choices=Placement.choices)
    paragraph = forms.IntegerField(
        label=gettext_lazy("After paragraph"), min_value=1, max_value=99, initial=3
    )
    priority = forms.IntegerField(
        label=gettext_lazy("Priority"),
        min_value=0,
        max_value=999,
        initial=100,
    )
    sensitive = forms.ChoiceField(
        label=gettext_lazy("On sensitive stories"), choices=Appeal.Sensitive.choices
    )
    starts_at = _moment(gettext_lazy("From"))
    ends_at = _moment(gettext_lazy("Until"))

    def __init__(self, *args: Any, new: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not new:
            del self.fields["code"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        starts, ends = cleaned.get("starts_at"), cleaned.get("ends_at")
        if starts and ends and ends <= starts:
            self.add_error("ends_at", _("The appeal ends before it begins."))
        return cleaned


class VariantForm(forms.Form):
    """One wording. Sums are typed as `5 10 15`; colours as `#0b4f6c`."""

    code = forms.SlugField(label=gettext_lazy("Code"), max_length=80)
    share = forms.IntegerField(
        label=gettext_lazy("Share in per cent"), min_value=0, max_value=100, initial=100
    )
    heading = forms.CharField(label=gettext_lazy("Heading"), required=False, max_length=200)
    body = forms.CharField(
        label=gettext_lazy("Text"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    button = forms.CharField(
        label=gettext_lazy("Button"),
        required=False,
        max_length=60,
        help_text=gettext_lazy("Empty: “Give €10 a month”. {amount} is the sum and how often."),
    )
    once = forms.CharField(label=gettext_lazy("Sums, once"), required=False, max_length=60)
    month = forms.CharField(label=gettext_lazy("Sums, monthly"), required=False, max_length=60)
    year = forms.CharField(label=gettext_lazy("Sums, yearly"), required=False, max_length=60)
    light_brand = forms.CharField(label=gettext_lazy("Colour by day"), required=False, max_length=7)
    light_brand_ink = forms.CharField(
        label=gettext_lazy("Words on it"), required=False, max_length=7
    )
    dark_brand = forms.CharField(
        label=gettext_lazy("Colour in the dark"), required=False, max_length=7
    )
    dark_brand_ink = forms.CharField(
        label=gettext_lazy("Words on it"), required=False, max_length=7
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, most in gate.LONGEST.items():
            self.fields[name].widget.attrs["data-most"] = str(most)

    def wording(self, currency: str) -> Wording | None:
        """What a valid form says; adds an error where a sum cannot be read."""
        given = self.cleaned_data
        amounts = {
            name: self._amounts(name, currency) for name in Frequency.values if given[name].strip()
        }
        if self.errors:
            return None
        return Wording(
            code=given["code"],
            heading=_line(given["heading"]),
            body=given["body"].strip().replace("\r\n", "\n"),
            button=_line(given["button"]),
            amounts=amounts,
            colours=_colours(given),
            share=given["share"],
        )

    def _amounts(self, name: str, currency: str) -> list[int]:
        try:
            words = self.cleaned_data[name].replace(";", " ").split()
            return [Money.from_text(word.strip("€£$"), currency).minor for word in words]
        except AmountError as error:
            self.add_error(name, sentence(error, currency))
            return []


VariantFormSet = forms.formset_factory(
    VariantForm, extra=0, can_delete=True, max_num=gate.MOST_VARIANTS, absolute_max=12
)


class Writing:
    """The three parts of the writing page as one: bound to a post, or filled from a content."""

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        content: Content,
        currency: str,
        campaign: Campaign | None = None,
        seen: int | None = None,
    ) -> None:
        first = {name: getattr(content, name) for name in _FORM_FIELDS}
        first |= {"campaign": campaign, "seen": seen}
        self.form = AppealForm(data, new=seen is None, initial=first)
        self.variants = VariantFormSet(
            data,
            prefix="variant",
            initial=[_typed(wording, currency) for wording in content.variants],
        )
        self.variants.extra = 1 if data is None and not content.variants else 0
        self.rules = rule_forms.RuleFormSet(
            data, prefix="rule", initial=rule_forms.initial(content.rules)
        )
        self.content: Content | None = None

    def is_valid(self) -> bool:
        """Whether all of it can be read; `content` is then what was written."""
        parts = [self.form.is_valid(), self.variants.is_valid(), self.rules.is_valid()]
        if not all(parts):
            return False
        currency = self.form.cleaned_data["campaign"].currency
        kept = [form for form in self.variants if form not in self.variants.deleted_forms]
        wordings = [form.wording(currency) for form in kept]
        if not all(wordings):
            return False
        self.content = Content(
            **{name: self.form.cleaned_data[name] for name in _FORM_FIELDS},
            rules=rule_forms.conditions(self.rules),
            variants=tuple(wording for wording in wordings if wording),
        )
        return True

    def errors(self) -> list[str]:
        """Everything that cannot be read, for the preview."""
        parts = [self.form, *self.variants, *self.rules]
        found = [errors for form in parts for errors in form.errors.values()]
        found += [part.non_form_errors() for part in (self.variants, self.rules)]
        return [str(error) for errors in found for error in errors]


_FORM_FIELDS = ("placement", "paragraph", "priority", "sensitive", "starts_at", "ends_at")


def blank() -> Content:
    """Where a new appeal begins."""
    return Content(
        placement=Placement.END,
        paragraph=3,
        priority=100,
        rules=[],
        starts_at=None,
        ends_at=None,
        sensitive=Appeal.Sensitive.HIDE,
        variants=(Wording("a", "", "", "", {}, {}, 100),),
    )


def local(moment: datetime | None) -> datetime | None:
    """In the newsroom's zone."""
    return timezone.localtime(moment) if moment else None


def _typed(wording: Wording, currency: str) -> dict[str, Any]:
    plain = ("code", "share", "heading", "body", "button")
    sums = {
        name: " ".join(Money(minor, currency).typed() for minor in minors)
        for name, minors in wording.amounts.items()
    }
    colours = {
        f"{scheme}_{name}": colour
        for scheme, named in wording.colours.items()
        for name, colour in named.items()
    }
    return {name: getattr(wording, name) for name in plain} | sums | colours


def _colours(given: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """Those that were given, by scheme; nothing where none was."""
    found: dict[str, dict[str, str]] = {}
    for field in COLOURS:
        scheme, _sep, name = field.partition("_")
        if colour := given[field].strip().lower():
            found.setdefault(scheme, {})[name] = colour
    return found


def _line(text: str) -> str:
    return " ".join(text.split())
