"""The device's marks: of a supporter, of a reader who asked for a pause, of what may be kept.

The appeal's gate reads the first two before the page is painted: an expiry in epoch seconds, a
full stop and a signature. They say nothing about who the reader is. The gate cannot check the
signature, and need not: who forges a mark silences the appeal on the own device and nothing else.
The server does check it, and sets a mark only for money that arrived or for a signed link.
"""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.core.exceptions import ValidationError
from django.core.signing import BadSignature, Signer
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from payments import clock
from payments.models import Contribution, Subscription
from supporters.appeals import storage
from supporters.models import User

SUPPORTER_COOKIE, PAUSE_COOKIE = "ko_supporter", "ko_pause"
PAUSES = {
    "week": timedelta(days=7),
    "month": timedelta(days=30),
    "quarter": timedelta(days=91),
}
# A gift deserves a year's rest from being asked. Browsers keep no cookie above 400 days.
DESERVED, LONGEST = timedelta(days=365), timedelta(days=400)
# A mark stays a little after it has run out, so that rules can tell who supported once.
LAPSED = timedelta(days=30)
# The link in a receipt works as long as the gift deserves.
LINK_SALT, LINK_LASTS = "appeal.rest.1", timedelta(days=400)


def deserved_until(supporter: User, now: datetime) -> datetime | None:
    """Until when somebody is not to be asked; None where nothing was given or all was sent back.

    A gift lasts a year. A subscription lasts as long as it runs, which the longest mark a browser
    keeps stands for; one that is ending lasts until its end.
    """
    moments = [moment + DESERVED for moment in _received(supporter)]
    for subscription in supporter.subscriptions.filter(status__in=Subscription.RUNNING):
        moments.append(subscription.cancel_at or now + LONGEST)
    latest = max(moments, default=None)
    return latest if latest and latest > now else None


def mark_supporter(request: HttpRequest, response: HttpResponse, supporter: User) -> bool:
    """Mark the device for as long as the supporter's gifts deserve; False where they do not.

    Called when money has arrived, or when somebody proved an address on this device.
    """
    now = clock.now()
    until = deserved_until(supporter, now)
    if until is not None:
        _mark(request, response, SUPPORTER_COOKIE, min(until - now, LONGEST))
    elif SUPPORTER_COOKIE in request.COOKIES:
        unmark(response, SUPPORTER_COOKIE)
    return until is not None


def mark_pause(request: HttpRequest, response: HttpResponse, name: str) -> None:
    """Keep the appeal away for as long as the reader chose; KeyError for an unknown choice."""
    _mark(request, response, PAUSE_COOKIE, PAUSES[name])


def unmark(response: HttpResponse, name: str) -> None:
    """Take a mark off the device."""
    response.delete_cookie(name, domain=settings.SHARED_COOKIE_DOMAIN, samesite="Lax")


def marked_until(request: HttpRequest, name: str) -> datetime | None:
    """What a mark says, where it has not run out; a supporter's only where it was set here.

    A pause is the reader's own choice, which a script of the page may have written down.
    """
    text = request.COOKIES.get(name, "")
    try:
        if name == SUPPORTER_COOKIE:
            text = Signer(salt=name, sep=".").unsign(text)
        until = datetime.fromtimestamp(int(text.partition(".")[0]), UTC)
    except (BadSignature, ValueError, OverflowError):
        return None
    return until if until > timezone.now() else None


def rest_token(supporter: User) -> str:
    """What stands in the "stop asking me" link of receipts; it opens nothing else."""
    return signing.dumps(str(supporter.pk), salt=LINK_SALT)


def read_rest_token(token: str) -> User | None:
    """Whose link it is; None where it is forged, expired, or the person is gone."""
    try:
        key = signing.loads(token, salt=LINK_SALT, max_age=LINK_LASTS)
        return User.objects.filter(pk=UUID(key)).first()
    except (BadSignature, ValueError, ValidationError):
        return None


def choose_storage(response: HttpResponse, mode: str) -> None:
    """Remember what may be kept on this device; asked again after six months."""
    response.set_cookie(
        storage.CHOICE_COOKIE,
        mode,
        max_age=int(storage.CHOICE_LASTS.total_seconds()),
        domain=settings.SHARED_COOKIE_DOMAIN,
        secure=settings.SECURE,
        samesite="Lax",
    )


def _received(supporter: User) -> list[datetime]:
    """When money arrived of which something is left."""
    rows = Contribution.objects.received().filter(supporter=supporter).with_refunded()
    kept = rows.filter(refunded_minor__lt=F("gift_minor") + F("cover_minor"))
    return [moment for moment in kept.values_list("received_at", flat=True) if moment]


def _mark(request: HttpRequest, response: HttpResponse, name: str, lasting: timedelta) -> None:
    """Real time counts here, not the demonstration's: the browser's clock judges it."""
    if not storage.allows(storage.mode_of(request), name):
        return
    expires = int((timezone.now() + lasting).timestamp())
    value = Signer(salt=name, sep=".").sign(str(expires))
    after = LAPSED if name == SUPPORTER_COOKIE else timedelta(0)
    response.set_cookie(
        name,
        value,
        max_age=int(min(lasting + after, LONGEST).total_seconds()),
        domain=settings.SHARED_COOKIE_DOMAIN,
        secure=settings.SECURE,
        samesite="Lax",
        httponly=False,
    )
