"""One contribution: its sums, its history, its receipt, and sending money back."""

from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from payments.desk.access import FINANCE, only
from payments.desk.forms import RefundForm
from payments.desk.refusals import refund_outcome, refund_refusal
from payments.gateway.errors import GatewayError
from payments.models import Contribution, LedgerEntry, Receipt, Refund, RefundNote
from payments.money import Money
from payments.reports import timeline
from payments.services import refunds
from payments.services.refunds import RefundRefused

REFUND_KINDS = (LedgerEntry.Kind.REFUND, LedgerEntry.Kind.REFUND_FAILED)


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
        row = refunds.refund(
            contribution,
            amount=form.cleaned_data["amount"],
            reason=form.cleaned_data["reason"],
            actor=request.user,
            form_token=form.cleaned_data["token"],
        )
    except RefundRefused as refusal:
        form.add_error("amount", refund_refusal(refusal.code, most))
        return _page(request, contribution, form, status=400)
    except GatewayError:
        messages.warning(
            request,
            _("Stripe did not answer. The refund is kept and tried again; nothing goes twice."),
        )
    else:
        messages.success(request, refund_outcome(row))
    return redirect("payments:desk-contribution", public_id)


@only(FINANCE)
@require_safe
def receipt(request: HttpRequest, number: str) -> HttpResponseBase:
    """The receipt's document, the same bytes that were mailed."""
    found = get_object_or_404(Receipt.objects.select_related("document"), number=number)
    return _file(found, name=f"receipt-{found.number}.pdf")


@only(FINANCE)
@require_safe
def refund_note(request: HttpRequest, number: str) -> HttpResponseBase:
    """The document of a refund note, the same bytes that were mailed."""
    found = get_object_or_404(RefundNote.objects.select_related("document"), number=number)
    return _file(found, name=f"refund-note-{found.number}.pdf")


def _file(paper: Receipt | RefundNote, *, name: str) -> FileResponse:
    document = getattr(paper, "document", None)
    if document is None:
        raise Http404
    return FileResponse(
        document.file.open("rb"),
        filename=name,
        as_attachment=True,
        content_type="application/pdf",
    )


def _contribution(public_id: UUID) -> Contribution:
    related = Contribution.objects.select_related(
        "supporter", "checkout", "subscription", "receipt__document"
    ).prefetch_related("refunds", "disputes", "ledger_entries", "receipt__notes__document")
    return get_object_or_404(related, public_id=public_id)


def _page(
    request: HttpRequest, contribution: Contribution, form: RefundForm, *, status: int = 200
) -> HttpResponse:
    rows = list(contribution.refunds.all())
    source = (contribution.campaign, contribution.appeal, contribution.article)
    context = {
        "contribution": contribution,
        "came_from": [word for word in source if word],
        "sums": _sums(contribution),
        "receipt": getattr(contribution, "receipt", None),
        "steps": timeline.steps(contribution),
        "most": form.most,
        "waiting": [row for row in rows if row.status == Refund.Status.REQUESTED],
        "barred": refunds.barred_by_dispute(contribution),
        "form": form,
    }
    return render(request, "payments/desk/contribution.html", context, status=status)


def _sums(contribution: Contribution) -> dict[str, Money | None]:
    """From what was charged down to what is left. `kept` is None while the fee is not known;
    `going` has been asked of Stripe and is not in the books yet, so it is no part of it.
    """
    entries = list(contribution.ledger_entries.all())
    refunds_booked = sum(entry.gross_minor for entry in entries if entry.kind in REFUND_KINDS)
    made = [row for row in contribution.refunds.all() if row.status in Refund.COUNTED]
    taken = sum(row.withdrawn_minor for row in contribution.disputes.all())
    fees = sum(entry.fee_minor for entry in entries) - (contribution.fee_minor or 0)
    kept = sum(entry.net_minor for entry in entries)
    known = contribution.charged.minor - (contribution.fee_minor or 0) - fees
    sums: dict[str, int | None] = {
        "back": -refunds_booked,
        "going": max(sum(row.amount_minor for row in made) + refunds_booked, 0),
        "taken": taken,
        "fees": fees,
        "other": kept - (known + refunds_booked - taken),
        "kept": kept,
    }
    if contribution.fee_minor is None:
        sums |= {"other": None, "kept": None}
    return {
        name: None if minor is None else Money(minor, contribution.currency)
        for name, minor in sums.items()
    }
