"""The way of an appeal as people click it."""

from datetime import timedelta

import pytest

from payments import clock
from supporters.appeals import bundle
from supporters.models import Appeal, AppealVersion
from tests.supporters.appeals.drafts import claim, draft, published, said

pytestmark = pytest.mark.django_db

PAGE = "/desk/appeals/appeal/wall-end/"


def take(browser, name, **fields):
    return browser.post(f"{PAGE}step/{name}/", fields, follow=True)


def status():
    return Appeal.objects.get(code="wall-end").status


def test_one_asks_another_approves_and_publishes(desk, second):
    draft()
    assert "Sent for approval." in take(desk, "submit").content.decode()
    assert b"You wrote this version." in desk.get(PAGE).content
    assert b"step/approve/" not in desk.get(PAGE).content
    assert "Approved." in take(second, "approve", seen="1").content.decode()
    assert "Readers see it within a minute." in take(second, "publish").content.decode()
    assert status() == "published"


@pytest.mark.parametrize(
    ("name", "fields", "sentence"),
    [
        ("approve", {"seen": "1"}, "You wrote this version. A second person has to approve it."),
        ("approve", {"seen": "7"}, "Somebody saved another version meanwhile."),
        ("approve", {"seen": "x"}, "Somebody saved another version meanwhile."),
        ("publish", {}, "Nobody has approved the latest version yet."),
        ("send-back", {"reason": ""}, "Write a reason"),
        ("take-down", {"reason": "x"}, "This step does not follow from the present state."),
        ("archive", {"reason": "x"}, "This step does not follow from the present state."),
        ("submit", {}, "This step does not follow from the present state."),
    ],
)
def test_a_step_that_is_not_open_is_refused_in_words(desk, name, fields, sentence):
    draft()
    take(desk, "submit")
    answer = take(desk, name, **fields)
    assert answer.status_code == 400
    assert sentence in answer.content.decode()
    assert status() == "review"


def test_what_stops_it_is_listed_where_it_is_refused(desk):
    draft(said(body="We are 12 reporters."))
    answer = take(desk, "submit")
    assert answer.status_code == 400
    assert "“12” is a number that nobody answers for." in answer.content.decode()


def test_taken_down_with_a_reason_that_everybody_can_read(desk):
    published()
    page = take(desk, "take-down", reason="A death in the town.").content.decode()
    assert status() == "down"
    assert "A death in the town." in page


def test_the_list_says_what_readers_see_and_what_is_being_written(desk):
    published()
    draft(code="other-end")
    page = desk.get("/desk/appeals/").content.decode()
    assert "Version 1" in page
    assert "other-end" in page
    assert "we-need-your-help" in page


@pytest.mark.parametrize(
    ("query", "seen"),
    [
        ("status=draft", {"other-end"}),
        ("placement=article-top", set()),
        ("campaign=flood-wall", {"wall-end", "other-end"}),
        ("find=OTHER", {"other-end"}),
        ("find=stays+open", {"wall-end", "other-end"}),
        ("status=nonsense", {"wall-end", "other-end"}),
    ],
)
def test_the_filters_are_in_the_address(desk, query, seen):
    published()
    draft(code="other-end")
    page = desk.get(f"/desk/appeals/?{query}").content.decode()
    assert {code for code in ("wall-end", "other-end") if f">{code}<" in page} == seen


def test_the_page_names_the_claims_it_rests_on(desk):
    claim("12 reporters")
    published(said(body="We are 12 reporters."))
    page = desk.get(PAGE).content.decode()
    assert "12 reporters" in page
    assert "Annual report, page 4" in page


@pytest.mark.parametrize("address", ["/desk/appeals/", PAGE])
def test_a_live_appeal_whose_claim_went_stale_is_told_in_words(desk, address):
    fact = claim("12 reporters")
    published(said(body="We are 12 reporters."))
    bundle.forget()
    assert "Shown otherwise." not in desk.get(address).content.decode()
    fact.expires_on = clock.local_date(clock.now()) - timedelta(days=1)
    fact.save()
    bundle.forget()
    page = desk.get(address).content.decode()
    assert "Shown otherwise." in page
    assert "is told in the house’s plain words. The claim “12 reporters” held until" in page


@pytest.mark.parametrize("address", ["/desk/appeals/", PAGE])
def test_a_live_appeal_whose_rules_cannot_be_read_is_told_in_words(desk, address):
    appeal = published()
    content = dict(appeal.live.content, rules=[["colour", "in", ["red"]]])
    version = AppealVersion.objects.create(appeal=appeal, number=9, content=content, at=clock.now())
    Appeal.objects.filter(pk=appeal.pk).update(live=version)
    bundle.forget()
    page = desk.get(address).content.decode()
    assert "Not shown." in page
    assert "wall-end: Condition 1: There is no field “colour”" in page


def test_what_is_in_the_archive_is_listed_only_when_asked_for(desk):
    draft()
    take(desk, "archive", reason="Never mind.")
    assert ">wall-end<" not in desk.get("/desk/appeals/").content.decode()
    assert ">wall-end<" in desk.get("/desk/appeals/?status=archived").content.decode()
