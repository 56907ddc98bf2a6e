"""What the appeals brought: the page, its picture, and the file of exactly what it shows."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from payments import charts, clock
from payments.charts import Segment
from payments.desk.access import CAMPAIGNS, FINANCE, only
from payments.desk.forms import SourcesForm, periods
from payments.exports import sources as files
from payments.exports.writers import csv_lines
from payments.money import Money
from payments.reports.snapshot import snapshot
from payments.reports.sources import (
    DIMENSIONS,
    NARROWING,
    UNKNOWN,
    Row,
    Sheet,
    SourceQuestion,
    sheets,
)
from payments.services import audit

# The picture shows the best rows; the table shows all.
DRAWN, BAR_HEIGHT = 12, 40
# What a row is divided into when it is opened.
INSIDE = {
    "section": "article",
    "author": "article",
    "campaign": "article",
    "placement": "article",
    "article": "variant",
    "appeal": "variant",
    "variant": "placement",
}
# Dimensions by which finance's movements can be asked for one code.
ASKED_FOR = ("article", "campaign", "appeal")


@dataclass(frozen=True, slots=True)
class Line:
    """A row as the page says it: `inside` is the address of what it is made of, if anything.

    `movements` is the code by which finance's page finds its movements, where there is one.
    """

    row: Row
    name: str
    inside: str = ""
    movements: str = ""


@dataclass(frozen=True, slots=True)
class Bar:
    name: str
    net: Money
    segments: list[Segment]
    top: int


@dataclass(frozen=True, slots=True)
class Picture:
    zero: float
    bars: list[Bar]
    height: int
    left_out: int


@only(CAMPAIGNS)
@require_safe
def sources_page(request: HttpRequest) -> HttpResponse:
    """Net money by source, under the filters in the address."""
    form = SourcesForm(request.GET)
    if not form.is_valid():
        return _unanswerable(request, form)
    question = form.question()
    with snapshot():
        found = sheets(question)
    context = _frame(form) | {
        "question": question,
        "by_label": dict(form.fields["by"].choices)[question.by],  # type: ignore[attr-defined]
        "sheets": [_shown(sheet, question, request.GET) for sheet in found],
        "as_of": clock.now(),
        "opens_movements": _same_as_movements(question) and request.user.in_group(FINANCE),  # type: ignore[union-attr]
    }
    return render(request, "payments/desk/sources.html", context)


@only(CAMPAIGNS)
@require_safe
def sources_csv(request: HttpRequest) -> HttpResponse:
    """The same rows as a file, with the control totals of the movements in its head."""
    form = SourcesForm(request.GET)
    if not form.is_valid():
        return _unanswerable(request, form)
    question = form.question()
    with snapshot():
        found = sheets(question)
    audit.note(
        "report of sources exported",
        subject=f"sources by {question.by}",
        actor=request.user,
        after={"period": str(question.period), "counted": question.counted, **question.narrowed},
    )
    lines = csv_lines(files.columns(question.by), files.cells(found, question.by))
    answer = HttpResponse("".join(lines), content_type="text/csv; charset=utf-8")
    name = f"{question.by}-{question.counted}-{question.period}"
    answer["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    answer["X-Columns-Version"] = str(files.VERSION)
    for sheet in found:
        answer[f"X-Control-Total-{sheet.total.currency.upper()}"] = sheet.total.control
    return answer


def _frame(form: SourcesForm) -> dict[str, Any]:
    narrowing = [form[name] for name in NARROWING]
    asked = [field for field in form if field.name not in NARROWING]
    return {
        "form": form,
        "asked": asked,
        "narrowing": narrowing,
        "narrowed": any(field.value() or field.errors for field in narrowing),
        "periods": periods(clock.local_date(clock.now())),
    }


def _unanswerable(request: HttpRequest, form: SourcesForm) -> HttpResponse:
    return render(request, "payments/desk/sources.html", _frame(form), status=400)


def _same_as_movements(question: SourceQuestion) -> bool:
    """Whether finance's page can show the movements of a row."""
    plain = question.counted == SourceQuestion.MOVED and not question.narrowed
    return plain and question.by in ASKED_FOR


def _shown(sheet: Sheet, question: SourceQuestion, asked: QueryDict) -> dict[str, Any]:
    lines = [_line(row, question.by, asked) for row in sheet.rows]
    return {"sums": sheet, "total": sheet.total, "lines": lines, "picture": _picture(lines)}


def _line(row: Row, by: str, asked: QueryDict) -> Line:
    if row.codes is None:
        return Line(row, _("Belongs to no contribution"))
    narrowed = asked.copy()
    for column, code in zip(DIMENSIONS[by], row.codes, strict=True):
        narrowed[column] = code or UNKNOWN
    narrowed["by"] = INSIDE[by]
    name = " / ".join(filter(None, row.codes)) or _("Not known")
    return Line(row, name, inside=f"?{narrowed.urlencode()}", movements=row.codes[0])


def _picture(lines: list[Line]) -> Picture:
    drawn = lines[:DRAWN]
    zero, segments = charts.bars(
        [(line.row.first_net.minor, line.row.renewal_net.minor) for line in drawn]
    )
    drawn_bars = [
        Bar(line.name, line.row.net, parts, top=place * BAR_HEIGHT)
        for place, (line, parts) in enumerate(zip(drawn, segments, strict=True))
    ]
    return Picture(
        zero, drawn_bars, height=len(drawn) * BAR_HEIGHT, left_out=len(lines) - len(drawn)
    )
