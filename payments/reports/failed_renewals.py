"""What failed renewals cost and what of it came after all: sums per currency for a period."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q, QuerySet, Sum

from payments.models import FailedRenewal
from payments.money import Money

Status = FailedRenewal.Status


@dataclass(frozen=True, slots=True)
class Sums:
    """One currency's: how much of what failed was recovered, is still tried, was given up."""

    recovered: Money
    recovered_count: int
    still_open: Money
    open_count: int
    given_up: Money
    given_up_count: int


def failed_between(start: datetime, end: datetime) -> QuerySet[FailedRenewal]:
    """Renewals of the period that failed."""
    return FailedRenewal.objects.filter(failed_at__gte=start, failed_at__lt=end)


def sums(rows: QuerySet[FailedRenewal]) -> list[Sums]:
    """Per currency; what was recovered is counted at what the invoice asked for."""
    states = {"recovered": Status.RECOVERED, "open": Status.OPEN, "given_up": Status.GIVEN_UP}
    numbers = {
        f"{name}_{what}": fold("amount_minor" if fold is Sum else "id", filter=Q(status=status))
        for name, status in states.items()
        for what, fold in (("minor", Sum), ("count", Count))
    }
    found = rows.order_by("currency").values("currency").annotate(**numbers)
    return [_sums(row) for row in found]


def _sums(row: dict) -> Sums:
    def money(name: str) -> Money:
        return Money(row[f"{name}_minor"] or 0, row["currency"])

    return Sums(
        recovered=money("recovered"),
        recovered_count=row["recovered_count"],
        still_open=money("open"),
        open_count=row["open_count"],
        given_up=money("given_up"),
        given_up_count=row["given_up_count"],
    )
