"""Renewals that failed: what is still tried, what came after all, what was given up."""

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from payments import clock
from payments.desk import pages
from payments.desk.access import FINANCE, only
from payments.models import FailedRenewal
from payments.reports import failed_renewals

PERIOD = timedelta(days=365)


@only(FINANCE)
@require_safe
def renewals_page(request: HttpRequest) -> HttpResponse:
    """The sums of the last twelve months, and the renewals themselves, newest first."""
    now = clock.now()
    recent = failed_renewals.failed_between(now - PERIOD, now + timedelta(days=1))
    chosen = request.GET.get("status", "")
    rows = recent.select_related("subscription__supporter")
    if chosen in FailedRenewal.Status.values:
        rows = rows.filter(status=chosen)
    context = {
        "sums": failed_renewals.sums(recent),
        "chosen": chosen,
        "statuses": FailedRenewal.Status.choices,
        "page": pages.by_id(rows, places=request.GET),
    }
    return render(request, "payments/desk/renewals.html", context)
