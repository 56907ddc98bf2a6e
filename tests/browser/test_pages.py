"""Every page that needs nobody to be signed in is accessible as it opens."""

import pytest

PAGES = [
    "/",
    "/articles/skerrin-ferry/",
    "/sections/climate/",
    "/contribute/",
    "/account/login/",
    "/demo/",
    "/demo/mail/",
    "/nowhere/",
]


@pytest.mark.parametrize("address", PAGES)
def test_a_page_for_everybody_is_accessible_at_any_width_by_day_and_night(
    visit, window, accessible, address
):
    accessible(visit(address))
    if address == "/nowhere/":
        window.wrong.clear()  # Chromium reports the 404 itself
