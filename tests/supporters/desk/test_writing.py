"""Writing an appeal at the desk, with its preview."""

from datetime import UTC, datetime

import pytest

from supporters.appeals import content, publishing
from supporters.appeals.publishing import latest_version
from supporters.models import Appeal, AppealVersion
from tests.supporters.appeals.drafts import campaign, claim, draft, published, said, tomas
from tests.supporters.desk.typed import filled

pytestmark = pytest.mark.django_db

NEW = "/desk/appeals/new/"
EDIT = "/desk/appeals/appeal/wall-end/edit/"


def text(answer):
    return answer.content.decode()


def written(code="spring-end"):
    return content.of_version(latest_version(Appeal.objects.get(code=code)))


def test_a_new_appeal_is_a_draft_that_readers_do_not_see(desk):
    answer = desk.post(NEW, filled(campaign()))
    assert answer["Location"] == "/desk/appeals/appeal/spring-end/"
    appeal = Appeal.objects.get(code="spring-end")
    assert (appeal.status, appeal.live) == ("draft", None)
    assert written().variants[0].heading == "Reporting that stays open"


def test_sums_are_typed_in_the_campaign_s_currency(desk):
    desk.post(NEW, filled(campaign(), variant__0__month="5 7.50 €10", variant__0__once="20"))
    assert written().variants[0].amounts == {"month": [500, 750, 1000], "once": [2000]}


def test_the_schedule_is_in_the_newsroom_s_zone(desk):
    desk.post(NEW, filled(campaign(), starts_at="2027-07-01T18:00", ends_at="2027-12-01T18:00"))
    assert written().starts_at == datetime(2027, 7, 1, 17, 0, tzinfo=UTC)
    assert written().ends_at == datetime(2027, 12, 1, 18, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        (("section", "in", "News, sport"), ["section", "in", ["news", "sport"]]),
        (("read", "at_least", "5"), ["read", "at_least", 5]),
        (("sensitive", "is", "yes"), ["sensitive", "is", True]),
        (
            ("schedule", "within", "Mon, Tue 18:00–23:00"),
            ["schedule", "within", {"days": [1, 2], "from": 1080, "to": 1380}],
        ),
        (
            ("schedule", "outside", "every day 22:00-06:00"),
            ["schedule", "outside", {"days": [1, 2, 3, 4, 5, 6, 7], "from": 1320, "to": 360}],
        ),
    ],
)
def test_rules_are_typed_as_a_person_says_them(desk, typed, stored):
    field, operator, value = typed
    rule = {"rule__0__field": field, "rule__0__operator": operator, "rule__0__value": value}
    desk.post(NEW, filled(campaign(), **rule))
    assert written().rules == [stored]
    # The form shows it again as something that can be sent again.
    page = text(desk.get("/desk/appeals/appeal/spring-end/edit/"))
    assert f'value="{field}" selected' in page


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"code": "Not a code!"}, "valid"),
        ({"variant__0__month": "lots"}, "amount in digits"),
        ({"ends_at": "tomorrow"}, "Write day and time as 2026-03-31 18:00."),
        (
            {"starts_at": "2027-01-02T10:00", "ends_at": "2027-01-01T10:00"},
            "The appeal ends before it begins.",
        ),
        (
            {"rule__0__field": "country", "rule__0__operator": "in", "rule__0__value": "Ireland"},
            "country code",
        ),
        (
            {"rule__0__field": "country", "rule__0__operator": "at_least", "rule__0__value": "ie"},
            "cannot be asked with",
        ),
        (
            {"rule__0__field": "sensitive", "rule__0__operator": "is", "rule__0__value": "maybe"},
            "Write yes or no.",
        ),
        (
            {"rule__0__field": "schedule", "rule__0__operator": "within", "rule__0__value": "soon"},
            "Write days and hours as",
        ),
    ],
)
def test_what_cannot_be_read_is_said_at_its_field_and_nothing_is_kept(desk, fields, sentence):
    answer = desk.post(NEW, filled(campaign(), **fields))
    assert answer.status_code == 400
    assert sentence in text(answer)
    assert not Appeal.objects.filter(code="spring-end").exists()


def test_a_code_that_is_taken_is_refused_in_words(desk):
    draft()
    answer = desk.post(NEW, filled(campaign(), code="wall-end"))
    assert answer.status_code == 400
    assert "There is an appeal with this code already." in text(answer)


def test_the_next_version_is_kept_beside_what_readers_see(desk):
    published()
    desk.post(EDIT, filled(campaign(), seen="1", variant__0__heading="Other words"))
    appeal = Appeal.objects.get(code="wall-end")
    assert content.of_version(appeal.live).variants[0].heading == "Reporting that stays open"
    assert written("wall-end").variants[0].heading == "Other words"


def test_who_saved_meanwhile_is_not_overwritten(desk):
    appeal = draft()
    publishing.save(appeal, said(heading="His"), campaign=campaign(), actor=tomas(), seen=1)
    answer = desk.post(EDIT, filled(campaign(), seen="1", variant__0__heading="Hers"))
    assert answer.status_code == 400
    assert "Somebody saved another version meanwhile." in text(answer)
    assert "Hers" in text(answer)
    assert written("wall-end").variants[0].heading == "His"


def test_a_row_is_added_without_a_script_and_without_saving(desk):
    answer = desk.post(NEW, filled(campaign(), do="add-variant"))
    assert answer.status_code == 200
    assert 'name="variant-1-code"' in text(answer)
    assert 'value="Reporting that stays open"' in text(answer)
    assert 'name="rule-1-field"' in text(desk.post(NEW, filled(campaign(), do="add-rule")))
    assert not Appeal.objects.filter(code="spring-end").exists()


def test_a_variant_is_left_out(desk):
    two = {
        "variant__TOTAL_FORMS": "2",
        "variant__1__code": "b",
        "variant__1__share": "0",
        "variant__0__DELETE": "on",
    }
    desk.post(NEW, filled(campaign(), **two))
    assert [variant.code for variant in written().variants] == ["b"]


def test_the_preview_shows_what_is_typed_without_keeping_it(desk):
    page = desk.post("/desk/appeals/preview/", filled(campaign(), scheme="dark", direction="rtl"))
    html = text(page)
    assert page["X-Frame-Options"] == "SAMEORIGIN"
    assert "frame-ancestors 'self'" in page["Content-Security-Policy"]
    assert "Reporting that stays open" in html
    assert 'dir="rtl"' in html
    assert "/desk/appeals/sheets/dark/tokens.css" in html
    assert "Nothing speaks against it" in html
    assert not Appeal.objects.filter(code="spring-end").exists()


@pytest.mark.parametrize("placement", ["article-top", "in-article", "article-end", "banner"])
def test_the_preview_puts_the_appeal_where_readers_will_meet_it(desk, placement):
    html = text(desk.post("/desk/appeals/preview/", filled(campaign(), placement=placement)))
    assert html.count("<aside") == 1


def test_the_preview_says_what_the_gate_will_say(desk):
    typed = filled(campaign(), variant__0__body="We are 12 reporters.")
    assert "“12” is a number that nobody answers for." in text(
        desk.post("/desk/appeals/preview/", typed)
    )
    claim("12 reporters")
    assert "Nothing speaks against it" in text(desk.post("/desk/appeals/preview/", typed))


def test_the_preview_of_what_cannot_be_read_says_why(desk):
    html = text(desk.post("/desk/appeals/preview/", filled(campaign(), paragraph="0")))
    assert "This cannot be read yet." in html


def test_a_version_is_seen_as_it_was(desk):
    published()
    html = text(desk.get("/desk/appeals/appeal/wall-end/versions/1/?shown=9&scheme=pink"))
    assert "Reporting that stays open" in html
    assert "/desk/appeals/sheets/light/" in html


def test_a_style_sheet_is_read_by_day_or_in_the_dark_whatever_the_device_is(desk):
    dark = text(desk.get("/desk/appeals/sheets/dark/tokens.css"))
    light = text(desk.get("/desk/appeals/sheets/light/tokens.css"))
    assert "@media all" in dark
    assert "@media not all" in light
    assert "prefers-color-scheme" not in dark + light


def test_two_versions_are_compared_word_by_word(desk):
    appeal = published()
    wanted = said(heading="Reporting that stays free")
    publishing.save(appeal, wanted, campaign=campaign(), actor=tomas(), seen=1)
    html = text(desk.get("/desk/appeals/appeal/wall-end/versions/"))
    assert "Reporting that stays <del>open</del><ins>free</ins>" in html
    same = text(desk.get("/desk/appeals/appeal/wall-end/versions/?from=2&to=2"))
    assert "These two say the same." in same
    assert AppealVersion.objects.filter(appeal=appeal).count() == 2
