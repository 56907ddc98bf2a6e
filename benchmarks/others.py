"""Others: events per CPU second, ours against dj-stripe with the same events and answers.

Both verify, store and apply; PostgreSQL's CPU is counted on both sides, the network's and the
stand-in Stripe's on neither. dj-stripe mirrors Stripe's objects; ours also books, numbers receipts
and audits. It runs in a virtual environment of its own (djstripe_side.py): that of DJSTRIPE_PYTHON,
or one that is made for the run from the configured package index. Events that it refuses are named
and counted for neither speed: they are left out of its round, not of ours.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks import ground, inbox, stories

ROUNDS, LEAST = 5, 5.0
SIDE = Path(__file__).with_name("djstripe_side.py")


def measure() -> Iterator[ground.Figure]:
    """One figure: the median round's cost of an event there, over that here."""
    with ground.database():
        chapters = [stories.lived(number) for number in range(ROUNDS + 1)]
        theirs = _djstripe(chapters)
        with ground.copies("asked", "ours") as (asked, ours):
            # Applied once before, so that each of Stripe's answers is known.
            with ground.switched_to(asked):
                _costs(chapters)
            with ground.switched_to(ours):
                here = statistics.median(_costs(chapters)[1:])
    there = statistics.median(
        each["seconds"] / len(each["refusals"]) for each in theirs["second"][1:]
    )
    refusals = Counter(why for each in theirs["first"] for why in each["refusals"] if why)
    for why, times in refusals.items():
        print(f"dj-stripe refused {times} of {sum(len(c.bodies) for c in chapters)} events: {why}")
    yield ground.Figure(
        "dj-stripe's events per CPU second, against ours",
        here / there,
        1 / LEAST,
        detail=f"{here * 1e6:.0f} µs an event against {there * 1e6:.0f} µs: {there / here:.1f} ×",
    )


def _costs(chapters: list[stories.Chapter]) -> list[float]:
    return [_cost(chapter) for chapter in chapters]


def _cost(chapter: stories.Chapter) -> float:
    from django.db import connection

    from payments.webhooks import inbox as ours

    stories.listen(chapter)
    signed = chapter.signed()
    connection.ensure_connection()
    cpu = ground.with_servers(connection.connection.info.backend_pid)
    start = cpu()
    for body, signature in signed:
        ours.accept(body, signature)
    inbox.drain()
    return (cpu() - start) / len(signed)


def _djstripe(chapters: list[stories.Chapter]) -> dict[str, Any]:
    from django.conf import settings

    with _interpreter() as python, ground.empty("djstripe") as database, _stripe(chapters) as url:
        task = {
            "database": database,
            "stripe": url,
            "secret": settings.STRIPE_WEBHOOK_SECRETS[0],
            "version": settings.STRIPE_API_VERSION,
            "rounds": [
                [(body.decode(), signature) for body, signature in chapter.signed()]
                for chapter in chapters
            ],
        }
        done = subprocess.run(
            [python, str(SIDE)], input=json.dumps(task), capture_output=True, text=True
        )
    if done.returncode:
        raise RuntimeError(done.stderr)
    return json.loads(done.stdout)  # type: ignore[no-any-return]


@contextmanager
def _interpreter() -> Iterator[str]:
    if given := os.environ.get("DJSTRIPE_PYTHON"):
        yield given
        return
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        python = f"{folder}/bin/python"
        subprocess.run(
            [python, "-m", "pip", "install", "--quiet", "dj-stripe", "psycopg[binary]"], check=True
        )
        yield python


@contextmanager
def _stripe(chapters: list[stories.Chapter]) -> Iterator[str]:
    """The sandboxes of all chapters at one address: whoever knows the object answers."""
    from payments.sandbox.server import Handler, Server

    class Box:
        def handle(self, *request: Any) -> Any:
            answers = (chapter.sandbox.handle(*request) for chapter in chapters)
            last = None
            for last in answers:
                if last.status == 200:
                    break
            return last

    bound = type("Bound", (Handler,), {"box": Box(), "bell": threading.Event()})
    server = Server(("127.0.0.1", 0), bound)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


if __name__ == "__main__":
    ground.run(measure, postgres=True)
