"""Reconciling 1,000,000 ledger lines: how long it takes, and how much memory it holds.

250,000 contributions with receipts, 500,000 ledger entries, as many of Stripe's lines as there are
contributions, and one payout that only Stripe knows. Compared is everything that lies in the
database: ledger against Stripe's lines, entries against their lines, receipts, sums. Wall seconds,
and the largest size of the process. `python -m benchmarks.reconcile`; BENCH_CONTRIBUTIONS changes
how much there is.
"""

import os
import resource
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import chain

from benchmarks import ground

MOST_SECONDS = 60
MOST_MEGABYTES = 200


def measure() -> Iterator[ground.Figure]:
    from django.db import connection

    contributions = int(os.environ.get("BENCH_CONTRIBUTIONS", 250_000))
    with ground.database():
        _fill(contributions)
        began, cpu = time.monotonic(), time.process_time()
        found, run = _compare()
        seconds, cpu = time.monotonic() - began, time.process_time() - cpu
    assert found == ["missing_payout"], found
    assert (run.entries, run.lines) == (contributions, contributions + 1)
    lines = 4 * contributions
    detail = f"{cpu:.0f} s of CPU in Python"
    yield ground.Figure(f"{lines:,} ledger lines compared", seconds, MOST_SECONDS, "s", detail)
    if connection.vendor == "sqlite":
        return  # The database itself lies in this process's memory.
    size = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    yield ground.Figure("largest size of the process", size, MOST_MEGABYTES, "MB")


def _compare():
    """What a night compares, without what it asks of Stripe."""
    from payments import clock
    from payments.models import Difference, Reconciliation
    from payments.reconcile import books, papers, record

    now = clock.now()
    run = Reconciliation.objects.create(
        day=clock.local_date(now), started_at=now, busy_until=now + timedelta(hours=1)
    )
    tally = books.Tally()
    found = chain(books.compare(tally, before=now), books.unbalanced(), papers.compare(before=now))
    record.keep(found, seen_at=now)
    record.finish(run, tally)
    return list(Difference.objects.values_list("kind", flat=True)), run


def _fill(count: int) -> None:
    """One contribution booked by the services, and its rows as often as wished."""
    from django.db import transaction

    from benchmarks.many_rows import analyse, hashed, multiply, text, uuid
    from payments.models import BalanceLine, LedgerEntry, Receipt
    from payments.reconcile.statement import line
    from tests.payments import books

    with transaction.atomic():
        row = books.receive(1000)
    told = {"id": row.stripe_balance_transaction_id, "source_id": row.stripe_charge_id}
    said = replace(books.balance(1000, fee=40), **told)
    unseen = books.balance(-700, type="payout")
    BalanceLine.objects.bulk_create([line(said), line(unseen)])
    root, fee = LedgerEntry.objects.order_by("pk")
    copies = {"id": "n.i + 1", "public_id": uuid(), "stripe_payment_intent_id": text("pi_x")}
    multiply(
        row, count - 1, **copies, stripe_charge_id=text("ch_x"),
        stripe_balance_transaction_id=hashed("txn_"),
    )  # fmt: skip
    multiply(
        Receipt.objects.get(), count - 1, contribution_id="n.i + 1", number=text("9-"),
        sequence="n.i + 1000",
    )  # fmt: skip
    booked = {"contribution_id": "n.i + 1", "stripe_charge_id": text("ch_x")}
    multiply(root, count - 1, id="2 * n.i + 100", key=text("contribution:"), **booked)
    multiply(
        fee, count - 1, id="2 * n.i + 101", key=text("fee:"), settles_id="2 * n.i + 100",
        stripe_balance_transaction_id=hashed("txn_"), **booked,
    )  # fmt: skip
    for entry, number in ((root, "2 * n.i + 100"), (fee, "2 * n.i + 101")):
        for part in entry.lines.all():
            multiply(part, count - 1, entry_id=number)
    known = BalanceLine.objects.get(type="charge")
    multiply(
        known, count - 1, stripe_balance_transaction_id=hashed("txn_"),
        stripe_source_id=text("ch_x"),
    )  # fmt: skip
    analyse()


if __name__ == "__main__":
    ground.run(measure, postgres=True)
