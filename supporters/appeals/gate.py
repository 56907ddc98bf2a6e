"""The gate before readers: everything that must hold of an appeal, each lack in one sentence."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from payments import clock
from payments.models import Frequency
from payments.money import LIMITS
from supporters.appeals import claims, contrast, figures, rendering, rules, structure, wording
from supporters.appeals.content import SUM, Content, Wording
from supporters.appeals.figures import Figures
from supporters.appeals.phrases import placeholders
from supporters.models import Appeal, Campaign, Placement

LONGEST = {"heading": 90, "body": 600, "button": 40}
MOST_AMOUNTS, MOST_VARIANTS = 4, 6


@dataclass(frozen=True, slots=True)
class Problem:
    """Where it is (a variant's code, or empty for the whole appeal), what to do; does it block?"""

    where: str
    sentence: str
    blocks: bool = True


def problems(content: Content, appeal: Appeal) -> list[Problem]:
    """Everything that keeps an appeal from readers, and what should be thought about."""
    campaign = appeal.campaign
    counted = figures.of_campaign(campaign)
    ledger = claims.ledger(clock.local_date(clock.now()))
    found = [
        *_schedule(content, campaign),
        *_shares(content),
        *_rules(content),
        *_rivals(content, appeal),
    ]
    for variant in content.variants:
        found += [
            Problem(variant.code, sentence)
            for check in (_lengths, _amounts, _colours)
            for sentence in check(variant, campaign)
        ]
        for sentence in (
            *_half(variant, content),
            *unsayable(variant, counted, ledger),
            *_built(variant, content, counted, campaign),
        ):
            found.append(Problem(variant.code, sentence))
    return found


def _schedule(content: Content, campaign: Campaign) -> Iterator[Problem]:
    now = clock.now()
    if content.ends_at and content.ends_at <= now:
        yield Problem("", _("The last moment of the schedule is in the past."))
    if campaign.phase(clock.local_date(now)) == Campaign.Phase.OVER:
        yield Problem("", _("The campaign is over."))


def _shares(content: Content) -> Iterator[Problem]:
    codes = [variant.code for variant in content.variants]
    if not codes:
        yield Problem("", _("There is no variant, so there is nothing to say."))
        return
    if wording.PLAIN in codes:
        yield Problem("", _("“plain” is the code of the house's own words. Choose another one."))
    if len(codes) > MOST_VARIANTS:
        yield Problem("", _("At most %(most)s variants.") % {"most": MOST_VARIANTS})
    total = sum(variant.share for variant in content.variants)
    if total != 100:
        sentence = _("The variants' shares add up to %(total)s, not to 100.")
        yield Problem("", sentence % {"total": total})


def _rules(content: Content) -> Iterator[Problem]:
    """Rules that contradict each other, never hold or always do."""
    try:
        found = rules.problems(rules.parse(content.rules))
    except rules.RuleError as error:
        yield from (Problem("", sentence) for sentence in error.sentences)
        return
    yield from (Problem("", each.sentence, blocks=each.stops) for each in found)


def _rivals(content: Content, appeal: Appeal) -> Iterator[Problem]:
    """Two of the same priority in one placement: the code decides, which nobody expects."""
    others = Appeal.objects.live().filter(placement=content.placement, priority=content.priority)
    for other in others.exclude(pk=appeal.pk):
        sentence = _("“%(code)s” has the same priority here. Give one of them a higher number.")
        yield Problem("", sentence % {"code": other.code}, blocks=False)


def _lengths(variant: Wording, campaign: Campaign) -> Iterator[str]:
    sentences = {
        "heading": _("The heading has %(long)s characters; %(most)s fit."),
        "body": _("The text has %(long)s characters; %(most)s fit."),
        "button": _("The button has %(long)s characters; %(most)s fit."),
    }
    for name, most in LONGEST.items():
        long = len(getattr(variant, name))
        if long > most:
            yield sentences[name] % {"long": long, "most": most}
    if variant.button and SUM not in variant.button:
        yield _("The button must say how much is given: put {amount} into its words.")


def _half(variant: Wording, content: Content) -> Iterator[str]:
    """A slim banner has a heading only; everywhere else words come whole or not at all."""
    if content.placement != Placement.SLIM and bool(variant.heading) != bool(variant.body):
        yield _("Write a heading and a text, or leave both to the house's own words.")


def _amounts(variant: Wording, campaign: Campaign) -> Iterator[str]:
    limits = LIMITS[campaign.currency]
    for frequency, minors in variant.amounts.items():
        name = Frequency(frequency).label.lower()
        if len(minors) > MOST_AMOUNTS:
            yield _("At most %(most)s sums (%(name)s).") % {"most": MOST_AMOUNTS, "name": name}
        if sorted(set(minors)) != list(minors):
            yield _("The sums (%(name)s) do not rise.") % {"name": name}
        if any(not limits.smallest <= minor <= limits.largest for minor in minors):
            yield _("A sum (%(name)s) is outside of what we can take.") % {"name": name}


def _colours(variant: Wording, campaign: Campaign) -> Iterator[str]:
    if not all(contrast.is_colour(c) for part in variant.colours.values() for c in part.values()):
        yield _("A colour is written as #0b4f6c.")
        return
    sentence = _("%(pair)s, %(scheme)s: contrast %(ratio).1f, and %(needed).1f is needed.")
    for each in contrast.unreadable(variant.colours):
        words = {"pair": _pair_names()[each.pair], "scheme": _scheme_names()[each.scheme]}
        yield sentence % (words | {"ratio": each.ratio, "needed": each.needed})


def unsayable(variant: Wording, counted: Figures, ledger: claims.Ledger) -> Iterator[str]:
    """Claims without proof, and figures of which nothing true can be said yet."""
    for each in ledger.unproven(variant.text):
        yield each.sentence
    words = counted.words(get_language() or "en")
    for name in dict.fromkeys(placeholders(variant.text)):
        if name in words and not words[name]:
            yield _unknown()[name]


def _built(variant: Wording, content: Content, counted: Figures, campaign: Campaign) -> list[str]:
    language = get_language() or "en"
    words = counted.words(language)
    told = wording.with_figures(variant, words)
    html = rendering.html(
        told,
        placement=content.placement,
        currency=campaign.currency,
        figures=counted,
        language=language,
    )
    return structure.problems(html)


def _pair_names() -> dict[str, str]:
    return {
        "brand on paper": _("Links on the page"),
        "brand_ink on brand": _("The button's words on the button"),
        "brand on its tint": _("The chosen sum on its tile"),
        "brand border on paper": _("The tile's border on the page"),
    }


def _scheme_names() -> dict[str, str]:
    return {"light": _("by day"), "dark": _("in the dark")}


def _unknown() -> dict[str, str]:
    """What to say of a figure that has no value."""
    return {
        "supporters": _("{supporters}: there are too few supporters yet to speak of."),
        "goal": _("{goal}: the campaign has no goal."),
        "raised": _("{raised}: nothing has been raised for this campaign yet."),
        "progress": _("{progress}: the campaign has no goal to measure against."),
    }
