"""How many small mistakes in the code the tests would notice: `make mutate`.

Each mutant is the source with one thing changed: a comparison, a sum, a constant, a condition, a
call that is not made. It is put in place by an import hook in a forked process, so that nothing is
written to disk, and the tests that cover the module are run until one fails.
"""

import argparse
import ast
import copy
import importlib.abc
import importlib.util
import os
import random
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SECONDS = 300
TESTS = {
    "payments/money.py": ["tests/payments/test_money.py"],
    "payments/services/": ["tests/payments/services", "tests/payments/webhooks/test_orders.py"],
}
COMPARE = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}
COUNT = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.FloorDiv, ast.FloorDiv: ast.Mult}


def mutants(source: str) -> Iterator[tuple[int, str, str]]:
    """(line, what was changed, the changed source), one change each."""
    tree = ast.parse(source)
    for place, node in enumerate(ast.walk(tree)):
        for number, words in enumerate(_changes(node)):
            changed = copy.deepcopy(tree)
            twin = next(other for at, other in enumerate(ast.walk(changed)) if at == place)
            _apply(changed, twin, number)
            yield getattr(node, "lineno", 0), words, ast.unparse(ast.fix_missing_locations(changed))


def _changes(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Compare) and type(node.ops[0]) in COMPARE:
        return [f"{type(node.ops[0]).__name__} -> {COMPARE[type(node.ops[0])].__name__}"]
    if isinstance(node, ast.BinOp | ast.AugAssign) and type(node.op) in COUNT:
        return [f"{type(node.op).__name__} -> {COUNT[type(node.op)].__name__}"]
    if isinstance(node, ast.BoolOp):
        return ["and <-> or"]
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        return ["not left out"]
    if isinstance(node, ast.If | ast.IfExp | ast.While):
        return ["condition turned round"]
    if isinstance(node, ast.Constant) and type(node.value) in (int, bool):
        return [f"{node.value} -> {_other(node.value)}"]
    if isinstance(node, ast.Return) and node.value is not None:
        return ["returns None"]
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        return [f"{ast.unparse(node.value.func)}() not called"]
    return []


def _other(value: int | bool) -> int | bool:
    return not value if isinstance(value, bool) else value + 1


def _apply(tree: ast.AST, node: ast.AST, number: int) -> None:
    if isinstance(node, ast.Compare):
        node.ops[0] = COMPARE[type(node.ops[0])]()
    elif isinstance(node, ast.BinOp | ast.AugAssign):
        node.op = COUNT[type(node.op)]()
    elif isinstance(node, ast.BoolOp):
        node.op = ast.Or() if isinstance(node.op, ast.And) else ast.And()
    elif isinstance(node, ast.UnaryOp):
        node.operand = ast.UnaryOp(op=ast.Not(), operand=node.operand)
    elif isinstance(node, ast.If | ast.IfExp | ast.While):
        node.test = ast.UnaryOp(op=ast.Not(), operand=node.test)
    elif isinstance(node, ast.Constant):
        node.value = _other(node.value)
    elif isinstance(node, ast.Return | ast.Expr):
        node.value = ast.Constant(None)


class Changed(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Gives one module another source."""

    def __init__(self, name: str, source: str) -> None:
        self.name, self.source = name, source

    def find_spec(self, name, path, target=None):
        return importlib.util.spec_from_loader(name, self) if name == self.name else None

    def exec_module(self, module) -> None:
        exec(compile(self.source, self.name, "exec"), module.__dict__)


def killed(path: str, source: str, tests: list[str]) -> bool:
    """Whether the tests notice; one that hangs is noticed too."""
    child = os.fork()
    if child:
        return _outcome(child)
    os.setpgid(0, 0)
    sys.stdout = sys.stderr = open(os.devnull, "w")  # noqa: SIM115
    os.dup2(sys.stdout.fileno(), 1)
    os.dup2(sys.stdout.fileno(), 2)
    name = path.removesuffix(".py").replace("/", ".").removesuffix(".__init__")
    sys.meta_path.insert(0, Changed(name, source))
    import pytest

    os._exit(int(pytest.main(["-q", "-x", "-p", "no:cacheprovider", *tests])))


def _outcome(child: int) -> bool:
    limit = time.monotonic() + SECONDS
    while time.monotonic() < limit:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return status != 0
        time.sleep(0.02)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return True


def tests_of(path: str) -> list[str]:
    return next(tests for prefix, tests in TESTS.items() if path.startswith(prefix))


def modules() -> list[str]:
    found = ["payments/money.py"]
    folder = ROOT / "payments" / "services"
    return found + [str(path.relative_to(ROOT)) for path in sorted(folder.glob("[a-z]*.py"))]


def main() -> int:
    parser = argparse.ArgumentParser(prog="make mutate", description=__doc__)
    parser.add_argument("modules", nargs="*", help="default: money.py and all of services")
    parser.add_argument("--sample", type=int, help="so many mutants by chance, not all")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--minutes", type=float, default=10_000)
    options = parser.parse_args()
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    for heavy in ("django.test", "babel.numbers", "stripe", "weasyprint"):
        importlib.import_module(heavy)
    todo = [
        (path, *mutant)
        for path in options.modules or modules()
        for mutant in mutants((ROOT / path).read_text())
    ]
    for path in sorted({path for path, *_ in todo}):
        if killed(path, (ROOT / path).read_text(), tests_of(path)):
            raise SystemExit(f"the tests of {path} fail on the code as it is: nothing to measure")
    whole = len(todo)
    random.Random(options.seed).shuffle(todo)
    todo = todo[: options.sample or whole]
    return _judge(todo, whole, until=time.monotonic() + 60 * options.minutes)


def _judge(todo: list[tuple[str, int, str, str]], whole: int, *, until: float) -> int:
    dead = tried = 0
    for path, line, words, source in todo:
        if time.monotonic() > until:
            break
        tried += 1
        if killed(path, source, tests_of(path)):
            dead += 1
        else:
            print(f"survives: {path}:{line}: {words}", flush=True)
    share = 100 * dead / tried if tried else 0.0
    print(
        f"{dead} of {tried} mutants killed ({share:.1f} %), of {whole} that there are", flush=True
    )
    return 0 if share >= 85 else 1


if __name__ == "__main__":
    sys.exit(main())
