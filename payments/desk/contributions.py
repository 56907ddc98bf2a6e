"""One contribution: its sums, its history, its receipt, and sending money back."""

from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from payments.desk.access import FINANCE, only
from payments.desk.forms import RefundForm
from payments.gateway.errors import GatewayError
from payments.models import Contribution, Receipt
from payments.money import Money
from payments.reports import timeline
from payments.services import refunds
from payments.services.refunds import RefundRefused


@only(FINANCE)
@require_safe
def contribution_page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Everything about one sum of money."""
    contribution = _contribution(public_id)
    most = refunds.refundable(contribution)
    return _page(request, contribution, RefundForm(contribution=contribution, most=most))


@only(FINANCE)
@require_POST
def refund(request: HttpRequest, public_id: UUID) -> HttpResponseBase:
    """Send money back; the page that comes next says how it went."""
    contribution = _contribution(public_id)
    most = refunds.refundable(contribution)
    form = RefundForm(request.POST, contribution=contribution, most=most)
    if not form.is_valid():
        return _page(request, contribution, form, status=400)
    try:
        refunds.refund(
            contribution,
            amount=form.cleaned_data["amount"],
            reason=form.cleaned_data["reason"],
            actor=request.user,
            form_token=form.cleaned_data["token"],
        )
    except RefundRefused as refusal:
        form.add_error("amount", _refusal(refusal.code, most))
        return _page(request, contribution, form, status=400)
    except GatewayError:
        messages.warning(
            request,
            _("Stripe did not answer. The refund is kept and tried again; nothing goes twice."),
        )
    else:
        messages.success(request, _("The refund is on its way."))
    return redirect("payments:desk-contribution", public_id)


@only(FINANCE)
@require_safe
def receipt(request: HttpRequest, number: str) -> HttpResponseBase:
    """The receipt's document, the same bytes that were mailed."""
    found = get_object_or_404(Receipt.objects.select_related("document"), number=number)
    document = getattr(found, "document", None)
    if document is None:
        raise Http404
    return FileResponse(
        document.file.open("rb"),
        filename=f"receipt-{found.number}.pdf",
        as_attachment=True,
        content_type="application/pdf",
    )


def _contribution(public_id: UUID) -> Contribution:
    related = Contribution.objects.select_related(
        "supporter", "checkout", "subscription", "receipt__document"
    )
    return get_object_or_404(related, public_id=public_id)


def _page(
    request: HttpRequest, contribution: Contribution, form: RefundForm, *, status: int = 200
) -> HttpResponse:
    refunded = contribution.charged - form.most
    source = (contribution.campaign, contribution.appeal, contribution.article)
    context = {
        "contribution": contribution,
        "came_from": [word for word in source if word],
        "kept": None if contribution.net is None else contribution.net - refunded,
        "receipt": getattr(contribution, "receipt", None),
        "steps": timeline.steps(contribution),
        "most": form.most,
        "refunded": refunded,
        "form": form,
    }
    return render(request, "payments/desk/contribution.html", context, status=status)


def _refusal(code: str, most: Money) -> str:
    sentences = {
        "not_paid": _("This money has not arrived, so it cannot be sent back."),
        "too_much": _("At most %(most)s can be sent back.") % {"most": most.format(get_language())},
        "form_used": _("This form was sent before with another sum. Open the page afresh."),
        "refused": _("Stripe refused this refund. No money moved."),
    }
    return sentences.get(code, _("This sum cannot be sent back."))
