"""How allauth signs people in here: by an e-mailed code, without passwords and without sign-up.

A person is made when money arrives (`User.objects.for_email`), never by a form, so nobody can take
an address before its owner does. The code mailed to the address is the proof that it is theirs.
"""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from allauth.account.signals import authentication_step_completed
from django.conf import settings
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from supporters.context import newsroom
from supporters.models.people import User, normalise_email

# The code has proved the address already; asking for a second code would add nothing.
NOT_NEEDED = "allauth.account.stages.EmailVerificationStage"


class AccountAdapter(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | {
        "incorrect_code": _("This is not the code. Please look at the newest message from us."),
        "too_many_login_attempts": _(
            "Too many tries. Please wait a few minutes, then ask for a new code."
        ),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_login_stages(self) -> list[str]:
        return [stage for stage in super().get_login_stages() if stage != NOT_NEEDED]

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """As allauth does, with addresses made from SITE_URL instead of the request's host."""
        ours = newsroom(self.request) | {"site_url": settings.SITE_URL}
        super().send_mail(template_prefix, email, context | ours)


@receiver(authentication_step_completed)
def prove_address(*, user: User, method: str, email: str | None = None, **rest: object) -> None:
    """Mark an address as verified once its code was typed, also where money made the person.

    A password that somebody set before (`createsuperuser` asks for one) opens nothing here and
    goes away, so that none outlives the proof of the address.
    """
    if method != "code" or not email:
        return
    if user.has_usable_password():
        user.set_unusable_password()
        user.save(update_fields=["password"])
    mine = normalise_email(email) == user.email
    address, _made = EmailAddress.objects.get_or_create(
        user=user, email=normalise_email(email), defaults={"primary": mine}
    )
    if not address.verified:
        address.set_verified()
