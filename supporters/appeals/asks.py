"""An appeal's place in a page: every wording that may show there, and what the gate decides by.

The HTML is the same for every reader. Without scripts the first wording that suits everybody is
seen; the gate shows another one, or none, before anything is painted.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.utils.translation import get_language

from supporters.appeals import bundle, references, rendering, rules
from supporters.appeals.bundle import Live
from supporters.appeals.content import Wording
from supporters.models import Placement

KEPT_PAGES = 2000


def ask(
    live: Live,
    placement: str,
    *,
    page: rules.Page | None = None,
    **addresses: Any,
) -> str:
    """The HTML for a placement, empty where nothing can show. `page` is None in a fragment.

    A known page keeps its place without a wording in it, so that its views enter the sample on
    which the next appeal is tried; not inside its text, where finding the place costs.

    `addresses` go to the template: path, action, level and the like.
    """
    key = (placement, page, get_language(), *sorted(addresses.items()))
    if key not in live.pages:
        if len(live.pages) >= KEPT_PAGES:
            live.pages.clear()
        live.pages[key] = _made(live, placement, page, addresses)
    return live.pages[key]


def _made(live: Live, placement: str, page: rules.Page | None, addresses: dict[str, Any]) -> str:
    here = live.bundle
    if page is not None:
        here = rules.for_page(here, placement, page, live.at)
    kept = page is not None and placement != Placement.INSIDE
    if here.killed or not (kept or here.at(placement)):
        return ""
    plain = rules.without_device(here, placement, page, live.at)
    first = f"{plain.code}/{max(plain.arms, key=lambda arm: arm[1])[0]}" if plain else ""
    data = bundle.device_data(here, placement)
    if page is not None:
        data["page"] = page.data()
    faces = (
        _face(live, each.code, words, page, shown=first, addresses=addresses)
        for each in here.at(placement)
        for words in _once(live.published[each.code].wordings)
    )
    hidden = "" if first else " hidden"
    # The class is what the element is, and what text extractors know to leave out.
    opened = (
        f'<div class="ko-sidebar" data-place="{placement}" data-ko=\'{_quoted(data)}\'{hidden}>'
    )
    return f"{opened}{''.join(faces)}</div>"


def _face(
    live: Live,
    code: str,
    words: Wording,
    page: rules.Page | None,
    *,
    shown: str,
    addresses: dict[str, Any],
) -> str:
    """One wording of one appeal; hidden unless it is what readers without scripts see."""
    appeal = live.published[code]
    face = f"{code}/{words.code}"
    placement = appeal.content.placement
    source = references.Source(
        campaign=appeal.campaign.code,
        appeal=code,
        variant=words.code,
        placement=placement,
        article=page.story if page else "",
        hour=datetime.fromtimestamp(live.at, UTC),
        section=page.section if page else "",
        author=", ".join(page.authors) if page else "",
    )
    return rendering.html(
        words,
        placement=placement,
        currency=appeal.campaign.currency,
        figures=appeal.figures,
        language=get_language() or "en",
        face=face,
        prefix=f"{placement}-{code}-{words.code}",
        hidden=face != shown,
        source=references.sign(source),
        storage=settings.APPEAL_STORAGE,
        **addresses,
    )


def _once(wordings: Iterable[Wording]) -> Iterable[Wording]:
    """One wording per code: those told in plain words share one."""
    return {each.code: each for each in wordings}.values()


def _quoted(data: dict[str, Any]) -> str:
    """JSON inside an attribute between single quotes."""
    text = bundle.as_json(data)
    return text.replace("&", "&amp;").replace("'", "&#39;").replace("<", "&lt;")
