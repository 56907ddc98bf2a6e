"""How an appeal will look: inside an article, on each device, by day and in the dark."""

import re
from dataclasses import dataclass
from functools import cache
from typing import Any

from csp.constants import SELF
from csp.decorators import csp_replace, csp_update
from django.contrib.staticfiles import finders
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.templatetags.static import static
from django.utils import translation
from django.utils.translation import get_language
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_POST, require_safe

from payments.access import View
from supporters.appeals import content as contents
from supporters.appeals import figures, gate, publishing, rendering, stories, wording
from supporters.appeals.content import Content
from supporters.appeals.stories import Story
from supporters.desk.access import CAMPAIGNS, only
from supporters.desk.appeal_forms import Writing
from supporters.models import Appeal, AppealVersion, Campaign

SCHEMES, DIRECTIONS = ("light", "dark"), ("ltr", "rtl")
SHEETS = {
    "tokens": "supporters/css/tokens.css",
    "base": "supporters/css/base.css",
    "components": "supporters/css/components.css",
    "article": "supporters/css/article.css",
    "appeal": "supporters/css/appeal.css",
}
DARK_QUERY = re.compile(r"@media\s*\(prefers-color-scheme:\s*dark\)")


def framed(view: View) -> View:
    """The answer may stand in a frame of the desk's own pages."""
    return xframe_options_sameorigin(csp_replace({"frame-ancestors": [SELF]})(view))


def framing(view: View) -> View:
    """The page carries a frame with a preview."""
    return csp_update({"frame-src": [SELF]})(view)


@dataclass(frozen=True, slots=True)
class Stage:
    """What to show it on: a story, a colour scheme, a direction, and which of the variants."""

    story: Story
    scheme: str = "light"
    direction: str = "ltr"
    variant: int = 0


def stage_of(asked: QueryDict) -> Stage:
    """As the address or the form says; what it cannot say is the first choice."""
    scheme, direction = asked.get("scheme", ""), asked.get("direction", "")
    number = asked.get("shown", "0")
    return Stage(
        story=stories.story(asked.get("story", "")),
        scheme=scheme if scheme in SCHEMES else SCHEMES[0],
        direction=direction if direction in DIRECTIONS else DIRECTIONS[0],
        variant=int(number) if number.isascii() and number.isdigit() and len(number) < 4 else 0,
    )


@only(CAMPAIGNS)
@framed
@require_safe
def version(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """A version as it was saved."""
    found = get_object_or_404(
        AppealVersion.objects.select_related("appeal__campaign"), appeal__code=code, number=number
    )
    content = contents.of_version(found)
    return _page(request, content, found.appeal.campaign, stage_of(request.GET))


@only(CAMPAIGNS)
@framed
@require_POST
def unsaved(request: HttpRequest, code: str = "") -> HttpResponse:
    """What stands in the form, without saving it; with what the gate says of it."""
    appeal = Appeal.objects.filter(code=code).first() if code else None
    seen = publishing.latest_version(appeal).number if appeal else None
    blank = Content("", 1, 0, [], None, None, "", ())
    writing = Writing(request.POST, content=blank, currency="eur", seen=seen)
    if not writing.is_valid() or writing.content is None:
        return render(request, "supporters/desk/preview_errors.html", {"errors": writing.errors()})
    campaign = writing.form.cleaned_data["campaign"]
    judged = Appeal(campaign=campaign, pk=appeal.pk if appeal else None)
    problems = gate.problems(writing.content, judged)
    stage = stage_of(request.POST)
    return _page(request, writing.content, campaign, stage, problems=problems, judged=True)


@only(CAMPAIGNS)
@require_safe
def sheet(request: HttpRequest, scheme: str, name: str) -> HttpResponse:
    """One of our style sheets as it reads by day or in the dark, whatever the desk's device."""
    if scheme not in SCHEMES or name not in SHEETS:
        raise Http404
    return HttpResponse(_forced(name, scheme), content_type="text/css")


def _page(
    request: HttpRequest, content: Content, campaign: Campaign, stage: Stage, **more: Any
) -> HttpResponse:
    context = {
        "stage": stage,
        "before": stage.story.paragraphs[: content.paragraph],
        "after": stage.story.paragraphs[content.paragraph :],
        "placement": content.placement,
        "sheets": SHEETS,
        **more,
    }
    if content.variants:
        context |= appeal_context(content, campaign, stage.variant)
    return render(request, "supporters/desk/preview.html", context)


def appeal_context(content: Content, campaign: Campaign, number: int) -> dict[str, Any]:
    """What the appeal's template needs, with the figures of now."""
    language = get_language() or "en"
    counted = figures.of_campaign(campaign)
    chosen = content.variants[min(number, len(content.variants) - 1)]
    told = wording.with_figures(chosen, counted.words(language))
    with translation.override(language):
        return rendering.context_of(
            told,
            placement=content.placement,
            currency=campaign.currency,
            figures=counted,
            language=language,
        )


@cache
def _forced(name: str, scheme: str) -> str:
    path = finders.find(SHEETS[name])
    with open(str(path), encoding="utf-8") as file:
        css = file.read()
    css = css.replace('url("../', f'url("{static("supporters/")}')
    css = DARK_QUERY.sub("@media all" if scheme == "dark" else "@media not all", css)
    return css.replace("color-scheme: light dark", f"color-scheme: {scheme}")
