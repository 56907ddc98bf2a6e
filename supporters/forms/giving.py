"""The form on the contribute page."""

import re
import uuid
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from payments.models import Frequency, Recognition, Source
from payments.money import AmountError, Money
from payments.services.checkout import Wish
from supporters.amounts import sentence
from supporters.appeals import attribution
from supporters.suggestions import currencies

CODE = re.compile(r"[a-z0-9][a-z0-9._-]*", re.IGNORECASE)


class GivingForm(forms.Form):
    """Frequency, amount, who and why. `choice_<frequency>` is a tile, `amount` is typed.

    A typed amount wins over a tile. A plain post needs `frequency`, `amount` and `currency` only.
    """

    form_token = forms.UUIDField(required=False, widget=forms.HiddenInput)
    frequency = forms.ChoiceField(
        choices=Frequency.choices,
        initial=Frequency.MONTH,
        error_messages={
            "required": _("Please choose how often."),
            "invalid_choice": _("Please choose once, monthly or yearly."),
        },
    )
    currency = forms.ChoiceField(
        required=False,
        widget=forms.HiddenInput,
        choices=[(code, code.upper()) for code in currencies()],
        error_messages={"invalid_choice": _("We do not take this currency.")},
    )
    amount = forms.CharField(required=False, max_length=40)
    email = forms.EmailField(
        label=_("E-mail address"),
        required=False,
        help_text=_("Your receipt goes there. You can also write it on the next page."),
        error_messages={"invalid": _("Please write an address such as nora@example.org.")},
        widget=forms.EmailInput(attrs={"autocomplete": "email", "spellcheck": "false"}),
    )
    name = forms.CharField(
        label=_("Name"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    cover_fee = forms.BooleanField(required=False)
    message = forms.CharField(
        label=_("A line to the newsroom"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    dedication = forms.CharField(
        label=_("In honour or in memory of"), required=False, max_length=200
    )
    recognition = forms.ChoiceField(
        label=_("Name me on the supporters’ page"),
        required=False,
        choices=[
            (Recognition.NONE, _("Not at all")),
            (Recognition.FIRST, _("With my first name")),
            (Recognition.FULL, _("With my full name")),
        ],
        widget=forms.RadioSelect,
        initial=Recognition.NONE,
    )
    again = forms.BooleanField(required=False, widget=forms.HiddenInput)
    # No validator: whatever stands there, giving goes on.
    source = forms.Field(required=False, widget=forms.HiddenInput)
    # A cached page cannot know whether the device keeps its variant: its script says so.
    sticky = forms.BooleanField(required=False, widget=forms.HiddenInput)
    holdout = forms.Field(required=False, widget=forms.HiddenInput)
    campaign = forms.CharField(required=False, widget=forms.HiddenInput)
    appeal = forms.CharField(required=False, widget=forms.HiddenInput)
    variant = forms.CharField(required=False, widget=forms.HiddenInput)
    placement = forms.CharField(required=False, widget=forms.HiddenInput)
    article = forms.CharField(required=False, widget=forms.HiddenInput)

    def clean_currency(self) -> str:
        return self.cleaned_data["currency"] or settings.DEFAULT_CURRENCY

    def clean_recognition(self) -> str:
        return self.cleaned_data["recognition"] or Recognition.NONE

    def clean(self) -> dict[str, Any]:
        """The amount needs the currency and the frequency, so it is read last."""
        cleaned = super().clean() or {}
        currency = cleaned.get("currency")
        if currency and "amount" in cleaned:
            try:
                cleaned["gift"] = Money.from_text(self._written(), currency).within_limits()
            except AmountError as error:
                self.add_error("amount", sentence(error, currency))
        return cleaned

    def _written(self) -> str:
        typed = self.cleaned_data["amount"].strip()
        tile = self.data.get(f"choice_{self.cleaned_data.get('frequency')}", "")
        return typed or ("" if tile == "own" else tile)

    def wish(self, *, supporter: Any, language: str, consent_text: str) -> Wish:
        """What a valid form asks for. Source codes that are no codes are dropped."""
        cleaned = self.cleaned_data
        return Wish(
            form_token=cleaned["form_token"] or uuid.uuid4(),
            frequency=cleaned["frequency"],
            gift=cleaned["gift"],
            cover_fee=cleaned["cover_fee"],
            email=cleaned["email"],
            name=cleaned["name"],
            message=cleaned["message"],
            dedication=cleaned["dedication"],
            recognition=cleaned["recognition"],
            language=language,
            consent_text=consent_text,
            source=self._source(),
            supporter=supporter,
        )

    def _source(self) -> dict[str, Any]:
        """What the appeal signed; without a signed reference, the codes that a link says openly.

        One that is forged or expired counts for nothing, and neither do the codes beside it; a
        good one that names no article takes the page's word for it.
        """
        lengths = {name: Source._meta.get_field(name).max_length for name in Source.CODES}  # type: ignore[union-attr]
        codes = {
            field: self.cleaned_data[field][:length]
            for field, length in lengths.items()
            if CODE.fullmatch(self.cleaned_data[field])
        }
        if self.cleaned_data["holdout"] in Source.Holdout.values:
            codes["holdout"] = self.cleaned_data["holdout"]
        if not self.cleaned_data["source"]:
            return codes
        told = {"article": codes.get("article", ""), "holdout": codes.get("holdout", "")}
        sticky = self.cleaned_data["sticky"]
        return attribution.frozen(self.cleaned_data["source"], **told, sticky=sticky)
