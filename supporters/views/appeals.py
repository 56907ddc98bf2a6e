"""The appeal's files, and the choices a reader makes at the appeal itself."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_safe

from supporters.appeals import bundle, delivery
from supporters.standing import PAUSES, mark_pause


@require_safe
def file(request: HttpRequest, **parts: str) -> HttpResponseBase:
    """rules.json, a fragment or embed.js: the same bytes for everybody, kept by any cache."""
    found = delivery.answer(request.path)
    if found is None:
        raise Http404
    headers = found.headers(origin=request.headers.get("Origin", ""))
    response = HttpResponse(found.body, headers=headers)
    return get_conditional_response(request, etag=found.etag, response=response) or response


@never_cache
@require_GET
def pause(request: HttpRequest) -> HttpResponse:
    """Silence the appeal on this device for as long as was chosen, and go back to reading."""
    response = HttpResponseRedirect(_back(request))
    if request.GET.get("for") in PAUSES:
        mark_pause(request, response, request.GET["for"])
    return response


def _back(request: HttpRequest) -> str:
    """Where the reader came from: a page of ours, or of a site that embeds our appeals."""
    back = request.GET.get("next") or request.headers.get("Referer", "/")
    hosts = {origin.partition("://")[2] for origin in bundle.current().origins}
    hosts.add(request.get_host())
    if url_has_allowed_host_and_scheme(back, hosts, require_https=settings.SECURE):
        return back
    return "/"
