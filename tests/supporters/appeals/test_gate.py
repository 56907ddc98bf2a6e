"""The gate before readers: each lack is told in a sentence."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from payments import clock
from supporters.appeals import contrast, gate, structure
from tests.supporters.appeals.drafts import CONTENT, draft, published, said

pytestmark = pytest.mark.django_db


def sentences(wanted, **fields):
    appeal = draft(wanted, **fields)
    return [problem.sentence for problem in gate.problems(wanted, appeal)]


def test_good_words_pass():
    assert sentences(CONTENT) == []


def test_the_house_s_own_words_pass():
    assert sentences(said(heading="", body="")) == []


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ({"heading": "Long " * 20}, "The heading has 100 characters; 90 fit."),
        ({"body": "Long " * 121}, "The text has 605 characters; 600 fit."),
        ({"heading": ""}, "Write a heading and a text, or leave both to the house's own words."),
        (
            {"button": "Join us"},
            "The button must say how much is given: put {amount} into its words.",
        ),
        ({"amounts": {"month": [1, 500]}}, "A sum (monthly) is outside of what we can take."),
        ({"amounts": {"once": [500, 500]}}, "The sums (once) do not rise."),
        ({"amounts": {"year": [1000, 2000, 3000, 4000, 5000]}}, "At most 4 sums (yearly)."),
        ({"colours": {"light": {"brand": "red"}}}, "A colour is written as #0b4f6c."),
        (
            {"colours": {"light": {"brand": "#ffe000", "brand_ink": "#000000"}}},
            "Links on the page, by day: contrast 1.3, and 4.5 is needed.",
        ),
        ({"body": "Over {goal} is needed."}, "{goal}: the campaign has no goal."),
        ({"body": "Over 50 of you."}, "“50” is a number that nobody answers for. Add a claim."),
        (
            {"heading": "Donaudampfschifffahrtsgesellschaft"},
            "“Donaudampfschifffahrtsgesellschaft” has more than 20 letters and does not fit on a "
            "narrow phone.",
        ),
        ({"code": "plain"}, "“plain” is the code of the house's own words. Choose another one."),
        ({"share": 60}, "The variants' shares add up to 60, not to 100."),
    ],
)
def test_words_that_cannot_be_shown_are_refused_in_words(words, sentence):
    assert sentence in sentences(said(**words))


def test_an_appeal_without_variants_is_refused():
    assert sentences(replace(CONTENT, variants=())) == [
        "There is no variant, so there is nothing to say."
    ]


def test_a_schedule_that_is_over_is_refused():
    now = clock.now()
    past = replace(CONTENT, ends_at=now - timedelta(hours=1))
    assert sentences(past) == ["The last moment of the schedule is in the past."]


def test_a_campaign_that_is_over_asks_nobody():
    assert sentences(CONTENT, ends_on=date(2020, 2, 1)) == ["The campaign is over."]


def test_two_of_one_priority_in_one_placement_is_said_but_does_not_block():
    published(CONTENT, code="first")
    appeal = draft(CONTENT, code="second")
    (problem,) = gate.problems(CONTENT, appeal)
    assert "first" in problem.sentence
    assert not problem.blocks


def test_contrast_is_wcag_s():
    assert round(contrast.ratio("#000000", "#ffffff"), 2) == 21
    assert round(contrast.ratio("#777777", "#ffffff"), 2) == 4.48


def test_the_house_s_own_colours_can_be_read():
    assert contrast.unreadable({}) == []


GOOD = '<aside aria-labelledby="h" data-nosnippet><h2 id="h">Ask</h2>{}</aside>'


@pytest.mark.parametrize(
    ("inside", "sentence"),
    [
        ("", None),
        ('<a href="/">Give</a>', None),
        ('<input id="x">', "A field has no label."),
        ("<button> </button>", "A link or a button has no words."),
        ("<fieldset></fieldset>", "A group of choices has no legend."),
        ('<img src="/x.png">', "A picture has no text for those who do not see it."),
        ('<p tabindex="3">x</p>', "The keyboard would jump out of the order of reading."),
        ("<button autofocus>x</button>", "The appeal would take the reader's focus."),
        ('<p style="color:red">x</p>', "Inline styles and handlers are refused by strict pages."),
        ('<p onclick="x()">x</p>', "Inline styles and handlers are refused by strict pages."),
        ("<a>x</a>", "A link leads nowhere, so the keyboard cannot reach it."),
    ],
)
def test_what_keyboard_and_screen_reader_need_is_checked_in_the_html(inside, sentence):
    found = structure.problems(GOOD.format(inside))
    assert found == ([sentence] if sentence else [])


def test_an_appeal_is_a_named_aside_that_search_engines_do_not_quote():
    assert structure.problems("<p>x</p>") == ["An appeal is one <aside>."]
    assert structure.problems("<aside><h2 id='h'>x</h2></aside>") == [
        "The appeal is not named by its heading.",
        "Search engines would quote the appeal as the article's text.",
    ]


def test_an_appeal_too_heavy_for_articles_is_refused():
    noise = " ".join(f"{number * 7919 % 100_003:x}" for number in range(5000))
    (sentence,) = structure.problems(GOOD.format(f"<p>{noise}</p>"))
    assert "more than articles can carry" in sentence


def test_a_campaign_s_colours_come_as_a_style_sheet_kept_for_ever(client):
    answer = client.get("/appeals/colours/0b4f6c-ffffff-86c5df-0c1a21.css")
    assert answer["Content-Type"] == "text/css"
    assert "immutable" in answer["Cache-Control"]
    assert "--ko-brand: #0b4f6c; --ko-brand-ink: #ffffff;" in answer.content.decode()


@pytest.mark.parametrize("name", ["0b4f6c", "0b4f6c-ffffff-86c5df-0c1a2", "a-b-c-d"])
def test_an_address_that_holds_no_four_colours_is_not_found(client, name):
    assert client.get(f"/appeals/colours/{name}.css").status_code == 404
