"""The appeals of the desk: the list, one appeal with its way and its versions, and each step."""

from typing import Any

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from payments import clock
from payments.models import AuditEntry
from supporters.appeals import claims, compare, gate, publishing, stories
from supporters.appeals import content as contents
from supporters.appeals.publishing import Refused
from supporters.desk import refusals
from supporters.desk.access import CAMPAIGNS, actor, only
from supporters.desk.preview import framing
from supporters.desk.troubles import troubles
from supporters.models import Appeal, AppealVersion, Campaign, Mute, Placement

Status = Appeal.Status
LISTED, ENTRIES = 200, 50


@only(CAMPAIGNS)
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Every appeal by placement and priority, narrowed by the filters in the address."""
    found = _narrowed(Appeal.objects.select_related("campaign", "live"), request.GET)
    now = clock.now()
    context = {
        "appeals": [_line(appeal, now) for appeal in found[:LISTED]],
        "statuses": Status.choices,
        "placements": Placement.choices,
        "campaigns": Campaign.objects.all(),
        "asked": request.GET,
        "mutes": Mute.objects.current(now).select_related("by"),
        "troubles": list(troubles()),
    }
    return render(request, "supporters/desk/appeals.html", context)


@only(CAMPAIGNS)
@framing
@require_safe
def page(request: HttpRequest, code: str) -> HttpResponse:
    """One appeal: how it stands, what to do next, how it looks, and what happened."""
    return appeal_page(request, code)


def appeal_page(
    request: HttpRequest, code: str, *, refusal: Refused | None = None, status: int = 200
) -> HttpResponse:
    """The page, with the refusal of a step where there was one."""
    appeal = get_object_or_404(Appeal.objects.select_related("campaign", "live"), code=code)
    latest = publishing.latest_version(appeal)
    content = contents.of_version(latest)
    ledger = claims.ledger(clock.local_date(clock.now()))
    context = {
        "appeal": appeal,
        "latest": latest,
        "content": content,
        "problems": gate.problems(content, appeal),
        "troubles": [each for each in troubles() if each.code == code],
        "conditions": _conditions(content),
        "proofs": _proofs(content, ledger),
        "steps": steps_of(appeal, latest, request),
        "versions": appeal.versions.select_related("author", "approval__by"),
        "entries": _entries(appeal),
        "codes": [variant.code for variant in content.variants],
        "stories": stories.stories(),
        "own": latest.author == request.user,
        "refusal": refusal and refusals.sentence(refusal.code),
    }
    return render(request, "supporters/desk/appeal.html", context, status=status)


@only(CAMPAIGNS)
@require_safe
def versions(request: HttpRequest, code: str) -> HttpResponse:
    """Two versions compared; by default the latest with what readers see, or the one before."""
    appeal = get_object_or_404(Appeal.objects.select_related("campaign", "live"), code=code)
    every = list(appeal.versions.select_related("author", "approval__by"))
    after = _version(every, request.GET.get("to")) or every[0]
    before = _version(every, request.GET.get("from")) or _earlier(every, after, appeal)
    context = {
        "appeal": appeal,
        "versions": every,
        "before": before,
        "after": after,
        "changes": compare.changes(
            contents.of_version(before),
            contents.of_version(after),
            currency=appeal.campaign.currency,
        ),
    }
    return render(request, "supporters/desk/versions.html", context)


@only(CAMPAIGNS)
@framing
@require_POST
def step(request: HttpRequest, code: str, name: str) -> HttpResponse:
    """One step of the appeal's way; a refusal is told on the appeal's page."""
    appeal = get_object_or_404(Appeal, code=code)
    if name not in DONE:
        raise Http404
    try:
        _take(name, appeal, request)
    except Refused as refusal:
        return appeal_page(request, code, refusal=refusal, status=400)
    messages.success(request, DONE[name]())
    return redirect("supporters:desk-appeal", code)


def steps_of(appeal: Appeal, latest: AppealVersion, request: HttpRequest) -> list[str]:
    """The steps that are open, the likeliest first."""
    approved = hasattr(latest, "approval")
    open_steps = {
        "publish": approved and appeal.status in {Status.APPROVED, Status.DOWN},
        "approve": appeal.status == Status.REVIEW and latest.author != request.user,
        "submit": appeal.status == Status.DRAFT,
        "send-back": appeal.status in {Status.REVIEW, Status.APPROVED},
        "take-down": appeal.live is not None,
        "archive": appeal.live is None and appeal.status in {Status.DRAFT, Status.DOWN},
    }
    return [name for name, is_open in open_steps.items() if is_open]


def _take(name: str, appeal: Appeal, request: HttpRequest) -> None:
    who, reason = actor(request), request.POST.get("reason", "")
    if name == "submit":
        publishing.submit(appeal, actor=who)
    elif name == "approve":
        publishing.approve(appeal, actor=who, seen=_number(request.POST.get("seen")))
    elif name == "publish":
        publishing.publish(appeal, actor=who)
    elif name == "send-back":
        publishing.send_back(appeal, actor=who, reason=reason)
    elif name == "take-down":
        publishing.take_down(appeal, actor=who, reason=reason)
    else:
        publishing.archive(appeal, actor=who, reason=reason)


DONE = {
    "submit": lambda: _("Sent for approval. A second person has to read it."),
    "approve": lambda: _("Approved. It can be published now."),
    "publish": lambda: _("Published. Readers see it within a minute."),
    "send-back": lambda: _("Sent back. It is a draft again."),
    "take-down": lambda: _("Taken down. It is gone within a minute."),
    "archive": lambda: _("In the archive. Its versions and its figures stay."),
}


def _happened() -> dict[str, str]:
    return {
        "appeal.created": _("Written"),
        "appeal.saved": _("Saved as a new version"),
        "appeal.submitted": _("Sent for approval"),
        "appeal.sent_back": _("Sent back"),
        "appeal.approved": _("Approved"),
        "appeal.published": _("Published"),
        "appeal.taken_down": _("Taken down"),
        "appeal.archived": _("Put into the archive"),
    }


def _narrowed(found: QuerySet[Appeal], asked: Any) -> QuerySet[Appeal]:
    for name, values in (("status", Status.values), ("placement", Placement.values)):
        if asked.get(name) in values:
            found = found.filter(**{name: asked[name]})
    if not asked.get("status"):
        found = found.exclude(status=Status.ARCHIVED)
    if campaign := asked.get("campaign"):
        found = found.filter(campaign__code=campaign[:80])
    if text := asked.get("find", "").strip()[:80]:
        words = Q(code__icontains=text) | Q(campaign__name__icontains=text)
        found = found.filter(words | Q(variants__heading__icontains=text)).distinct()
    return found.prefetch_related("variants", "versions__author")


def _line(appeal: Appeal, now: Any) -> dict[str, Any]:
    """A row of the list: the first words, who saved last, and whether it shows at this moment."""
    latest = max(appeal.versions.all(), key=lambda version: version.number)
    first = next(iter(appeal.variants.all()), None)
    showing = appeal.live is not None and contents.of_version(appeal.live).shows_at(now)
    return {
        "appeal": appeal,
        "heading": first.heading if first else "",
        "latest": latest,
        "showing": showing,
        "newer": appeal.live is not None and appeal.live.number != latest.number,
    }


def _entries(appeal: Appeal) -> list[AuditEntry]:
    """What happened, newest first, each with what it was in words."""
    entries = AuditEntry.objects.filter(subject=f"appeal:{appeal}").select_related("actor")
    found = list(entries.order_by("-pk")[:ENTRIES])
    for entry in found:
        entry.words = _happened().get(entry.action, entry.action)  # type: ignore[attr-defined]
    return found


def _conditions(content: contents.Content) -> list[str]:
    try:
        return [each.words() for each in gate.rules.parse(content.rules)]
    except gate.rules.RuleError as error:
        return error.sentences


def _proofs(content: contents.Content, ledger: claims.Ledger) -> list[dict[str, Any]]:
    """The claims that the words rest on, and whether each still holds."""
    text = "\n".join(variant.text for variant in content.variants)
    return [{"claim": claim, "fresh": claim.is_fresh(ledger.today)} for claim in ledger.used(text)]


def _version(every: list[AppealVersion], number: str | None) -> AppealVersion | None:
    return next((each for each in every if str(each.number) == number), None)


def _earlier(every: list[AppealVersion], after: AppealVersion, appeal: Appeal) -> AppealVersion:
    if appeal.live is not None and appeal.live.number < after.number:
        return appeal.live
    return next((each for each in every if each.number < after.number), after)


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 9 else 0
