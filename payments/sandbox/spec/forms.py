"""Stripe's bracket forms: `a[b][0]=c&metadata[k]=` becomes nested dicts and lists of texts."""

import re
import urllib.parse

from payments.sandbox.spec.refusals import ParameterError

KEY = re.compile(r"([^\[\]]+)((?:\[[^\[\]]*\])*)")
INNER = re.compile(r"\[([^\[\]]*)\]")
DEEPEST = 20


def parse_form(text):
    """The form as nested dicts, with lists wherever the keys count up from 0.

    An empty pair of brackets appends. Values stay texts, the empty one included. A dict whose
    keys happen to count up (metadata[0]) comes out as a list too: only the table of types knows
    better, and `check` puts it right. Raises ParameterError where two keys contradict each other.
    """
    tree = {}
    for key, value in urllib.parse.parse_qsl(text, keep_blank_values=True):
        _place(tree, names=_names(key), value=value, key=key)
    return {name: _listed(value) for name, value in tree.items()}


def _names(key):
    """ "a[b][]" as ["a", "b", ""]; a key with stray brackets is one odd name."""
    match = KEY.fullmatch(key)
    if match is None:
        return [key]
    return [match[1], *INNER.findall(match[2])] if match[2] else [key]


def _place(tree, *, names, value, key):
    if len(names) > DEEPEST:
        raise ParameterError("Invalid request: parameters are nested too deeply", names[0])
    place = tree
    for number, name in enumerate(names[:-1]):
        following = names[number + 1]
        place = place.setdefault(_slot(place, name=name, following=following), {})
        if not isinstance(place, dict):
            raise ParameterError(f"Invalid object: {key} is given a text as well", names[0])
    last = _slot(place, name=names[-1], following=None)
    if isinstance(place.get(last), dict):
        raise ParameterError(f"Invalid string: {key} is given fields as well", names[0])
    place[last] = value


def _slot(place, *, name, following):
    """The key for a pair of brackets; empty ones go on with the last element while it lacks
    the field that follows, else they begin a new one."""
    if name:
        return name
    last = place.get(str(len(place) - 1))
    if following and isinstance(last, dict) and following not in last:
        return str(len(place) - 1)
    return str(len(place))


def _listed(value):
    if isinstance(value, str):
        return value
    filled = {name: _listed(item) for name, item in value.items()}
    numbers = [str(number) for number in range(len(filled))]
    if filled.keys() == set(numbers):
        return [filled[number] for number in numbers]
    return filled
