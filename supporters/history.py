"""What a supporter has given: a page at a time, and sums of a year."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce

from payments import clock
from payments.models import Checkout, Contribution
from payments.money import Money
from supporters.models import User

PAGE = 20


@dataclass(frozen=True, slots=True)
class Line:
    """A contribution, what of it was sent back, and what the supporter's bank took back."""

    contribution: Contribution
    sent_back: Money
    taken_back: Money


@dataclass(frozen=True, slots=True)
class Page:
    """Some contributions, newest first, and the keys of the pages before and after."""

    lines: list[Line]
    newer: UUID | None
    older: UUID | None


def page(supporter: User, *, before: str = "", after: str = "") -> Page:
    """The page older than the contribution `before`, or newer than `after`, or the newest.

    The keys are public ids; one that is not a contribution of this supporter counts as none.
    """
    rows = _contributions(supporter)
    if anchor := _anchor(rows, after):
        newer = list(rows.filter(_beside(anchor, "gt")).order_by("moment", "id")[: PAGE + 1])
        shown = newer[:PAGE][::-1]
        return _page(shown, more_newer=len(newer) > PAGE, more_older=True)
    anchor = _anchor(rows, before)
    older = list((rows.filter(_beside(anchor, "lt")) if anchor else rows)[: PAGE + 1])
    return _page(older[:PAGE], more_newer=anchor is not None, more_older=len(older) > PAGE)


def given_in(supporter: User, *, year: int) -> list[Money]:
    """What arrived in a year of the newsroom's calendar and stayed there, per currency."""
    zone = clock.newsroom_zone()
    received = supporter.contributions.received().filter(
        received_at__gte=datetime(year, 1, 1, tzinfo=zone),
        received_at__lt=datetime(year + 1, 1, 1, tzinfo=zone),
    )
    sums: dict[str, Money] = {}
    for row in received.with_refunded().order_by("currency"):
        kept = row.charged - Money(row.refunded_minor, row.currency)
        sums[row.currency] = sums.get(row.currency, Money(0, row.currency)) + kept
    return list(sums.values())


def years(supporter: User) -> list[int]:
    """The years in which money arrived, newest first."""
    zone = clock.newsroom_zone()
    moments = supporter.contributions.received().datetimes(
        "received_at", "year", order="DESC", tzinfo=zone
    )
    return [moment.year for moment in moments]


def on_its_way(supporter: User) -> QuerySet[Checkout]:
    """Checkouts whose money is under way and for which there is no contribution yet."""
    under_way = supporter.checkouts.filter(status=Checkout.Status.PROCESSING)
    return under_way.filter(contributions__isnull=True).order_by("-created_at")[:5]


def _contributions(supporter: User) -> QuerySet[Contribution]:
    rows = supporter.contributions.with_refunded().select_related("receipt")
    return rows.annotate(moment=Coalesce("received_at", "created_at")).order_by("-moment", "-id")


def _anchor(rows: QuerySet[Contribution], key: str) -> Contribution | None:
    try:
        return rows.filter(public_id=UUID(key)).first() if key else None
    except ValueError:
        return None


def _beside(anchor: Contribution, side: str) -> Q:
    same_moment = Q(moment=anchor.moment, **{f"id__{side}": anchor.pk})
    return Q(**{f"moment__{side}": anchor.moment}) | same_moment


def _page(rows: list[Contribution], *, more_newer: bool, more_older: bool) -> Page:
    return Page(
        lines=[_line(row) for row in rows],
        newer=rows[0].public_id if rows and more_newer else None,
        older=rows[-1].public_id if rows and more_older else None,
    )


def _line(row: Contribution) -> Line:
    taken_back = Money(row.taken_back_minor, row.currency)
    sent_back = Money(row.refunded_minor, row.currency) - taken_back
    return Line(row, sent_back=sent_back, taken_back=taken_back)
