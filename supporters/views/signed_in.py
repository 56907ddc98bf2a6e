"""What every page for somebody who has signed in has in common."""

from collections.abc import Callable
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache

from supporters.models import User


class SignedIn(HttpRequest):
    """A request of somebody who has signed in."""

    user: User


def private(view: Callable[..., HttpResponse]) -> Callable[..., Any]:
    """Leads to signing in where nobody has, and lets no browser or proxy keep the page."""
    return never_cache(login_required(view))
