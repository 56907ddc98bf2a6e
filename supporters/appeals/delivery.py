"""The appeal's files as bytes for a path: rules, fragments, the embedding script.

Nothing here knows HTTP, cookies or who asks: a Django view serves the answers, and so can any layer
in front of it. `answer` costs no query while the bundle of the process is fresh.
"""

from dataclasses import dataclass

from django.conf import settings
from django.templatetags.static import static
from django.utils.translation import override

from config.inline import script
from supporters.appeals import asks, bundle
from supporters.appeals.bundle import Live
from supporters.models import Placement

# Short, so that what is taken down is gone within the minute together with bundle.KEPT_SECONDS;
# a day without the server leaves the appeals working.
SHORT = "public, max-age=15, stale-while-revalidate=15, stale-if-error=86400"
SCRIPT = "public, max-age=300, stale-while-revalidate=300, stale-if-error=86400"
HTML, JSON, JAVASCRIPT = (
    "text/html; charset=utf-8",
    "application/json",
    "text/javascript; charset=utf-8",
)
EMBED = ("appeal-rules", "appeal-page", "beacon", "appeal", "appeal-embed")
LONGEST_RULES, LONGEST_FRAGMENT = 20 * 1024, 6 * 1024


@dataclass(frozen=True, slots=True)
class Answer:
    """A body with what any server has to say about it; the same for every reader."""

    body: bytes
    content_type: str
    cache_control: str
    etag: str

    def headers(self, *, origin: str) -> dict[str, str]:
        """What a page of `origin` is told beside the bytes: no cookie, nothing of the reader."""
        told = {
            "Content-Type": self.content_type,
            "Cache-Control": self.cache_control,
            "ETag": self.etag,
            "Vary": "Origin",
        }
        if origin and allowed(origin):
            told["Access-Control-Allow-Origin"] = origin
        return told


def answer(path: str) -> Answer | None:
    """What stands at /appeals/rules.json, /appeals/fragment/<placement>/ and its shadow/, and
    /appeals/embed.js; None for any other path."""
    live = bundle.current()
    if path not in live.answers:
        made = _answer(live, path)
        if made is None:
            return None
        live.answers[path] = made
    return live.answers[path]


def allowed(origin: str) -> bool:
    """Whether pages of an origin may read the answers: those that the desk has registered."""
    return origin in bundle.current().origins


def _answer(live: Live, path: str) -> Answer | None:
    match path.strip("/").split("/"):
        case ["appeals", "rules.json"]:
            return _bytes(bundle.rules_file(live), JSON, SHORT)
        case ["appeals", "embed.js"]:
            return _bytes(script(*EMBED).encode(), JAVASCRIPT, SCRIPT)
        case ["appeals", "fragment", name] if name in Placement.values:
            return _bytes(fragment(live, name), HTML, SHORT)
        case ["appeals", "fragment", name, "shadow"] if name in Placement.values:
            return _bytes(shadow(live, name), HTML, SHORT)
    return None


def _bytes(body: bytes, content_type: str, cache_control: str) -> Answer:
    return Answer(body, content_type, cache_control, bundle.etag(body))


def fragment(live: Live, placement: str) -> bytes:
    """For a server or an edge of the same site that puts it into its pages (SSI, ESI, a build)."""
    with override(settings.LANGUAGE_CODE):
        return asks.ask(live, placement).encode()


def shadow(live: Live, placement: str) -> bytes:
    """For pages of another site: in a shadow root of its own, with full addresses.

    Browsers that meet it while parsing attach the root by themselves; embed.js does it elsewhere.
    """
    with override(settings.LANGUAGE_CODE):
        inner = asks.ask(live, placement, site=settings.SITE_URL)
    style = f"{settings.SITE_URL}{static('supporters/css/appeal.css')}"
    link = f'<link rel="stylesheet" href="{style}">'
    return (
        f'<div data-keepopen="{placement}"><template shadowrootmode="open">{link}{inner}'
        "</template></div>"
    ).encode()
