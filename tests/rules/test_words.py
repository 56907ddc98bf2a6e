"""Names come from the glossary, and a module is called after what it holds."""

import ast
import re

import pytest

from tests.rules.sources import ROOMS, modules, short

# Word that must not be part of a name -> the glossary's word for it.
FORBIDDEN = {
    "donor": "supporter",
    "donors": "supporter",
    "contributor": "supporter",
    "contributors": "supporter",
    "donation": "contribution",
    "donations": "contribution",
    "pledge": "contribution",
    "chargeback": "dispute",
    "reversal": "refund or dispute",
    "cart": "checkout",
    "basket": "checkout",
    "banner": "appeal",
    "epic": "appeal",
    "popup": "appeal",
    "backoffice": "desk",
}
# Stripe's word, allowed where Stripe's objects are named: `stripe_customer_id`, the gateway.
CUSTOMER = {"customer", "customers"}
# The gateway's own argument, where a service hands Stripe's identifier on.
PASSED_ON = {"customer", "customer_id"}
VAGUE = {"utils", "util", "helpers", "helper", "common", "core", "misc", "lib", "manager", "base"}
STRIPES_OWN = ("payments/gateway/", "payments/sandbox/")


def names(path):
    """Every name that a module gives to something: functions, classes, arguments, variables."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif isinstance(node, ast.keyword) and node.arg:
            yield node.arg


def words(name):
    return set(re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower().split("_"))


def ours():
    return [p for p in modules(*ROOMS) if not short(p).startswith(STRIPES_OWN)]


def test_no_name_uses_a_word_that_the_glossary_replaces():
    found = {
        f"{short(path)}: {name}": FORBIDDEN[word]
        for path in modules(*ROOMS)
        if not short(path).startswith("payments/sandbox/")
        for name in names(path)
        for word in words(name) & set(FORBIDDEN)
    }
    assert found == {}


def test_customer_is_only_what_stripe_calls_its_own_record():
    found = [
        f"{short(path)}: {name}"
        for path in ours()
        for name in names(path)
        if words(name) & CUSTOMER and "stripe" not in words(name) and name not in PASSED_ON
    ]
    assert found == []


def test_no_module_has_a_name_that_says_nothing():
    found = [short(path) for path in modules(*ROOMS, "tools", "tests") if path.stem in VAGUE]
    folders = [short(p) for p in ours() if VAGUE & set(p.relative_to(p.parents[2]).parts[:-1])]
    assert found + folders == []


@pytest.mark.parametrize("room", ROOMS)
def test_every_module_says_what_lives_in_it(room):
    silent = [
        short(path)
        for path in modules(room)
        if path.read_text().strip() and not ast.get_docstring(ast.parse(path.read_text()))
    ]
    assert silent == []
