"""Compares an answer with the shape that Stripe's types give it, field by field."""

import re

from payments.sandbox.spec import tables

DECIMAL = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")
PAGE = {"object", "data", "has_more", "url"}


def problems(object_name, data):
    """What is wrong with `data` as an object of that name: sentences, none if all is well.

    `object_name` is the object's own `object` field ("charge"), or "list" for a page of a list.
    """
    if object_name == "list":
        return _page(data, path="list", kind={"resource": None})
    return _resource(data, path=object_name, names=[object_name])


def _resource(data, *, path, names):
    if not isinstance(data, dict):
        return [f"{path}: {data!r} is no object"]
    name = data.get("object")
    if names != [None] and name not in names:
        return [f"{path}: object is {name!r}, not {' or '.join(names)}"]
    if data.get("deleted") is True:
        extra = data.keys() - {"id", "object", "deleted"}
        return [f"{path}.{field}: not in a deleted object" for field in sorted(extra)]
    fields = tables.resource(name)
    if fields is None:
        return [f"{path}: no shape is known for {name!r}"]
    return [*_fields(data, path=path, fields=fields), *_changes(data, path=path)]


def _changes(data, *, path):
    """What an event says was different before must be fields of its object."""
    if data["object"] != "event" or not isinstance(data.get("data"), dict):
        return []
    inside = data["data"].get("object") or {}
    known = tables.resource(inside.get("object")) or {}
    before = data["data"].get("previous_attributes") or {}
    return [
        f"{path}.data.previous_attributes.{name}: unknown field"
        for name in before
        if name not in known
    ]


def _fields(data, *, path, fields):
    found = [f"{path}.{name}: unknown field" for name in data if name not in fields]
    for name, (kind, nullable, absent) in fields.items():
        if name not in data:
            found += [] if absent else [f"{path}.{name}: missing"]
        elif data[name] is None:
            found += [] if nullable else [f"{path}.{name}: null"]
        else:
            found += _value(data[name], path=f"{path}.{name}", kind=kind)
    return found


def _value(value, *, path, kind):
    if isinstance(kind, int):
        if not isinstance(value, dict):
            return [f"{path}: {value!r} is no object"]
        return _fields(value, path=path, fields=tables.shape(kind))
    if isinstance(kind, str):
        return [] if WORDS[kind](value) else [f"{path}: {value!r} is no {kind}"]
    [(word, inner)] = kind.items()
    return READERS[word](value, path=path, kind=inner)


def _enum(value, *, path, kind):
    return [] if value in kind else [f"{path}: {value!r} is none of {', '.join(map(str, kind))}"]


def _list(value, *, path, kind):
    if not isinstance(value, list):
        return [f"{path}: {value!r} is no list"]
    return [
        problem
        for number, item in enumerate(value)
        for problem in _value(item, path=f"{path}[{number}]", kind=kind)
    ]


def _map(value, *, path, kind):
    if not isinstance(value, dict):
        return [f"{path}: {value!r} is no object"]
    if kind == "any":
        return _resource(value, path=path, names=[None]) if "object" in value else []
    return [
        problem
        for name, item in value.items()
        for problem in _value(item, path=f"{path}[{name}]", kind=kind)
    ]


def _page(value, *, path, kind):
    if not isinstance(value, dict) or value.keys() != PAGE or value["object"] != "list":
        return [f"{path}: not a page with {', '.join(sorted(PAGE))}"]
    found = [] if isinstance(value["has_more"], bool) else [f"{path}.has_more: no boolean"]
    found += [] if isinstance(value["url"], str) else [f"{path}.url: no string"]
    return found + _list(value["data"], path=f"{path}.data", kind=kind)


def _id(value, *, path, kind):
    if isinstance(value, str):
        return [] if value else [f"{path}: an empty id"]
    return _resource(value, path=path, names=kind)


def _one_resource(value, *, path, kind):
    return _resource(value, path=path, names=[kind])


def _union(value, *, path, kind):
    return _resource(value, path=path, names=[part["resource"] for part in kind])


def _is_integer(value):
    return isinstance(value, int) and not isinstance(value, bool)


WORDS = {
    "string": lambda value: isinstance(value, str),
    "integer": _is_integer,
    "boolean": lambda value: isinstance(value, bool),
    "number": lambda value: _is_integer(value) or isinstance(value, float),
    "decimal": lambda value: isinstance(value, str) and DECIMAL.fullmatch(value),
    "any": lambda value: True,
}
READERS = {
    "enum": _enum,
    "list": _list,
    "map": _map,
    "page": _page,
    "id": _id,
    "resource": _one_resource,
    "union": _union,
}
