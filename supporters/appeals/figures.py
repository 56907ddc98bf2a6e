"""Live figures of a campaign, and the placeholders by which copy names them (PRODUCT A5)."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from babel.dates import format_date
from babel.numbers import format_decimal, format_percent
from django.core.cache import caches

from payments import clock
from payments.money import Money, babel_locale, exponent
from payments.reports.campaigns import raised
from supporters.appeals.counts import KEPT_SECONDS, supporters_counted
from supporters.models import Campaign

PLACEHOLDERS = ("supporters", "goal", "raised", "progress", "as_of")
# Money and people are counted at a moment, which the copy has to name.
COUNTED = frozenset({"supporters", "raised", "progress"})


@dataclass(frozen=True, slots=True)
class Figures:
    """As counted at `as_of`. `supporters` is rounded down, None while there are too few."""

    supporters: int | None
    goal: Money | None
    raised: Money
    as_of: datetime

    @property
    def progress(self) -> int | None:
        """Full per cent of the goal; None without a goal."""
        if self.goal is None:
            return None
        return max(0, self.raised.minor * 100 // self.goal.minor)

    @property
    def reached(self) -> bool:
        return self.goal is not None and self.raised >= self.goal

    def words(self, language: str) -> dict[str, str | None]:
        """What each placeholder stands for; None where there is nothing true to say."""
        # Babel's plain English writes days as Americans do.
        locale = "en_GB" if language == "en" else babel_locale(language)
        day = clock.local_date(self.as_of)
        count, progress = self.supporters, self.progress
        return {
            "supporters": None if count is None else format_decimal(count, locale=locale),
            "goal": None if self.goal is None else self.goal.short(language),
            "raised": _whole(self.raised).short(language) if self.raised.minor > 0 else None,
            "progress": None
            if progress is None
            else format_percent(Decimal(progress) / 100, locale=locale),
            "as_of": format_date(day, format="long", locale=locale),
        }


def of_campaign(campaign: Campaign) -> Figures:
    """The figures of now, at most a minute old."""
    key = f"figures:{campaign.code}:{campaign.currency}"
    found = caches["spare"].get(key)
    if found is None:
        found = raised(campaign.code, currency=campaign.currency), clock.now()
        caches["spare"].set(key, found, KEPT_SECONDS)
    sum_raised, as_of = found
    return Figures(
        supporters=supporters_counted()["supporter_count"],
        goal=campaign.goal,
        raised=sum_raised,
        as_of=as_of,
    )


def _whole(amount: Money) -> Money:
    """Without the cents, downwards: copy may say "over"."""
    unit = 10 ** exponent(amount.currency)
    return Money(amount.minor // unit * unit, amount.currency)
