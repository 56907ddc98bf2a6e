"""Silence: what is muted now, a form to mute more, lifting, and the switch for everything."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from payments import clock
from supporters.appeals import mutes
from supporters.appeals.mutes import MuteRefused
from supporters.desk import refusals
from supporters.desk.access import CAMPAIGNS, actor, only
from supporters.desk.keeping_forms import MuteForm
from supporters.models import Mute

LISTED = 100


@only(CAMPAIGNS)
@require_http_methods(["GET", "HEAD", "POST"])
def index(request: HttpRequest) -> HttpResponse:
    """What is silent now and was before; a post begins a silence."""
    form = MuteForm(request.POST if request.method == "POST" else None, initial=_first(request))
    if request.method != "POST" or not form.is_valid():
        return _page(request, form)
    given = form.cleaned_data
    try:
        mutes.mute(
            given["kind"],
            given["value"],
            until=given["until"],
            reason=given["reason"],
            actor=actor(request),
        )
    except MuteRefused as refusal:
        return _page(request, form, refusal)
    return _done(request, _("Silent within a minute."))


@only(CAMPAIGNS)
@require_POST
def lift(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask again before the silence ends by itself."""
    found = get_object_or_404(Mute, pk=pk)
    try:
        mutes.lift(found, reason=request.POST.get("reason", ""), actor=actor(request))
    except MuteRefused as refusal:
        return _page(request, MuteForm(), refusal)
    return _done(request, _("Lifted. Readers are asked again within a minute."))


@only(CAMPAIGNS)
@require_POST
def switch_off(request: HttpRequest) -> HttpResponse:
    """Everything off, everywhere, until somebody lifts it."""
    try:
        mutes.switch_off(reason=request.POST.get("reason", ""), actor=actor(request))
    except MuteRefused as refusal:
        return _page(request, MuteForm(), refusal)
    return _done(request, _("Everything is switched off within a minute."))


def _first(request: HttpRequest) -> dict[str, str]:
    """A story's page may lead here with its code in the address."""
    return {name: request.GET[name] for name in ("kind", "value") if name in request.GET}


def _done(request: HttpRequest, sentence: str) -> HttpResponse:
    messages.success(request, sentence)
    return redirect("supporters:desk-mutes")


def _page(request: HttpRequest, form: MuteForm, refusal: MuteRefused | None = None) -> HttpResponse:
    now = clock.now()
    current = Mute.objects.current(now).select_related("by")
    past = Mute.objects.exclude(pk__in=current.values("pk")).select_related("by", "lifted_by")
    context: dict[str, Any] = {
        "form": form,
        "current": current,
        "past": past[:LISTED],
        "switched_off": mutes.switched_off(),
        "refusal": refusal and refusals.sentence(refusal.code),
    }
    status = 400 if refusal or form.errors else 200
    return render(request, "supporters/desk/mutes.html", context, status=status)
