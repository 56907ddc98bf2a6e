"""Every case of the failure catalogue has a test that carries its number."""

from tests.tools.catalogue import BEGIN, CASES, DOCUMENT, END, marked


def test_every_case_has_a_test():
    found = marked()
    assert [case for case in CASES if case not in found] == []


def test_the_catalogue_is_whole():
    assert list(CASES) == [f"F{number}" for number in range(1, 61)]


def test_the_document_shows_the_table():
    text = DOCUMENT.read_text()
    assert BEGIN in text
    assert END in text
