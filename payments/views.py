"""The counting room's own addresses: Stripe's notifications and the health page."""

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from payments import clock
from payments.reconcile.alarms import raised
from payments.webhooks import door


@csrf_exempt
@require_POST
def webhook(request: HttpRequest) -> HttpResponse:
    """Store a notification and answer at once; it is applied later."""
    body = request.read(settings.WEBHOOK_MAX_BYTES + 1)
    return HttpResponse(status=door.answer(body, request.headers.get("Stripe-Signature", "")))


@require_GET
def healthz(request: HttpRequest) -> JsonResponse:
    """200 while the database answers, 503 else."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return JsonResponse({"status": "no database"}, status=503)
    return JsonResponse({"status": "ok"})


@require_GET
def alarms(request: HttpRequest) -> JsonResponse:
    """For the watch that wakes people: 503 with the names of the alarms, no figures."""
    found = raised(now=clock.now())
    return JsonResponse(
        {"status": "alarm" if found else "ok", "alarms": found}, status=503 if found else 200
    )
