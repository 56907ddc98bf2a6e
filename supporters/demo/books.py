"""Whether the seeded books tie: our movements against what the sandbox holds and has paid out."""

from dataclasses import dataclass

from django.db.models import QuerySet

from payments.models import (
    Contribution,
    Dispute,
    FailedRenewal,
    FraudWarning,
    Refund,
    Subscription,
)
from payments.money import Money
from payments.reports import movements
from payments.reports.questions import Question
from supporters.demo import sandbox
from supporters.models import User

FEWEST_SUPPORTERS, FEWEST_CONTRIBUTIONS, FEWEST_CURRENCIES = 150, 1_200, 3


class Untied(RuntimeError):
    """The year that was seeded does not add up, or is not a whole year."""


@dataclass(frozen=True)
class Line:
    """One currency: the net of our movements, and Stripe's balance and payouts."""

    count: int
    net: Money
    balance: Money
    paid_out: Money

    @property
    def ties(self) -> bool:
        return self.net == self.balance + self.paid_out

    def __str__(self) -> str:
        return (
            f"  {self.count:>6} movements, net {self.net.format():>12}"
            f" = balance {self.balance.format():>10} + payouts {self.paid_out.format():>12}"
        )


def lines() -> list[Line]:
    """One line per currency."""
    held, sent = sandbox.balance(), sandbox.paid_out()
    return [
        Line(
            count=total.count,
            net=total.net,
            balance=Money(held.get(total.currency, 0), total.currency),
            paid_out=Money(sent.get(total.currency, 0), total.currency),
        )
        for total in movements.totals(Question())
    ]


def proved() -> list[str]:
    """The year in words, proved to the cent. Raises Untied."""
    found = lines()
    untied = [str(line) for line in found if not line.ties]
    if untied:
        raise Untied("The books do not tie:\n" + "\n".join(untied))
    supporters = User.objects.filter(contributions__isnull=False).distinct().count()
    contributions = Contribution.objects.received().count()
    if (
        supporters < FEWEST_SUPPORTERS
        or contributions < FEWEST_CONTRIBUTIONS
        or len(found) < FEWEST_CURRENCIES
    ):
        raise Untied(f"Only {supporters} supporters gave {contributions} times.")
    missing = [what for what, rows in _troubles().items() if not rows.exists()]
    if missing:
        raise Untied(f"The year has no {', no '.join(missing)}.")
    running = Subscription.objects.running().count()
    head = f"A year of life: {supporters:,} supporters, {contributions:,} contributions,"
    return [f"{head} {running:,} subscriptions running. The books tie:", *map(str, found)]


def _troubles() -> dict[str, QuerySet]:
    """What banks bring into a year; each must have happened."""
    ends = Dispute.objects.filter
    return {
        "dispute won": ends(status=Dispute.Status.WON),
        "dispute lost": ends(status=Dispute.Status.LOST, due_at__isnull=False),
        "dispute that waits for an answer": Dispute.objects.unanswered(),
        "debit returned": ends(status=Dispute.Status.LOST, due_at=None),
        "refund that failed": Refund.objects.filter(status=Refund.Status.FAILED),
        "refund that waits for a second person": Refund.objects.filter(
            status=Refund.Status.REQUESTED
        ),
        "early fraud warning": FraudWarning.objects.open(),
        "renewal that came after all": FailedRenewal.objects.filter(
            status=FailedRenewal.Status.RECOVERED
        ),
        "renewal that is still tried": FailedRenewal.objects.filter(
            status=FailedRenewal.Status.OPEN
        ),
    }
