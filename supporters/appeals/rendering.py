"""An appeal's HTML: one wording in one placement, the same for every reader."""

from typing import Any

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from supporters.appeals import contrast
from supporters.appeals.content import SUM, Wording
from supporters.appeals.figures import Figures
from supporters.suggestions import SuggestionSet, suggestion_sets

FREQUENCY = "month"


def html(
    wording: Wording,
    *,
    placement: str,
    currency: str,
    figures: Figures,
    language: str,
    **addresses: Any,
) -> str:
    """The fragment. `wording` has its figures filled in; `addresses` go to the template."""
    with translation.override(language):
        context = context_of(
            wording, placement=placement, currency=currency, figures=figures, language=language
        )
        return render_to_string("supporters/appeal.html", context | addresses)


def context_of(
    wording: Wording, *, placement: str, currency: str, figures: Figures, language: str
) -> dict[str, Any]:
    """What the template needs. Call it in the language of the page."""
    sets = suggestion_sets(
        currency, language=language, frequency=FREQUENCY, amount=None, offered=wording.amounts
    )
    return {
        "placement": placement,
        "heading": wording.heading,
        "body": wording.body,
        "count": figures.supporters,
        "counted_on": figures.as_of,
        "currency": currency,
        "sets": sets,
        "buttons": buttons(wording.button, sets),
        "colours": colours_code(wording.colours),
    }


def buttons(words: str, sets: list[SuggestionSet]) -> list[dict[str, str]]:
    """Per frequency: what the button says at first, and the pattern for another sum."""
    patterns = {
        "once": words or _("Give {amount}"),
        "month": words.replace(SUM, _("{amount} a month")) if words else _("Give {amount} a month"),
        "year": words.replace(SUM, _("{amount} a year")) if words else _("Give {amount} a year"),
    }
    return [
        {
            "frequency": each.frequency,
            "pattern": patterns[each.frequency],
            "first": patterns[each.frequency].replace(SUM, _chosen(each)),
        }
        for each in sets
    ]


def colours_code(colours: dict[str, dict[str, str]]) -> str:
    """The style sheet's name: brand and its ink, light then dark; empty for the house's own."""
    if not any(colours.values()):
        return ""
    chosen = (
        colours.get(scheme, {}).get(name) or contrast.house(scheme)[name]
        for scheme in contrast.SCHEMES
        for name in contrast.NAMES
    )
    return "-".join(colour.lstrip("#").lower() for colour in chosen)


def _chosen(tiles: SuggestionSet) -> str:
    return next((each.label for each in tiles.amounts if each.chosen), "")
