"""The CSV: what a spreadsheet may not run, and that every byte comes back."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payments.exports.columns import Column
from payments.exports.writers import csv_lines, harmless

WRITTEN = [
    "=1+1",
    "=cmd|' /C calc'!A0",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "\0=1",
    "   =1",
    "\u00a0@x",
    "\ufeff=1",
    "\u200b=1",
    "＝1+1",
    "＋1",
    "'=1",
    "''@1",
]
PLAIN = ["Nora Reader", "'t Hooft", "O'Neill", "1=1", "a@example.org", "", "  Nora", "Zoë", "李"]
COLUMNS = (Column("words", str, "", text=True), Column("sum", int, ""))
alphabet = st.characters(exclude_categories=["Cs"]) | st.sampled_from("=+-@\t\r\n\0' \",;")


def written(rows):
    return "".join(csv_lines(COLUMNS, rows))


def read(text):
    """As a careful program reads it: one leading mark taken off where there is one."""
    head, *rows = csv.reader(io.StringIO(text, newline=""))
    assert head == ["words", "sum"]
    return [(unmarked(cell), number) for cell, number in rows]


def unmarked(cell):
    return cell[1:] if cell[:1] == "'" and harmless(cell) != cell else cell


@pytest.mark.case("A2")
@pytest.mark.parametrize("text", WRITTEN)
def test_text_that_begins_like_a_formula_is_marked(text):
    assert harmless(text) == f"'{text}"
    assert read(written([(text, 1)])) == [(text, "1")]


@pytest.mark.case("A2")
@pytest.mark.parametrize("text", PLAIN)
def test_other_text_is_left_alone(text):
    assert harmless(text) == text


@pytest.mark.case("A2")
def test_numbers_are_left_alone_below_zero_too():
    assert written([("Nora", -300)]) == "words,sum\r\nNora,-300\r\n"


@pytest.mark.case("A2")
@given(st.lists(st.tuples(st.text(alphabet), st.integers())))
def test_every_text_comes_back_and_none_begins_like_a_formula(rows):
    text = written(rows)
    assert read(text) == [(words, str(number)) for words, number in rows]
    for words, _ in list(csv.reader(io.StringIO(text, newline="")))[1:]:
        assert words.strip()[:1] not in {"=", "+", "-", "@"}


def test_rows_are_read_as_the_file_is_taken():
    taken = []

    def rows():
        for number in range(1000):
            taken.append(number)
            yield ("Nora", number)

    pieces = csv_lines(COLUMNS, rows())
    first = next(pieces)
    assert len(taken) < 300
    assert (first + "".join(pieces)).count("\r\n") == 1001


def test_an_empty_table_still_has_its_head():
    assert written([]) == "words,sum\r\n"
