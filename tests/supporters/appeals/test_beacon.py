"""The beacon counts what people do, once a second, and is moved by nobody's inventions."""

import io
import json

import pytest
from django.contrib.auth import get_user_model
from django.db import DatabaseError

from payments import clock
from supporters.appeals import articles, beacon, bundle, edge
from supporters.appeals.beacon import Signal, Sums
from supporters.models import AppealCount, Origin

pytestmark = pytest.mark.django_db
PERSON = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
ARTICLE = "dock-four"


@pytest.fixture(autouse=True)
def sums():
    """The process's memory, emptied; it is written when the test says so, by no thread."""
    bundle.forget()
    beacon.flush()
    AppealCount.objects.all().delete()
    return beacon.SUMS


@pytest.fixture
def ask():
    """One of the appeals that a fresh installation shows: its code, a variant, a placement."""
    [live] = [
        each for each in bundle.current().published.values()
        if each.content.placement == "article-end"
    ]  # fmt: skip
    return live.candidate.code, live.candidate.arms[0][0], "article-end"


def tell(*signals, agent=PERSON, **headers):
    """Send what a page would; the status line and the headers of the answer."""
    body = json.dumps(signals).encode()
    environ = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": "/appeals/beacon",
        "CONTENT_LENGTH": str(len(body)),
        "HTTP_USER_AGENT": agent,
        "wsgi.input": io.BytesIO(body),
    } | headers
    said = []
    front = edge.in_front_of(lambda *_: pytest.fail("the beacon went on to Django"))
    assert front(environ, lambda *answer: said.append(answer)) == []
    return said[0]


def counted():
    rows = AppealCount.objects.values_list("kind", "article", "count", "signals")
    return sorted(rows)


def test_clicks_count_in_full_and_views_with_the_weight_of_their_sample(ask, sums, settings):
    settings.APPEAL_VIEW_SAMPLE = 10
    for _ in range(3):
        tell(["view", *ask, ARTICLE, 0], ["click", *ask, ARTICLE, 0])
    beacon.flush()
    assert counted() == [("click", ARTICLE, 3, 3), ("view", ARTICLE, 30, 3)]


def test_it_answers_nothing_sets_no_cookie_and_asks_the_database_nothing(
    ask, django_assert_num_queries
):
    with django_assert_num_queries(0):
        status, headers = tell(["view", *ask, ARTICLE, 1])
    assert status == "204 No Content"
    assert dict(headers) == {"Cache-Control": "no-store"}


@pytest.mark.parametrize(
    "change",
    [{"kind": "start"}, {"kind": "wish"}, {"appeal": "invented"}, {"variant": "invented"},
     {"placement": "invented"}, {"article": "invented"}, {"article": "<b>"}, {"article": 5}],
    ids=str,
)  # fmt: skip
def test_invented_ids_are_passed_over(ask, sums, change):
    told = Signal("view", *ask, ARTICLE, False)._replace(**change)
    assert tell(list(told))[0] == "204 No Content"
    beacon.flush()
    assert counted() == []


@pytest.mark.parametrize("body", [b"", b"{", b"5", b"[5]", b"[[]]", b'{"a":1}', b"[" * 3000])
def test_broken_texts_are_passed_over(sums, body):
    beacon.take(body, agent=PERSON)
    beacon.flush()
    assert counted() == []


@pytest.mark.parametrize("agent", ["", "Googlebot/2.1", "python-requests/2", "HeadlessChrome/140"])
def test_bots_are_not_counted(ask, sums, agent):
    tell(["view", *ask, ARTICLE, 0], agent=agent)
    beacon.flush()
    assert counted() == []


def test_another_site_counts_only_where_it_is_registered(ask, sums):
    elsewhere = {"HTTP_SEC_FETCH_SITE": "cross-site", "HTTP_ORIGIN": "https://paper.example"}
    tell(["view", *ask, "", 0], **elsewhere)
    owner = get_user_model().objects.create_user("owner@example.org")
    Origin.objects.create(origin="https://paper.example", added_by=owner, added_at=clock.now())
    bundle.forget()
    tell(["click", *ask, "", 0], **elsewhere)
    beacon.flush()
    assert [row[0] for row in counted()] == ["click"]


def test_a_flood_of_articles_does_not_fill_the_memory(ask, sums, settings):
    settings.ARTICLE_FACTS = ""
    articles.is_one.cache_clear()
    for number in range(beacon.MOST_SUMS + 100):
        sums.take(json.dumps([["view", *ask, f"story-{number}", 0]]).encode())
    beacon.flush()
    assert AppealCount.objects.count() == beacon.MOST_SUMS
    articles.is_one.cache_clear()


def test_what_the_database_does_not_take_is_written_the_next_time(ask):
    answers = iter([DatabaseError(), None])
    written = []

    def write(tallies):
        if error := next(answers):
            raise error
        written.append(tallies)

    sums = Sums(write)
    for _ in range(2):
        sums.take(json.dumps([["click", *ask, ARTICLE, 0]]).encode())
        sums.flush()
    [tallies] = written
    assert [tally.signals for tally in tallies.values()] == [2]
