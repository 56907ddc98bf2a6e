"""Checks the parameters of a call against the table, and gives its texts their types.

Every type of the table becomes a function (value, at) that returns the typed value or raises
ParameterError. They are made on first use and kept.
"""

import functools
import re

from payments.sandbox.spec import refusals, tables

WHOLE = re.compile(r"-?[0-9]{1,18}")
DECIMAL = re.compile(r"-?[0-9]{1,18}(?:\.[0-9]{1,12})?")
FLAGS = {"true": True, "false": False}
METADATA_KEYS, METADATA_KEY, METADATA_VALUE = 50, 40, 500


def check(method, path_template, params):
    """The parameters with their types: `check("POST", "/v1/refunds", {"amount": "500"})`.

    `params` is what `parse_form` gives. Lists, objects, integers and booleans are made as the
    call's types say; decimals stay texts; "" is kept where it means "unset".
    Raises ParameterError for anything Stripe's types do not allow, KeyError for an unknown call.
    """
    return _call(f"{method} {path_template}")(params, ())


@functools.cache
def _call(call):
    return _numbered(tables.parameters()["calls"][call])


@functools.cache
def _numbered(number):
    return _reader(tables.parameters()["types"][number])


def _reader(kind):
    """The function that reads values of a type."""
    if isinstance(kind, int):
        return _numbered(kind)
    if isinstance(kind, str):
        return WORDS[kind]
    [(word, inner)] = kind.items()
    return MAKERS[word](inner)


def _string(value, at):
    if not isinstance(value, str):
        raise refusals.malformed("string", at=at)
    if not value:
        raise refusals.emptied(at)
    return value


def _integer(value, at):
    if not isinstance(value, str) or not WHOLE.fullmatch(value):
        raise refusals.malformed("integer", at=at, value=value, code="parameter_invalid_integer")
    return int(value)


def _boolean(value, at):
    flag = FLAGS.get(value) if isinstance(value, str) else None
    if flag is None:
        raise refusals.malformed("boolean", at=at, value=value)
    return flag


def _decimal(value, at):
    if not isinstance(value, str) or not DECIMAL.fullmatch(value):
        raise refusals.malformed("decimal", at=at, value=value)
    return value


def _number(value, at):
    return float(_decimal(value, at))


def _enum(choices):
    allowed = frozenset(choices)

    def read(value, at):
        if not isinstance(value, str) or value not in allowed:
            raise refusals.no_choice(at, choices=[choice for choice in choices if choice])
        return value

    return read


def _empty(inner):
    within = _reader(inner)
    return lambda value, at: "" if value == "" else within(value, at)


def _list(inner):
    item = _reader(inner)

    def read(value, at):
        items = _in_order(value)
        if items is None:
            raise refusals.malformed("array", at=at)
        return [item(each, (at, number)) for number, each in enumerate(items)]

    return read


def _in_order(value):
    """The items of a list; a dict counts as one whose numbers have gaps."""
    if isinstance(value, list):
        return value
    if isinstance(value, dict) and all(name.isdecimal() for name in value):
        return [value[name] for name in sorted(value, key=int)]
    return None


def _map(inner):
    item = None if inner == "string" else _reader(inner)

    def read(value, at):
        if isinstance(value, list):
            value = {str(number): each for number, each in enumerate(value)}
        if not isinstance(value, dict):
            raise refusals.malformed("object", at=at)
        if item is None:
            return _metadata(value, at)
        return {name: item(each, (at, name)) for name, each in value.items()}

    return read


def _metadata(value, at):
    """Keys and texts, the empty text (which deletes a key) included."""
    if len(value) > METADATA_KEYS:
        raise refusals.ParameterError(
            f"Metadata can have up to {METADATA_KEYS} keys, but you passed in {len(value)}.",
            refusals.spelled(at),
        )
    for name, text in value.items():
        if not isinstance(text, str):
            raise refusals.malformed("string", at=(at, name))
        _measured("key", text=name, most=METADATA_KEY, at=at)
        _measured("value", text=text, most=METADATA_VALUE, at=(at, name))
    return value


def _measured(what, *, text, most, at):
    if len(text) > most:
        raise refusals.ParameterError(
            f"Metadata {what}s can have up to {most} characters, but you passed in a {what} that"
            f" is {len(text)} characters. Invalid {what}: {text}",
            refusals.spelled(at),
        )


def _object(fields):
    readers = {name.rstrip("!"): _reader(kind) for name, kind in fields.items()}
    required = [name.rstrip("!") for name in fields if name.endswith("!")]

    def read(value, at):
        if not isinstance(value, dict):
            raise refusals.malformed("object", at=at)
        if not value.keys() <= readers.keys():
            raise refusals.unknown(at, names=[name for name in value if name not in readers])
        for name in required:
            if name not in value:
                raise refusals.missing(at, name=name)
        return {name: readers[name](item, (at, name)) for name, item in value.items()}

    return read


def _union(kinds):
    """An object or a text; among texts an integer or a boolean goes before the words."""
    objects = [_reader(kind) for kind in kinds if isinstance(kind, int)]
    words = [kind for kind in kinds if isinstance(kind, str)]
    texts = [_reader(kind) for kind in kinds if isinstance(kind, dict)]

    def read(value, at):
        if isinstance(value, dict) and objects:
            return objects[0](value, at)
        if isinstance(value, str):
            for word in words:
                if READABLE[word](value):
                    return WORDS[word](value, at)
        return (texts or [WORDS[words[0]]])[0](value, at)

    return read


READABLE = {"integer": WHOLE.fullmatch, "boolean": FLAGS.__contains__}
WORDS = {
    "string": _string,
    "integer": _integer,
    "boolean": _boolean,
    "decimal": _decimal,
    "number": _number,
}
MAKERS = {
    "enum": _enum,
    "empty": _empty,
    "list": _list,
    "map": _map,
    "object": _object,
    "union": _union,
}
