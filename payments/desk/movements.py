"""The movements of a period: the page, and the file of exactly what it shows."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import asdict
from typing import Any

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from payments import clock
from payments.desk import pages
from payments.desk.access import FINANCE, only
from payments.desk.forms import MovementsForm, periods
from payments.exports.columns import MOVEMENTS, VERSION
from payments.exports.rows import movements_table
from payments.exports.writers import csv_lines
from payments.reports import movements
from payments.reports.questions import Question
from payments.services import audit


@only(FINANCE)
@require_safe
def movements_page(request: HttpRequest) -> HttpResponse:
    """Totals and movements of the filters in the address."""
    form = MovementsForm(request.GET)
    if not form.is_valid():
        return _unanswerable(request, form)
    question = form.question()
    context = {
        "form": form,
        "question": question,
        "totals": movements.totals(question),
        "paid_out": movements.paid_out(question),
        "page": pages.by_moment(
            movements.answering(question), places=request.GET, read=movements.rows
        ),
        "periods": periods(clock.local_date(clock.now())),
    }
    return render(request, "payments/desk/movements.html", context)


@only(FINANCE)
@require_safe
def movements_csv(request: HttpRequest) -> HttpResponseBase:
    """The same movements as a file, oldest first, with their control totals in the head."""
    form = MovementsForm(request.GET)
    if not form.is_valid():
        return _unanswerable(request, form)
    question = form.question()
    # What was looked for may be a person's name: that there was something is enough.
    asked = asdict(question) | {"find": bool(question.find)}
    audit.note(
        "movements exported",
        subject=question,
        actor=request.user,
        after={name: str(value) for name, value in asked.items() if value},
    )
    return _download(question)


def _download(question: Question) -> StreamingHttpResponse:
    """The first piece is taken at once: closing the answer then always ends the snapshot."""
    pieces = _pieces(question)
    table = next(pieces)
    answer = StreamingHttpResponse(pieces, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="movements-{question}.csv"'
    answer["X-Columns-Version"] = str(VERSION)
    for total in table.totals:
        answer[f"X-Control-Total-{total.currency.upper()}"] = total.control
    return answer


def _pieces(question: Question) -> Iterator[Any]:
    """First the table with its totals, then its lines of text."""
    with movements_table(question) as table, closing(csv_lines(MOVEMENTS, table.rows)) as lines:
        yield table
        yield from lines


def _unanswerable(request: HttpRequest, form: MovementsForm) -> HttpResponse:
    context = {"form": form, "periods": periods(clock.local_date(clock.now()))}
    return render(request, "payments/desk/movements.html", context, status=400)
