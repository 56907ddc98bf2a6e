"""One seed lived twice, in two processes at the same time, and compared."""

import gc
import os
import pickle
import random
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import time_machine
from django.db import connection
from django.urls import get_resolver

from payments.gateway import calls
from payments.models import Contribution
from tests.simulation import books, lives
from tests.simulation.invariants import Watch, broken
from tests.simulation.people import People
from tests.simulation.wire import Wire
from tests.simulation.world import World

BEGINS = datetime(2026, 1, 1, tzinfo=UTC)
WATCH_DAYS = 10
# Stripe pays out on the hour: what happened in that very second would be of either day, by chance.
PAST = 60


@dataclass
class Life:
    """What one life left behind."""

    books: dict[str, Any] = field(default_factory=dict)
    broken: list[str] = field(default_factory=list)
    said: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    calls: int = 0
    over_http: int = 0
    contributions: int = 0
    seconds: float = 0.0
    trouble: str = ""


@dataclass
class Verdict:
    """The comparison of a seed's two lives."""

    seed: int
    calm: Life
    storm: Life

    @property
    def wrong(self) -> list[str]:
        trouble = [text for text in (self.calm.trouble, self.storm.trouble) if text]
        if trouble:
            return trouble
        said = [] if self.calm.said == self.storm.said else [
            f"answers: calm {dict(self.calm.said - self.storm.said)},"
            f" storm {dict(self.storm.said - self.calm.said)}"
        ]  # fmt: skip
        return [
            *(f"calm: {line}" for line in self.calm.broken),
            *(f"storm: {line}" for line in self.storm.broken),
            *books.differences(self.calm.books, self.storm.books),
            *said,
        ]

    def __str__(self) -> str:
        over_http = self.calm.over_http + self.storm.over_http
        faults = sum(self.storm.faults.values())
        units = "?" if self.calm.trouble or self.storm.trouble else books.lost_or_invented(
            self.calm.books, self.storm.books
        )  # fmt: skip
        verdict = "holds" if not self.wrong else f"BREAKS in {len(self.wrong)} places"
        return (
            f"seed {self.seed}: {verdict}; {self.storm.contributions} contributions,"
            f" {faults} faults injected, {units} minor units lost or invented,"
            f"{f' {over_http} calls over HTTP,' if over_http else ''}"
            f" {max(self.calm.seconds, self.storm.seconds):.0f} s"
        )


def live(*, seed: int, days: int, supporters: int, stormy: bool) -> Life:
    """One whole life on an empty database."""
    began, life, watch = time.perf_counter(), Life(), Watch()
    random.seed(seed)
    with time_machine.travel(BEGINS, tick=False) as traveller:
        world = World(traveller, seed=seed, stormy=False)
        calls.ensure_product()
        world.weather.stormy = world.weather.rough = stormy
        people = People(world)
        for act in lives.plan(seed=seed, days=days, supporters=supporters):
            if act.at < days * lives.DAY:
                _pass(world, watch, life, until=BEGINS.timestamp() + act.at + PAST)
                people.do(act)
        _pass(world, watch, life, until=BEGINS.timestamp() + days * lives.DAY)
        world.heal()
        life.broken += [*watch.last_look(), *broken(world)]
    life.books, life.said = books.books(), people.said
    life.faults, life.calls = world.weather.faults, Wire.calls
    life.over_http = Wire.over_http
    life.contributions = Contribution.objects.received().count()
    life.seconds = time.perf_counter() - began
    return life


def _pass(world: World, watch: Watch, life: Life, *, until: float) -> None:
    """Time passes; every ten days somebody looks whether what was final is final."""
    while time.time() < until:
        day = int(time.time()) // (WATCH_DAYS * lives.DAY) + 1
        world.wait_until(min(until, day * WATCH_DAYS * lives.DAY))
        if int(time.time()) % (WATCH_DAYS * lives.DAY) == 0:
            life.broken += watch.look(datetime.now(UTC))


def both(
    *,
    seed: int,
    days: int,
    supporters: int,
    database: bytes,
    prepare: Callable[[], object] = lambda: None,
) -> Verdict:
    """The two lives in two processes; `database` is an empty, migrated one."""
    terms: dict[str, Any] = {
        "seed": seed,
        "days": days,
        "supporters": supporters,
        "prepare": prepare,
    }
    get_resolver().url_patterns  # noqa: B018 (read before there are two of us: it takes seconds)
    gc.freeze()
    running = [begin(database, stormy=stormy, **terms) for stormy in (False, True)]
    calm, storm = [end(*one) for one in running]
    return Verdict(seed, calm, storm)


def begin(
    database: bytes, *, prepare: Callable[[], object] = lambda: None, **terms: Any
) -> tuple[int, int]:
    """Begin a life in a process of its own, which is first made ready; for `end` to wait for."""
    back, forth = os.pipe()
    child = os.fork()
    if child:
        os.close(forth)
        return child, back
    status = 1
    try:
        with os.fdopen(forth, "wb") as pipe:
            pickle.dump(_in_child(database, prepare, terms), pipe)
        status = 0
    finally:
        sys.stdout.flush()
        os._exit(status)


def _in_child(database: bytes, prepare: Callable[[], object], terms: dict[str, Any]) -> Life:
    connection.close()
    connection.connect()
    connection.connection.deserialize(database)
    gc.set_threshold(20_000, 50, 100)  # A life makes few circles, and keeps all it makes.
    try:
        prepare()
        return live(**terms)
    except BaseException:  # noqa: BLE001 (the child's edge: the parent prints it)
        return Life(trouble=traceback.format_exc())


def end(child: int, back: int) -> Life:
    """What a life that was begun left behind."""
    with os.fdopen(back, "rb") as pipe:
        text = pipe.read()
    os.waitpid(child, 0)
    return pickle.loads(text) if text else Life(trouble="the process ended without a word")
