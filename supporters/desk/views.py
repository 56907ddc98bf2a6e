"""The desk's first page: the rooms of whoever comes in."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from supporters.desk.rooms import rooms_of


@cache_control(no_store=True, private=True)
@login_required
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """The list of rooms; for somebody who has none there is no desk."""
    if not request.user.is_staff:
        raise Http404
    return render(request, "desk/index.html", {"rooms": rooms_of(request.user)})
