"""A draft tried on yesterday's page views."""

from dataclasses import replace
from datetime import timedelta

import pytest

from payments import clock
from payments.reports.questions import moment_of
from supporters.appeals import mutes, replay
from supporters.models import AppealCount, PageViewSample
from tests.supporters.appeals.drafts import CONTENT, draft, ines, published

pytestmark = pytest.mark.django_db


def view(number=1, *, at=12, days_ago=1, **fields):
    yesterday = clock.local_date(clock.now()) - timedelta(days=days_ago)
    hour = moment_of(yesterday) + timedelta(hours=at)
    filled = {"hour": hour, "article": "dock-four", "section": "news"} | fields
    PageViewSample.objects.bulk_create(PageViewSample(**filled) for _ in range(number))


def predicted(wanted=CONTENT, **fields):
    appeal = draft(wanted, **fields)
    return replay.predict(appeal, wanted, replay.sampled_day(clock.local_date(clock.now())))


def test_without_a_sample_of_a_whole_day_there_is_nothing_to_try_it_on():
    view(days_ago=0, at=0)
    assert replay.sampled_day(clock.local_date(clock.now())) is None


def test_the_last_whole_day_is_taken():
    view(days_ago=3)
    view(days_ago=5)
    today = clock.local_date(clock.now())
    assert replay.sampled_day(today) == today - timedelta(days=3)


def test_it_says_who_sees_the_draft_and_what_they_see_now():
    view(7)
    found = predicted()
    assert (found.views, found.shown, found.fresh) == (7, 7, 0)
    # The house's own appeal stands at the end of the article now.
    assert found.instead == {"report-the-next-one": 7}
    assert found.sections == {"news": 7}


def test_a_draft_that_comes_second_says_behind_which_one():
    view(4)
    found = predicted(replace(CONTENT, priority=1))
    assert (found.shown, found.behind) == (0, {"report-the-next-one": 4})


def test_rules_narrow_whom_it_asks():
    view(3, device="phone")
    view(5, device="desktop")
    assert predicted(replace(CONTENT, rules=[["device", "in", ["phone"]]])).shown == 3


def test_rules_about_the_hour_look_at_the_hour_of_the_view_in_the_newsroom_s_zone():
    view(2, at=19)
    view(3, at=9)
    evening = {"days": [1, 2, 3, 4, 5, 6, 7], "from": 1080, "to": 1320}
    assert predicted(replace(CONTENT, rules=[["schedule", "within", evening]])).shown == 2


def test_nobody_is_asked_after_giving():
    view(6, standing="supporter")
    found = predicted()
    assert (found.supporters, found.supporters_asked) == (6, 0)
    assert found.why == {"supporter": 6}


@pytest.mark.parametrize(
    ("fields", "why"),
    [({"paused": True}, "paused"), ({"sensitive": True}, "nothing")],
)
def test_who_is_not_asked_is_counted_with_the_reason(fields, why):
    view(2, **fields)
    assert predicted().why == {why: 2}


def test_what_is_silent_now_is_silent_in_the_replay():
    view(2)
    until = clock.now() + timedelta(days=1)
    mutes.mute("story", "dock-four", until=until, reason="A death.", actor=ines())
    assert predicted().why == {"muted": 2}


def test_the_switch_is_off_in_the_replay_too():
    view(2)
    mutes.switch_off(reason="Wrong copy.", actor=ines())
    assert predicted().why == {"killed": 2}


def test_a_page_s_budget_is_used_up_from_the_top():
    view(10)
    found = predicted(replace(CONTENT, placement="in-article"))
    # Top and end ask already; with one inside the article the end has to wait.
    assert (found.asks_now, found.asks) == ({2: 10}, {2: 10})
    assert found.per_hundred(found.asks) == 200


def test_without_a_sample_the_day_s_counts_stand_in_and_say_so():
    hour = moment_of(clock.local_date(clock.now()) - timedelta(days=1)) + timedelta(hours=9)
    fields = {"hour": hour, "article": "jazz-archive", "signals": 1}
    for placement, count in (("article-top", 40), ("article-end", 30)):
        AppealCount.objects.create(
            appeal="x", placement=placement, kind="view", count=count, **fields
        )
    found = predicted(replace(CONTENT, rules=[["tags", "any", ["jazz"]]]))
    assert (found.sampled, found.views, found.shown) == (False, 40, 40)
    assert found.sections == {"culture": 40}


def test_its_own_dates_are_left_aside():
    view(2)
    later = replace(CONTENT, starts_at=clock.now() + timedelta(days=3))
    assert predicted(later).shown == 2


def test_a_new_version_is_compared_with_what_it_shows_now():
    view(5, device="phone")
    view(5, device="desktop")
    appeal = published()
    wanted = replace(CONTENT, rules=[["device", "in", ["phone"]]])
    found = replay.predict(appeal, wanted, replay.sampled_day(clock.local_date(clock.now())))
    assert (found.shown, found.fresh, dict(found.instead)) == (5, 0, {})


def test_the_desk_shows_the_prediction(client):
    view(7)
    draft()
    client.force_login(ines())
    page = client.get("/desk/appeals/appeal/wall-end/replay/").content.decode()
    assert "report-the-next-one" in page
    assert "these figures are the most that can happen" in page


def test_the_desk_says_that_there_is_no_sample_yet(client):
    draft()
    client.force_login(ines())
    page = client.get("/desk/appeals/appeal/wall-end/replay/").content.decode()
    assert "There is no sample of a past day yet." in page


def test_the_desk_says_what_is_wrong_with_rules_that_cannot_be_read(client):
    view(1)
    draft(replace(CONTENT, rules=[["moon", "in", ["full"]]]))
    client.force_login(ines())
    page = client.get("/desk/appeals/appeal/wall-end/replay/").content.decode()
    assert "There is no field “moon”." in page
