"""The appeals' room in Chromium: axe on every page, the preview, and what needs no script."""

import pytest
from playwright.sync_api import expect

from supporters.demo import people
from tests.payments.books import receive
from tests.supporters.appeals.drafts import claim, published, said

ROOM = "/desk/appeals/"
APPEAL = f"{ROOM}appeal/wall-end/"
PAGES = [
    ROOM,
    APPEAL,
    f"{APPEAL}edit/",
    f"{APPEAL}versions/",
    f"{APPEAL}replay/",
    f"{ROOM}campaigns/",
    f"{ROOM}campaigns/flood-wall/",
    f"{ROOM}claims/",
    f"{ROOM}silence/",
    f"{ROOM}sites/",
]


@pytest.fixture
def enter(product, visit):
    """Open a page of the room as somebody who works in it."""
    people.hire()
    receive(50_000, campaign="flood-wall")
    claim("12 reporters")
    published(said(body="We are 12 reporters."))

    def open_page(address, **options):
        page = visit("/demo/", **options)
        page.locator('form[action="/demo/enter/campaigns/"] button').click()
        page.goto(f"{product.url}{address}")
        return page

    return open_page


@pytest.mark.parametrize("address", PAGES)
def test_a_page_of_the_room_is_accessible_at_any_width_by_day_and_night(enter, accessible, address):
    accessible(enter(address))


def test_the_preview_follows_what_is_typed(enter):
    page = enter(f"{APPEAL}edit/")
    page.get_by_label("Heading").fill("Words that were not there before")
    frame = page.frame_locator(".stage__frame")
    expect(frame.get_by_role("heading", name="Words that were not there before")).to_be_visible()


def test_the_preview_is_dark_narrow_and_from_right_to_left_on_any_device(enter):
    page = enter(f"{APPEAL}edit/")
    for choice in ("320", "Dark", "Right to left"):
        page.get_by_role("radio", name=choice).check()
    frame = page.frame_locator(".stage__frame")
    expect(frame.locator("html")).to_have_attribute("dir", "rtl")
    expect(frame.locator("body")).to_have_css("background-color", "rgb(20, 23, 26)")
    assert page.locator(".stage__frame").bounding_box()["width"] <= 320 + 2
    width = frame.locator("html").evaluate("root => root.scrollWidth - root.clientWidth")
    assert width <= 0, "the appeal does not fit into 320 pixels"


def test_the_rows_of_the_list_are_walked_by_key(enter):
    page = enter(ROOM)
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk/appeals/appeal/*/")
