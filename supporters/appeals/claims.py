"""The claims ledger at work: what in a text is proven, what is not, and why (PRODUCT A5)."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from supporters.appeals import figures, phrases
from supporters.models import Claim


@dataclass(frozen=True, slots=True)
class Unproven:
    """A phrase that nobody answers for, and what to do about it in one sentence."""

    phrase: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Ledger:
    """The claims as they stand on a day: read once, asked for many texts."""

    claims: tuple[Claim, ...]
    today: date

    def unproven(self, text: str) -> list[Unproven]:
        """What no fresh claim and no live figure answers for."""
        found = [each for each in phrases.find(text) if not self._covers(text, each)]
        return [self._sentence(text, each) for each in found] + _misnamed(text)

    def used(self, text: str) -> list[Claim]:
        """The claims whose phrase stands in the text, stale ones too."""
        return [claim for claim in self.claims if _places(claim.phrase, text)]

    def _covers(self, text: str, found: phrases.Found) -> bool:
        fresh = (claim for claim in self.claims if claim.is_fresh(self.today))
        return any(_holds(claim, text, found) for claim in fresh)

    def _sentence(self, text: str, found: phrases.Found) -> Unproven:
        stale = next((claim for claim in self.claims if _holds(claim, text, found)), None)
        if stale is None:
            words = _missing()[found.kind] % {"phrase": found.phrase}
        elif stale.withdrawn_at is not None:
            words = _("The claim “%(phrase)s” was withdrawn.") % {"phrase": stale.phrase}
        else:
            day = date_format(stale.expires_on, "j F Y")
            words = _("The claim “%(phrase)s” held until %(day)s. Check its source again.")
            words %= {"phrase": stale.phrase, "day": day}
        return Unproven(found.phrase, words)


def ledger(today: date) -> Ledger:
    """Every claim, for a day of the newsroom's calendar."""
    return Ledger(tuple(Claim.objects.all()), today)


def places_of(claims: Iterable[Claim], texts: Iterable[str]) -> dict[int, int]:
    """How many texts each claim (by its key) stands in."""
    written = list(texts)
    return {claim.pk: sum(1 for text in written if _places(claim.phrase, text)) for claim in claims}


def _holds(claim: Claim, text: str, found: phrases.Found) -> bool:
    return any(a <= found.start and found.end <= b for a, b in _places(claim.phrase, text))


def _places(phrase: str, text: str) -> list[tuple[int, int]]:
    """Where a phrase stands as whole words; any white space is one space."""
    words = r"\s+".join(re.escape(word) for word in phrase.split())
    return [m.span() for m in re.finditer(rf"(?<!\w){words}(?!\w)", text, re.IGNORECASE)]


def _misnamed(text: str) -> list[Unproven]:
    """Placeholders that do not exist, and figures that say nothing of when they were counted."""
    names = phrases.placeholders(text)
    wrong = [
        Unproven(
            f"{{{name}}}",
            _("There is no figure called {%(name)s}. There are: %(all)s.")
            % {"name": name, "all": ", ".join(f"{{{each}}}" for each in figures.PLACEHOLDERS)},
        )
        for name in dict.fromkeys(names)
        if name not in figures.PLACEHOLDERS
    ]
    counted = [name for name in names if name in figures.COUNTED]
    if counted and "as_of" not in names:
        words = _("{%(name)s} was counted at some moment: say when with {as_of}.")
        wrong.append(Unproven(f"{{{counted[0]}}}", words % {"name": counted[0]}))
    return wrong


def _missing() -> dict[str, str]:
    return {
        phrases.NUMBER: _("“%(phrase)s” is a number that nobody answers for. Add a claim."),
        phrases.DATE: _("“%(phrase)s” is a date that nobody answers for. Add a claim."),
        phrases.URGENT: _("“%(phrase)s” presses the reader. Add a claim that proves it."),
    }
