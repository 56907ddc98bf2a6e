"""Webhook: the whole request (verify, store, answer) against the bare insert of the same row.

Both go through psycopg to PostgreSQL, each on a connection of its own, every insert committed; the
CPU of the database's two processes is counted with ours. The request passes the WSGI application.
PostgreSQL at BENCH_DATABASE_URL, or this machine's.
"""

import io
import json
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import psycopg

from benchmarks import ground

AT_ONCE, ROUNDS, MOST = 100, 30, 3.0
INSERT = """
INSERT INTO payments_stripeevent (stripe_event_id, type, object_id, api_version, livemode,
    created_at, received_at, payload, status, note, attempts, due_at)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING
"""


def measure() -> Iterator[ground.Figure]:
    """One figure: the ratio of CPU time."""
    from django.db import connection

    with ground.database(), ground.driver() as own:
        cpu = ground.with_servers(connection.connection.info.backend_pid, own.info.backend_pid)
        pair = ground.ratio(_requests(), _inserts(own), rounds=ROUNDS, cpu=cpu)
        yield ground.Figure(
            "webhook: verify + store, against a bare insert",
            pair.ratio,
            MOST,
            detail=pair.each(AT_ONCE),
        )


def _requests() -> Callable[[], ground.Work]:
    from config.wsgi import application

    numbers = iter(range(10**9))

    def prepare() -> ground.Work:
        environs = [_environ(_event(f"evt_request_{next(numbers)}")) for _ in range(AT_ONCE)]

        def work() -> None:
            for environ in environs:
                list(application(environ, _expect_200))

        return work

    return prepare


def _inserts(own: "psycopg.Connection[Any]") -> Callable[[], ground.Work]:
    numbers = iter(range(10**9))
    cursor = own.cursor()

    def prepare() -> ground.Work:
        rows = [_row(f"evt_bare_{next(numbers)}") for _ in range(AT_ONCE)]

        def work() -> None:
            for row in rows:
                cursor.execute(INSERT, row)

        return work

    return prepare


def _event(event_id: str) -> bytes:
    """About as long as a real notification of a paid invoice."""
    invoice = {"id": "in_1", "object": "invoice", "amount_paid": 1000, "lines": ["x" * 60] * 50}
    return json.dumps(
        {
            "id": event_id,
            "object": "event",
            "type": "invoice.paid",
            "api_version": "2026-10-28.endive",
            "livemode": False,
            "created": int(time.time()),
            "data": {"object": invoice},
        }
    ).encode()


def _row(event_id: str) -> tuple[Any, ...]:
    now = datetime.now(UTC)
    return (
        event_id, "invoice.paid", "in_1", "2026-10-28.endive", False, now, now,
        _event(event_id), "received", "", 0, now,
    )  # fmt: skip


def _environ(body: bytes) -> dict[str, Any]:
    import stripe
    from django.conf import settings

    secret = settings.STRIPE_WEBHOOK_SECRETS[0]
    signature = stripe.WebhookSignature.generate_signature_header(body.decode(), secret)
    return {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": "/stripe/webhook/",
        "SERVER_NAME": "testserver",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "CONTENT_TYPE": "application/json",
        "CONTENT_LENGTH": str(len(body)),
        "HTTP_HOST": "testserver",
        "HTTP_STRIPE_SIGNATURE": signature,
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.url_scheme": "http",
    }


def _expect_200(status: str, headers: list[tuple[str, str]]) -> None:
    if not status.startswith("200"):
        raise RuntimeError(f"the webhook answered {status}")


if __name__ == "__main__":
    ground.run(measure, postgres=True)
