"""What a supporter types or chooses on the account pages."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from payments.models import Subscription
from payments.money import AmountError, Money
from supporters.amounts import sentence


class AmountForm(forms.Form):
    """The gift that each renewal of a subscription takes from the next charge on."""

    amount = forms.CharField(
        label=_("New amount"),
        required=False,
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, subscription: Subscription, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.subscription = subscription

    def clean_amount(self) -> Money:
        currency = self.subscription.currency
        try:
            return Money.from_text(self.cleaned_data["amount"], currency).within_limits()
        except AmountError as error:
            words = sentence(error, currency)
            raise forms.ValidationError(words, code=error.code) from error


class ChoiceOfDay(forms.Form):
    """One of several days or stretches, each with the charge that would follow."""

    choice = forms.TypedChoiceField(coerce=int, error_messages={"required": _("Please choose.")})

    def __init__(
        self, *args: Any, label: str, choices: list[tuple[int, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["choice"].label = label
        self.fields["choice"].choices = choices  # type: ignore[attr-defined]


class ChoiceOfPause(ChoiceOfDay):
    choice = forms.TypedChoiceField(
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={"required": _("Please choose for how long.")},
    )


class CoverForm(forms.Form):
    """What the button says: it is what shall be, so that pressing twice is pressing once."""

    covered = forms.TypedChoiceField(
        coerce=int, choices=[(1, "yes"), (0, "no")], widget=forms.HiddenInput
    )


class ButtonForm(forms.Form):
    """Nothing to fill in: the button is the answer."""


class StopForm(forms.Form):
    """Why somebody stops; saying nothing is as good an answer."""

    REASONS = [
        ("money", _("I cannot afford it at the moment")),
        ("elsewhere", _("I support you, or others, in another way")),
        ("reading", _("I no longer read you much")),
        ("reporting", _("I am unhappy with the reporting")),
        ("other", _("Something else")),
    ]
    LONGEST = 200

    reason = forms.ChoiceField(
        label=_("Why do you stop?"), choices=REASONS, required=False, widget=forms.RadioSelect
    )
    words = forms.CharField(
        label=_("In your own words"),
        required=False,
        max_length=180,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def text(self) -> str:
        """Reason and words in one line, for the audit."""
        told = (self.cleaned_data["reason"], self.cleaned_data["words"].strip())
        return ": ".join(part for part in told if part)[: self.LONGEST]
