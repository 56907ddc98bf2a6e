"""The device's mark of a supporter and of a reader who asked for a pause.

The appeal's gate reads both before the page is painted: an expiry in epoch seconds, a full stop
and a signature. They say nothing about who the reader is.
"""

from datetime import timedelta

from django.conf import settings
from django.core.signing import Signer
from django.http import HttpResponse
from django.utils import timezone

SUPPORTER_COOKIE, PAUSE_COOKIE = "ko_supporter", "ko_pause"
PAUSES = {
    "week": timedelta(days=7),
    "month": timedelta(days=30),
    "quarter": timedelta(days=91),
}
# A gift deserves a year's rest from being asked. Browsers keep no cookie above 400 days.
DESERVED = timedelta(days=365)


def mark_supporter(response: HttpResponse) -> None:
    """Set when money has arrived, or when a supporter proves an address by signing in."""
    _mark(response, SUPPORTER_COOKIE, DESERVED)


def mark_pause(response: HttpResponse, name: str) -> None:
    """Keep the appeal away for as long as the reader chose; KeyError for an unknown choice."""
    _mark(response, PAUSE_COOKIE, PAUSES[name])


def _mark(response: HttpResponse, name: str, lasting: timedelta) -> None:
    """Real time counts here, not the demonstration's: the browser's clock judges it."""
    expires = int((timezone.now() + lasting).timestamp())
    value = Signer(salt=name, sep=".").sign(str(expires))
    response.set_cookie(
        name,
        value,
        max_age=int(lasting.total_seconds()),
        secure=settings.SECURE,
        samesite="Lax",
        httponly=False,
    )
