"""Bracket forms are read as Stripe's own client writes them."""

import contextlib
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stripe._encode import _api_encode

from payments.sandbox.spec import ParameterError, parse_form

names = st.text(st.characters(exclude_characters="[]", exclude_categories=["Cs"]), min_size=1)
texts = st.text(st.characters(exclude_categories=["Cs"]))
values = st.recursive(
    texts | st.integers() | st.booleans(),
    lambda inner: (
        st.lists(inner, min_size=1, max_size=4) | st.dictionaries(names, inner, min_size=1)
    ),
    max_leaves=12,
)


def encoded(data):
    return urlencode(list(_api_encode(data)))


def as_texts(value):
    """What is left of a value once it went through a form."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict):
        filled = {name: as_texts(item) for name, item in value.items()}
        numbers = [str(number) for number in range(len(filled))]
        return [filled[n] for n in numbers] if filled.keys() == set(numbers) else filled
    if isinstance(value, list):
        return [as_texts(item) for item in value]
    return str(value)


def lowered(value):
    """The client writes a boolean in a list as "True"."""
    if isinstance(value, dict):
        return {name: lowered(item) for name, item in value.items()}
    if isinstance(value, list):
        return [lowered(item) for item in value]
    return value.lower() if value in ("True", "False") else value


@given(st.dictionaries(names, values))
def test_what_stripes_client_writes_is_read_back(data):
    expected = {name: as_texts(value) for name, value in data.items()}
    assert lowered(parse_form(encoded(data))) == lowered(expected)


@given(st.text())
def test_any_text_is_read_or_refused(text):
    with contextlib.suppress(ParameterError):
        assert isinstance(parse_form(text), dict)


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ("a[b][0]=c", {"a": {"b": ["c"]}}),
        ("expand[]=x&expand[]=y", {"expand": ["x", "y"]}),
        ("a[][b]=1&a[][c]=2&a[][b]=3", {"a": [{"b": "1", "c": "2"}, {"b": "3"}]}),
        ("metadata[k]=", {"metadata": {"k": ""}}),
        ("metadata=", {"metadata": ""}),
        ("a[1]=y&a[0]=x", {"a": ["x", "y"]}),
        ("a[3]=x", {"a": {"3": "x"}}),
        ("name=Zo%C3%AB+%26+co", {"name": "Zoë & co"}),
        ("a[b=1", {"a[b": "1"}),
        ("", {}),
    ],
)
def test_a_form_in_brackets(form, expected):
    assert parse_form(form) == expected


@pytest.mark.parametrize("form", ["a=1&a[b]=2", "a[b]=2&a=1", "a" + "[b]" * 21 + "=1"])
def test_a_form_that_contradicts_itself_or_has_no_bottom_is_refused(form):
    with pytest.raises(ParameterError) as refusal:
        parse_form(form)
    assert refusal.value.param == "a"
