"""The forms around being asked: proving support from a second device, and what may be kept."""

from django import forms
from django.utils.translation import gettext_lazy as _

from supporters.appeals.storage import MODES
from supporters.models.people import User, normalise_email


class ProofForm(forms.Form):
    """The address that the gift came from."""

    email = forms.EmailField(
        label=_("E-mail address"),
        max_length=User._meta.get_field("email").max_length,
        error_messages={
            "required": _("Please type the address that you gave with."),
            "invalid": _("Please type an e-mail address, such as name@example.org."),
        },
        widget=forms.EmailInput(attrs={"autocomplete": "email", "spellcheck": "false"}),
    )

    def clean_email(self) -> str:
        return normalise_email(self.cleaned_data["email"])


class StorageForm(forms.Form):
    """What may be kept on this device."""

    mode = forms.ChoiceField(choices=[(mode, mode) for mode in MODES])
