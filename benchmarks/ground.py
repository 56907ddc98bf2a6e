"""What every benchmark stands on: the settings, a database of its own, CPU time, a verdict."""

import logging
import os
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import django
import psycopg

POSTGRES = "postgresql://postgres@127.0.0.1:5432/keepopen_bench"


@dataclass(frozen=True)
class Figure:
    """One measured ratio or number beside its bound."""

    what: str
    measured: float
    most: float
    unit: str = "×"
    detail: str = ""

    @property
    def holds(self) -> bool:
        return self.measured <= self.most

    def __str__(self) -> str:
        verdict = "" if self.holds else "  BROKEN"
        return (
            f"{self.what:<52}{self.measured:9.2f} {self.unit:<7} at most {self.most:g}"
            f"   {self.detail}{verdict}"
        )


def run(measure: Callable[[], Iterator[Figure]], *, postgres: bool = False) -> None:
    """Measure and print; ends the process with 1 where a bound is broken.

    `postgres` asks for a PostgreSQL where one answers; every other benchmark runs on SQLite.
    """
    os.environ["DATABASE_URL"] = _postgres() if postgres else ""
    os.environ.pop("REDIS_URL", None)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    logging.disable(logging.INFO)
    django.setup()
    figures = []
    for figure in measure():
        print(figure, flush=True)
        figures.append(figure)
    sys.exit(not all(figure.holds for figure in figures))


def _postgres() -> str:
    url = os.environ.get("BENCH_DATABASE_URL", POSTGRES)
    try:
        psycopg.connect(url.rpartition("/")[0] + "/postgres", connect_timeout=2).close()
    except psycopg.OperationalError:
        return ""
    return url


@contextmanager
def database() -> Iterator[None]:
    """A migrated database that is gone afterwards."""
    from django.db import connection

    connection.creation.create_test_db(verbosity=0, serialize=False)
    try:
        yield
    finally:
        connection.creation.destroy_test_db(None, verbosity=0)


@contextmanager
def copies(*names: str) -> Iterator[list[str]]:
    """Copies of the present PostgreSQL database under other names, gone afterwards."""
    from django.db import connection

    there = connection.settings_dict
    made = [f"{there['NAME']}_{name}" for name in names]
    connection.close()
    with driver("postgres") as server:
        for name in made:
            server.execute(f"DROP DATABASE IF EXISTS {name}")  # type: ignore[arg-type]
            server.execute(f"CREATE DATABASE {name} TEMPLATE {there['NAME']}")  # type: ignore[arg-type]
        try:
            yield made
        finally:
            connection.close()
            for name in made:
                server.execute(f"DROP DATABASE {name}")  # type: ignore[arg-type]


@contextmanager
def empty(name: str) -> Iterator[str]:
    """An empty PostgreSQL database beside the present one; its URL."""
    from django.db import connection

    there = connection.settings_dict
    made = f"{there['NAME']}_{name}"
    with driver("postgres") as server:
        server.execute(f"DROP DATABASE IF EXISTS {made}")  # type: ignore[arg-type]
        server.execute(f"CREATE DATABASE {made}")  # type: ignore[arg-type]
        try:
            yield f"postgresql://{there['USER']}@{there['HOST']}:{there['PORT'] or 5432}/{made}"
        finally:
            server.execute(f"DROP DATABASE {made}")  # type: ignore[arg-type]


@contextmanager
def switched_to(name: str) -> Iterator[None]:
    """Django works on another database of the same server meanwhile."""
    from django.db import connection

    before = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = name
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = before


def driver(name: str = "") -> "psycopg.Connection[Any]":
    """psycopg by itself on the benchmark's database or another, committing each statement."""
    from django.db import connection

    there = connection.settings_dict
    return psycopg.connect(
        host=there["HOST"], port=there["PORT"], user=there["USER"], password=there["PASSWORD"],
        dbname=name or there["NAME"], autocommit=True,
    )  # fmt: skip


Work = Callable[[], object]


def ratio(
    ours: Callable[[], Work],
    baseline: Callable[[], Work],
    *,
    rounds: int,
    cpu: Callable[[], float] = time.process_time,
) -> "Pair":
    """CPU seconds of neighbouring runs of both sides: a busy machine slows both.

    Each side is a function that prepares a round, uncounted, and returns the work to be measured.
    """
    ours()(), baseline()()
    pairs = [(_spent(ours(), cpu), _spent(baseline(), cpu)) for _ in range(rounds)]
    return _pair(pairs)


def _pair(pairs: list[tuple[float, float]]) -> "Pair":
    mine, theirs = (statistics.median(side) for side in zip(*pairs, strict=True))
    return Pair(statistics.median(a / b for a, b in pairs), mine * 1e6, theirs * 1e6)


def alternating(
    *, ours: "tuple[Work, Metered]", baseline: "tuple[Work, Metered]", rounds: int
) -> "Pair":
    """As `ratio`, for work whose CPU another process spends: each side names who meters it."""
    (work, metered), (base_work, base_metered) = ours, baseline
    work(), base_work()
    pairs = [
        (_spent(work, metered.cpu), _spent(base_work, base_metered.cpu)) for _ in range(rounds)
    ]
    return _pair(pairs)


class Metered(Protocol):
    """Something that knows the CPU seconds it has used so far."""

    def cpu(self) -> float: ...


@dataclass(frozen=True)
class Pair:
    """The median ratio, and both medians in microseconds of CPU."""

    ratio: float
    ours: float
    baseline: float

    def each(self, count: int) -> str:
        """Both sides per unit of work, in words."""
        return f"{self.ours / count:.0f} µs against {self.baseline / count:.0f} µs of CPU"


def with_servers(*pids: int) -> Callable[[], float]:
    """CPU seconds of this process and of the database's processes that work for it (Linux)."""
    files = [Path(f"/proc/{pid}/schedstat") for pid in pids]

    def cpu() -> float:
        served = sum(int(file.read_text().split()[0]) for file in files)
        return time.process_time() + served / 1e9

    return cpu


def _spent(work: Work, cpu: Callable[[], float]) -> float:
    start = cpu()
    work()
    return cpu() - start
