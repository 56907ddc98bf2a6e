"""Choices a reader makes at the appeal itself."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from supporters.standing import PAUSES, mark_pause


@never_cache
@require_GET
def pause(request: HttpRequest) -> HttpResponse:
    """Silence the appeal on this device for as long as was chosen, and go back to reading."""
    back = request.GET.get("next", "/")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts=None):
        back = "/"
    response = HttpResponseRedirect(back)
    if request.GET.get("for") in PAUSES:
        mark_pause(response, request.GET["for"])
    return response
