"""A supporter's own documents, the same bytes on every download."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from payments import clock
from payments.models import Receipt
from payments.receipts.documents import DocumentLost, document_bytes
from payments.receipts.facts import UnknownFacts
from payments.receipts.press import ReceiptRenderError
from supporters.views.signed_in import SignedIn, private

UNPRINTABLE = (DocumentLost, ReceiptRenderError, UnknownFacts)


@private
@require_safe
def receipt(request: SignedIn, number: str) -> HttpResponse:
    """One's own receipt as it is stored, printed now where the worker has not come to it yet."""
    mine = Receipt.objects.filter(contribution__supporter=request.user)
    found = get_object_or_404(mine, number=number)
    try:
        pdf = document_bytes(found, now=clock.now())
    except UNPRINTABLE:
        context = {"number": found.number}
        return render(request, "supporters/account/receipt_missing.html", context, status=503)
    answer = HttpResponse(pdf, content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="receipt-{found.number}.pdf"'
    return answer
