"""Every case of the failure catalogue has a test that carries its number."""

from tests.tools.catalogue import BEGIN, CASES, DOCUMENT, END, marked

# Cases that have no test yet; the list only ever grows shorter.
OPEN = {
    *("F1", "F2", "F11", "F12", "F14", "F19", "F24", "F27", "F30", "F32"),
    *("F35", "F36", "F41", "F47", "F48", "F49", "F56", "F58", "F59", "F60"),
}


def test_every_case_has_a_test():
    found = marked()
    assert {case for case in CASES if case not in found} <= OPEN


def test_the_catalogue_is_whole():
    assert list(CASES) == [f"F{number}" for number in range(1, 61)]


def test_the_document_shows_the_table():
    text = DOCUMENT.read_text()
    assert BEGIN in text
    assert END in text
