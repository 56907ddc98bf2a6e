"""What lies on the reader's device, and how a supporter's second device learns to be quiet."""

from allauth.core import ratelimit
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from supporters import proof
from supporters.appeals import storage
from supporters.forms.proof import ProofForm, StorageForm
from supporters.standing import (
    PAUSE_COOKIE,
    SUPPORTER_COOKIE,
    choose_storage,
    mark_supporter,
    marked_until,
    read_rest_token,
    unmark,
)


@never_cache
@require_GET
def device(request: HttpRequest) -> HttpResponse:
    """Everything that may be kept, and what is there now; scripts fill in what they alone see."""
    mode = storage.mode_of(request)
    page = {
        "entries": [
            (entry, entry.name in request.COOKIES, storage.allows(mode, entry.name))
            for entry in storage.TABLE
        ],
        "mode": mode,
        "supporter_until": marked_until(request, SUPPORTER_COOKIE),
        "pause_until": marked_until(request, PAUSE_COOKIE),
        "done": request.GET.get("done", ""),
    }
    return render(request, "supporters/device.html", page)


@never_cache
@require_POST
def choose(request: HttpRequest) -> HttpResponse:
    """Take the reader's mode; what it does not allow is cleared at once."""
    form = StorageForm(request.POST)
    if not form.is_valid():
        return HttpResponseRedirect(reverse("supporters:appeal-device"))
    response = HttpResponseRedirect(reverse("supporters:appeal-device") + "?done=chosen")
    mode = form.cleaned_data["mode"]
    choose_storage(response, mode)
    for name in (SUPPORTER_COOKIE, PAUSE_COOKIE):
        if not storage.allows(mode, name):
            unmark(response, name)
    if mode != storage.FULL:
        _clear_local(response)
    return response


@never_cache
@require_POST
def clear(request: HttpRequest) -> HttpResponse:
    """Take everything of the appeal's off the device. The session stays: signing out ends that."""
    response = HttpResponseRedirect(reverse("supporters:appeal-device") + "?done=cleared")
    for name in (SUPPORTER_COOKIE, PAUSE_COOKIE, storage.CHOICE_COOKIE):
        unmark(response, name)
    _clear_local(response)
    return response


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def supporting(request: HttpRequest) -> HttpResponse:
    """ "I already support": a letter with one link, the same answer for every address."""
    form = ProofForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return render(request, "supporters/supporting.html", {"form": form})
    email = form.cleaned_data["email"]
    if not ratelimit.consume(request, action="appeal_proof", key=email):
        return ratelimit.respond_429(request)
    proof.send(request, email)
    return render(request, "supporters/supporting.html", {"sent_to": email})


@never_cache
@require_GET
def rest(request: HttpRequest, token: str) -> HttpResponse:
    """The link of a receipt or of the proving letter: this device is not asked any more."""
    supporter = read_rest_token(token)
    if supporter is None:
        page = {"state": "unknown", "form": ProofForm()}
        return render(request, "supporters/rest.html", page, status=404)
    marked = HttpResponse()
    deserved = mark_supporter(request, marked, supporter)
    kept = SUPPORTER_COOKIE in marked.cookies
    state = "over" if not deserved else "quiet" if kept else "refused"
    response = render(request, "supporters/rest.html", {"state": state})
    response.cookies.update(marked.cookies)
    return response


def _clear_local(response: HttpResponse) -> None:
    """Local storage is the browser's; the header reaches it without a script, over TLS."""
    if settings.SECURE:
        response.headers["Clear-Site-Data"] = '"storage"'
