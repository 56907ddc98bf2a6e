"""Nothing on an article page moves because of the appeal, in no state, on no network."""

import pytest

from config.inline import gate_script
from supporters.appeals import bundle
from tests.browser.appeals import ARTICLE, ASIDE, SCROLL, Shifts, mark, switch_off, two_wordings


@pytest.fixture
def article(window, product):
    """Open the article and scroll through it; returns the page with its `shifts`."""

    def go(*, marks=(), slow=False, scripts=True, script="", typeface=False, **options):
        context = window(scripts=scripts, **options)
        context.base = product.url
        for name in marks:
            mark(context, name)
        page = context.new_page()
        if typeface:  # The paper's, which is not what is measured, is there from the page before.
            page.goto("/")
        page.shifts = Shifts(page)
        if slow:
            page.shifts.slow()
        if script:
            page.add_init_script(script)
        page.goto(ARTICLE)
        if scripts:
            page.evaluate(SCROLL)
        else:
            for _ in range(6):
                page.mouse.wheel(0, 1000)
                page.wait_for_timeout(20)
        return page

    return go


def test_the_measuring_sees_a_page_that_moves(window):
    page = window().new_page()
    shifts = Shifts(page)
    page.route("**/moves", lambda route: route.fulfill(content_type="text/html", body=MOVES))
    page.goto("/moves")
    page.wait_for_timeout(200)
    assert shifts.total() > 0.01


MOVES = """<!doctype html><p>one</p><p>two</p><script>
setTimeout(() => document.body.prepend(Object.assign(document.createElement("div"),
  { innerHTML: "<p>late</p>".repeat(9) })), 100);</script>"""


@pytest.mark.parametrize("width", [390, 1280])
def test_a_first_view_moves_nothing_and_asks_twice(article, width):
    page = article(width=width)
    assert page.locator(ASIDE).count() == 2
    assert page.shifts.total() == 0


@pytest.mark.parametrize("name", ["ko_supporter", "ko_pause"])
def test_a_supporter_or_a_pausing_reader_is_not_asked_and_nothing_moves(article, name):
    page = article(marks=[name], width=390)
    assert page.locator(ASIDE).count() == 0
    assert page.locator("html[data-ko-appeal=off]").count() == 1
    assert page.shifts.total() == 0


@pytest.mark.parametrize(
    ("chance", "seen", "slow"),
    [(0.1, "long", False), (0.9, "short", False), (0.9, "short", True)],
)
def test_each_variant_moves_nothing_also_on_slow_3g(article, chance, seen, slow):
    """The long wording is the first in the HTML; the short one takes its place before painting."""
    two_wordings(share=60)
    page = article(width=390, slow=slow, script=f"Math.random = () => {chance};")
    shown = page.locator("[data-ko-for^='two/']:visible")
    assert shown.get_attribute("data-ko-for") == f"two/{seen}"
    assert page.shifts.total() == 0


def test_a_wording_that_only_phones_see_appears_without_a_shift(article):
    """Hidden in the HTML, because without scripts nobody can tell whether it suits."""
    two_wordings(share=100, rules=[["device", "in", ["phone"]]])
    page = article(width=390, screen={"width": 390, "height": 844})
    assert page.locator("[data-ko-for='two/long']").is_visible()
    assert not page.locator("[data-ko-for='we-need-your-help/house']").is_visible()
    assert page.shifts.total() == 0


def test_what_was_dismissed_stays_dismissed_and_moves_nothing(article):
    page = article(width=390)
    end = page.locator(ASIDE).last
    end.get_by_text("Not now").click()
    end.get_by_role("link", name="a week").click()
    assert page.get_by_text("You will not be asked again before").is_visible()
    assert page.locator(ASIDE).count() == 1
    assert page.shifts.total() == 0
    again = page.context.new_page()
    again.shifts = Shifts(again)
    again.goto(ARTICLE)
    again.evaluate(SCROLL)
    assert again.locator(ASIDE).count() == 0
    assert again.shifts.total() == 0


def test_refused_consent_keeps_nothing_and_moves_nothing(article, product, window):
    context_cookie = {"name": "ko_storage", "value": "none", "url": product.url}
    context = window(width=390)
    context.add_cookies([context_cookie])
    page = context.new_page()
    page.shifts = Shifts(page)
    page.goto(ARTICLE)
    page.evaluate(SCROLL)
    page.locator(ASIDE).first.get_by_text("Not now").click()
    page.locator(ASIDE).first.get_by_role("link", name="a month").click()
    assert page.shifts.total() == 0
    assert {each["name"] for each in context.cookies()} == {"ko_storage"}
    assert page.evaluate("localStorage.length") == 0


def test_without_scripts_the_plain_appeal_is_there_and_nothing_moves(article):
    page = article(scripts=False, width=390, typeface=True)
    assert page.locator(ASIDE).count() == 2
    assert page.shifts.total() == 0


def test_what_was_switched_off_after_the_page_was_made_goes_without_a_shift(article, window):
    """The page comes from a cache; the rules file is fresh."""
    bundle.current()
    page = window(width=390).new_page()
    html = page.request.get(ARTICLE).text()
    switch_off()
    page.shifts = Shifts(page)
    page.route(f"**{ARTICLE}", lambda route: route.fulfill(content_type="text/html", body=html))
    page.goto(ARTICLE)
    page.wait_for_function("document.querySelectorAll('[data-ko][inert]').length === 2")
    page.evaluate(SCROLL)
    assert page.locator(ASIDE).count() == 0
    assert page.shifts.total() == 0


INCLUDED = """<!doctype html><html lang="en" data-ko-page='{page}'><head><title>Built</title>
<link rel="icon" href="data:,"><link rel="stylesheet" href="/static/supporters/css/tokens.css">
<link rel="stylesheet" href="/static/supporters/css/appeal.css"><script>{gate}</script></head>
<body><main><h1>A built page</h1>{text}{fragment}{text}</main>
<script src="/static/supporters/js/appeal.js" type="module"></script></body></html>"""


@pytest.mark.parametrize(
    ("facts", "seen"),
    [('"sensitive":false', 1), ('"sensitive":true', 0)],
)
def test_a_fragment_that_a_build_included_is_decided_by_the_page_s_own_words(window, facts, seen):
    page = window(width=390).new_page()
    page.shifts = Shifts(page)
    html = INCLUDED.format(
        page=f'{{"story":"built","section":"news",{facts}}}',
        gate=gate_script(),
        text="<p>Words of the story, of which there are many.</p>" * 20,
        fragment=page.request.get("/appeals/fragment/article-end/").text(),
    )
    page.route("**/built/", lambda route: route.fulfill(content_type="text/html", body=html))
    page.goto("/built/")
    page.evaluate(SCROLL)
    assert page.locator(ASIDE).count() == seen
    assert page.locator("[data-ko]").evaluate("(each) => each.ko.c.story") == "built"
    assert page.shifts.total() == 0
