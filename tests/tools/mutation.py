"""The warm process in which mutants are judged: everything imported, the database made.

The tests run once as they are, and coverage keeps which lines each of them reaches and how long it
takes. For each mutant the process forks; the child takes the changed code into the functions that
stand, and runs the tests that reach the changed line until one fails. What runs
when a module is imported is judged in a process of its own.
"""

import gc
import importlib.abc
import importlib.util
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from types import CodeType, FunctionType

import coverage
import pytest
from _pytest.runner import runtestprotocol

from tests.tools.mutants import ROOT, Mutant

NOTICED, SURVIVED, TIMED_OUT = "noticed", "survived", "timed out"
PLAIN = ["-x", "-p", "no:cacheprovider", "-p", "no:cov", "-p", "no:xdist"]
# A test that takes ten times its clean time hangs; nothing is said to hang within ten seconds.
TIMES, LEAST = 10, 10.0


class Bench:
    """A plugin that judges mutants in place of a run of the tests."""

    def __init__(self, judge: Callable[["Bench"], None], *, longest: float) -> None:
        self.judge, self.longest = judge, longest
        self.seconds: dict[str, float] = {}
        self.effort: dict[str, float] = {}
        self.about: defaultdict[tuple[str, str], float] = defaultdict(float)
        self.reached: dict[tuple[str, int], set[str]] = {}
        self.broken: list[str] = []

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session) -> bool:
        if session.testsfailed:
            raise session.Interrupted("the tests cannot be collected")
        self.session = session
        self.items = {item.nodeid: item for item in session.items}
        _run(session, session.items[0])
        self._learn()
        if not self.broken:
            self.functions = _functions()
            self.judge(self)
        return True

    def _learn(self) -> None:
        """Run every test once, and keep what it reaches and how long it takes."""
        watched = [str(ROOT / "payments/services/*"), str(ROOT / "payments/money.py")]
        watch = coverage.Coverage(include=watched, data_file=None)
        watch.start()
        for name, item in self.items.items():
            watch.switch_context(name)
            began, worked = time.monotonic(), time.process_time()
            if not _run(self.session, item):
                self.broken.append(name)
                break
            self.seconds[name] = time.monotonic() - began
            self.effort[name] = max(time.process_time() - worked, 0.001)
        watch.stop()
        data = watch.get_data()
        for file in data.measured_files():
            path = os.path.relpath(file, ROOT)
            for line, names in data.contexts_by_lineno(file).items():
                reaching = self.reached[path, line] = set(names) & self.seconds.keys()
                for name in reaching:
                    self.about[path, name] += 1 / len(reaching)

    def tests_of(self, mutant: Mutant) -> list[str]:
        """The tests that reach a mutant, those first that cost little and are about its module.

        A test is about a module as far as it reaches lines that few others reach. As many as the
        time allows, in the processor's seconds: a busy machine changes nothing.
        """
        names: set[str] = set()
        for (path, line), reaching in self.reached.items():
            if path == mutant.path and (line in mutant.lines or not mutant.lines):
                names |= reaching
        if not mutant.lines:
            # Who only looks at a constant reaches no line: all of the files that reach others.
            files = {name.partition("::")[0] for name in names}
            names = {name for name in self.seconds if name.partition("::")[0] in files}
        chosen, left = [], self.longest
        for name in sorted(
            names, key=lambda each: -self.about[mutant.path, each] / self.effort[each]
        ):
            left -= self.effort[name]
            if left < 0 and chosen:
                break
            chosen.append(name)
        return chosen

    def outcome(self, mutant: Mutant) -> str:
        """noticed, survived, timed out, or the way in which the run broke."""
        tests = self.tests_of(mutant)
        if not tests:
            return SURVIVED
        pairs = self._swaps(mutant)
        if not pairs:
            return _judged_cold(mutant, tests, sum(self.seconds[name] for name in tests))
        child = os.fork()
        if not child:
            self._be_mutant(pairs, tests)
        _, status = os.waitpid(child, 0)
        if os.WIFSIGNALED(status):
            killed = os.WTERMSIG(status)
            return TIMED_OUT if killed == signal.SIGALRM else f"ended by signal {killed}"
        return _meaning(os.WEXITSTATUS(status))

    def _swaps(self, mutant: Mutant) -> list[tuple[FunctionType, CodeType]]:
        """Each function that stands with its changed code; empty where that is not possible."""
        if not mutant.lines:
            return []
        fresh = {(each.co_qualname, each.co_firstlineno): each for each in _codes(mutant.code())}
        pairs = [(each, fresh.get(_name(each))) for each in self.functions[str(ROOT / mutant.path)]]
        fits = all(new and each.__code__.co_freevars == new.co_freevars for each, new in pairs)
        return pairs if fits else []

    def _be_mutant(self, pairs: Iterable[tuple[FunctionType, CodeType]], tests: list[str]) -> None:
        code = 3
        try:
            for function, changed in pairs:
                function.__code__ = changed
            code = 0
            for name in tests:
                signal.setitimer(signal.ITIMER_REAL, max(LEAST, TIMES * self.seconds[name]))
                if not _run(self.session, self.items[name]):
                    code = 1
                    break
        except BaseException:  # noqa: BLE001
            code = 3
        finally:
            os._exit(code)


class _Bare:
    """Stands for a next test that shares nothing but the session: its fixtures are kept."""

    def __init__(self, session) -> None:
        self.session = session

    def listchain(self) -> list:
        return [self.session]


def _run(session, item) -> bool:
    """Whether a test passes."""
    reports = runtestprotocol(item, log=False, nextitem=_Bare(session))
    return not any(report.failed for report in reports)


def _name(function: FunctionType) -> tuple[str, int]:
    return function.__code__.co_qualname, function.__code__.co_firstlineno


def _functions() -> dict[str, list[FunctionType]]:
    """The functions that stand, by the file that they come from; those made by calls left out."""
    found = defaultdict(list)
    gc.unfreeze()  # A server freezes what it has imported; frozen objects are not shown.
    for each in gc.get_objects():
        if type(each) is FunctionType and "<locals>" not in each.__code__.co_qualname:
            found[each.__code__.co_filename].append(each)
    return found


def _codes(code: CodeType) -> Iterable[CodeType]:
    for inner in filter(lambda each: isinstance(each, CodeType), code.co_consts):
        yield inner
        yield from _codes(inner)


def _meaning(status: int) -> str:
    return {0: SURVIVED, 1: NOTICED}.get(status, f"pytest ended with {status}")


def _judged_cold(mutant: Mutant, tests: list[str], seconds: float) -> str:
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as names:
        names.write("\n".join(tests))
        names.flush()
        command = [sys.executable, "-m", __name__, mutant.path, str(mutant.place), names.name]
        try:
            done = subprocess.run(
                command, cwd=ROOT, capture_output=True, timeout=60 + TIMES * seconds
            )
        except subprocess.TimeoutExpired:
            return TIMED_OUT
    return _meaning(done.returncode)


class _Changed(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Gives one module the code of a mutant."""

    def __init__(self, mutant: Mutant) -> None:
        self.mutant = mutant

    def find_spec(self, name, path, target=None):
        if name != self.mutant.module:
            return None
        return importlib.util.spec_from_file_location(name, ROOT / self.mutant.path, loader=self)

    def exec_module(self, module) -> None:
        exec(self.mutant.code(), module.__dict__)


def be_cold_mutant(path: str, place: str, names: str) -> int:
    """Import everything with one module changed, and run the tests; that it imports is one."""
    import django

    from tests.tools.mutants import mutants

    mutant = mutants(path)[int(place)]
    sys.meta_path.insert(0, _Changed(mutant))
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    try:
        django.setup()
        importlib.import_module(mutant.module)
    except Exception:  # noqa: BLE001
        return 1
    return int(pytest.main([*PLAIN, f"@{names}"]))


if __name__ == "__main__":
    sys.exit(be_cold_mutant(*sys.argv[1:]))
