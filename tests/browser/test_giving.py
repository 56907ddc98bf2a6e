"""Giving in a real browser: the whole story, by keyboard, without scripts, and twice at once."""

import re

import pytest
from playwright.sync_api import expect

from payments.models import Checkout, Contribution, Receipt
from payments.money import Money
from supporters.demo import people

NORA = "nora@example.org"
ARTICLE = "/articles/skerrin-ferry/"
CARD = {"Card number": "4242424242424242", "Expires": "12/34", "Security code": "123"}


def pay(page, **fields):
    """Fill in the sandbox's payment page as a person would, and come back from it."""
    try_to_pay(page, **fields)
    page.wait_for_url("**/contribute/thanks/**")


def try_to_pay(page, *, name="Nora Reader", email=NORA, **fields):
    page.wait_for_url("**/c/pay/**")
    if page.get_by_label("Email").count():
        page.get_by_label("Email").fill(email)
    page.get_by_label("Name on the card").fill(name)
    for label, value in (CARD | fields).items():
        page.get_by_label(label).fill(value)
    page.get_by_role("button", name="Pay €").click()


def code_from_the_mailbox(page):
    """Read the newest letter at the demo's mailbox, in a tab of its own."""
    tab = page.context.new_page()
    tab.goto(f"/demo/mail/?to={NORA}")
    tab.locator(".mail-list a").first.click()
    code = re.search(r"^\s*(\d{6})$", tab.locator(".letter__text").inner_text(), re.MULTILINE)[1]
    tab.close()
    return code


def test_the_whole_story_is_walked_and_every_page_on_the_way_is_accessible(
    product, visit, window, accessible
):
    page = visit(ARTICLE)
    top = page.locator("[data-placement=article-top]")
    top.locator("[name=choice_month][value='10']").check()
    accessible(page)
    top.get_by_role("button", name="Give €10 a month").click()
    expect(page.get_by_text("Sandbox:")).to_be_visible()
    accessible(page)
    pay(page)
    expect(page.get_by_role("heading", name="Thank you, Nora.")).to_be_visible()
    product.settle()
    page.reload()
    expect(page.get_by_text("The next €10 is taken on")).to_be_visible()
    accessible(page)
    no_appeal_meets_a_supporter(page)
    document = the_letter_with_the_receipt(page, accessible)
    the_account(product, page, accessible, document)
    a_month_later(product, page)
    the_desk(visit, accessible)


def no_appeal_meets_a_supporter(page):
    page.goto(ARTICLE)
    expect(page.locator("[data-placement=article-top]")).to_be_hidden()
    expect(page.locator("[data-placement=article-end]")).to_be_hidden()


def the_letter_with_the_receipt(page, accessible):
    page.goto("/demo/mail/")
    accessible(page)
    page.get_by_role("link", name="Your receipt").click()
    accessible(page)
    href = page.locator(".letter__head a").get_attribute("href")
    return page.request.get(href).body()


def the_account(product, page, accessible, document):
    page.goto("/account/")
    page.get_by_label("E-mail").fill(NORA)
    page.get_by_role("button", name="Send me a code").click()
    page.get_by_label("Code").fill(code_from_the_mailbox(page))
    accessible(page)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="You give €10 a month.")).to_be_visible()
    accessible(page)
    receipt = page.get_by_role("link", name=Receipt.objects.get().number)
    assert page.request.get(receipt.get_attribute("href")).body() == document
    page.get_by_role("link", name="Change", exact=True).click()
    accessible(page)
    page.get_by_role("link", name="Change amount").click()
    page.get_by_label("New amount").fill("12.50")
    accessible(page)
    page.get_by_role("button", name="Give the new amount").click()
    expect(page.get_by_role("heading", name="You give €12.50 a month.")).to_be_visible()
    page.get_by_role("link", name="Stop", exact=True).click()
    accessible(page)
    page.get_by_role("button", name="Stop my contribution").click()
    expect(page.get_by_role("heading", name="Stopped.")).to_be_visible()
    accessible(page)
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("heading", name="You give €12.50 a month.")).to_be_visible()


def a_month_later(product, page):
    product.advance(days=31)
    assert [each.charged for each in Contribution.objects.order_by("id")] == [
        Money(1000, "eur"),
        Money(1250, "eur"),
    ]
    page.goto("/account/")
    assert page.locator(".given tbody tr").count() == 2


def the_desk(visit, accessible):
    people.hire()
    page = visit("/demo/")
    accessible(page)
    page.get_by_role("button", name="Enter as finance").click()
    page.goto("/desk/finance/?from=&to=")
    expect(page.get_by_text("nora", exact=False).first).to_be_visible()
    accessible(page)
    with page.expect_download() as download:
        page.get_by_role("link", name="Download these as CSV").click()
    assert "nora@example.org" in download.value.path().read_text()


def test_giving_works_by_keyboard_alone(visit):
    page = visit("/contribute/")

    def reach(locator, *, most=40):
        for _ in range(most):
            page.keyboard.press("Tab")
            if locator.evaluate("element => element === document.activeElement"):
                return
        raise AssertionError(f"Tab does not reach {locator}")

    reach(page.locator("[name=frequency]:checked"))
    page.keyboard.press("ArrowRight")
    expect(page.get_by_label("Yearly")).to_be_checked()
    page.keyboard.press("ArrowLeft")
    reach(page.locator("[name=choice_month]:checked"))
    for _ in range(4):
        page.keyboard.press("ArrowDown")
        if page.locator("#choice_month_own").is_checked():
            break
    reach(page.locator("#id_amount"))
    page.keyboard.type("7.50")
    reach(page.get_by_label("E-mail address"))
    page.keyboard.type(NORA)
    expect(page.locator("[data-give]")).to_have_text("Give €7.50 a month")
    reach(page.locator("[data-give]"))
    page.keyboard.press("Enter")
    page.wait_for_url("**/c/pay/**")
    reach(page.get_by_label("Name on the card"))
    page.keyboard.type("Nora Reader")
    for label, value in CARD.items():
        reach(page.get_by_label(label))
        page.keyboard.type(value)
    page.keyboard.press("Enter")
    page.wait_for_url("**/contribute/thanks/**")
    assert Checkout.objects.get().gift == Money(750, "eur")


def test_giving_works_without_scripts_on_a_phone(visit):
    page = visit(ARTICLE, scripts=False, width=320)
    end = page.locator("[data-placement=article-end]")
    end.get_by_label("Once").check()
    end.get_by_label("€25", exact=True).and_(end.locator(":visible")).check()
    end.get_by_role("button", name="Give").click()
    pay(page)
    expect(page.get_by_text("It was taken once and will not be taken again.")).to_be_visible()
    assert Contribution.objects.get().charged == Money(2500, "eur")


@pytest.mark.case("F38")
def test_a_form_sent_from_two_tabs_at_once_is_paid_once(product, window):
    context = window()
    first, second = context.new_page(), context.new_page()
    first.goto("/contribute/")
    second.goto("/contribute/")
    token = first.locator("[name=form_token]").get_attribute("value")
    second.evaluate(f"document.querySelector('[name=form_token]').value = '{token}'")
    for tab in (first, second):
        tab.get_by_role("button", name="Give").evaluate("button => button.click()")
    for tab in (first, second):
        tab.wait_for_url("**/c/pay/**")
    assert first.url == second.url
    pay(first)
    try_to_pay(second)
    expect(second.get_by_text("completed before")).to_be_visible()
    product.settle()
    assert Contribution.objects.count() == 1


@pytest.mark.case("F38")
def test_going_back_from_the_thank_you_page_and_giving_again_is_asked_first(product, visit):
    page = visit("/contribute/")
    page.get_by_role("button", name="Give").click()
    pay(page)
    product.settle()
    page.goto("/contribute/")
    page.get_by_role("button", name="Give").click()
    expect(page.get_by_text("Give it again?")).to_be_visible()
    assert Checkout.objects.count() == 1


def test_a_wrong_amount_is_said_at_the_field_and_at_the_head(visit, accessible):
    page = visit("/contribute/?amount=ten&frequency=once", scripts=False)
    page.get_by_role("button", name="Give").click()
    expect(page.locator("#errors")).to_be_visible()
    page = visit("/contribute/")
    page.locator("#choice_month_own").check()
    page.locator("#id_amount").fill("0.10")
    page.get_by_role("button", name="Give").click()
    expect(page.locator("#errors")).to_be_focused()
    accessible(page)


def test_a_declined_card_is_said_plainly_and_another_one_pays(visit, window, accessible):
    page = visit("/contribute/?frequency=once&amount=10")
    page.get_by_role("button", name="Give").click()
    try_to_pay(page, **{"Card number": "4000000000000002"})
    expect(page.get_by_role("alert")).to_contain_text("declined")
    window.wrong.clear()  # Chromium reports the 402 itself
    accessible(page)
    pay(page)
    assert Contribution.objects.get().charged == Money(1000, "eur")
