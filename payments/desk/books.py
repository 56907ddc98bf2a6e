"""Whether the books tie: the last comparison with Stripe, and what it found, to be settled."""

from uuid import UUID

from django.contrib import messages
from django.db.models import Count, QuerySet, Sum
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from payments import clock
from payments.desk import pages
from payments.desk.access import FINANCE, only
from payments.desk.difference_words import WORDS
from payments.desk.forms import ExplainForm
from payments.gateway.client import livemode
from payments.models import Difference, Reconciliation
from payments.money import Money
from payments.reconcile import repairs, run

Status = Difference.Status
# More are repaired by asking again: a page must answer while somebody looks at it.
MOST_AT_ONCE = 25


@only(FINANCE)
@require_safe
def books_page(request: HttpRequest) -> HttpResponse:
    """The last comparison in one sentence, its sums, and the differences by state and kind."""
    status = request.GET.get("status", Status.OPEN)
    kind = request.GET.get("kind", "")
    rows = _differences().filter(status=status) if status in Status.values else _differences()
    kinds = _by_kind(rows)
    if kind:
        rows = rows.filter(kind=kind)
    done = Reconciliation.objects.filter(livemode=livemode(), finished_at__isnull=False)
    last = done.order_by("-finished_at").first()
    context = {
        "last": last,
        "sums": [_sum(row) for row in last.sums] if last else [],
        "under_way": _under_way(),
        "statuses": Status.choices,
        "status": status,
        "kinds": kinds,
        "kind": kind,
        "words": WORDS.get(kind),
        "page": pages.by_id(rows.select_related("owner"), places=request.GET),
    }
    return render(request, "payments/desk/books.html", context)


@only(FINANCE)
@require_safe
def difference_page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One difference: what both sides say, why, and how it is settled."""
    return _page(request, _difference(public_id), ExplainForm())


@only(FINANCE)
@require_POST
def repair(request: HttpRequest, public_id: UUID) -> HttpResponseBase:
    """Do the repair of its kind."""
    difference = _difference(public_id)
    try:
        repairs.repair(difference, actor=request.user)
    except repairs.RepairRefused:
        messages.error(request, _("It could not be repaired; why is noted below."))
    else:
        messages.success(request, _("Repaired. The next comparison looks whether it worked."))
    return redirect("payments:desk-difference", public_id)


@only(FINANCE)
@require_POST
def repair_all(request: HttpRequest) -> HttpResponseBase:
    """Repair the open differences of one kind, a page of them at a time."""
    kind = request.POST.get("kind", "")
    rows = _differences().filter(status=Status.OPEN, kind=kind).order_by("pk")[:MOST_AT_ONCE]
    done = sum(_repaired(row, request) for row in rows)
    messages.info(
        request,
        ngettext("%(number)d difference repaired.", "%(number)d differences repaired.", done)
        % {"number": done},
    )
    return redirect("payments:desk-books")


@only(FINANCE)
@require_POST
def explain(request: HttpRequest, public_id: UUID) -> HttpResponseBase:
    """Let it stand for a reason."""
    difference = _difference(public_id)
    form = ExplainForm(request.POST)
    if not form.is_valid():
        return _page(request, difference, form, status=400)
    try:
        repairs.explain(difference, reason=form.cleaned_data["reason"], actor=request.user)
    except repairs.RepairRefused:
        messages.warning(request, _("Somebody has settled it already."))
    else:
        messages.success(request, _("Explained. It is told again only if it changes."))
    return redirect("payments:desk-difference", public_id)


@only(FINANCE)
@require_POST
def take(request: HttpRequest, public_id: UUID) -> HttpResponseBase:
    """Look after it from now on."""
    repairs.take(_difference(public_id), actor=request.user)
    messages.success(request, _("It is yours now."))
    return redirect("payments:desk-difference", public_id)


@only(FINANCE)
@require_POST
def compare_now(request: HttpRequest) -> HttpResponseBase:
    """Have everything compared once more."""
    run.ask_for_one()
    messages.success(request, _("The comparison begins. Load this page again in a moment."))
    return redirect("payments:desk-books")


def _repaired(difference: Difference, request: HttpRequest) -> bool:
    try:
        repairs.repair(difference, actor=request.user)
    except repairs.RepairRefused:
        return False
    return True


def _differences() -> QuerySet[Difference]:
    return Difference.objects.filter(livemode=livemode())


def _difference(public_id: UUID) -> Difference:
    related = _differences().select_related(
        "contribution", "subscription", "payout", "entry", "owner", "settled_by"
    )
    return get_object_or_404(related, public_id=public_id)


def _page(
    request: HttpRequest, difference: Difference, form: ExplainForm, *, status: int = 200
) -> HttpResponse:
    words = WORDS[difference.kind]
    context = {"difference": difference, "words": words, "form": form}
    return render(request, "payments/desk/difference.html", context, status=status)


def _by_kind(rows: QuerySet[Difference]) -> list[dict]:
    """Each kind with its cause, how many there are, and what they sum to by currency."""
    counted = rows.order_by("kind").values("kind").annotate(number=Count("id"))
    sums: dict[str, list[Money]] = {}
    by_currency = rows.exclude(currency="").order_by("kind", "currency")
    for row in by_currency.values("kind", "currency").annotate(sum=Sum("amount_minor")):
        sums.setdefault(row["kind"], []).append(Money(int(row["sum"]), row["currency"]))
    return [
        {
            "kind": row["kind"],
            "label": Difference.Kind(row["kind"]).label,
            "number": row["number"],
            "sums": sums.get(row["kind"], []),
            "words": WORDS[row["kind"]],
        }
        for row in counted
    ]


def _sum(row: dict) -> dict:
    """A line of the sums, as money."""
    currency = row["currency"]
    names = ("ours", "explained", "open", "waiting", "stripe", "left")
    return {"currency": currency} | {name: Money(row[name], currency) for name in names}


def _under_way() -> bool:
    busy = Reconciliation.objects.filter(livemode=livemode(), finished_at=None)
    return busy.filter(busy_until__gt=clock.now()).exists()
