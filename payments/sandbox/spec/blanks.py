"""Objects with every field that Stripe always sends, before anything is known."""

import functools
import json

from payments.sandbox.spec import tables


def blank(object_name, *path):
    """A fresh object with each always-present field at null, false, [] or {}.

    With a path the object inside: `blank("charge", "outcome")`. What Stripe never sends as null
    and cannot be guessed (an id, an amount, a status) stands at null too, so that `problems`
    tells whoever forgets to fill it in.
    """
    return json.loads(_text(object_name, path))


@functools.cache
def _text(object_name, path):
    fields = tables.resource(object_name)
    for name in path:
        fields = tables.shape(_number(fields[name][0]))
    return json.dumps(_filled(fields))


def _number(kind):
    """The number of an object's shape, also where it stands in a list."""
    return kind if isinstance(kind, int) else _number(kind["list"])


def _filled(fields):
    return {
        name: None if nullable else _value(kind)
        for name, (kind, nullable, absent) in fields.items()
        if not absent
    }


def _value(kind):
    if isinstance(kind, int):
        return _filled(tables.shape(kind))
    if isinstance(kind, str):
        return False if kind == "boolean" else None
    [(word, inner)] = kind.items()
    if word == "enum":
        return inner[0] if len(inner) == 1 else None
    return EMPTY.get(word)


EMPTY = {
    "list": [],
    "map": {},
    "page": {"object": "list", "data": [], "has_more": False, "url": None},
}
