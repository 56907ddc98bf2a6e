"""The experiments' pages: which there are, the calculator, and what one has shown."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from payments import clock
from supporters.appeals import experiments, holdout
from supporters.appeals.experiments import Calculation, Refused
from supporters.desk import refusals
from supporters.desk.access import CAMPAIGNS, actor, only
from supporters.desk.experiment_forms import CalculatorForm, DeclareForm
from supporters.desk.experiment_report import LABELS, asking, percent, report
from supporters.models import Experiment


@only(CAMPAIGNS)
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Every experiment, the newest first, and what the standing holdout says."""
    rows = Experiment.objects.select_related("appeal")
    context = {"experiments": rows, "asking": asking(holdout.increment(clock.now()))}
    return render(request, "supporters/desk/experiments.html", context)


@only(CAMPAIGNS)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """The calculator; where the test is honest, it can be declared."""
    data = request.POST if request.method == "POST" else request.GET
    form = CalculatorForm(
        data if "metric" in data else None, initial={"appeal": data.get("appeal")}
    )
    if request.method == "POST":
        return _declare(request, form)
    if not form.is_bound or not form.is_valid():
        return _calculator(request, form, DeclareForm())
    return _calculated(request, form, DeclareForm())


@only(CAMPAIGNS)
@require_safe
def page(request: HttpRequest, code: str) -> HttpResponse:
    """What it is to find out, and what it has shown by now."""
    return _page(request, code)


@only(CAMPAIGNS)
@require_POST
def step(request: HttpRequest, code: str, name: str) -> HttpResponse:
    """Begin it, or stop it with a reason."""
    experiment = get_object_or_404(Experiment, code=code)
    try:
        if name == "begin":
            experiments.begin(experiment, actor=actor(request))
            messages.success(request, _("It counts from the next whole hour on."))
        elif name == "stop":
            reason = request.POST.get("reason", "")
            experiments.stop(experiment, actor=actor(request), reason=reason)
            messages.success(request, _("Stopped. What was counted stays."))
        else:
            raise Http404
    except Refused as refusal:
        return _page(request, code, refusal=refusals.sentence(refusal.code))
    return redirect("supporters:desk-experiment", code)


def _page(request: HttpRequest, code: str, *, refusal: str = "") -> HttpResponse:
    rows = Experiment.objects.select_related("appeal__campaign", "created_by", "version")
    experiment = get_object_or_404(rows, code=code)
    context: dict[str, Any] = {"experiment": experiment, "refusal": refusal}
    context["guardrails"] = [LABELS[name] for name in experiment.guardrails]
    if experiment.starts_at:
        context["report"] = report(experiment, clock.now())
    status = 400 if refusal else 200
    return render(request, "supporters/desk/experiment.html", context, status=status)


def _declare(request: HttpRequest, form: CalculatorForm) -> HttpResponse:
    declared = DeclareForm(request.POST)
    if not form.is_valid() or not declared.is_valid():
        return _calculated(request, form, declared)
    given = declared.cleaned_data
    try:
        experiment = experiments.plan(
            given["code"],
            form.wanted(),
            question=given["question"],
            guardrails=given["guardrails"],
            actor=actor(request),
        )
    except Refused as refusal:
        return _calculated(request, form, declared, refusal=refusals.sentence(refusal.code))
    messages.success(request, _("The test is planned. It has not begun."))
    return redirect("supporters:desk-experiment", experiment.code)


def _calculated(
    request: HttpRequest, form: CalculatorForm, declared: DeclareForm, *, refusal: str = ""
) -> HttpResponse:
    """The page with what the form's test takes, or with why that cannot be said."""
    if not form.is_valid():
        return _calculator(request, form, declared, refusal=refusal)
    wanted = form.wanted()
    try:
        calculation = experiments.calculate(wanted)
    except Refused as error:
        return _calculator(request, form, declared, refusal=refusals.sentence(error.code))
    found = {
        "calculation": calculation,
        "base": _base(calculation),
        "learned": wanted.base is None and calculation.history.units > 0,
        "offers": [
            {
                "plan": near,
                "label": LABELS[near.design.metric],
                "lift": round(100 * near.design.lift),
                "address": "?" + urlencode(_offered(form, near)),
            }
            for near in calculation.nearest
        ],
    }
    return _calculator(request, form, declared, refusal=refusal, **found)


def _calculator(
    request: HttpRequest,
    form: CalculatorForm,
    declared: DeclareForm,
    *,
    refusal: str = "",
    **found: Any,
) -> HttpResponse:
    wrong = refusal or form.errors or declared.errors
    context = {"form": form, "declared": declared, "refusal": refusal, **found}
    return render(
        request, "supporters/desk/experiment_new.html", context, status=400 if wrong else 200
    )


def _base(calculation: Calculation) -> str:
    return percent(calculation.plan.design.base)


def _offered(form: CalculatorForm, near: Any) -> dict[str, Any]:
    """The calculator's address for a test that it offers."""
    given = form.cleaned_data
    offered = {
        "appeal": given["appeal"].code,
        "metric": near.design.metric,
        "lift_percent": round(100 * near.design.lift),
        "days": near.design.within_days,
        "unit": given["unit"],
        "units_a_day": given["units_a_day"] or "",
    }
    if near.design.metric == given["metric"]:
        offered["base"] = given["base"] if given["base"] is not None else ""
    return offered
