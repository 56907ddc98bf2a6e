"""Disputes and early fraud warnings: what waits for an answer, and giving it."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from payments import clock
from payments.desk import pages
from payments.desk.access import FINANCE, only
from payments.desk.forms import EvidenceForm, ReasonForm
from payments.desk.refusals import refund_outcome
from payments.exports import evidence as files
from payments.gateway.errors import GatewayError
from payments.models import Dispute, FraudWarning, Refund
from payments.money import Money
from payments.reports import evidence, timeline
from payments.services import audit, disputes, fraud_warnings, refunds
from payments.services.disputes import DisputeRefused
from payments.services.refunds import RefundRefused

Status = Dispute.Status


@only(FINANCE)
@require_safe
def disputes_page(request: HttpRequest) -> HttpResponse:
    """What waits for somebody first, then every dispute."""
    chosen = request.GET.get("status", "")
    found = Dispute.objects.select_related("contribution")
    rows = found.filter(status=chosen) if chosen in Status.values else found
    warnings = FraudWarning.objects.open().select_related("contribution")
    waiting = Refund.objects.filter(status=Refund.Status.REQUESTED)
    context = {
        "chosen": chosen,
        "statuses": Status.choices,
        "unanswered": found.unanswered(),
        "warnings": warnings,
        "waiting": waiting.select_related("contribution", "requested_by").order_by("id"),
        "page": pages.by_id(rows, places=request.GET),
        "now": clock.now(),
    }
    return render(request, "payments/desk/disputes.html", context)


@only(FINANCE)
@require_safe
def dispute_page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One dispute: its money, its deadline, the answer to give, its history."""
    dispute = _dispute(public_id)
    return _page(request, dispute, EvidenceForm.of(evidence.answer(dispute)), ReasonForm())


@only(FINANCE)
@require_POST
def answer(request: HttpRequest, public_id: UUID) -> HttpResponseBase:
    """Keep the answer at Stripe, or hand it in: two buttons of one form."""
    dispute = _dispute(public_id)
    form = EvidenceForm(request.POST)
    if not form.is_valid():
        return _page(request, dispute, form, ReasonForm(), status=400)
    texts, token = form.texts(), form.cleaned_data["token"]
    if "submit" in request.POST:
        give, done = disputes.submit_evidence, _("The answer was handed in to the bank.")
    else:
        give, done = disputes.keep_evidence, _("The answer is kept at Stripe, not handed in yet.")
    try:
        give(dispute, texts, actor=request.user, form_token=token)
    except DisputeRefused as refusal:
        form.add_error(None, _refusal(refusal.code))
        return _page(request, dispute, form, ReasonForm(), status=400)
    except GatewayError:
        messages.warning(request, _("Stripe did not answer. Send it again: it arrives once."))
    else:
        messages.success(request, done)
    return redirect("payments:desk-dispute", public_id)


@only(FINANCE)
@require_POST
def accept(request: HttpRequest, public_id: UUID) -> HttpResponseBase:
    """Accept the loss; this cannot be undone."""
    dispute = _dispute(public_id)
    form = ReasonForm(request.POST)
    filled = EvidenceForm.of(evidence.answer(dispute))
    if not form.is_valid():
        return _page(request, dispute, filled, form, status=400)
    try:
        disputes.accept(dispute, actor=request.user, reason=form.cleaned_data["reason"])
    except DisputeRefused as refusal:
        form.add_error(None, _refusal(refusal.code))
        return _page(request, dispute, filled, form, status=400)
    except GatewayError:
        messages.warning(request, _("Stripe did not answer. Try again: nothing happens twice."))
    else:
        messages.success(request, _("The loss is accepted."))
    return redirect("payments:desk-dispute", public_id)


@only(FINANCE)
@require_safe
def pack(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The evidence pack as one ZIP."""
    dispute = _dispute(public_id)
    audit.note("evidence pack downloaded", subject=dispute, actor=request.user)
    response = HttpResponse(files.pack(dispute), content_type="application/zip")
    name = f"evidence-{dispute.stripe_dispute_id}.zip"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@only(FINANCE)
@require_POST
def refund_warned(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Send the money back before the warning becomes a dispute: one click."""
    warning = get_object_or_404(FraudWarning.objects.select_related("contribution"), pk=pk)
    try:
        row = fraud_warnings.send_back(warning, actor=request.user)
    except RefundRefused:
        messages.error(request, _("This money can no longer be sent back. See the contribution."))
    except GatewayError:
        messages.warning(request, _("Stripe did not answer. The refund is kept and tried again."))
    else:
        messages.success(request, refund_outcome(row))
    return redirect("payments:desk-disputes")


@only(FINANCE)
@require_POST
def keep_warned(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Leave the money: somebody knows that the owner did pay."""
    warning = get_object_or_404(FraudWarning, pk=pk)
    form = ReasonForm(request.POST)
    if form.is_valid():
        fraud_warnings.keep(warning, actor=request.user, reason=form.cleaned_data["reason"])
        messages.success(request, _("Left as it is."))
    else:
        messages.error(request, _("Say why the money stays."))
    return redirect("payments:desk-disputes")


def _dispute(public_id: UUID) -> Dispute:
    related = Dispute.objects.select_related(
        "contribution__supporter",
        "contribution__checkout",
        "contribution__subscription__checkout",
        "contribution__receipt__document",
    )
    return get_object_or_404(related, public_id=public_id)


def _page(
    request: HttpRequest,
    dispute: Dispute,
    form: EvidenceForm,
    loss: ReasonForm,
    *,
    status: int = 200,
) -> HttpResponse:
    entries = list(dispute.ledger_entries.all())
    sent = [row for row in dispute.contribution.refunds.all() if row.status in Refund.COUNTED]
    refunded = Money(sum(row.amount_minor for row in sent), dispute.currency)
    fees = Money(sum(entry.fee_minor for entry in entries), dispute.currency)
    context = {
        "dispute": dispute,
        "contribution": dispute.contribution,
        "now": clock.now(),
        "hours_left": dispute.hours_left(clock.now()),
        "fees": fees,
        "gone": dispute.withdrawn + fees,
        "refunded": refunded,
        "paid_twice": refunded + dispute.withdrawn > dispute.contribution.charged,
        "barred": refunds.barred_by_dispute(dispute.contribution),
        "steps": timeline.dispute_steps(dispute),
        "consent": evidence.consent(dispute.contribution),
        "letters": evidence.letters(dispute.contribution),
        "form": form,
        "loss": loss,
    }
    return render(request, "payments/desk/dispute.html", context, status=status)


def _refusal(code: str) -> str:
    sentences = {
        "over": _("This dispute has ended; nothing can be handed in any more."),
        "late": _("The deadline has passed; the bank takes no evidence any more."),
    }
    return sentences.get(code, _("Stripe refused this. The page shows how the dispute stands now."))
