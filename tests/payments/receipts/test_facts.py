"""Facts are frozen, versioned and complete, or there is no receipt."""

import json
from dataclasses import FrozenInstanceError

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payments.receipts.facts import ReceiptFacts, UnknownFacts
from tests.payments.receipts.papers import facts


def test_facts_come_back_from_json_as_they_were():
    written = json.dumps(facts(period="14 November to 13 December 2026").to_json())
    assert ReceiptFacts.from_json(json.loads(written)) == facts(
        period="14 November to 13 December 2026"
    )


@given(st.text(max_size=500), st.text(max_size=500), st.integers(1, 10**9), st.integers(0, 10**6))
def test_whatever_was_typed_and_charged_comes_back_unchanged(name, dedication, gift, cover):
    before = facts(
        supporter_name=name,
        dedication=dedication,
        gift_minor=gift,
        cover_minor=cover,
        amount_minor=gift + cover,
    )
    assert ReceiptFacts.from_json(json.loads(json.dumps(before.to_json()))) == before


def test_facts_cannot_be_changed():
    with pytest.raises(FrozenInstanceError):
        facts().supporter_name = "Somebody else"


@pytest.mark.parametrize(
    "changed",
    [
        {"amount_minor": 1051},
        {"amount_minor": 0, "gift_minor": 0, "cover_minor": 0},
        {"gift_minor": 1100, "cover_minor": -50},
        {"frequency": "week"},
    ],
)
def test_facts_that_cannot_be_true_are_refused(changed):
    with pytest.raises(ValueError, match=r".+"):
        facts(**changed)


@pytest.mark.parametrize(
    "stored",
    [
        {},
        {"v": 2},
        facts().to_json() | {"v": 2},
        facts().to_json() | {"colour": "green"},
        {name: value for name, value in facts().to_json().items() if name != "issued_on"},
        {name: value for name, value in facts().to_json().items() if name != "number"},
    ],
)
def test_facts_of_another_shape_are_named_as_unknown(stored):
    with pytest.raises(UnknownFacts):
        ReceiptFacts.from_json(stored)


def test_facts_written_by_the_first_release_are_read_for_ever():
    stored = {
        "v": 1,
        "number": "2026-000001",
        "issued_on": "2026-11-14",
        "received_on": "2026-11-14",
        "amount_minor": 1000,
        "currency": "jpy",
        "gift_minor": 1000,
        "cover_minor": 0,
        "frequency": "once",
        "kind": "gift",
        "supporter_name": "",
        "supporter_email": "reader@example.org",
        "method": "Visa ending 4242",
        "reference": "c0ffee",
        "newsroom_name": "The Harbour Courier",
        "newsroom_legal_lines": ["One line."],
        "newsroom_address": [],
        "period": "",
        "dedication": "",
        "refund_of": "",
        "language": "en",
    }
    assert ReceiptFacts.from_json(stored).to_json() == stored
