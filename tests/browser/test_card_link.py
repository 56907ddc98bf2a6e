"""The links of letters in a real browser, which says where a form comes from."""

import re

import pytest
from playwright.sync_api import expect

from payments.models import Contribution
from tests.browser.test_giving import NORA, pay

FAILS_LATER = "4000000000000341"


def given_monthly(product, visit, **fields):
    page = visit("/contribute/?frequency=month&amount=10")
    page.get_by_role("button", name="Give").click()
    pay(page, **fields)
    product.settle()


def link_in(letter, path):
    return re.search(rf"http\S+({path}\S+)", letter.text)[1]


@pytest.mark.case("F34")
def test_a_new_card_is_given_from_a_letter_without_signing_in(product, visit, window, accessible):
    given_monthly(product, visit, **{"Card number": FAILS_LATER})
    product.advance(days=32)
    letter = next(one for one in product.letters(to=NORA) if one.subject.startswith("We could"))
    page = visit(link_in(letter, "/card/"))
    accessible(page)
    page.get_by_role("button", name="Give a new card").click()
    page.get_by_label("Card number").fill("4242424242424242")
    page.get_by_label("Expires").fill("12/34")
    page.get_by_label("Security code").fill("123")
    page.get_by_role("button", name="Save card").click()
    expect(page.get_by_role("heading", name="Thank you.")).to_be_visible()
    accessible(page)
    product.settle()
    assert Contribution.objects.filter(status="paid").count() == 2
    page.goto(link_in(letter, "/card/"))
    expect(page.get_by_text("Opening it has changed nothing.")).to_be_visible()
    window.wrong.clear()  # Chromium reports the 410 itself


def test_a_link_that_was_cut_off_leads_to_a_new_one(product, visit, window):
    given_monthly(product, visit)
    page = visit("/appeals/rest/cut-off/")
    window.wrong.clear()  # Chromium reports the 404 itself
    page.get_by_label("E-mail").fill(NORA)
    page.get_by_role("button", name="Send me the link").click()
    product.settle()
    assert any("/appeals/rest/" in one.text for one in product.letters(to=NORA))


def test_a_form_that_cannot_be_trusted_is_refused_in_plain_words(visit, window, accessible):
    page = visit("/appeals/supporting/")
    page.context.clear_cookies()
    page.get_by_label("E-mail").fill(NORA)
    page.locator("main form button").click()
    expect(page.get_by_role("heading", name="This form has grown old")).to_be_visible()
    window.wrong.clear()  # Chromium reports the 403 itself
    accessible(page)
