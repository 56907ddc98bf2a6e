"""The appeal in a page of another origin, under a strict policy, by one script tag."""

from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from payments import clock
from supporters.appeals import bundle, delivery
from supporters.models import Origin
from tests.browser.appeals import Shifts, mark
from tests.supporters.appeals.drafts import ines

TEXT = "<p>Words of the story, of which there are many.</p>" * 40
PLACE = (
    '<div data-keepopen="article-end"{facts}><a href="{giving}/contribute/">Support us</a></div>'
)
PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Another paper</title>
<link rel="icon" href="data:,"><meta property="article:section" content="News"></head>
<body><main><h1>A story</h1>{before}{place}{after}</main>
<script async src="{giving}/appeals/embed.js"></script></body></html>"""
POLICY = (
    "default-src 'none'; img-src data:; script-src {giving}; style-src {giving};"
    " connect-src {giving}; form-action {giving}; base-uri 'none';"
    " require-trusted-types-for 'script'"
)


class Paper(BaseHTTPRequestHandler):
    """Answers every address with the page of the server."""

    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        if self.server.policy:
            self.send_header("Content-Security-Policy", self.server.policy)
        self.end_headers()
        self.wfile.write(self.server.page.encode())

    def log_message(self, *args):
        """The test's own output says what went wrong."""


@pytest.fixture
def paper():
    """A web server of another paper; its `page` and `policy` are set by the test."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Paper)
    server.policy, server.url = "", f"http://localhost:{server.server_port}"
    thread = Thread(target=server.serve_forever, args=[0.05])
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def elsewhere(window, product, paper):
    """A story of the other paper, with its `shifts`."""

    def go(*, registered=True, before=TEXT, facts="", place=PLACE, marks=(), policy=POLICY):
        if registered:
            Origin.objects.create(origin=paper.url, added_by=ines(), added_at=clock.now())
        bundle.forget()
        place = place.format(facts=facts, giving=product.url)
        paper.page = PAGE.format(before=before, place=place, after=TEXT, giving=product.url)
        paper.policy = policy.format(giving=product.url)
        context = window(width=390)
        context.base = paper.url
        for name in marks:
            mark(context, name)
        page = context.new_page()
        page.shifts = Shifts(page)
        page.goto(f"{paper.url}/story")
        return page

    return go


def test_the_appeal_comes_in_a_shadow_root_without_breaking_a_strict_policy(elsewhere, product):
    page = elsewhere()
    appeal = page.locator("[data-keepopen] .ko-appeal")
    appeal.scroll_into_view_if_needed()
    assert appeal.is_visible()
    assert page.evaluate("!!document.querySelector('[data-keepopen] > div').shadowRoot")
    assert page.evaluate("document.querySelectorAll('.ko-appeal').length") == 0
    button = page.get_by_role("button", name="Give €10 a month")
    page.get_by_role("radio", name="€15").check()
    assert page.get_by_role("button", name="Give €15 a month").is_visible()
    assert button.count() == 0
    colour = appeal.evaluate("(each) => getComputedStyle(each).borderTopColor")
    assert colour == "rgb(11, 79, 108)"
    assert page.shifts.total() == 0
    with page.expect_request(f"{product.url}/appeals/beacon"):
        appeal.get_by_text("Not now").click()
        appeal.get_by_role("link", name="a week").click()
    assert page.context.cookies(product.url) == []


def test_the_sites_own_colours_reach_into_the_shadow_root(elsewhere):
    page = elsewhere(policy=POLICY + "; style-src-attr 'unsafe-inline'")
    page.evaluate("document.documentElement.style.setProperty('--brand', 'rgb(120, 0, 60)')")
    appeal = page.locator("[data-keepopen] .ko-appeal")
    appeal.scroll_into_view_if_needed()
    colour = appeal.evaluate("(each) => getComputedStyle(each).borderTopColor")
    assert colour == "rgb(120, 0, 60)"


def test_where_it_would_move_what_is_being_read_it_waits(elsewhere):
    """The place is on the screen and nothing was kept free: the plain link stays."""
    page = elsewhere(before="")
    page.wait_for_load_state("networkidle")
    assert page.get_by_role("link", name="Support us").is_visible()
    assert page.locator(".ko-appeal").count() == 1
    assert not page.locator(".ko-appeal").is_visible()
    assert page.shifts.total() == 0


@pytest.mark.parametrize("marks", [["ko_supporter"], ["ko_pause"]])
def test_a_marked_device_is_not_asked_there_either(elsewhere, marks):
    page = elsewhere(marks=marks)
    page.locator("[data-keepopen][inert]").wait_for(state="attached")
    assert page.get_by_role("link", name="Support us").count() == 0
    assert page.shifts.total() == 0


def test_a_sensitive_story_is_not_asked_on(elsewhere):
    page = elsewhere(facts=" data-sensitive")
    page.locator("[data-keepopen][inert]").wait_for(state="attached")
    assert not page.locator(".ko-appeal").is_visible()


def test_a_site_that_is_not_registered_keeps_its_plain_link_and_its_article(elsewhere, window):
    page = elsewhere(registered=False)
    page.wait_for_load_state("networkidle")
    assert page.get_by_role("link", name="Support us").count() == 1
    assert page.locator(".ko-appeal").count() == 0
    assert any("CORS" in each for each in window.wrong)
    window.wrong.clear()


def test_a_fragment_that_a_server_included_is_decided_in_its_place(elsewhere):
    included = delivery.answer("/appeals/fragment/article-end/shadow/").body.decode()
    page = elsewhere(place=included.replace("{", "{{").replace("}", "}}"))
    appeal = page.locator("[data-keepopen] .ko-appeal")
    appeal.scroll_into_view_if_needed()
    page.get_by_role("radio", name="€15").check()
    assert page.get_by_role("button", name="Give €15 a month").is_visible()
