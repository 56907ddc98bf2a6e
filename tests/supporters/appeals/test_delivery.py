"""The files over HTTP: any cache may keep them, nobody gets a cookie, strangers get no CORS."""

import pytest

from payments import clock
from supporters.appeals import bundle
from supporters.models import Origin
from tests.supporters.appeals.drafts import ines

pytestmark = pytest.mark.django_db
FILES = ["rules.json", "fragment/article-end/", "fragment/article-end/shadow/", "embed.js"]


@pytest.mark.parametrize("name", FILES)
def test_a_file_is_the_same_for_everybody_and_revalidates(client, name):
    client.cookies["session"] = "somebody"
    answer = client.get(f"/appeals/{name}", headers={"accept-language": "fr"})
    assert answer.status_code == 200
    assert not answer.cookies
    assert "public" in answer["Cache-Control"]
    assert "stale-while-revalidate" in answer["Cache-Control"]
    assert answer["Vary"] == "Origin"
    again = client.get(f"/appeals/{name}", headers={"if-none-match": answer["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize("name", ["fragment/nowhere/", "fragment/nowhere/shadow/"])
def test_a_placement_that_does_not_exist_is_not_found(client, name):
    assert client.get(f"/appeals/{name}").status_code == 404


def test_only_registered_origins_are_let_in(client):
    Origin.objects.create(origin="https://www.example.org", added_by=ines(), added_at=clock.now())
    bundle.forget()
    for origin, wanted in (
        ("https://www.example.org", "https://www.example.org"),
        ("https://evil.example.org", None),
        ("null", None),
    ):
        answer = client.get("/appeals/rules.json", headers={"origin": origin})
        assert answer.headers.get("Access-Control-Allow-Origin") == wanted
        assert "Access-Control-Allow-Credentials" not in answer.headers


def test_a_fragment_for_another_site_has_full_addresses(client, settings):
    settings.SITE_URL = "https://giving.example.org"
    page = client.get("/appeals/fragment/article-end/shadow/").content.decode()
    assert page.startswith('<div data-keepopen="article-end"><template shadowrootmode="open">')
    assert 'action="https://giving.example.org/contribute/"' in page
    assert 'href="/' not in page


def test_a_pause_leads_back_only_to_a_page_of_ours_or_of_a_registered_site(client):
    Origin.objects.create(origin="https://www.example.org", added_by=ines(), added_at=clock.now())
    bundle.forget()
    for back, wanted in (
        ("/articles/night-bus/", "/articles/night-bus/"),
        ("https://www.example.org/a", "https://www.example.org/a"),
        ("https://evil.example.org/", "/"),
        ("//evil.example.org/", "/"),
    ):
        answer = client.get("/appeals/pause/", {"for": "week", "next": back})
        assert answer["Location"] == wanted
    came_from = client.get(
        "/appeals/pause/", {"for": "week"}, headers={"referer": "http://testserver/articles/x/"}
    )
    assert came_from["Location"] == "http://testserver/articles/x/"
