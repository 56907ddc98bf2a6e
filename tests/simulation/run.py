"""Seed after seed, each with its line; what broke is printed in full."""

import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.db import connection

from tests.simulation.twin import Verdict, both

MOST_LINES = 40
REGRESSIONS = Path(__file__).with_name("regressions.txt")


def run(
    *,
    first: int,
    fewest: int,
    until: float,
    days: int,
    supporters: int,
    regressions: bool = False,
    prepare: Callable[[], object] = lambda: None,
) -> int:
    """Live seeds from `first` on, at least `fewest`, then until the time is up; 1 if one broke."""
    database = empty_database()
    ways: dict[str, Any] = {"database": database, "prepare": prepare}
    known = [lived(*terms, **ways) for terms in broke_once()] if regressions else []
    verdicts: list[Verdict] = []
    slowest = 0.0
    while len(verdicts) < fewest or time.monotonic() + slowest < until:
        began = time.monotonic()
        verdicts.append(lived(first + len(verdicts), days, supporters, **ways))
        slowest = max(slowest, time.monotonic() - began)
    print(summary(verdicts, days=days, supporters=supporters), flush=True)
    return 1 if any(verdict.wrong for verdict in [*known, *verdicts]) else 0


def lived(seed: int, days: int, supporters: int, **ways: Any) -> Verdict:
    """One seed's verdict, printed."""
    verdict = both(seed=seed, days=days, supporters=supporters, **ways)
    print(verdict, flush=True)
    for line in verdict.wrong[:MOST_LINES]:
        print(f"    {line}", flush=True)
    if verdict.wrong:
        print(f"    Keep it in {REGRESSIONS.name}: {seed} {days} {supporters}", flush=True)
    return verdict


def broke_once() -> list[tuple[int, int, int]]:
    """Seed, days and supporters of the lives that found something."""
    lines = (line.partition("#")[0].split() for line in REGRESSIONS.read_text().splitlines())
    return [
        (int(seed), int(days), int(supporters)) for seed, days, supporters in filter(None, lines)
    ]


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
