"""`{% appeal "article-top" %}`: the ask, inside cached HTML, the same for every reader."""

from typing import Any

from django import template
from django.template.base import NodeList, Parser, Token
from django.template.context import Context, RequestContext
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from config.inline import gate_script
from supporters.appeals import asks, bundle, inside
from supporters.appeals.fields import normal
from supporters.appeals.rules import Page
from supporters.models import Placement

register = template.Library()


@register.simple_tag(takes_context=True)
def appeal(context: RequestContext, placement: str, level: int = 2) -> SafeString:
    """The appeal of a placement. Who is not asked is decided on the device by the gate.

    `article` in the context tells section, tags and author; `level` is that of its heading.
    """
    return SafeString(_ask(context, placement, level=level))


@register.simple_tag
def appeal_gate() -> SafeString:
    """The gate's script, word for word: its hash stands in the content security policy."""
    return SafeString(gate_script())


@register.tag
def appeal_inside(parser: Parser, token: Token) -> template.Node:
    """`{% appeal_inside %}…{% endappeal_inside %}`: the appeal after a paragraph of this HTML.

    The paragraph is the one that the desk chose, or a later one where that stands after a heading
    or beside a picture.
    """
    body = parser.parse(("endappeal_inside",))
    parser.delete_first_token()
    return Inside(body)


class Inside(template.Node):
    """Renders what it encloses, with the appeal in it."""

    def __init__(self, body: NodeList) -> None:
        self.body = body

    def render(self, context: Context) -> SafeString:
        html = self.body.render(context)
        ask = _ask(context, Placement.INSIDE, level=2)
        return SafeString(inside.put(html, ask, after=_paragraph()) if ask else html)


def _ask(context: Context, placement: str, *, level: int) -> str:
    request = context.get("request")
    return asks.ask(
        bundle.current(),
        placement,
        page=_page(context.get("article")),
        path=request.path if request else "",
        level=level,
    )


def _page(article: Any) -> Page | None:
    """What an article of the site says of itself; None where there is none in the context.

    Read are `slug`, `section`, `tags`, `authors` (or `byline`) and `sensitive`.
    """
    if article is None:
        return None
    authors = getattr(article, "authors", None) or [getattr(article, "byline", "")]
    return Page(
        story=normal(str(getattr(article, "slug", ""))),
        section=normal(str(getattr(article, "section", ""))),
        tags=tuple(normal(str(tag)) for tag in getattr(article, "tags", ())),
        authors=tuple(normal(str(author)) for author in authors if author),
        language=(get_language() or "en")[:2],
        sensitive=bool(getattr(article, "sensitive", False)),
    )


def _paragraph() -> int:
    """After which paragraph the desk wants it."""
    live = bundle.current()
    found = live.bundle.at(Placement.INSIDE)
    return live.published[found[0].code].content.paragraph if found else 1
