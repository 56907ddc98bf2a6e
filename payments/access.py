"""Who may enter a room of the desk."""

from collections.abc import Callable
from functools import wraps

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
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
                return redirect_to_login(request.get_full_path())
            if not request.user.in_group(roles):
                raise Http404
            return view(request, *args, **kwargs)

        return guarded

    return guard
