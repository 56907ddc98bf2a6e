"""Staff show a second factor; and what is said where nobody can count who tries to sign in."""

from collections.abc import Callable

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from redis.exceptions import RedisError

ROOMS = ("/desk/", "/admin/")


def staff_second_factor(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Lead staff without an authenticator to setting one up.

    allauth has no such rule; where an authenticator exists, it asks for it at each sign-in.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        if settings.STAFF_SECOND_FACTOR and request.path.startswith(ROOMS) and _lacks_one(request):
            messages.info(request, _("Staff need a second factor. Please set one up first."))
            return redirect("mfa_activate_totp")
        return get_response(request)

    return middleware


def _lacks_one(request: HttpRequest) -> bool:
    return bool(
        request.user.is_authenticated and request.user.is_staff and not is_mfa_enabled(request.user)
    )


class LimitsOutOfReach:
    """Limits and codes live in the cache: without it nobody signs in, and is told why."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self._get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, RedisError):
            return render(request, "account/unavailable.html", status=503)
        return None
