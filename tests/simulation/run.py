"""Seed after seed, each with its line; what broke is printed in full."""

import time
from collections import Counter

from django.core.management import call_command
from django.db import connection

from tests.simulation.twin import Verdict, both

MOST_LINES = 40


def run(*, first: int, fewest: int, until: float, days: int, supporters: int) -> int:
    """Live seeds from `first` on, at least `fewest`, then until the time is up; 1 if one broke."""
    database = empty_database()
    verdicts: list[Verdict] = []
    slowest = 0.0
    while len(verdicts) < fewest or time.monotonic() + slowest < until:
        began = time.monotonic()
        seed = first + len(verdicts)
        verdict = both(seed=seed, days=days, supporters=supporters, database=database)
        slowest = max(slowest, time.monotonic() - began)
        verdicts.append(verdict)
        print(verdict, flush=True)
        for line in verdict.wrong[:MOST_LINES]:
            print(f"    {line}", flush=True)
    print(summary(verdicts, days=days, supporters=supporters), flush=True)
    return 1 if any(verdict.wrong for verdict in verdicts) else 0


def empty_database() -> bytes:
    """A migrated database in memory, as bytes that each life begins from."""
    call_command("migrate", verbosity=0)
    return connection.connection.serialize()


def summary(verdicts: list[Verdict], *, days: int, supporters: int) -> str:
    faults: Counter[str] = Counter()
    for verdict in verdicts:
        faults += verdict.storm.faults
    broke = [verdict.seed for verdict in verdicts if verdict.wrong]
    kinds = ", ".join(f"{kind} {number}" for kind, number in sorted(faults.items()))
    return (
        f"{len(verdicts)} seeds of {days} days x {supporters} supporters:"
        f" {len(broke)} broke{f' {broke}' if broke else ''};"
        f" {sum(v.storm.contributions for v in verdicts)} contributions,"
        f" {sum(faults.values())} faults injected ({kinds})"
    )
