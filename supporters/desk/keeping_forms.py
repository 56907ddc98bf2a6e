"""What may be typed about campaigns, claims, silence and other sites."""

from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from payments import clock
from payments.money import LIMITS, AmountError, Money
from supporters.amounts import sentence
from supporters.appeals import phrases
from supporters.desk.appeal_forms import LOCAL
from supporters.models import Campaign, Claim, Mute, User

MOST_GOAL = 10**15


def day_field(label: Any, *, required: bool = True, help_text: Any = "") -> forms.DateField:
    """A day of the newsroom's calendar."""
    return forms.DateField(
        label=label,
        required=required,
        help_text=help_text,
        input_formats=["%Y-%m-%d"],
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": gettext_lazy("This is not a day. Write it as 2026-03-31.")},
    )


class CampaignForm(forms.ModelForm):
    """A campaign; its code is given once."""

    starts_on = day_field(gettext_lazy("First day"))
    ends_on = day_field(
        gettext_lazy("Last day"), required=False, help_text=gettext_lazy("Empty: it runs on.")
    )
    goal = forms.CharField(
        label=gettext_lazy("Goal"),
        required=False,
        max_length=20,
        help_text=gettext_lazy("Empty: no goal."),
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )
    currency = forms.ChoiceField(
        label=gettext_lazy("Currency"), choices=[(code, code.upper()) for code in LIMITS]
    )

    class Meta:
        model = Campaign
        fields = ("code", "name", "starts_on", "ends_on", "currency")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            del self.fields["code"]
            if self.instance.goal:
                self.initial["goal"] = self.instance.goal.typed()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        first, last = cleaned.get("starts_on"), cleaned.get("ends_on")
        if first and last and last < first:
            self.add_error("ends_on", _("The last day is before the first."))
        self.instance.goal_minor = self._goal(cleaned)
        return cleaned

    def _goal(self, cleaned: dict[str, Any]) -> int | None:
        text, currency = cleaned.get("goal", "").strip(), cleaned.get("currency")
        if not text or not currency:
            return None
        try:
            goal = Money.from_text(text, currency).minor
        except AmountError as error:
            self.add_error("goal", sentence(error, currency))
            return None
        if not 0 < goal < MOST_GOAL:
            self.add_error("goal", _("Please write an amount above zero."))
        return goal


class OwnerField(forms.ModelChoiceField):
    def label_from_instance(self, obj: User) -> str:
        return obj.name or obj.email


class ClaimForm(forms.ModelForm):
    """A phrase with its source; the owner answers for it until the day named."""

    expires_on = day_field(
        gettext_lazy("Holds until"), help_text=gettext_lazy("Then it has to be looked at again.")
    )

    owner = OwnerField(
        label=gettext_lazy("Who answers for it"),
        queryset=User.objects.filter(is_staff=True, is_active=True).order_by("name"),
        empty_label=None,
    )

    class Meta:
        model = Claim
        fields = ("phrase", "source", "owner", "expires_on")
        labels = {
            "phrase": gettext_lazy("Phrase"),
            "source": gettext_lazy("Source"),
        }
        help_texts = {
            "phrase": gettext_lazy("Word for word as in the appeal: 12 reporters."),
            "source": gettext_lazy("A document with its page, an address, a person's word."),
        }

    def clean_phrase(self) -> str:
        phrase = " ".join(self.cleaned_data["phrase"].split())
        if not phrases.find(phrase):
            raise forms.ValidationError(
                _("There is no number, date or urgent word in it, so it needs no claim.")
            )
        return phrase

    def clean_expires_on(self) -> Any:
        day = self.cleaned_data["expires_on"]
        if day < clock.local_date(clock.now()):
            raise forms.ValidationError(_("This day is over."))
        return day


class MuteForm(forms.Form):
    """Silence on a story, a tag or the whole site, for a reason and until a moment."""

    KINDS = [(kind, kind.label) for kind in Mute.Kind if kind != Mute.Kind.SWITCH]

    kind = forms.ChoiceField(label=gettext_lazy("Where"), choices=KINDS)
    value = forms.CharField(
        label=gettext_lazy("Story or tag"),
        required=False,
        max_length=120,
        help_text=gettext_lazy("The story's code or the tag; empty for the whole site."),
    )
    until = forms.DateTimeField(
        label=gettext_lazy("Until"),
        input_formats=[LOCAL, "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=LOCAL),
        error_messages={"invalid": gettext_lazy("Write day and time as 2026-03-31 18:00.")},
    )
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=200)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        value = " ".join(cleaned.get("value", "").lower().split())
        if cleaned.get("kind") == Mute.Kind.SITE:
            value = ""
        elif not value:
            self.add_error("value", _("Name the story or the tag."))
        cleaned["value"] = value
        return cleaned


class ReasonForm(forms.Form):
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=200)


class OriginForm(forms.Form):
    """An origin as browsers name it: scheme, host, and a port that is not the usual one."""

    origin = forms.CharField(
        label=gettext_lazy("Site"),
        max_length=200,
        help_text=gettext_lazy("Scheme and host: https://www.example.org"),
    )

    def clean_origin(self) -> str:
        text = self.cleaned_data["origin"].strip().lower().rstrip("/")
        try:
            parts = urlsplit(text)
            port = parts.port
        except ValueError:
            raise forms.ValidationError(_("This is not a site.")) from None
        local = parts.hostname in {"localhost", "127.0.0.1"}
        if parts.scheme != "https" and not (parts.scheme == "http" and local):
            raise forms.ValidationError(_("A site begins with https://."))
        if text != f"{parts.scheme}://{parts.hostname}{f':{port}' if port else ''}":
            raise forms.ValidationError(_("Only scheme and host: no path, no name, no password."))
        return text
