"""The control total of an adoption: every charge of the account, in exactly one place."""

from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Sum

from payments.gateway.client import livemode
from payments.models import BalanceLine, Contribution, StagedCharge, Subscription
from payments.money import Money
from payments.reconcile.lines import CHARGES

Outcome = StagedCharge.Outcome


@dataclass(frozen=True, slots=True)
class Total:
    """A currency: what Stripe lists as charges, and where each of them went."""

    currency: str
    stripe: tuple[int, Money]
    parts: dict[str, tuple[int, Money]]

    @property
    def ties(self) -> bool:
        minor = sum(money.minor for _, money in self.parts.values())
        return (self.stripe[0], self.stripe[1].minor) == (
            sum(count for count, _ in self.parts.values()),
            minor,
        )

    def __str__(self) -> str:
        count, money = self.stripe
        parts = " + ".join(
            f"{name} {number} ({sum_.format()})" for name, (number, sum_) in self.parts.items()
        )
        sign = "=" if self.ties else "is NOT"
        return (
            f"{self.currency}: Stripe lists {count} ({money.format()}) {sign} {parts or 'nothing'}"
        )


def totals() -> list[Total]:
    """Stripe's lines against the staged charges, by the currency in which each settled."""
    charges = BalanceLine.objects.filter(livemode=livemode(), type__in=CHARGES)
    staged = StagedCharge.objects.filter(stripe_charge_id=OuterRef("stripe_source_id"))
    whole = {row["currency"]: row for row in _summed(charges, "currency")}
    parts: dict[str, dict[str, tuple[int, Money]]] = {currency: {} for currency in whole}
    for outcome in Outcome:
        placed = charges.filter(Exists(staged.filter(outcome=outcome)))
        for row in _summed(placed, "currency"):
            parts[row["currency"]][outcome.label.lower()] = _pair(row)
    return [Total(name, _pair(row), parts[name]) for name, row in sorted(whole.items())]


def reasons() -> list[tuple[str, int]]:
    """Why charges were parked, and how many for each reason."""
    rows = StagedCharge.objects.filter(outcome=Outcome.FOREIGN).order_by()
    return sorted(rows.values_list("reason").annotate(Count("id")))


def doubles() -> dict[str, int]:
    """People whom Stripe has twice, so that somebody looks."""
    adopted = Contribution.objects.exclude(supporter=None).order_by().values("supporter")
    several = adopted.annotate(ids=Count("stripe_customer_id", distinct=True)).filter(ids__gt=1)
    running = Subscription.objects.running().order_by().values("supporter")
    twice = running.annotate(number=Count("id")).filter(number__gt=1)
    return {"customers sharing an address": several.count(), "paying twice": twice.count()}


def _summed(rows, by: str):
    return rows.order_by().values(by).annotate(count=Count("id"), sum=Sum("amount_minor"))


def _pair(row: dict) -> tuple[int, Money]:
    return row["count"], Money(int(row["sum"]), row["currency"])
