"""Small mistakes made on purpose: each mutant is a module with one thing changed.

Changed are comparisons, sums, signs, constants (whole numbers, true and false), `and`, `or` and
`not`, conditions, values returned, and calls left out whose answer nobody uses. Left as they are:
texts, annotations, `__str__`, and the places where tests let a process die (`crash_here`), which
do nothing by themselves.
"""

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
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
FUNCTION = ast.FunctionDef | ast.AsyncFunctionDef
INSTRUMENTS = {"crash_here"}


@dataclass(frozen=True)
class Mutant:
    """One change of a module.

    `place` is its number among the module's changes; `lines` are those that run it, empty where
    it runs when the module is imported.
    """

    path: str
    place: int
    line: int
    words: str
    lines: range

    def __str__(self) -> str:
        text = (ROOT / self.path).read_text().splitlines()[self.line - 1].strip()
        return f"{self.path}:{self.line}: {self.words}: {text}"

    @property
    def module(self) -> str:
        return self.path.removesuffix(".py").replace("/", ".").removesuffix(".__init__")

    def code(self):
        """The module with this one change, compiled; lines and names are those of the file."""
        tree = ast.parse((ROOT / self.path).read_text())
        next(islice(_changes(tree), self.place, None)).apply()
        return compile(ast.fix_missing_locations(tree), str(ROOT / self.path), "exec")


@dataclass
class Change:
    """Something that can be changed in a tree, and how."""

    node: ast.AST
    words: str
    apply: Callable[[], None]
    statement: ast.stmt | None
    inside: bool


def mutants(path: str) -> list[Mutant]:
    """Every mutant of a module, in the order of its text."""
    tree = ast.parse((ROOT / path).read_text())
    return [
        Mutant(path, place, change.node.lineno, change.words, _lines(change))
        for place, change in enumerate(_changes(tree))
    ]


def _lines(change: Change) -> range:
    """The lines of the statement; of one that holds others, its head."""
    statement = change.statement
    if not change.inside or statement is None:
        return range(0)
    body = getattr(statement, "body", None)
    end = max(statement.lineno, body[0].lineno - 1) if body else statement.end_lineno
    return range(statement.lineno, end + 1)


def _changes(tree: ast.Module) -> Iterator[Change]:
    for node, statement, inside in _walk(tree, None, inside=False):
        for words, apply in _ways(node):
            yield Change(node, words, apply, statement, inside)


def _walk(node: ast.AST, statement: ast.stmt | None, *, inside: bool):
    """(node, its statement, whether it runs in a function), parents first."""
    if isinstance(node, FUNCTION):
        yield from _walk_function(node, statement, inside=inside)
        return
    if isinstance(node, ast.stmt):
        statement = node
        if _is_instrument(node):
            return
    yield node, statement, inside
    for name, value in ast.iter_fields(node):
        if name == "annotation":
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST):
                yield from _walk(child, statement, inside=inside)


def _walk_function(node: ast.AST, statement: ast.stmt | None, *, inside: bool):
    """Decorators and defaults are run where the function is made, the body when it is called."""
    if node.name == "__str__":
        return
    defaults = [*node.args.defaults, *filter(None, node.args.kw_defaults)]
    for child in (*node.decorator_list, *defaults):
        yield from _walk(child, statement, inside=inside)
    for child in node.body:
        yield from _walk(child, child, inside=True)


def _is_instrument(node: ast.stmt) -> bool:
    call = node.value if isinstance(node, ast.Expr) else None
    return isinstance(call, ast.Call) and ast.unparse(call.func) in INSTRUMENTS


def _ways(node: ast.AST) -> Iterator[tuple[str, Callable[[], None]]]:
    """(what is changed, how) for one node."""

    def put(name: str, value: object) -> Callable[[], None]:
        return lambda: setattr(node, name, value)

    match node:
        case ast.Compare(ops=ops):
            for at, kind in enumerate(map(type, ops)):
                if other := COMPARE.get(kind):
                    yield f"{kind.__name__} -> {other.__name__}", _at(ops, at, other())
        case ast.BinOp(op=op) | ast.AugAssign(op=op) if type(op) in COUNT:
            other = COUNT[type(op)]
            yield f"{type(op).__name__} -> {other.__name__}", put("op", other())
        case ast.BoolOp(op=op):
            other = ast.Or if isinstance(op, ast.And) else ast.And
            yield f"{type(op).__name__} -> {other.__name__}", put("op", other())
        case ast.UnaryOp(op=ast.Not() | ast.USub() as op, operand=operand):
            twice = ast.UnaryOp(op=type(op)(), operand=operand)
            yield f"{type(op).__name__} left out", put("operand", twice)
        case ast.If(test=test) | ast.IfExp(test=test) | ast.While(test=test):
            yield "condition turned round", put("test", ast.UnaryOp(op=ast.Not(), operand=test))
        case ast.Constant(value=bool() as value):
            yield f"{value} -> {not value}", put("value", not value)
        case ast.Constant(value=int() as value):
            yield f"{value} -> {value + 1}", put("value", value + 1)
        case ast.Return(value=ast.expr() as value) if not _is_none(value):
            yield "returns None", put("value", ast.Constant(None))
        case ast.Expr(value=ast.Call(func=called)):
            yield f"{ast.unparse(called)}() not called", put("value", ast.Constant(None))


def _at(ops: list, at: int, other: ast.cmpop) -> Callable[[], None]:
    return lambda: ops.__setitem__(at, other)


def _is_none(value: ast.expr) -> bool:
    return isinstance(value, ast.Constant) and value.value is None
