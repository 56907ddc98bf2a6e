"""Inbox: from stored to applied, against a script that sends the same final SQL by psycopg.

The events are those of stories lived at the sandbox (stories.py). Ours is the CPU of claiming,
reading each object again through Stripe's SDK (its answers are remembered; the network and the
stand-in's own work are not counted), deciding and writing. The script's is the CPU of executing, by
plain psycopg with values known beforehand, every INSERT and UPDATE by which ours changed a row, in
the same transactions, and one UPDATE in them that settles each event: it reads and decides nothing.
Both include PostgreSQL's process. `due together` is a backlog or a burst; `one at a time` is an
event that comes alone. At the script's side leases are not counted, at ours they are.
"""

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from django.conf import settings

from benchmarks import ground, stories

ROUNDS, MOST = 6, 3.0
SETTLE = (
    "UPDATE payments_stripeevent SET status = 'applied', note = '', due_at = NULL,"
    " applied_at = now() WHERE id = %s"
)
Statement = tuple[str, Any]


def measure() -> Iterator[ground.Figure]:
    """The ratio of CPU time, for events that are due together and for events that come alone."""
    # The demonstration's clock is a file that is read for every moment; production has none.
    settings.CLOCK_FILE = None
    with ground.database():
        chapters = [stories.lived(number) for number in range(ROUNDS + 1)]
        for what, apply in (("due together", together), ("one at a time", alone)):
            with ground.copies("wrote", "ours", "script") as (wrote, ours, script):
                with ground.switched_to(wrote):
                    writes = [_writes(chapter, apply) for chapter in chapters]
                yield _figure(what, chapters, writes, apply, ours=ours, script=script)


def _figure(
    what: str,
    chapters: list[stories.Chapter],
    writes: list[list[list[Statement]]],
    apply: Callable[[stories.Chapter], ground.Work],
    *,
    ours: str,
    script: str,
) -> ground.Figure:
    from django.db import connection

    with ground.switched_to(ours), ground.driver(script) as own:
        connection.ensure_connection()
        cpu = ground.with_servers(connection.connection.info.backend_pid, own.info.backend_pid)
        left, right = iter(chapters), iter(writes)
        pair = ground.ratio(
            lambda: apply(next(left)), lambda: _replay(own, next(right)), rounds=ROUNDS, cpu=cpu
        )
    events = len(chapters[0].bodies)
    return ground.Figure(
        f"inbox to applied, {what}, against its SQL", pair.ratio, MOST, detail=pair.each(events)
    )


def together(chapter: stories.Chapter) -> ground.Work:
    """Store all the events, uncounted, then apply whatever is due."""
    from payments.webhooks import inbox

    stories.listen(chapter)
    for body, signature in chapter.signed():
        inbox.accept(body, signature)
    return drain


def alone(chapter: stories.Chapter) -> ground.Work:
    """The same, each event claimed by itself."""
    together(chapter)
    return partial(drain, limit=1)


def drain(*, limit: int = 200) -> None:
    from payments.models import StripeEvent
    from payments.webhooks import inbox

    while inbox.apply_due(limit=limit):
        pass
    if failed := StripeEvent.objects.filter(status="failed").values_list("type", "note").first():
        raise RuntimeError(failed)


@dataclass
class Recorder:
    """Notes what changed rows, by transaction; the inbox's own table apart."""

    transactions: list[list[Statement]] = field(default_factory=list)
    inside: bool = False

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        done = execute(sql, params, many, context)
        written = sql.startswith(("INSERT", "UPDATE")) and "payments_stripeevent" not in sql
        if written and context["cursor"].rowcount:
            self._note(sql, params)
        return done

    def _note(self, sql: str, params: Any) -> None:
        from django.db import transaction

        if not self.inside:
            self.transactions.append([])
            self.inside = transaction.get_connection().in_atomic_block
            transaction.on_commit(self._committed)
        self.transactions[-1].append((sql, params))

    def _committed(self) -> None:
        self.inside = False


def _writes(
    chapter: stories.Chapter, apply: Callable[[stories.Chapter], ground.Work]
) -> list[list[Statement]]:
    """Apply a chapter and return the transactions that a script would send instead."""
    from django.db import connection

    from payments.models import StripeEvent

    before = set(StripeEvent.objects.values_list("pk", flat=True))
    work, recorder = apply(chapter), Recorder()
    with connection.execute_wrapper(recorder):
        work()
    events = sorted(set(StripeEvent.objects.values_list("pk", flat=True)) - before)
    # One that comes alone is settled alone; of a batch no more transactions are made than ours.
    count = len(events) if apply is alone else min(len(recorder.transactions), len(events))
    shares = [[(SETTLE, (pk,)) for pk in events[start::count]] for start in range(count)]
    pairs = itertools.zip_longest(recorder.transactions, shares, fillvalue=[])
    return [[*writes, *settled] for writes, settled in pairs]


def _replay(own: Any, transactions: list[list[Statement]]) -> ground.Work:
    cursor = own.cursor()

    def work() -> None:
        for statements in transactions:
            with own.transaction():
                for sql, params in statements:
                    cursor.execute(sql, params)

    return work


if __name__ == "__main__":
    ground.run(measure, postgres=True)
