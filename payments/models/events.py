"""The inbox: every notification that Stripe sent, stored once, applied later."""

from datetime import datetime
from typing import Any

import psycopg
from django.db import OperationalError, connection, models

from payments.models import statements

KEPT = (
    "stripe_event_id", "type", "object_id", "api_version", "livemode", "created_at",
    "received_at", "payload", "status", "note", "due_at",
)  # fmt: skip
MOMENTS = [index for index, name in enumerate(KEPT) if name.endswith("_at")]
KEEP = (
    f"INSERT INTO payments_stripeevent ({', '.join(KEPT)}, attempts)"  # noqa: S608 (our own names)
    f" VALUES ({', '.join(['%s'] * len(KEPT))}, 0) ON CONFLICT (stripe_event_id) DO UPDATE SET"
    f" {', '.join(f'{name} = excluded.{name}' for name in KEPT[1:])}"
    " WHERE payments_stripeevent.status = 'parked' AND excluded.status = 'received'"
)
# The oldest first. One that was tried before is claimed alone: what ends a worker takes no other
# with it. Rows that another worker is claiming are passed over (PostgreSQL; SQLite has one writer).
CLAIM = (
    "WITH due AS (SELECT id, attempts, due_at FROM payments_stripeevent"
    " WHERE status IN ('received', 'failed') AND due_at <= %s ORDER BY due_at, id LIMIT %s{lock}),"
    " oldest AS (SELECT id, attempts FROM due ORDER BY due_at, id LIMIT 1)"
    " UPDATE payments_stripeevent SET due_at = %s, attempts = attempts + 1 WHERE id IN"
    " (SELECT due.id FROM due, oldest WHERE due.id = oldest.id"
    " OR (due.attempts = 0 AND oldest.attempts = 0)) RETURNING {columns}"
)


class StripeEventManager(models.Manager["StripeEvent"]):
    def claim(self, *, now: datetime, until: datetime, limit: int) -> list["StripeEvent"]:
        """Claim due events all at once, for this worker alone, in one statement.

        Until the moment given they are due to nobody else.
        """
        lock = " FOR UPDATE SKIP LOCKED" if connection.features.has_select_for_update else ""
        sql = CLAIM.format(lock=lock, columns=statements.columns(self.model))
        due, leased = map(connection.ops.adapt_datetimefield_value, (now, until))
        claimed = statements.told(self.model, sql, [due, limit, leased])
        return sorted(claimed, key=lambda row: (row.created_at, row.pk))

    def keep(self, **columns: Any) -> None:
        """Insert a new event unless its id is known, in one statement without a transaction.

        Where the known one was parked and this one can be applied, this one takes its place: an
        endpoint of an older version, not yet removed, may have told the same event first.
        Takes KEPT by name. This happens within Stripe's request. The connection is not tried
        first: where it died while idle, the same statement is sent once more on a new one.
        """
        cells = [columns[name] for name in KEPT]
        for index in MOMENTS:
            cells[index] = connection.ops.adapt_datetimefield_value(cells[index])
        connection.health_check_done = True  # type: ignore[attr-defined]
        try:
            _insert(cells)
        except OperationalError:
            if connection.in_atomic_block:
                raise
            connection.close()
            _insert(cells)


def _insert(cells: list[Any]) -> None:
    if connection.vendor == "postgresql":
        connection.ensure_connection()
        with connection.wrap_database_errors:
            # Values travel beside the statement: Django's cursor would write them into its text.
            psycopg.Cursor(connection.connection).execute(KEEP, cells)
        return
    with connection.cursor() as cursor:
        cursor.execute(KEEP, cells)


class StripeEvent(models.Model):
    class Status(models.TextChoices):
        RECEIVED = "received", "Received"
        APPLIED = "applied", "Applied"
        IGNORED = "ignored", "Ignored"
        PARKED = "parked", "Parked"
        FAILED = "failed", "Failed"

    OPEN = (Status.RECEIVED, Status.FAILED)

    stripe_event_id = models.CharField(max_length=255, unique=True)
    type = models.CharField(max_length=100)
    object_id = models.CharField(max_length=255, blank=True)
    api_version = models.CharField(max_length=40, blank=True)
    livemode = models.BooleanField()
    created_at = models.DateTimeField(help_text="By Stripe's clock, whole seconds: no order.")
    received_at = models.DateTimeField()
    payload = models.BinaryField()
    status = models.CharField(max_length=8, choices=Status, default=Status.RECEIVED)
    note = models.TextField(blank=True, help_text="Why it was ignored, parked or failed.")
    attempts = models.IntegerField(default=0)
    due_at = models.DateTimeField(null=True, db_index=True, help_text="Null once settled.")
    applied_at = models.DateTimeField(null=True)

    objects = StripeEventManager()

    def __str__(self) -> str:
        return self.stripe_event_id
