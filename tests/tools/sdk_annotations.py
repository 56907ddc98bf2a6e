"""Reads the annotations of the installed Stripe SDK from its source, without running it.

A type is written as JSON: a word ("string", "integer", "boolean", "number", "decimal", "any") or
an object with one key: {"enum": [...]}, {"list": T}, {"map": T}, {"empty": T} (T or the empty
string), {"null": T}, {"union": [...]}. What a name stands for is the caller's business.
"""

import ast
import functools
from pathlib import Path

import stripe

ROOT = Path(stripe.__file__).parent
WORDS = {
    "str": "string",
    "int": "integer",
    "bool": "boolean",
    "float": "number",
    "Decimal": "decimal",
    "Any": "any",
}
TRANSPARENT = {"NotRequired", "ExpandableField", "Required"}
LISTS = {"List": "list", "ListObject": "page"}


class Module:
    """One source file: its classes, and where each imported name comes from."""

    def __init__(self, dotted):
        path = ROOT.joinpath(*dotted.split(".")[1:]).with_suffix(".py")
        self.tree = ast.parse(path.read_text())
        self.classes = {node.name: node for node in self.tree.body if _is_class(node)}
        self.imports = {
            alias.asname or alias.name: (node.module, alias.name)
            for node in ast.walk(self.tree)
            if isinstance(node, ast.ImportFrom)
            for alias in node.names
        }


@functools.cache
def module(dotted):
    return Module(dotted)


def _is_class(node):
    return isinstance(node, ast.ClassDef)


def fields(class_node):
    """Name and annotation of each field the class itself declares."""
    for node in class_node.body:
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            yield node.target.id, opened(node.annotation)


def nested(class_node):
    return {node.name: node for node in class_node.body if _is_class(node)}


def opened(node):
    """The annotation itself where it was written as a string."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return opened(ast.parse(node.value, mode="eval").body)
    return node


def head(node):
    """The outer word of an annotation: "NotRequired" of NotRequired[str]."""
    return node.value.id if isinstance(node, ast.Subscript) else None


def literal(node):
    """The values of a Literal[...] annotation."""
    items = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
    return [item.value for item in items]


def alternatives(node):
    """The members of a union, however it is written."""
    node = opened(node)
    if isinstance(node, ast.BinOp):
        return [*alternatives(node.left), *alternatives(node.right)]
    if head(node) in TRANSPARENT:
        return alternatives(node.slice)
    if head(node) == "Union":
        return [part for item in node.slice.elts for part in alternatives(item)]
    if head(node) == "Optional":
        return [*alternatives(node.slice), ast.Constant(None)]
    return [node]


def written(node, *, named):
    """The type of an annotation as JSON; `named(name)` answers for words that are classes."""
    parts = [_one(part, named=named) for part in alternatives(node)]
    nullable, empty = None in parts, "" in parts
    parts = _merged([part for part in parts if part])
    kind = parts[0] if len(parts) == 1 else {"union": parts}
    kind = {"empty": kind} if empty else kind
    return {"null": kind} if nullable else kind


def _merged(parts):
    """One enum instead of several; an enum's open `str` and a map's second spelling dropped."""
    values = [value for part in parts for value in _enum(part)]
    others = [part for part in parts if not _enum(part)]
    if values:
        others = [part for part in others if part != "string"]
    kept = []
    for part in [*others, *([{"enum": values}] if values else [])]:
        if part not in kept:
            kept.append(part)
    return kept or [{"enum": [""]}]


def _enum(part):
    return part.get("enum", []) if isinstance(part, dict) else []


def _one(node, *, named):
    """One member of a union: None for null, "" for the literal empty string."""
    if isinstance(node, ast.Constant):
        return None
    if isinstance(node, ast.Name):
        return WORDS.get(node.id) or named(node.id)
    if isinstance(node, ast.Attribute):
        return named(ast.unparse(node))
    return _subscripted(node, named=named)


def _subscripted(node, *, named):
    word = head(node)
    if word == "Literal":
        values = literal(node)
        return "" if values == [""] else {"enum": values}
    if word in LISTS:
        return {LISTS[word]: written(node.slice, named=named)}
    if word == "Dict":
        return {"map": written(node.slice.elts[1], named=named)}
    if word == "UntypedStripeObject":
        return {"map": written(node.slice, named=named)}
    raise ValueError(f"unknown annotation {ast.unparse(node)}")


class Table:
    """Types met more than once are kept once, under a number."""

    def __init__(self):
        self.rows = []
        self.numbers = {}

    def number(self, row):
        key = repr(row)
        if key not in self.numbers:
            self.numbers[key] = len(self.rows)
            self.rows.append(row)
        return self.numbers[key]
