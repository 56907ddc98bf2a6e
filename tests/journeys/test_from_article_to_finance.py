"""The main job, walked as people walk it: from the article to the receipt, the account, the books.

Everything between the parts is real HTTP: the pages, Stripe's API, its page, its notifications.
"""

import csv
import io
import re

from payments import clock
from payments.models import Contribution, LedgerEntry, Receipt
from payments.money import Money
from supporters.demo import people, sandbox

CARD = {"card_number": "4242424242424242", "exp": "12/34", "cvc": "123"}
NORA = "nora@example.org"


def give_from_an_article(nora):
    """Ten euro a month, from the appeal of an article to Stripe's page and back."""
    nora.open("/articles/skerrin-ferry/")
    nora.press("Give €10 a month", choice_month="10")
    assert nora.way[0] == 303
    assert "Sandbox: no money moves." in nora.page.words
    assert "€10.00 every month" in nora.page.words
    nora.press("Pay €10.00", **CARD, name="Nora Reader", email=NORA)
    assert nora.way[0] == 303


def sign_in(product, nora):
    nora.open("/account/")
    assert "/account/login/" in nora.page.address
    nora.press("Send me a code", login=NORA)
    code = re.search(r"^\s+(\d{6})$", product.letters(to=NORA)[0].text, re.MULTILINE)[1]
    nora.press("Sign in", code=code)
    assert nora.page.address.endswith("/account/")


def receipts_mailed(product):
    return [
        letter for letter in product.letters(to=NORA) if letter.subject.startswith("Your receipt")
    ]


def test_the_whole_story_from_the_article_to_the_finance_file(product, person):
    nora = person()
    give_from_an_article(nora)
    the_thank_you_page_is_true_before_and_after_the_notification(product, nora)
    the_receipt_comes_by_mail(product)
    sign_in(product, nora)
    the_account_shows_what_was_given_and_what_comes_next(product, nora)
    changing_the_amount_counts_from_the_next_charge(product, nora)
    stopping_can_be_undone(nora)
    a_month_later_the_renewal_is_booked_and_receipted(product, nora)
    stopping_ends_it(product, nora)
    the_file_ties_to_stripe(product, person)


def the_thank_you_page_is_true_before_and_after_the_notification(product, nora):
    address = nora.page.address
    assert f"{product.url}/contribute/thanks/" in address
    assert "Thank you, Nora." in nora.page.words
    assert "You give €10 a month. The first €10 has arrived." in nora.page.words
    product.settle()
    nora.open(address)
    assert Receipt.objects.get().number in nora.page.words
    assert "The next €10 is taken on" in nora.page.words
    assert Contribution.objects.count() == 1
    assert nora.session.cookies["ko_supporter"]


def the_receipt_comes_by_mail(product):
    (letter,) = receipts_mailed(product)
    receipt = Receipt.objects.get()
    assert letter.subject == f"Your receipt {receipt.number} for €10.00"
    (document,) = letter.attachments
    assert document.content_type == "application/pdf"
    assert document.content.startswith(b"%PDF-")


def the_account_shows_what_was_given_and_what_comes_next(product, nora):
    receipt = Receipt.objects.get()
    assert "You give €10 a month." in nora.page.words
    assert "The next €10.00 is taken on" in re.sub(r" +", " ", nora.page.words)
    assert "Visa ending 4242" in nora.page.words
    mailed = receipts_mailed(product)[0].attachments[0].content
    for _ in range(2):
        assert nora.download(receipt.number).content == mailed


def changing_the_amount_counts_from_the_next_charge(product, nora):
    nora.follow("Change")
    nora.follow("Change amount")
    nora.press("Give the new amount", amount="12,50")
    assert "You give €12.50 a month." in nora.page.words
    product.settle()
    assert Contribution.objects.count() == 1


def stopping_can_be_undone(nora):
    nora.follow("Stop")
    nora.press("Stop my contribution")
    assert "Nothing more will be taken." in nora.page.words
    nora.press("Undo")
    assert "You give €12.50 a month." in nora.page.words


def a_month_later_the_renewal_is_booked_and_receipted(product, nora):
    product.advance(days=31)
    first, second = Contribution.objects.order_by("received_at")
    assert (first.charged, second.charged) == (Money(1000, "eur"), Money(1250, "eur"))
    assert second.received_at > first.received_at
    assert len(receipts_mailed(product)) == 2
    numbers = list(Receipt.objects.order_by("number").values_list("number", flat=True))
    nora.open("/account/")
    mailed = receipts_mailed(product)[0].attachments[0].content
    assert nora.download(numbers[-1]).content == mailed


def stopping_ends_it(product, nora):
    nora.follow("Stop")
    nora.press("Stop my contribution")
    product.advance(days=62)
    assert Contribution.objects.count() == 2
    nora.open("/account/")
    assert "Nothing is taken regularly" in nora.page.words


def the_file_ties_to_stripe(product, person):
    people.hire()
    fina = person()
    fina.open("/demo/")
    fina.press("Enter as finance")
    assert fina.page.address.endswith("/desk/finance/")
    fina.open("/desk/finance/?from=&to=")
    file = fina.download("Download these as CSV")
    lines = [line for line in file.content.decode("utf-8-sig").splitlines() if line]
    rows = list(csv.DictReader(io.StringIO("\n".join(lines))))
    charges = [row for row in rows if row["kind"] in {"gift", "renewal"}]
    assert [row["gross"] for row in charges] == ["10.00", "12.50"]
    assert [row["supporter_email"] for row in charges] == [NORA, NORA]
    assert [row["article"] for row in charges] == ["skerrin-ferry", "skerrin-ferry"]
    net = sum(int(row["net_minor"]) for row in rows)
    held = sandbox.balance().get("eur", 0) + sandbox.paid_out().get("eur", 0)
    assert net == held > 0
    assert LedgerEntry.objects.exists()
    assert clock.offset().days >= 92
