"""The newspaper's pages, and the stage door: enter as somebody, move the clock, read the mail."""

from datetime import timedelta

from csp.constants import SELF
from csp.decorators import csp_update
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, logout
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_POST, require_safe

from payments import clock
from supporters.demo import mailbox, newspaper, people, sandbox
from supporters.demo.shared import shared

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
STEPS = {"day": timedelta(days=1), "month": timedelta(days=30), "year": timedelta(days=365)}


@require_safe
@shared
def front(request: HttpRequest) -> HttpResponse:
    lead, *rest = newspaper.articles()
    page = {
        "lead": lead,
        "side": rest[:3],
        "rows": [rest[3:6], rest[6:9]],
        "briefs": rest[9:],
    }
    return render(request, "demo/front.html", page | _paper())


@require_safe
@shared
def section(request: HttpRequest, name: str) -> HttpResponse:
    if name not in newspaper.SECTIONS:
        raise Http404
    page: dict[str, object] = {"section": name, "title": newspaper.SECTIONS[name]}
    page["articles"] = newspaper.in_section(name)
    return render(request, "demo/section.html", page | _paper())


@require_safe
@shared
def article(request: HttpRequest, slug: str) -> HttpResponse:
    found = newspaper.find(slug)
    if found is None:
        raise Http404
    page = {"article": found, "section": found.section, "related": newspaper.related(found)}
    return render(request, "demo/article.html", page | _paper())


@never_cache
@require_safe
def door(request: HttpRequest) -> HttpResponse:
    page = {"cast": people.CAST.values(), "steps": STEPS, "now": clock.now()}
    page |= {"moved": clock.offset(), "mail": mailbox.count(), "sandbox_url": settings.SANDBOX_URL}
    return render(request, "demo/door.html", page)


@never_cache
@require_POST
def enter(request: HttpRequest, key: str) -> HttpResponse:
    """Become somebody of the cast, without a code: this is a stage."""
    if key not in people.CAST:
        raise Http404
    role = people.CAST[key]
    logout(request)
    user = people.person(role)
    if user is not None:
        login(request, user, backend=BACKEND)
    return redirect(role.lands_on)


@never_cache
@require_POST
def move_clock(request: HttpRequest, step: str) -> HttpResponse:
    if step not in STEPS:
        raise Http404
    try:
        sandbox.advance(int(STEPS[step].total_seconds()))
    except sandbox.Unreachable:
        messages.error(request, "The sandbox does not answer, so time stands still.")
    else:
        messages.success(request, f"A {step} has passed. What fell due is being booked now.")
    return redirect("demo:door")


@never_cache
@require_safe
def mail(request: HttpRequest) -> HttpResponse:
    to = request.GET.get("to", "").strip()
    page = {"lines": mailbox.lines(to=to), "to": to, "count": mailbox.count()}
    return render(request, "demo/mail.html", page)


@never_cache
@csp_update({"frame-src": [SELF]})
@require_safe
def letter(request: HttpRequest, key: str) -> HttpResponse:
    return render(request, "demo/letter.html", {"letter": _letter(key)})


@never_cache
@xframe_options_sameorigin
@require_safe
def letter_page(request: HttpRequest, key: str) -> HttpResponse:
    """The letter as a mail program shows it: shut off, with no script and no network."""
    words = _letter(key).html.replace("<head>", '<head><base target="_top">', 1)
    response = HttpResponse(words)
    response["Content-Security-Policy"] = (
        "sandbox allow-top-navigation-by-user-activation; default-src 'none';"
        " style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'"
    )
    return response


@never_cache
@require_safe
def attachment(request: HttpRequest, key: str, number: int) -> HttpResponse:
    attachments = _letter(key).attachments
    if number >= len(attachments):
        raise Http404
    found = attachments[number]
    response = HttpResponse(found.content, content_type=found.content_type)
    response["Content-Disposition"] = f'attachment; filename="{found.name}"'
    return response


def _letter(key: str) -> mailbox.Letter:
    found = mailbox.find(key)
    if found is None:
        raise Http404
    return found


def _paper() -> dict[str, object]:
    """What the newspaper's head says."""
    return {"sections": newspaper.SECTIONS, "today": clock.now()}
