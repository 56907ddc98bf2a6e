"""An appeal tried on yesterday's readers, before it asks anybody."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from payments import clock
from supporters.appeals import content as contents
from supporters.appeals import publishing, replay
from supporters.appeals.rules import RuleError
from supporters.desk.access import CAMPAIGNS, only
from supporters.models import Appeal


def _reasons() -> dict[str, str]:
    return {
        "killed": _("Everything is switched off."),
        "muted": _("The story, its tag or the site is silenced."),
        "supporter": _("The reader supports already."),
        "paused": _("The reader asked for a pause."),
        "budget": _("The page asks often enough already."),
        "nothing": _("No appeal’s rules fit, or the story is sensitive."),
    }


@only(CAMPAIGNS)
@require_safe
def page(request: HttpRequest, code: str) -> HttpResponse:
    """The latest version on the last day of which there is a sample."""
    appeal = get_object_or_404(Appeal.objects.select_related("campaign", "live"), code=code)
    latest = publishing.latest_version(appeal)
    day = replay.sampled_day(clock.local_date(clock.now()))
    context: dict[str, Any] = {"appeal": appeal, "latest": latest, "day": day}
    context["most"] = replay.MOST
    if day is not None:
        try:
            found = replay.predict(appeal, contents.of_version(latest), day)
        except RuleError as error:
            context["sentences"] = error.sentences
        else:
            context |= {
                "found": found,
                "asks": found.per_hundred(found.asks),
                "asks_now": found.per_hundred(found.asks_now),
                "why": [(_reasons()[name], n) for name, n in found.why.most_common()],
                "pages": _pages(found),
                "instead": found.instead.most_common(),
                "behind": found.behind.most_common(),
                "sections": found.sections.most_common(),
            }
    return render(request, "supporters/desk/replay.html", context)


def _pages(found: replay.Predicted) -> list[tuple[int, int, int]]:
    """How many pages carry how many appeals: now, and then."""
    numbers = sorted({*found.asks, *found.asks_now})
    return [(number, found.asks_now[number], found.asks[number]) for number in numbers]
