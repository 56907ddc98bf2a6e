"""How many small mistakes in the code the tests would notice: `make mutate`.

A mutant is noticed where one of the tests that reach it fails, or hangs though the same tests pass
in a tenth of the time; those that hang are listed. Where pytest itself broke nothing is known: such
mutants are listed, not counted, and the command fails.
"""

import argparse
import os
import random
import sys
import time
from collections import Counter, defaultdict

import pytest

from tests.tools.mutants import ROOT, Mutant, mutants
from tests.tools.mutation import NOTICED, PLAIN, SURVIVED, TIMED_OUT, Bench

LEAST = 85
TESTS = {
    "payments/money.py": ["tests/payments/test_money.py"],
    "payments/services": [
        "tests/payments/services",
        "tests/payments/webhooks/test_inbox.py",
        "tests/payments/reconcile/test_exchanged_money.py",
        "tests/payments/reconcile/test_kinds.py",
        "tests/payments/adoption",
    ],
}


def modules() -> list[str]:
    folder = ROOT / "payments" / "services"
    found = sorted(str(path.relative_to(ROOT)) for path in folder.glob("[a-z]*.py"))
    return ["payments/money.py", *found]


def room(path: str) -> str:
    """Whose score a module counts for."""
    return "payments/services" if path.startswith("payments/services/") else path


def draw(paths: list[str], *, sample: int | None, seed: int) -> list[Mutant]:
    """Mutants by chance, `sample` of each room at most, from each module in its proportion."""
    rooms = defaultdict(list)
    chance = random.Random(seed)
    for path in paths:
        found = mutants(path)
        chance.shuffle(found)
        # Where in its module's row a mutant stands, from 0 to 1: the first ones are drawn.
        rooms[room(path)] += [((at + 0.5) / len(found), one) for at, one in enumerate(found)]
    drawn = []
    for found in rooms.values():
        drawn += [one for _, one in sorted(found, key=lambda pair: pair[0])[:sample]]
    return sorted(drawn, key=lambda one: (one.path, one.place))


class Report:
    """Judges what was drawn, and says what came of it."""

    def __init__(self, drawn: list[Mutant], *, until: float) -> None:
        self.drawn, self.until = drawn, until
        self.counts: dict[str, Counter[str]] = defaultdict(Counter)
        # Pytest keeps to itself what is printed while it runs; this is printed all the same.
        self.paper = os.fdopen(os.dup(sys.stdout.fileno()), "w", buffering=1)

    def judge(self, bench: Bench) -> None:
        tests, seconds = len(bench.seconds), sum(bench.seconds.values())
        print(f"{tests} tests pass as they are, in {seconds:.0f} s", file=self.paper)
        for mutant in self.drawn:
            if time.monotonic() > self.until:
                print("the time is over: the rest was not tried", file=self.paper)
                break
            outcome = bench.outcome(mutant)
            self.counts[mutant.path][outcome] += 1
            if outcome != NOTICED:
                print(f"{outcome}: {mutant}", file=self.paper)

    def closing(self) -> int:
        """Print the scores; 0 where all are as they should be."""
        rooms: dict[str, Counter[str]] = defaultdict(Counter)
        for path, counted in self.counts.items():
            rooms[room(path)] += counted
            print(f"  {path}: {_score(counted)[1]}")
        for name, counted in rooms.items():
            print(f"{name}: {_score(counted)[1]}")
        scores = [_score(counted)[0] for counted in rooms.values()]
        strange = set().union(*rooms.values()) - {NOTICED, SURVIVED, TIMED_OUT}
        return 0 if scores and min(scores) >= LEAST and not strange else 1


def _score(counted: Counter[str]) -> tuple[float, str]:
    noticed = counted[NOTICED] + counted[TIMED_OUT]
    judged = noticed + counted[SURVIVED]
    share = 100 * noticed / judged if judged else 0.0
    words = f"{noticed} of {judged} mutants noticed ({share:.1f} %)"
    if counted[TIMED_OUT]:
        words += f", {counted[TIMED_OUT]} of them because the tests hang"
    if counted.total() > judged:
        words += f"; {counted.total() - judged} not judged"
    return share, words


def main() -> int:
    parser = argparse.ArgumentParser(prog="make mutate", description=__doc__)
    parser.add_argument(
        "modules", nargs="*", default=["payments/"], help="default: money.py and all of services"
    )
    parser.add_argument("--sample", type=int, help="so many of each, by chance; default: all")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--minutes", type=float, default=10_000)
    parser.add_argument("--tests", nargs="+", help="default: those that reach them")
    parser.add_argument(
        "--longest", type=float, default=30, help="seconds of the processor's for a mutant"
    )
    options = parser.parse_args()
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    paths = [path for path in modules() if path.startswith(tuple(options.modules))]
    drawn = draw(paths, sample=options.sample, seed=options.seed)
    report = Report(drawn, until=time.monotonic() + 60 * options.minutes)
    rooms = sorted({room(path) for path in paths})
    tests = options.tests or [test for name in rooms for test in TESTS[name]]
    bench = Bench(report.judge, longest=options.longest)
    ended = pytest.main([*PLAIN, "-q", *tests], plugins=[bench])
    if ended or bench.broken:
        print(f"the tests fail on the code as it is, nothing was measured: {bench.broken}")
        return 1
    return report.closing()


if __name__ == "__main__":
    sys.exit(main())
