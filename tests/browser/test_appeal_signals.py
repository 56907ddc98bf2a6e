"""What the appeal tells the page of its readers: enough to compare wordings fairly, no more."""

from urllib.parse import parse_qs, urlsplit

from tests.browser.appeals import mark

ARTICLE = "/articles/skerrin-ferry/"
LISTEN = """
  window.told = [];
  window.views = [];
  const sort = ({ detail }) => (detail.view ? views.push(detail.view) : told.push(detail));
  addEventListener("keepopen", sort, true);
"""
# By FNV-1a over "holdout:" and the number; supporters/appeals/assign.py says the same.
HELD_OUT, ASKED = "reader-180", "reader-1"


def known(window, product, number):
    """A window of somebody who allowed storage, with the number kept there."""
    context = window()
    allowed = {"name": "ko_storage", "value": "full", "url": product.url}
    context.add_cookies([allowed])
    keep = (
        f"""try {{ localStorage.keepopen ||= JSON.stringify({{ id: "{number}" }}); }} catch {{}}"""
    )
    context.add_init_script(LISTEN + keep)
    return context


def kinds(page):
    return page.evaluate("told.map((each) => [each.kind, each.placement].join(' '))")


def read(context, address=ARTICLE):
    page = context.new_page()
    page.goto(address)
    page.wait_for_load_state()
    page.evaluate(
        """async () => {
          while (scrollY + innerHeight < document.body.scrollHeight) {
            scrollBy(0, 300);
            await new Promise((on) => setTimeout(on, 40));
          }
        }"""
    )
    return page


def test_without_consent_nobody_is_met_twice_or_kept_and_views_are_told(window):
    context = window()
    context.add_init_script(LISTEN)
    page = read(context)
    told = page.evaluate("told")
    assert {each["kind"] for each in told} == {"view"}
    assert {each["article"] for each in told} == {"skerrin-ferry"}
    assert not any(each["sticky"] for each in told)
    assert page.evaluate("localStorage.keepopen") is None


def test_a_reader_who_allows_it_is_met_once_by_each_appeal(window, product):
    context = known(window, product, ASKED)
    first = sorted(kinds(read(context)))
    assert first == [
        "reader article-end",
        "reader article-top",
        "view article-end",
        "view article-top",
    ]
    assert sorted(kinds(read(context))) == ["view article-end", "view article-top"]


def test_the_holdout_is_counted_and_never_asked(window, product):
    context = known(window, product, HELD_OUT)
    page = read(context)
    assert sorted(set(kinds(page))) == [
        "ghost article-end",
        "ghost article-top",
        "reader article-end",
        "reader article-top",
    ]
    assert page.locator(".ko-appeal:visible").count() == 0
    assert {each["variant"] for each in page.evaluate("told")} == {"holdout"}


PAGE = {
    "article": "skerrin-ferry",
    "section": "news",
    "language": "en",
    "country": "",
    "device": "desktop",
    "referrer": "direct",
}


def viewed(page):
    """The one page view that was told, as it is sent, without tags and authors."""
    page.wait_for_function("views.length === 1")
    [view] = page.evaluate("JSON.parse(JSON.stringify(views))")
    assert view.pop("tags")
    assert view.pop("authors")
    return view


def test_a_page_tells_what_a_rule_could_know_and_nothing_that_points_at_its_reader(window, product):
    asked = known(window, product, ASKED)
    assert viewed(read(asked)) == PAGE | {"standing": "reader", "paused": False, "read": 0}
    assert viewed(read(asked, ARTICLE + "?utm_medium=email")) == PAGE | {
        "referrer": "newsletter", "standing": "reader", "paused": False, "read": 1,
    }  # fmt: skip
    held = known(window, product, HELD_OUT)
    assert viewed(read(held)) == PAGE | {"standing": "reader", "paused": False, "read": 0}


def test_without_consent_a_page_tells_of_gifts_but_not_of_reading(window, product):
    context = window()
    context.base = product.url
    context.add_init_script(LISTEN)
    mark(context, "ko_supporter")
    assert viewed(read(context)) == PAGE | {"standing": "supporter", "paused": False}


def test_where_nothing_may_be_kept_a_page_tells_nothing_of_its_reader(window, product):
    context = window()
    context.base = product.url
    context.add_cookies([{"name": "ko_storage", "value": "none", "url": product.url}])
    context.add_init_script(LISTEN)
    mark(context, "ko_supporter")
    assert viewed(read(context)) == PAGE


def test_the_form_says_what_a_cached_page_cannot_know(window, product):
    context = known(window, product, ASKED)
    page = read(context)
    asked = []
    context.route(
        "**/contribute/**", lambda route: asked.append(route.request.url) or route.abort()
    )
    page.locator("[data-place=article-end] .ko-appeal__give:visible").click()
    page.wait_for_timeout(500)
    sent = parse_qs(urlsplit(asked[0]).query)
    assert (sent["sticky"], sent["article"]) == (["1"], ["skerrin-ferry"])
    assert sent["source"]


def test_the_contribute_page_says_to_which_group_the_device_belongs(window, product):
    for number, group in ((HELD_OUT, "held"), (ASKED, "asked")):
        page = known(window, product, number).new_page()
        page.goto("/contribute/")
        assert page.locator("[name=holdout]").input_value() == group
    page = window().new_page()
    page.goto("/contribute/")
    assert page.locator("[name=holdout]").input_value() == ""
