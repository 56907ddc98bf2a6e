"""What a campaign has brought so far."""

from django.db.models import Sum
from django.db.models.functions import Coalesce

from payments.money import Money
from payments.reports.movements import answering
from payments.reports.questions import Question


def raised(campaign: str, *, currency: str) -> Money:
    """Gross of all movements that came from a campaign, what was sent back taken off.

    Only money in the campaign's own currency counts: there is no rate at which others would.
    """
    entries = answering(Question(currency=currency)).filter(contribution__campaign=campaign)
    sums = entries.aggregate(gross=Coalesce(Sum("whole_gross"), 0))
    return Money(int(sums["gross"]), currency)
