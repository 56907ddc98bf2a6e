"""What readers did with each variant of an appeal in a period: counters, checkouts, gifts.

Views, clicks, dismissals and pauses come from the counters; checkouts and gifts from their own
rows, by the source that they froze. Only what a signed reference proves counts.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum

from payments.models import Checkout, Contribution, Frequency, Refund
from supporters.models import AppealCount

Kind = AppealCount.Kind
FIRST = (Contribution.Kind.GIFT, Contribution.Kind.FIRST)


@dataclass(frozen=True, slots=True)
class Window:
    """An appeal's units of one kind between two whole hours; the end does not count."""

    appeal: str
    sticky: bool
    start: datetime
    end: datetime
    currency: str

    @property
    def unit(self) -> str:
        """The kind of counter that says how many units there were."""
        return Kind.READER if self.sticky else Kind.VIEW


@dataclass(slots=True)
class Measured:
    """Of one variant. `signals` are the units received, `values` the gifts in minor units."""

    units: int = 0
    signals: int = 0
    clicks: int = 0
    dismissals: int = 0
    pauses: int = 0
    starts: int = 0
    completions: int = 0
    recurring: int = 0
    refunds: int = 0
    values: list[int] = field(default_factory=list)

    def __add__(self, other: "Measured") -> "Measured":
        return Measured(**{name: getattr(self, name) + getattr(other, name) for name in NAMES})


NAMES = tuple(Measured.__dataclass_fields__)
COUNTED = {Kind.CLICK: "clicks", Kind.DISMISS: "dismissals", Kind.PAUSE: "pauses"}


def by_variant(window: Window) -> dict[str, Measured]:
    """Every variant that did anything; a handful of queries, whatever the traffic."""
    found: dict[str, Measured] = defaultdict(Measured)
    for row in _counters(window):
        measured = found[row["variant"]]
        if row["kind"] == window.unit:
            measured.units, measured.signals = row["weighed"], row["received"]
        elif row["kind"] in COUNTED:
            setattr(measured, COUNTED[row["kind"]], row["weighed"])
    for variant, count in _starts(window):
        found[variant].starts = count
    for variant, frequency, currency, gift, refunded in _given(window):
        _add_gift(
            found[variant], frequency, gift if currency == window.currency else None, refunded
        )
    return dict(found)


def ghosts(window: Window) -> int:
    """Views by the holdout, who would have been asked."""
    rows = _within(window).filter(kind=Kind.GHOST)
    return rows.aggregate(sum=Sum("count"))["sum"] or 0


def _within(window: Window) -> QuerySet[AppealCount]:
    return AppealCount.objects.filter(
        appeal=window.appeal, hour__gte=window.start, hour__lt=window.end
    )


def _counters(window: Window) -> Iterable[Any]:
    rows = _within(window).filter(sticky=window.sticky).order_by()
    sums = {"weighed": Sum("count"), "received": Sum("signals")}
    return rows.values("variant", "kind").annotate(**sums)


def begun(window: Window) -> QuerySet[Checkout]:
    """The checkouts that came from an ask in the window."""
    return Checkout.objects.filter(
        appeal=window.appeal,
        sticky=window.sticky,
        asked_at__isnull=False,
        created_at__gte=window.start,
        created_at__lt=window.end,
    )


def _starts(window: Window) -> Iterable[tuple[str, int]]:
    return begun(window).order_by().values_list("variant").annotate(Count("id"))


def _given(window: Window) -> Iterable[tuple[str, str, str, int, int]]:
    """First gifts whose checkout began in the window, whenever the money came."""
    sent_back = Q(refunds__status__in=Refund.COUNTED)
    gifts = Contribution.objects.received().filter(kind__in=FIRST, checkout__in=begun(window))
    rows = gifts.annotate(sent_back=Count("refunds", filter=sent_back)).order_by("id")
    return rows.values_list("checkout__variant", "frequency", "currency", "gift_minor", "sent_back")


def _add_gift(measured: Measured, frequency: str, gift: int | None, refunded: int) -> None:
    measured.completions += 1
    measured.recurring += frequency != Frequency.ONCE
    measured.refunds += bool(refunded)
    if gift is not None:
        measured.values.append(gift)
