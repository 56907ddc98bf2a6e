"""`{% appeal "article-top" %}`: the ask, inside cached HTML, the same for every reader."""

from typing import Any

from django import template
from django.conf import settings
from django.template.context import RequestContext
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from config.inline import gate_script
from supporters.appeals import rendering
from supporters.appeals.counts import supporters_counted
from supporters.suggestions import suggestion_sets

register = template.Library()

CAMPAIGN, APPEAL = "open-newsroom", "we-need-your-help"


@register.inclusion_tag("supporters/appeal.html", takes_context=True)
def appeal(context: RequestContext, placement: str) -> dict[str, Any]:
    """The appeal of a placement. Who is not asked is decided on the device by the gate."""
    article = context.get("article")
    language = get_language() or "en"
    sets = suggestion_sets(
        settings.DEFAULT_CURRENCY, language=language, frequency=rendering.FREQUENCY, amount=None
    )
    return {
        "placement": placement,
        "article": getattr(article, "slug", ""),
        "campaign": CAMPAIGN,
        "appeal": APPEAL,
        "path": context["request"].path,
        "currency": settings.DEFAULT_CURRENCY,
        "sets": sets,
        "buttons": rendering.buttons("", sets),
        "newsroom": context.get("newsroom"),
        **supporters_counted(),
    }


@register.simple_tag
def appeal_gate() -> SafeString:
    """The gate's script, word for word: its hash stands in the content security policy."""
    return SafeString(gate_script())
