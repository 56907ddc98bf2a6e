"""The two tables on disk, read once."""

import functools
import json
from pathlib import Path

HERE = Path(__file__).parent


@functools.cache
def parameters():
    return json.loads((HERE / "parameters.json").read_text(encoding="utf-8"))


@functools.cache
def shapes():
    return json.loads((HERE / "shapes.json").read_text(encoding="utf-8"))


@functools.cache
def shape(number):
    """The fields of an object: name to (type, may be null, may be absent)."""
    fields = {}
    for marked, kind in shapes()["types"][number]["object"].items():
        fields[marked.rstrip("?*")] = (kind, marked.endswith("?"), "*" in marked)
    return fields


def resource(object_name):
    """The fields of an object named as its own `object` field says; None if we know none."""
    number = shapes()["objects"].get(object_name)
    return None if number is None else shape(number)
