"""What a reader does with an appeal is counted, from the page to the table."""

from supporters.appeals import beacon
from supporters.models import AppealCount, PageViewSample

STORY = "skerrin-ferry"
PERSON = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0.0.0 Safari/537.36"


def counted():
    beacon.flush()
    return sorted(AppealCount.objects.values_list("kind", "placement", "article", "count"))


def test_a_view_and_a_click_are_counted_without_a_cookie(window):
    context = window(user_agent=PERSON)
    page = context.new_page()
    with page.expect_response("**/appeals/beacon") as viewed:
        page.goto(f"/articles/{STORY}/")
    assert viewed.value.status == 204
    give = page.locator("[data-place=article-top] .ko-appeal__give:visible")
    with page.expect_response("**/appeals/beacon"):
        give.click()
    page.wait_for_url(lambda url: "/articles/" not in url, wait_until="commit")
    assert counted() == [("click", "article-top", STORY, 1), ("view", "article-top", STORY, 1)]
    assert "cookie" not in viewed.value.request.all_headers()


def test_a_page_view_reaches_the_sample(window):
    beacon.flush()
    PageViewSample.objects.all().delete()
    page = window(user_agent=PERSON).new_page()
    with page.expect_request(lambda request: (request.post_data or "").startswith("{")):
        page.goto(f"/articles/{STORY}/")
    page.wait_for_load_state("networkidle")
    beacon.flush()
    view = PageViewSample.objects.get()
    assert (view.article, view.section, view.device) == (STORY, "news", "desktop")


def test_a_blocker_of_the_beacon_harms_nothing(window):
    context = window(user_agent=PERSON)
    context.route("**/appeals/beacon", lambda route: route.abort())
    page = context.new_page()
    page.goto(f"/articles/{STORY}/")
    page.wait_for_load_state("networkidle")
    assert page.locator("[data-place=article-top] .ko-appeal__give:visible").count() == 1
    assert counted() == []
    window.wrong.clear()  # the browser's own note that a request was blocked
