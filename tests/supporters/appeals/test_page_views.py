"""Page views enter by the beacon, evenly over the day and with no reader in them."""

import io
import json
from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from django.db import DatabaseError

from payments import clock, sweep
from supporters.appeals import beacon, bundle, edge, page_views
from supporters.models import Appeal, AppealCount, PageViewSample
from tests.supporters.appeals.drafts import CONTENT, draft, ines

pytestmark = pytest.mark.django_db
PERSON = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
PHONE = {
    "article": "dock-four",
    "section": "news",
    "tags": ["harbour", "police"],
    "authors": ["siobhán o’neill"],
    "language": "en",
    "country": "ie",
    "device": "phone",
    "referrer": "search",
    "standing": "reader",
    "paused": False,
    "read": 5,
    "sensitive": False,
}


@pytest.fixture(autouse=True)
def views(monkeypatch):
    """The process's memory, emptied; no thread writes it."""
    monkeypatch.setattr(beacon, "VIEWS", page_views.Views(page_views.add))
    beacon.flush()
    AppealCount.objects.all().delete()


def tell(view, *, times=1, agent=PERSON, **headers):
    """Send what a page would of a view, as often as it was read."""
    body = view if isinstance(view, bytes) else json.dumps(view).encode()
    front = edge.in_front_of(lambda *_: pytest.fail("the beacon went on to Django"))
    for _ in range(times):
        environ = {
            "REQUEST_METHOD": "POST",
            "PATH_INFO": "/appeals/beacon",
            "CONTENT_LENGTH": str(len(body)),
            "HTTP_USER_AGENT": agent,
            "wsgi.input": io.BytesIO(body),
        }
        said = []
        front(environ | headers, lambda *answer, said=said: said.append(answer))
        [(status, told)] = said
        assert (status, dict(told)) == ("204 No Content", {"Cache-Control": "no-store"})


def kept():
    beacon.flush()
    return PageViewSample.objects.count()


def replayed(client, wanted):
    draft(wanted)
    client.force_login(ines())
    return client.get("/desk/appeals/appeal/wall-end/replay/")


def test_yesterday_s_readers_are_asked_by_a_draft_on_the_desk(client):
    yesterday = clock.now() - timedelta(days=1)
    with time_machine.travel(yesterday, tick=False):
        tell(PHONE, times=3)
        tell(PHONE | {"device": "desktop"}, times=2)
        tell(PHONE | {"standing": "supporter"})
        beacon.flush()
    page = replayed(client, replace(CONTENT, rules=[["device", "in", ["phone"]]]))
    found = page.context["found"]
    assert (found.sampled, found.views, found.shown) == (True, 6, 3)
    assert (found.supporters, found.supporters_asked) == (1, 0)
    assert "The reader supports already." in page.content.decode()


def test_a_view_is_kept_with_its_hour_and_nothing_that_was_not_told():
    tell(PHONE | {"visitor": "reader-1", "ip": "192.0.2.7", "address": "/a?q=me"})
    assert kept() == 1
    row = PageViewSample.objects.values().get()
    assert row.pop("hour") == clock.now().replace(minute=0, second=0, microsecond=0)
    del row["id"], row["draw"]
    assert row == PHONE


def test_a_view_costs_no_query_until_the_next_writing(django_assert_num_queries):
    with django_assert_num_queries(0):
        tell(PHONE, times=20)
    with django_assert_num_queries(1):
        beacon.flush()


def test_a_page_on_which_nothing_is_asked_still_tells_and_its_text_is_left_alone(client):
    Appeal.objects.update(live=None, status=Appeal.Status.DOWN)
    bundle.forget()
    page = client.get("/articles/dock-four/").content.decode()
    bundle.forget()
    assert 'data-place="article-end"' in page
    assert "ko-appeal__" not in page
    assert 'data-place="in-article"' not in page


def test_where_nothing_may_be_kept_nothing_of_the_reader_is_taken(settings):
    settings.APPEAL_STORAGE = "none"
    tell(PHONE | {"standing": "supporter", "paused": True, "read": 20})
    assert kept() == 1
    row = PageViewSample.objects.get()
    assert (row.standing, row.paused, row.read) == ("reader", False, None)


@pytest.mark.parametrize(
    "wrong",
    [
        {"article": "invented"}, {"article": 5}, {"section": "x" * 61}, {"section": "a\nb"},
        {"section": "\ud800"}, {"section": ["news"]}, {"tags": "news"}, {"tags": ["a"] * 21},
        {"tags": [5]}, {"authors": {"name": "x"}}, {"language": "english"}, {"country": "IE!"},
        {"country": 12}, {"device": "fridge"}, {"device": ["phone"]}, {"referrer": "https://x.example/"},
        {"standing": "member-4711"}, {"paused": "yes"}, {"read": 4711}, {"read": True},
        {"sensitive": 1},
    ],
    ids=str,
)  # fmt: skip
def test_what_no_page_of_ours_would_tell_is_refused(wrong):
    tell(PHONE | wrong)
    assert kept() == 0


@pytest.mark.parametrize("body", [b"{", b'{"article"', b"{}}", b"{" * 1900, b'{"a":' + b"1" * 2000])
def test_broken_texts_are_passed_over(body):
    tell(body)
    assert kept() == 0


def test_bots_and_sites_that_are_not_registered_are_passed_over():
    tell(PHONE, agent="Googlebot/2.1")
    tell(PHONE, HTTP_SEC_FETCH_SITE="cross-site", HTTP_ORIGIN="https://unknown.example")
    assert kept() == 0


def test_a_flood_leaves_an_even_sample_of_the_day(monkeypatch):
    """The early hours are not pushed out by later ones, nor do they keep these out."""
    monkeypatch.setattr(page_views, "MOST", 200)
    midday = clock.now().replace(hour=12)
    for hour in (0, 4):
        with time_machine.travel(midday + timedelta(hours=hour), tick=False):
            tell(PHONE, times=1000)
            beacon.flush()
            assert page_views.trim() >= 0
            assert PageViewSample.objects.count() == 200
    early = PageViewSample.objects.order_by("hour").first().hour
    # Half of them, give or take five standard deviations.
    assert 65 <= PageViewSample.objects.filter(hour=early).count() <= 135


def test_a_flood_writes_far_fewer_rows_than_views(monkeypatch):
    monkeypatch.setattr(page_views, "MOST", 50)
    for _ in range(20):
        tell(PHONE, times=100)
        beacon.flush()
    # 50 · (1 + ln(2000 / 50)) are expected.
    assert PageViewSample.objects.count() < 400


def test_the_minute_s_sweep_drops_what_is_older_than_two_days():
    now = clock.now()
    for ago in (0, 1, 2, 3):
        with time_machine.travel(now - timedelta(days=ago), tick=False):
            tell(PHONE)
            beacon.flush()
    assert page_views.trim in sweep.ALSO
    assert page_views.trim() == 1
    hours = PageViewSample.objects.values_list("hour", flat=True)
    days = {clock.local_date(hour) for hour in hours}
    assert days == {clock.local_date(now) - timedelta(days=ago) for ago in (0, 1, 2)}


def test_what_the_database_does_not_take_is_written_the_next_time():
    answers = iter([DatabaseError(), None])
    written = []

    def write(rows):
        if error := next(answers):
            raise error
        written.extend(rows)

    views = page_views.Views(write)
    views.take(json.dumps(PHONE).encode())
    views.flush()
    views.flush()
    assert [row.article for row in written] == ["dock-four"]
