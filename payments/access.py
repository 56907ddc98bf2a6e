"""Who may enter a room of the desk."""

from collections.abc import Callable
from functools import wraps
from urllib.parse import urlsplit

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control

View = Callable[..., HttpResponseBase]


def only(roles: tuple[str, ...]) -> Callable[[View], View]:
    """Let in staff of the named roles and administrators; nothing they see is stored.

    Somebody who has not signed in is asked to; for everybody else the room does not exist.
    """

    def guard(view: View) -> View:
        @cache_control(no_store=True, private=True)
        @wraps(view)
        def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return sign_in_first(request, room="/".join(request.path.split("/")[:3]) + "/")
            if not request.user.in_group(roles):
                raise Http404
            return view(request, *args, **kwargs)

        return guarded

    return guard


def sign_in_first(request: HttpRequest, *, room: str) -> HttpResponseBase:
    """On to signing in, then back: to the page, or to the one on which a form stood.

    An address that only a form is sent to is no page: without a page that the browser tells, it
    goes on in the `room`.
    """
    if request.method in {"GET", "HEAD"}:
        return redirect_to_login(request.get_full_path())
    messages.warning(
        request, _("You had been signed out. Nothing was done: sign in and send it once more.")
    )
    page = request.headers.get("Referer", "")
    here = {request.get_host()}
    if url_has_allowed_host_and_scheme(page, here, require_https=request.is_secure()):
        return redirect_to_login(urlsplit(page)._replace(scheme="", netloc="").geturl())
    return redirect_to_login(room)
