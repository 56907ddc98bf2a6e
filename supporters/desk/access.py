"""Who may enter the rooms of the front of house."""

from typing import cast

from django.http import HttpRequest

from payments.access import only
from supporters.models import User

__all__ = ["CAMPAIGNS", "actor", "only"]

CAMPAIGNS = ("campaigns",)


def actor(request: HttpRequest) -> User:
    """Who asks, behind `only`: somebody who has signed in."""
    return cast(User, request.user)
