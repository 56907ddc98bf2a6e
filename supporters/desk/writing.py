"""Writing an appeal: a new one, or the next version of one."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from supporters.appeals import content as contents
from supporters.appeals import figures, gate, publishing, stories
from supporters.appeals.publishing import Refused
from supporters.appeals.rules import FIELDS
from supporters.desk import refusals
from supporters.desk.access import CAMPAIGNS, actor, only
from supporters.desk.appeal_forms import Writing, blank
from supporters.desk.preview import framing
from supporters.models import Appeal

ADD = {"add-variant": "variant", "add-rule": "rule"}


@only(CAMPAIGNS)
@framing
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """A new draft."""
    writing = _writing(request, content=blank(), currency=settings.DEFAULT_CURRENCY)
    if not _sent(request, writing) or writing.content is None:
        return _page(request, writing)
    form = writing.form.cleaned_data
    try:
        appeal = publishing.create(
            form["code"],
            campaign=form["campaign"],
            wanted=writing.content,
            actor=actor(request),
        )
    except Refused as refusal:
        return _page(request, writing, refusal=refusal)
    return _saved(request, appeal)


@only(CAMPAIGNS)
@framing
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, code: str) -> HttpResponse:
    """The next version. Readers see what they saw until it is approved and published."""
    appeal = get_object_or_404(Appeal.objects.select_related("campaign", "live"), code=code)
    latest = publishing.latest_version(appeal)
    writing = _writing(
        request,
        content=contents.of_version(latest),
        currency=appeal.campaign.currency,
        campaign=appeal.campaign,
        seen=latest.number,
    )
    if not _sent(request, writing) or writing.content is None:
        return _page(request, writing, appeal)
    form = writing.form.cleaned_data
    try:
        publishing.save(
            appeal,
            writing.content,
            campaign=form["campaign"],
            actor=actor(request),
            seen=form["seen"] or 0,
        )
    except Refused as refusal:
        return _page(request, writing, appeal, refusal=refusal)
    return _saved(request, appeal)


def _writing(request: HttpRequest, **first: Any) -> Writing:
    data = request.POST.copy() if request.method == "POST" else None
    if data is not None and (prefix := ADD.get(request.POST.get("do", ""))):
        total = request.POST.get(f"{prefix}-TOTAL_FORMS", "")
        more = int(total) + 1 if total.isascii() and total.isdigit() and len(total) < 4 else 1
        data[f"{prefix}-TOTAL_FORMS"] = str(more)
    return Writing(data, **first)


def _sent(request: HttpRequest, writing: Writing) -> bool:
    """Whether this is a post to save that can be read; a button that adds a row is none."""
    return request.method == "POST" and request.POST.get("do") not in ADD and writing.is_valid()


def _saved(request: HttpRequest, appeal: Appeal) -> HttpResponse:
    messages.success(request, _("Saved. Readers do not see it before it is approved."))
    return redirect("supporters:desk-appeal", appeal.code)


def _page(
    request: HttpRequest,
    writing: Writing,
    appeal: Appeal | None = None,
    *,
    refusal: Refused | None = None,
) -> HttpResponse:
    adding = request.POST.get("do") in ADD
    wrong = request.method == "POST" and not adding
    context = {
        "appeal": appeal,
        "writing": writing,
        "codes": [form["code"].value() or "" for form in writing.variants],
        "stories": stories.stories(),
        "fields": FIELDS.values(),
        "placeholders": figures.PLACEHOLDERS,
        "longest": gate.LONGEST,
        "refusal": refusal and refusals.sentence(refusal.code),
        "wrong": wrong and refusal is None,
    }
    return render(request, "supporters/desk/writing.html", context, status=400 if wrong else 200)
