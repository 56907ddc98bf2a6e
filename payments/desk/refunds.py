"""Refunds above the limit of one person: a second one agrees or declines."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from payments.desk.access import FINANCE, only
from payments.desk.forms import ReasonForm
from payments.desk.refusals import refund_outcome, refund_refusal
from payments.gateway.errors import GatewayError
from payments.models import Refund
from payments.services import refunds
from payments.services.refunds import RefundRefused


@only(FINANCE)
@require_POST
def approve(request: HttpRequest, public_id: UUID) -> HttpResponseBase:
    """Agree to a refund that somebody else asked for; it is sent at once."""
    row = _refund(public_id)
    try:
        row = refunds.approve(row, actor=request.user)
    except RefundRefused as refusal:
        most = refunds.refundable(row.contribution)
        messages.error(request, refund_refusal(refusal.code, most))
    except GatewayError:
        messages.warning(
            request,
            _("Stripe did not answer. The refund is kept and tried again; nothing goes twice."),
        )
    else:
        declined = row.status == Refund.Status.DECLINED
        messages.info(request, _("It was declined before.")) if declined else messages.success(
            request, refund_outcome(row)
        )
    return redirect("payments:desk-contribution", row.contribution.public_id)


@only(FINANCE)
@require_POST
def decline(request: HttpRequest, public_id: UUID) -> HttpResponseBase:
    """Do not agree, or take one's own request back."""
    row = _refund(public_id)
    form = ReasonForm(request.POST)
    if form.is_valid():
        refunds.decline(row, actor=request.user, reason=form.cleaned_data["reason"])
        messages.success(request, _("The refund was declined. No money moved."))
    else:
        messages.error(request, _("Say why it is declined."))
    return redirect("payments:desk-contribution", row.contribution.public_id)


def _refund(public_id: UUID) -> Refund:
    return get_object_or_404(Refund.objects.select_related("contribution"), public_id=public_id)
