"""What a payout is made of, down to the bank line."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, QuerySet, Sum
from django.db.models.functions import Coalesce

from payments.models import Difference, LedgerEntry, Payout, PayoutItem
from payments.money import Money
from payments.reports import movements
from payments.reports.movements import KINDS


@dataclass(frozen=True, slots=True)
class Part:
    """All movements of one kind in a payout."""

    kind: str
    count: int
    gross: Money
    fee: Money
    net: Money

    @property
    def label(self) -> str:
        return str(KINDS[self.kind])


@dataclass(frozen=True, slots=True)
class Loose:
    """Money in a payout that is no movement of ours: what it is, as far as it is known."""

    balance_transaction_id: str
    net: Money
    back: Payout | None = None
    difference: Difference | None = None


@dataclass(frozen=True, slots=True)
class Content:
    """A payout and its parts; `missing` is what they lack of the bank line."""

    payout: Payout
    parts: list[Part]
    loose: list[Loose]
    inside: Money

    @property
    def count(self) -> int:
        return sum(part.count for part in self.parts) + len(self.loose)

    @property
    def missing(self) -> Money:
        return self.payout.amount - self.inside

    @property
    def known(self) -> bool:
        """Whether everything in it is in the books, or explained."""
        return all(
            item.back or (item.difference and item.difference.status == Difference.Status.EXPLAINED)
            for item in self.loose
        )

    @property
    def ties(self) -> bool:
        return self.payout.itemised_at is not None and not self.missing and self.known


def content(payout: Payout) -> Content:
    """Everything in a payout: by kind, and one by one what is no movement of ours."""
    total = payout.items.aggregate(sum=Coalesce(Sum("net_minor"), 0))["sum"]
    return Content(
        payout=payout,
        parts=list(_parts(payout)),
        loose=list(_loose(payout)),
        inside=Money(int(total), payout.currency),
    )


def summed(payouts: QuerySet[Payout]) -> list[Payout]:
    """Payouts with `movements` and `sum`: how many items each has, and what they come to."""
    rows = payouts.annotate(movements=Count("items"), minor=Coalesce(Sum("items__net_minor"), 0))
    found: list[Payout] = list(rows)
    for row in found:
        row.sum = Money(int(row.minor), row.currency)
    return found


def _parts(payout: Payout) -> Iterator[Part]:
    sums = (
        movements.inside(payout)
        .order_by("published_kind")
        .values("published_kind")
        .annotate(
            count=Count("id"),
            gross=Sum("whole_gross"),
            fee=Coalesce(Sum("whole_fee"), 0),
            net=Coalesce(Sum("whole_net"), 0),
        )
    )
    for row in sums:
        money = {name: Money(int(row[name]), payout.currency) for name in ("gross", "fee", "net")}
        yield Part(kind=row["published_kind"], count=row["count"], **money)


def _loose(payout: Payout) -> Iterator[Loose]:
    booked = LedgerEntry.objects.filter(
        stripe_balance_transaction_id=OuterRef("stripe_balance_transaction_id")
    ).exclude(kind__in=LedgerEntry.TRANSFERS)
    items = PayoutItem.objects.filter(~Exists(booked), payout=payout).order_by("pk")
    ids = [item.stripe_balance_transaction_id for item in items]
    differences = {
        row.stripe_balance_transaction_id: row
        for row in Difference.objects.filter(stripe_balance_transaction_id__in=ids).order_by("pk")
    }
    for item in items:
        found = item.stripe_balance_transaction_id
        yield Loose(
            balance_transaction_id=found,
            net=Money(item.net_minor, payout.currency),
            back=_back(found),
            difference=differences.get(found),
        )


def _back(balance_transaction_id: str) -> Payout | None:
    """The payout whose money came back with this balance transaction."""
    return Payout.objects.filter(stripe_failure_transaction_id=balance_transaction_id).first()
