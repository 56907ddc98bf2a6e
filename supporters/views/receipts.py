"""A supporter's own documents: receipts as they were stored, and the statement of a year."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from payments.models import Receipt, ReceiptDocument


@never_cache
@login_required
@require_safe
def receipt(request: HttpRequest, number: str) -> HttpResponse:
    """The stored bytes of one's own receipt; while there are none, a page that says so."""
    mine = Receipt.objects.filter(contribution__supporter=request.user)
    found = get_object_or_404(mine, number=number)
    document = ReceiptDocument.objects.filter(receipt=found).first()
    if document is None:
        context = {"number": found.number}
        page = render(request, "supporters/account/receipt_soon.html", context, status=202)
        page["Refresh"] = "4"
        return page
    with document.file.open("rb") as stored:
        return _pdf(stored.read(), name=f"receipt-{found.number}.pdf")


def _pdf(content: bytes, *, name: str) -> HttpResponse:
    answer = HttpResponse(content, content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="{name}"'
    return answer
