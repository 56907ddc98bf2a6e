"""Payouts: the list as the bank knows it, and one with everything that is in it."""

from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from payments.desk import pages
from payments.desk.access import FINANCE, only
from payments.gateway.client import livemode
from payments.models import Payout
from payments.reports import movements, payout_content


@only(FINANCE)
@require_safe
def payouts_page(request: HttpRequest) -> HttpResponse:
    """The payouts, newest first, each with whether its content sums to it."""
    chosen = request.GET.get("status", "")
    payouts = Payout.objects.filter(livemode=livemode())
    if chosen in Payout.Status.values:
        payouts = payouts.filter(status=chosen)
    context = {
        "chosen": chosen,
        "statuses": Payout.Status.choices,
        "page": pages.by_moment(_dated(payouts), places=request.GET, read=payout_content.summed),
    }
    return render(request, "payments/desk/payouts.html", context)


def _dated(payouts: QuerySet[Payout]) -> QuerySet[Payout]:
    """Under the names by which pages are turned."""
    return payouts.annotate(occurred_at=F("created_at"), entry_id=F("id"))


@only(FINANCE)
@require_safe
def payout_page(request: HttpRequest, stripe_id: str) -> HttpResponse:
    """One payout: its parts down to the bank line, and every movement in it."""
    payout = get_object_or_404(Payout, stripe_payout_id=stripe_id, livemode=livemode())
    context = {
        "payout": payout,
        "content": payout_content.content(payout),
        "page": pages.by_moment(movements.inside(payout), places=request.GET, read=movements.rows),
    }
    return render(request, "payments/desk/payout.html", context)
