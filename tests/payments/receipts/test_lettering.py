"""Whatever a person is called, a receipt can be printed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payments.receipts.lettering import coverage, name_is_kept, printable
from payments.receipts.pdf import received_from
from tests.payments.receipts.papers import facts


@pytest.mark.parametrize(
    "name",
    [
        "Nora Quinn",
        "Siobhán Ní Dhomhnaill",
        "Łukasz Żółć",
        "Þórður Ægisson",
        "İbrahim Gökçe Şahin",
        "Nguyễn Thị Ngọc Ánh",
        "Γιώργος Σεφέρης",
        "Ἀριστοτέλης",
        "Анна Ахматова",
        "Їжакевич Ґалаґан",
        "Ľubomír Ďurčanský",
        "Seán O’Brien-D'Arcy",
        "Ŵyn ap Tŷ",
        "Kahakūokahale ʻŌpūnui",
    ],
)
def test_names_of_europe_and_vietnam_are_printed_as_given(name):
    assert printable(name) == name


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("Nora 🎉 Quinn 👩‍💻", "Nora Quinn"),
        ("  Nora \n\t Quinn\r\n", "Nora Quinn"),
        ("Nora\u2028Quinn", "Nora Quinn"),
        ("Nora\u202e nniuQ", "Nora nniuQ"),
        ("\u200bNora\u200d Quinn\x00\x07", "Nora Quinn"),
        ("Ｎｏｒａ 𝐐𝐮𝐢𝐧𝐧", "Nora Quinn"),
        ("Andre\u0301", "André"),
        ("Nora ❤️ ①", "Nora 1"),
        ("Z" + "\u0301" * 400 + "alo", "Ź\u0301\u0301alo"),
    ],
)
def test_what_no_name_needs_is_left_out(typed, printed):
    assert printable(typed) == printed


@pytest.mark.parametrize("name", ["نورا", "נורה", "山田花子", "노라", "नोरा", "ნორა", "Nora 山"])
def test_a_name_in_a_script_without_a_font_gives_way_to_the_address(name):
    paper = facts(supporter_name=name)
    assert printable(name) is None
    assert received_from(paper) == "nora.quinn@example.org"
    assert name_is_kept(name)
    assert paper.supporter_name == name


@pytest.mark.parametrize("name", ["", "   ", "\u202e", "🎉"])
def test_without_a_name_the_address_stands_for_it(name):
    assert received_from(facts(supporter_name=name)) == "nora.quinn@example.org"
    assert not name_is_kept(name)


def test_without_a_printable_name_or_address_the_reference_stands_for_both():
    paper = facts(supporter_name="山田花子", supporter_email="花子@例え.jp")
    assert received_from(paper) == paper.reference


@given(st.text(max_size=300))
def test_whatever_is_printed_has_a_glyph_and_stands_on_one_line(text):
    line = printable(text)
    assert line is None or (line.split() and coverage().issuperset(map(ord, line)))
