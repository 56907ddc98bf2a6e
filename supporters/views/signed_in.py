"""What every page for somebody who has signed in has in common."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from payments.access import sign_in_first
from supporters.models import User


class SignedIn(HttpRequest):
    """A request of somebody who has signed in."""

    user: User


def private(view: Callable[..., HttpResponse]) -> Callable[..., Any]:
    """Leads to signing in where nobody has, and lets no browser or proxy keep the page."""
    return never_cache(login_required(view))


def private_button(view: Callable[..., HttpResponse]) -> Callable[..., Any]:
    """For what a button is sent to, which is no page to come back to after signing in."""
    answer = require_POST(view)

    @never_cache
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return sign_in_first(request, room=reverse("supporters:account"))
        return answer(request, *args, **kwargs)

    return guarded
