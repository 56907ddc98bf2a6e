"""The appeal in real readers' hands: keyboards, screen readers, printers, blockers, odd storage."""

import json

import pytest

from payments import clock
from supporters.appeals import bundle
from supporters.standing import rest_token
from tests.browser.appeals import ARTICLE, ASIDE, SCROLL
from tests.browser.conftest import too_wide
from tests.payments.books import receive

FULL = {"name": "ko_storage", "value": "full"}
NO_STORAGE = """
for (const name of ["localStorage", "sessionStorage"])
  Object.defineProperty(window, name, { get() { throw new DOMException("no", "SecurityError"); } });
Object.defineProperty(Document.prototype, "cookie",
  { get() { throw new DOMException("no", "SecurityError"); }, set() { throw new Error("no"); } });
"""
# One in twenty devices is never asked: this one is.
ASKED = """try { localStorage.keepopen ||= JSON.stringify({ id: "reader-1" }); } catch {}"""
FULL_STORAGE = f"""{ASKED}
try {{ for (let n = 0; n < 6; n++) localStorage["x" + n] = "x".repeat(1024 * 1024); }} catch {{}}
try {{ for (let n = 0; n < 999999; n++) localStorage["y" + n] = "y".repeat(999); }} catch {{}}
try {{ for (let n = 0; n < 999999; n++) localStorage["z" + n] = "z"; }} catch {{}}
"""
BLOCKER = """
new MutationObserver(() => document.querySelectorAll("[data-ko], .ko-appeal")
  .forEach((each) => each.remove())).observe(document, { childList: true, subtree: true });
"""


@pytest.fixture
def read(window, product):
    """Open the article with something changed before any script runs."""

    def go(*, script="", cookies=(), **options):
        context = window(**options)
        context.add_cookies([{**each, "url": product.url} for each in cookies])
        page = context.new_page()
        if script:
            page.add_init_script(script)
        page.goto(ARTICLE)
        return page

    return go


@pytest.mark.parametrize("script", [NO_STORAGE, FULL_STORAGE, BLOCKER])
def test_forbidden_or_full_storage_and_blockers_leave_the_article_whole(read, script):
    """A script error would fail the test by itself."""
    page = read(script=script, cookies=[FULL])
    page.evaluate(SCROLL)
    assert page.get_by_role("heading", level=1).is_visible()
    assert page.locator(".article__body p").count() > 5
    assert page.locator(ASIDE).count() == (0 if script == BLOCKER else 2)
    assert page.locator(".masthead, .paper-head").get_by_text("Support us").is_visible()


def test_where_the_reader_consented_history_stays_on_the_device(read):
    page = read(script=ASKED, cookies=[FULL])
    sent = []
    page.context.on(
        "request", lambda each: sent.append(f"{each.url} {each.headers} {each.post_data}")
    )
    page.goto("/articles/jazz-archive/")
    page.goto("/articles/night-bus/")
    page.wait_for_function("JSON.parse(localStorage.keepopen).read.length === 2")
    own = json.loads(page.evaluate("localStorage.keepopen"))
    assert [story for _, story in own["read"]] == ["jazz-archive", "night-bus"]
    assert len(own["asked"]) == 6
    assert sent
    assert not [each for each in sent if own["id"] in each]
    # The page before comes with the address from which a link was followed, and in nothing else.
    assert not [each for each in sent if "night-bus" in each and '"jazz-archive"' in each]
    decision = page.evaluate("document.querySelector('[data-ko]').ko.d")
    assert decision["sticky"] is True


def test_without_consent_nothing_is_kept(read):
    page = read()
    page.evaluate(SCROLL)
    assert page.evaluate("localStorage.length") == 0
    assert page.context.cookies() == []
    assert page.evaluate("document.querySelector('[data-ko]').ko.d")["sticky"] is False


def test_a_printed_article_carries_no_appeal(read):
    page = read()
    page.emulate_media(media="print")
    assert page.locator(ASIDE).count() == 0
    assert page.locator(".article__body p").first.is_visible()


def test_a_screen_reader_meets_a_named_landmark_with_named_choices(read):
    page = read()
    top = page.get_by_role("complementary", name="We need your help now")
    assert top.get_by_role("heading", level=2).count() == 1
    assert top.get_by_role("group", name="How often").get_by_role("radio").count() == 3
    assert top.get_by_role("radio", name="Monthly").is_checked()
    assert top.get_by_role("group", name="How much").get_by_role("radio", name="€10").is_checked()
    assert top.get_by_role("button", name="Give €10 a month").is_visible()
    assert page.locator("[role=alert], [aria-live=assertive]").count() == 0


def test_the_keyboard_reaches_everything_and_escape_acts_only_inside(read):
    page = read()
    assert page.evaluate("document.activeElement === document.body")
    top = page.locator(ASIDE).first
    top.get_by_role("radio", name="Monthly").focus()
    page.keyboard.press("ArrowLeft")
    assert top.get_by_role("button", name="Give €25").is_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowRight")
    assert top.get_by_role("button", name="Give €50").is_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Not now"
    page.keyboard.press("Enter")
    assert top.get_by_role("link", name="three months").is_visible()
    page.locator("h1").click()
    page.keyboard.press("Escape")
    assert top.get_by_role("link", name="three months").is_visible()
    top.get_by_role("link", name="a week").focus()
    page.keyboard.press("Escape")
    assert not top.get_by_role("link", name="a week").is_visible()
    assert page.evaluate("document.activeElement.textContent") == "Not now"


def test_undoing_a_pause_gives_the_appeal_and_the_focus_back(read):
    page = read()
    top = page.locator(ASIDE).first
    top.get_by_text("Not now").click()
    top.get_by_role("link", name="a month").click()
    assert "ko_pause" in {each["name"] for each in page.context.cookies()}
    assert page.evaluate("document.activeElement.className") == "ko-appeal__paused"
    page.get_by_role("button", name="Undo").click()
    assert page.locator(ASIDE).count() == 2
    assert page.context.cookies() == []
    assert page.evaluate("document.activeElement.textContent") == "Not now"


def test_a_pause_reaches_every_site_that_shares_the_domain(window, product, settings):
    settings.SHARED_COOKIE_DOMAIN = ".paper.test"
    bundle.forget()
    context = window()
    context.route(
        "http://news.paper.test/**",
        lambda route: route.fulfill(
            response=route.fetch(url=product.url + route.request.url.split(".test", 1)[1])
        ),
    )
    page = context.new_page()
    page.goto(f"http://news.paper.test{ARTICLE}")
    top = page.locator(ASIDE).first
    top.get_by_text("Not now").click()
    top.get_by_role("link", name="a month").click()
    [kept] = context.cookies()
    assert (kept["name"], kept["domain"]) == ("ko_pause", ".paper.test")
    page.get_by_role("button", name="Undo").click()
    assert context.cookies() == []
    bundle.forget()
    # The browser's own note: http://news.paper.test is not a secure origin.
    assert all("Cross-Origin-Opener-Policy" in each for each in window.wrong)
    window.wrong.clear()


def test_why_am_i_seeing_this_names_each_condition(read):
    page = read()
    top = page.locator(ASIDE).first
    top.get_by_text("Why am I seeing this?").click()
    top.get_by_text("✓ the story is not marked as sensitive").wait_for()
    top.get_by_role("link", name="What is kept on this device").wait_for()


@pytest.mark.parametrize("reduced", ["reduce", "no-preference"])
def test_motion_is_small_and_absent_where_it_is_not_wanted(read, reduced):
    page = read()
    page.emulate_media(reduced_motion=reduced)
    seconds = page.locator(f"{ASIDE} button").first.evaluate(
        "(each) => getComputedStyle(each).transitionDuration"
    )
    assert float(seconds.rstrip("s")) <= (0 if reduced == "reduce" else 0.12)


@pytest.mark.parametrize("address", ["/appeals/device/", "/appeals/supporting/"])
def test_the_pages_around_the_appeal_are_accessible(visit, accessible, address):
    accessible(visit(address))


def test_an_open_appeal_is_accessible_at_320_pixels(read, accessible):
    page = read(width=320)
    for summary in page.locator(f"{ASIDE} summary").all():
        summary.click()
    assert too_wide(page) <= 0
    for target in page.locator(f"{ASIDE} :is(a, button, summary)").all():
        box = target.bounding_box()
        assert box is None or box["height"] >= 24
    accessible(page, widths=(320,))


def test_the_link_of_a_receipt_quiets_a_second_device(read):
    supporter = receive(at=clock.now()).supporter
    page = read()
    assert page.locator(ASIDE).count() == 2
    page.goto(f"/appeals/rest/{rest_token(supporter)}/")
    assert page.get_by_role("heading", name="You will not be asked here").is_visible()
    page.goto(ARTICLE)
    assert page.locator(ASIDE).count() == 0
