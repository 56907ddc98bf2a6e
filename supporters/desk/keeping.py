"""Campaigns, claims and other sites: the pages of what is kept beside appeals."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from payments import clock
from supporters.appeals import claims as ledger
from supporters.appeals import content as contents
from supporters.appeals import figures, keeping
from supporters.appeals.keeping import KeepingRefused
from supporters.desk import refusals
from supporters.desk.access import CAMPAIGNS, actor, only
from supporters.desk.keeping_forms import CampaignForm, ClaimForm, OriginForm
from supporters.models import AppealVersion, Campaign, Claim, Origin

PAGE_METHODS = ["GET", "HEAD", "POST"]


@only(CAMPAIGNS)
@require_http_methods(PAGE_METHODS)
def campaigns(request: HttpRequest) -> HttpResponse:
    """Every campaign with its goal and what it has brought; and a form for a new one."""
    form = CampaignForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        keeping.save_campaign(form.instance, actor=actor(request))
        messages.success(request, _("The campaign is kept."))
        return redirect("supporters:desk-campaigns")
    today = clock.local_date(clock.now())
    rows = [
        {"campaign": each, "phase": each.phase(today).label, "figures": figures.of_campaign(each)}
        for each in Campaign.objects.all()
    ]
    return _page(request, "campaigns", form, rows=rows)


@only(CAMPAIGNS)
@require_http_methods(PAGE_METHODS)
def campaign(request: HttpRequest, code: str) -> HttpResponse:
    """One campaign: name, days and goal, its figures, its appeals."""
    found = get_object_or_404(Campaign, code=code)
    form = CampaignForm(request.POST or None, instance=found)
    if request.method == "POST" and form.is_valid():
        keeping.save_campaign(found, actor=actor(request))
        messages.success(request, _("The campaign is kept."))
        return redirect("supporters:desk-campaign", code)
    return _campaign_page(request, code, form)


@only(CAMPAIGNS)
@require_POST
def move_campaign(request: HttpRequest, code: str) -> HttpResponse:
    """Close it, open it again, or put it into the archive."""
    found = get_object_or_404(Campaign, code=code)
    status = request.POST.get("status", "")
    if status not in Campaign.Status.values:
        raise Http404
    try:
        reason = request.POST.get("reason", "")
        keeping.move_campaign(found, status, actor=actor(request), reason=reason)
    except KeepingRefused as refusal:
        return _campaign_page(request, code, CampaignForm(instance=found), refusal=refusal)
    messages.success(request, _("The campaign is kept."))
    return redirect("supporters:desk-campaign", code)


@only(CAMPAIGNS)
@require_http_methods(PAGE_METHODS)
def claims(request: HttpRequest) -> HttpResponse:
    """The ledger of claims, the stale ones first; and a form for a new one."""
    form = ClaimForm(request.POST or None, initial={"owner": request.user.pk})
    if request.method == "POST" and form.is_valid():
        keeping.save_claim(form.instance, actor=actor(request))
        messages.success(request, _("The claim is kept."))
        return redirect("supporters:desk-claims")
    today = clock.local_date(clock.now())
    rows = list(Claim.objects.select_related("owner"))
    used = ledger.places_of(rows, _live_texts())
    lines = [
        {"claim": each, "fresh": each.is_fresh(today), "shown": used[each.pk]} for each in rows
    ]
    return _page(request, "claims", form, lines=lines)


@only(CAMPAIGNS)
@require_http_methods(PAGE_METHODS)
def claim(request: HttpRequest, pk: int) -> HttpResponse:
    """One claim: looked at again, or put right."""
    found = get_object_or_404(Claim, pk=pk)
    form = ClaimForm(request.POST or None, instance=found)
    if request.method == "POST" and form.is_valid():
        keeping.save_claim(found, actor=actor(request))
        messages.success(request, _("The claim is kept."))
        return redirect("supporters:desk-claims")
    return _page(request, "claim", form, claim=Claim.objects.get(pk=pk))


@only(CAMPAIGNS)
@require_POST
def withdraw_claim(request: HttpRequest, pk: int) -> HttpResponse:
    """It does not hold any more."""
    found = get_object_or_404(Claim, pk=pk)
    try:
        reason = request.POST.get("reason", "")
        keeping.withdraw_claim(found, actor=actor(request), reason=reason)
    except KeepingRefused as refusal:
        form = ClaimForm(instance=found)
        return _page(request, "claim", form, claim=found, refusal=refusal)
    messages.success(request, _("Withdrawn. What says it is told in plain words from now on."))
    return redirect("supporters:desk-claims")


@only(CAMPAIGNS)
@require_http_methods(PAGE_METHODS)
def origins(request: HttpRequest) -> HttpResponse:
    """The sites that may embed appeals; and a form for another one."""
    form = OriginForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        keeping.register_origin(form.cleaned_data["origin"], actor=actor(request))
        messages.success(request, _("The site may show appeals."))
        return redirect("supporters:desk-origins")
    return _origins_page(request, form)


@only(CAMPAIGNS)
@require_POST
def remove_origin(request: HttpRequest, pk: int) -> HttpResponse:
    """The site shows no appeals any more."""
    found = get_object_or_404(Origin, pk=pk)
    try:
        reason = request.POST.get("reason", "")
        keeping.remove_origin(found, actor=actor(request), reason=reason)
    except KeepingRefused as refusal:
        return _origins_page(request, OriginForm(), refusal=refusal)
    messages.success(request, _("The site shows no appeals any more."))
    return redirect("supporters:desk-origins")


def _campaign_page(
    request: HttpRequest, code: str, form: CampaignForm, *, refusal: KeepingRefused | None = None
) -> HttpResponse:
    found = get_object_or_404(Campaign, code=code)
    return _page(
        request,
        "campaign",
        form,
        refusal=refusal,
        campaign=found,
        phase=found.phase(clock.local_date(clock.now())).label,
        figures=figures.of_campaign(found),
        appeals=found.appeals.all(),
        moves=[(name, _moves()[name]) for name in sorted(Campaign.TRANSITIONS[found.status])],
    )


def _moves() -> dict[str, str]:
    return {
        "closed": _("Close it now"),
        "open": _("Open it again"),
        "archived": _("Into the archive"),
    }


def _origins_page(
    request: HttpRequest, form: OriginForm, *, refusal: KeepingRefused | None = None
) -> HttpResponse:
    rows = Origin.objects.select_related("added_by")
    return _page(request, "origins", form, refusal=refusal, origins=rows)


def _page(
    request: HttpRequest,
    name: str,
    form: Any,
    *,
    refusal: KeepingRefused | None = None,
    **context: Any,
) -> HttpResponse:
    context |= {"form": form, "refusal": refusal and refusals.sentence(refusal.code)}
    status = 400 if refusal or form.errors else 200
    return render(request, f"supporters/desk/{name}.html", context, status=status)


def _live_texts() -> list[str]:
    return [
        "\n".join(variant.text for variant in contents.of_version(version).variants)
        for version in AppealVersion.objects.exclude(live_for=None)
    ]
