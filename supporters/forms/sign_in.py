"""The two forms of signing in: an address, then the code that was mailed to it."""

from typing import Any

from allauth.account.forms import ConfirmLoginCodeForm, LoginForm
from django import forms
from django.utils.translation import gettext_lazy as _

from supporters.models.people import User, normalise_email


class SignInForm(LoginForm):
    """Asks for an e-mail address and nothing else."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        wrong = _("Please type an e-mail address, such as name@example.org.")
        self.fields["login"] = forms.EmailField(
            label=_("E-mail address"),
            max_length=User._meta.get_field("email").max_length,
            error_messages={"required": wrong, "invalid": wrong, "max_length": wrong},
            widget=forms.EmailInput(attrs={"autocomplete": "email", "spellcheck": "false"}),
        )

    def clean_login(self) -> str:
        """The address as people are stored by, so that the mail goes to the stored one."""
        return normalise_email(self.cleaned_data["login"])


class CodeForm(ConfirmLoginCodeForm):
    """Asks for the code; paste and autofill work (WCAG 2.2, 3.3.8)."""

    code = forms.CharField(
        label=_("Code from the message"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )
