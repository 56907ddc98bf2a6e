"""Burst: 2,000 events posted at once over HTTP, stored by one web server, applied by one worker.

Eight connections send as fast as they are answered, from a process of their own, to granian with
one worker process; meanwhile this process applies, as a worker does. Sender, server, worker and
PostgreSQL share the machine. Stripe's answers are remembered (stories.py), so that its distance is
not measured. Until applied means booked and numbered; printing receipts and mail come after it.
"""

import http.client
import itertools
import multiprocessing
import statistics
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

from benchmarks import ground, servers, stories

EVENTS, PEOPLE, CONNECTIONS = 2_000, 192, 8
MOST_MILLISECONDS, MOST_SECONDS = 50.0, 60.0
Signed = list[tuple[bytes, str]]


def measure() -> Iterator[ground.Figure]:
    """How long a post is answered after, at the 95th percentile; how long until all is applied."""
    from django.db import connection

    with ground.database(), tempfile.TemporaryDirectory() as folder:
        chapter = stories.lived(1, people=PEOPLE)
        signed = chapter.signed()[:EVENTS]
        there = connection.settings_dict
        host = f"{there['USER']}@{there['HOST']}:{there['PORT'] or 5432}"
        environment = {
            "DEMO": "1",
            "DATA_DIR": folder,
            "DATABASE_URL": f"postgresql://{host}/{there['NAME']}",
            "DJANGO_SETTINGS_MODULE": "config.settings",
        }
        with servers.granian("config.wsgi:application", **environment) as server:
            stories.listen(chapter)
            begin = time.monotonic()
            with multiprocessing.get_context("spawn").Pool(1) as pool:
                sent = pool.apply_async(post_all, (server.port, signed))
                applied = 0
                while applied < EVENTS:
                    applied += _apply()
                whole = time.monotonic() - begin
                waits = sent.get()
    yield ground.Figure(
        f"burst of {EVENTS} events: answered, 95th percentile",
        statistics.quantiles(waits, n=20)[-1] * 1e3,
        MOST_MILLISECONDS,
        unit="ms",
        detail=f"median {statistics.median(waits) * 1e3:.1f} ms, longest {max(waits) * 1e3:.0f} ms",
    )
    yield ground.Figure(
        f"burst of {EVENTS} events: applied", whole, MOST_SECONDS, unit="s", detail="wall clock"
    )


def post_all(port: int, signed: Signed) -> list[float]:
    """Send every event, over eight connections; returns the seconds until each answer."""
    shares = [signed[number::CONNECTIONS] for number in range(CONNECTIONS)]
    with ThreadPoolExecutor(CONNECTIONS) as threads:
        waits = threads.map(_post, [port] * CONNECTIONS, shares)
        return list(itertools.chain.from_iterable(waits))


def _post(port: int, signed: Signed) -> list[float]:
    connection, waits = http.client.HTTPConnection("127.0.0.1", port), []
    for body, signature in signed:
        headers = {"Content-Type": "application/json", "Stripe-Signature": signature}
        begin = time.monotonic()
        connection.request("POST", "/stripe/webhook/", body, headers)
        answer = connection.getresponse()
        answer.read()
        waits.append(time.monotonic() - begin)
        if answer.status != 200:
            raise RuntimeError(f"the webhook answered {answer.status}")
    return waits


def _apply() -> int:
    from payments.models import StripeEvent
    from payments.webhooks import inbox

    settled = inbox.apply_due()
    if failed := StripeEvent.objects.filter(status="failed").values_list("type", "note").first():
        raise RuntimeError(failed)
    if not settled:
        time.sleep(0.05)
    return settled


if __name__ == "__main__":
    ground.run(measure, postgres=True)
