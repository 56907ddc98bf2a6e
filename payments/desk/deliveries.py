"""The inbox of Stripe's notifications, and what the outbox gave up: seen and tried again."""

from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from payments import outbox
from payments.desk import pages
from payments.desk.access import FINANCE, only
from payments.models import OutboxTask, StripeEvent
from payments.services import audit
from payments.webhooks import inbox

Status = StripeEvent.Status


@only(FINANCE)
@require_safe
def events_page(request: HttpRequest) -> HttpResponse:
    """Notifications by state, and the tasks that were given up."""
    chosen = request.GET.get("status", "")
    events = StripeEvent.objects.defer("payload")
    if chosen in Status.values:
        events = events.filter(status=chosen)
    dead = OutboxTask.objects.filter(dead_at__isnull=False, done_at=None)
    context = {
        "chosen": chosen,
        "statuses": _counted(),
        "page": pages.by_id(events, places=request.GET),
        "tasks": dead.order_by("-dead_at")[: pages.SIZE],
        "tasks_given_up": dead.count(),
    }
    return render(request, "payments/desk/events.html", context)


@only(FINANCE)
@require_POST
def retry_event(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Have a parked, ignored or failed notification applied once more."""
    event = get_object_or_404(StripeEvent.objects.exclude(status=Status.APPLIED), pk=pk)
    inbox.again(event)
    audit.note(
        "event tried again",
        subject=event,
        actor=request.user,
        before={"status": event.status, "note": event.note},
        after={"status": Status.RECEIVED},
    )
    messages.success(request, _("It will be applied again in a moment."))
    return redirect("payments:desk-events")


@only(FINANCE)
@require_POST
def retry_task(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Give a task that was given up a fresh start."""
    task = get_object_or_404(OutboxTask, pk=pk, done_at=None, dead_at__isnull=False)
    outbox.again(task)
    audit.note("task tried again", subject=task, actor=request.user, before={"note": task.note})
    messages.success(request, _("It will be done again in a moment."))
    return redirect("payments:desk-events")


def _counted() -> list[tuple[str, str, int]]:
    """Every state with its name and how many notifications are in it."""
    rows = StripeEvent.objects.order_by().values_list("status").annotate(Count("id"))
    numbers = dict(rows)
    return [(value, label, numbers.get(value, 0)) for value, label in Status.choices]
