"""Modules and functions stay small enough to be read in one go."""

import ast
import statistics

from tests.rules.sources import ROOMS, modules, short

MODULE_LINES = 400
FUNCTION_LINES = 50


def functions(path):
    tree = ast.parse(path.read_text())
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return [node for node in ast.walk(tree) if isinstance(node, kinds)]


def lines(function):
    return function.end_lineno - function.body[0].lineno + 1


def test_no_module_is_longer_than_four_hundred_lines():
    paths = modules(*ROOMS, "tools", "tests", "benchmarks")
    counted = {short(path): path.read_text().count("\n") for path in paths}
    assert {path: count for path, count in counted.items() if count > MODULE_LINES} == {}


def test_no_function_is_longer_than_fifty_lines():
    long = {
        f"{short(path)}:{function.name}": lines(function)
        for path in modules(*ROOMS, "tools")
        for function in functions(path)
        if lines(function) > FUNCTION_LINES
    }
    assert long == {}


def test_half_of_all_functions_have_at_most_eight_lines():
    lengths = [lines(function) for path in modules(*ROOMS) for function in functions(path)]
    assert statistics.median(lengths) <= 8
    assert statistics.quantiles(lengths, n=10)[-1] <= 25
