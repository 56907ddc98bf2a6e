"""Writes what the sandbox knows about Stripe's calls and objects, from the pinned SDK's types.

Run it after raising the SDK's version: `python -m tests.tools.make_sandbox_spec`.
"""

import json
from pathlib import Path

import stripe

from tests.tools.sandbox_parameters import parameters
from tests.tools.sandbox_shapes import shapes

SPEC = Path(__file__).parents[2] / "payments" / "sandbox" / "spec"


def written(content):
    """JSON with one row per line: small, and a change shows where it is."""
    versions = {"api_version": stripe.api_version, "sdk": stripe.VERSION}
    parts = [f"{_text(name)}:{_part(value)}" for name, value in (versions | content).items()]
    return "{" + ",\n".join(parts) + "}\n"


def _part(value):
    if isinstance(value, dict):
        rows = [f"{_text(name)}:{_text(row)}" for name, row in value.items()]
        return "{\n" + ",\n".join(rows) + "\n}"
    if isinstance(value, list):
        return "[\n" + ",\n".join(_text(row) for row in value) + "\n]"
    return _text(value)


def _text(value):
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def files():
    """The path and the text of both files."""
    return {
        SPEC / "parameters.json": written(parameters()),
        SPEC / "shapes.json": written(shapes()),
    }


if __name__ == "__main__":
    for path, text in files().items():
        path.write_text(text)
