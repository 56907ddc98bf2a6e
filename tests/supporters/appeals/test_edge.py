"""The appeal's files are answered in front of Django, from memory."""

import json

import pytest

from payments import clock
from supporters.appeals import bundle, edge
from supporters.models import Origin, User

pytestmark = pytest.mark.django_db
RULES, FRAGMENT = "/appeals/rules.json", "/appeals/fragment/article-end/"


@pytest.fixture(autouse=True)
def fresh():
    bundle.forget()


def ask(path, *, method="GET", **headers):
    """Status, headers and body of the layer's answer; None where it went on to Django."""
    said, handed_on = [], []
    front = edge.in_front_of(lambda *_: handed_on.append(path) or [])
    environ = {"REQUEST_METHOD": method, "PATH_INFO": path} | headers
    body = b"".join(front(environ, lambda *answer: said.append(answer)))
    if handed_on:
        return None
    [(status, told)] = said
    return status, dict(told), body


@pytest.mark.parametrize("path", [RULES, FRAGMENT, f"{FRAGMENT}shadow/", "/appeals/embed.js"])
def test_a_file_is_the_same_for_everybody_and_costs_no_query(path, django_assert_num_queries):
    ask(path)
    with django_assert_num_queries(0):
        status, told, body = ask(path, HTTP_COOKIE="session=somebody")
    assert status == "200 OK"
    assert told["Content-Length"] == str(len(body))
    assert "stale-if-error=86400" in told["Cache-Control"]
    assert told["ETag"]
    assert not {"Set-Cookie", "Access-Control-Allow-Origin"} & set(told)


def test_it_answers_what_the_view_behind_it_would(client):
    _, told, body = ask(RULES)
    answer = client.get(RULES)
    assert answer.content == body
    assert {name: answer.headers[name] for name in ("ETag", "Cache-Control", "Vary")} == {
        name: told[name] for name in ("ETag", "Cache-Control", "Vary")
    }
    assert json.loads(body)["signature"]


def test_who_holds_the_bytes_already_is_sent_none():
    _, told, _ = ask(FRAGMENT)
    assert ask(FRAGMENT, HTTP_IF_NONE_MATCH=told["ETag"])[::2] == ("304 Not Modified", b"")
    assert ask(FRAGMENT, method="HEAD")[::2] == ("200 OK", b"")


def test_only_a_registered_site_may_read_it():
    owner = User.objects.create_user("owner@example.org")
    Origin.objects.create(origin="https://paper.example", added_by=owner, added_at=clock.now())
    allowed = "Access-Control-Allow-Origin"
    assert ask(RULES, HTTP_ORIGIN="https://paper.example")[1][allowed] == "https://paper.example"
    assert allowed not in ask(RULES, HTTP_ORIGIN="https://other.example")[1]


@pytest.mark.parametrize(
    "path", ["/", "/appeals/pause/", "/appeals/fragment/nowhere/", "/articles/"]
)
def test_everything_else_goes_on_to_django(path):
    assert ask(path) is None
    assert ask(RULES, method="POST") is None
