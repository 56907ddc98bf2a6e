"""What came of a test's gifts in the ninety days after them: given up again, or complained of.

It comes too late to end a test, but a wording that wins gifts which do not last has not won.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Exists, F, OuterRef, Q

from payments.models import Contribution, Dispute, Frequency, Refund, Subscription
from supporters.appeals import findings, measures, statistics
from supporters.appeals.findings import Comparison, Declared
from supporters.appeals.measures import FIRST, Window
from supporters.appeals.power import planned_variance

AFTER = timedelta(days=90)
# Nobody can plan by what this newsroom has not seen yet: the largest variance that a share has.
UNKNOWN_SHARE = 0.5


@dataclass(slots=True)
class Afterwards:
    """Of one variant. `gifts` and `monthly` are those whose ninety days are over."""

    gifts: int = 0
    complaints: int = 0
    monthly: int = 0
    kept: int = 0


def by_variant(window: Window, now: datetime) -> dict[str, Afterwards]:
    """Every variant with a gift that is old enough, whenever its test ended."""
    begun, old = measures.begun(window), now - AFTER
    found: dict[str, Afterwards] = defaultdict(Afterwards)
    gifts = Contribution.objects.received().filter(
        kind__in=FIRST, checkout__in=begun, received_at__lte=old
    )
    soon = OuterRef("received_at") + AFTER
    sent_back = Refund.objects.filter(
        contribution=OuterRef("pk"), status__in=Refund.COUNTED, created_at__lte=soon
    )
    disputes = Dispute.objects.filter(contribution=OuterRef("pk"), opened_at__lte=soon)
    complained = Exists(sent_back) | Exists(disputes)
    for variant, unhappy in gifts.annotate(unhappy=complained).values_list(
        "checkout__variant", "unhappy"
    ):
        found[variant].gifts += 1
        found[variant].complaints += unhappy
    agreements = Subscription.objects.filter(
        checkout__in=begun, frequency=Frequency.MONTH, started_at__lte=old
    )
    lasting = Q(ended_at=None) | Q(ended_at__gt=F("started_at") + AFTER)
    # Monthly that became yearly goes on in another row.
    goes_on = Subscription.objects.filter(
        Q(ended_at=None) | Q(ended_at__gt=OuterRef("started_at") + AFTER), follows=OuterRef("pk")
    )
    for variant, stays in agreements.annotate(stays=Q(lasting) | Exists(goes_on)).values_list(
        "checkout__variant", "stays"
    ):
        found[variant].monthly += 1
        found[variant].kept += stays
    return dict(found)


def compare(declared: Declared, found: dict[str, Afterwards]) -> list[Comparison]:
    """Each arm beside the control: what was kept, and what was complained of."""
    given = findings.planned_units(declared, "recurring")
    monthly = given * declared.expected["recurring"] / findings.MILLION
    planned = {
        "kept": planned_variance(UNKNOWN_SHARE, max(monthly, 1.0)),
        "complaints": planned_variance(
            declared.expected["refunds"] / findings.MILLION, max(given, 1.0)
        ),
    }
    estimates = {
        code: _estimates(found.get(code, Afterwards())) for code, _share in declared.shares
    }
    (_, control), *rest = estimates.items()
    return [
        Comparison(
            measure,
            code,
            control[measure],
            arm[measure],
            statistics.difference(
                control[measure], arm[measure], planned=variance, alpha=declared.alpha
            ),
        )
        for measure, variance in planned.items()
        for code, arm in rest
    ]


def _estimates(arm: Afterwards) -> dict[str, statistics.Estimate]:
    return {
        "kept": statistics.rate(arm.kept, arm.monthly),
        "complaints": statistics.rate(arm.complaints, arm.gifts),
    }
