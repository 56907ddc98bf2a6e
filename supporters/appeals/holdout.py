"""What asking adds: readers who are asked beside the five in a hundred who never are.

A gift that carries an appeal's reference is credited to it, though its giver might have given
anyhow. The standing holdout tells the difference. Only devices that allow storage belong to
either group, and only gifts on the site's own contribute page say to which.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Sum

from payments.models import Contribution, Source
from supporters.appeals import statistics
from supporters.appeals.assign import HOLDOUT
from supporters.appeals.measures import FIRST
from supporters.appeals.references import whole_hour
from supporters.appeals.statistics import Estimate, Interval
from supporters.models import AppealCount

LOOKED_BACK = timedelta(days=91)
# What the interval is tuned for: so many readers held out, of whom three in ten thousand give.
PLANNED_HELD, PLANNED_RATE = 20_000, 0.0003
PLANNED = PLANNED_RATE * (1 / PLANNED_HELD + 1 / (19 * PLANNED_HELD))


@dataclass(frozen=True, slots=True)
class Increment:
    """Readers and first gifts of both groups; `interval` is of the asked less the held out."""

    asked: Estimate
    held: Estimate
    interval: Interval | None
    since: datetime
    until: datetime

    @property
    def added(self) -> tuple[int, int] | None:
        """Between how many gifts and how many would not have come without asking."""
        if self.interval is None:
            return None
        return round(self.interval.low * self.asked.of), round(self.interval.high * self.asked.of)


def increment(now: datetime) -> Increment:
    """Of the last thirteen weeks, in whole hours."""
    until = whole_hour(now)
    since = until - LOOKED_BACK
    (met, left_alone), gifts = _readers(since, until), _gifts(since, until)
    asked = statistics.rate(gifts.get(Source.Holdout.ASKED, 0), met)
    held = statistics.rate(gifts.get(Source.Holdout.HELD, 0), left_alone)
    interval = statistics.difference(held, asked, planned=PLANNED)
    return Increment(asked, held, interval, since, until)


def _readers(since: datetime, until: datetime) -> tuple[int, int]:
    """Who was met and asked, and who was met and held out."""
    met = AppealCount.objects.filter(
        kind=AppealCount.Kind.READER, sticky=True, hour__gte=since, hour__lt=until
    )
    held = met.filter(variant=HOLDOUT).aggregate(sum=Sum("count"))["sum"] or 0
    asked = met.exclude(variant=HOLDOUT).aggregate(sum=Sum("count"))["sum"] or 0
    return asked, held


def _gifts(since: datetime, until: datetime) -> dict[str, int]:
    """First gifts by group, whatever led to them."""
    gifts = Contribution.objects.received().filter(
        kind__in=FIRST, checkout__created_at__gte=since, checkout__created_at__lt=until
    )
    groups = gifts.exclude(holdout="").order_by().values_list("holdout")
    return dict(groups.annotate(Count("id")))
