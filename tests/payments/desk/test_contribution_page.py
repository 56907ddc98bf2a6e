"""One contribution at the desk, and sending money back."""

import re
import uuid

import pytest
from django.core.files.base import ContentFile

from payments.models import AuditEntry, Contribution, ReceiptDocument, Refund
from payments.reports import movements
from payments.reports.questions import Question
from tests.builders import disputed, give
from tests.payments.books import DAY, receive, send_back
from tests.sandbox_client import client_for

pytestmark = pytest.mark.django_db


@pytest.fixture
def given(client, pay, deliver, advance, stripe_sandbox):
    """A contribution of ten euro, paid at Stripe's stand-in, its fee known."""
    stripe_sandbox.settings.change({"refunds_need_funds": False})
    contribution = give(client, pay, deliver, amount="10", email="nora@example.org", name="Nora")
    advance(seconds=120)
    contribution.refresh_from_db()
    return contribution


def address(contribution):
    return f"/desk/finance/contributions/{contribution.public_id}/"


def send_form(desk, contribution, **fields):
    """Fill in the refund form as the page offers it."""
    page = desk.get(address(contribution)).content.decode()
    found = re.search(r'name="token" value="([^"]+)"', page)
    token = found[1] if found else str(uuid.uuid4())
    filled = {"amount": "4", "reason": "asked by phone", "token": token} | fields
    return desk.post(address(contribution) + "refund/", filled)


def sums_on(page):
    """The lines of the sheet, from the gift down to what is left."""
    return re.findall(r'<dt>([^<]+)</dt><dd class="figure">([^<]+)</dd>', page)


def test_the_page_tells_the_sums_the_receipt_and_the_history(desk, given):
    page = desk.get(address(given)).content.decode()
    for words in ("€10.00", "€0.40", "€9.60", given.receipt.number, "nora@example.org"):
        assert words in page
    for step in ("Checkout begun", "Money received", "Fee booked", "Receipt issued"):
        assert step in page


def test_a_part_is_sent_back_once_and_stands_in_the_movements(desk, given, deliver, finance):
    answer = send_form(desk, given)
    assert answer["Location"] == address(given)
    deliver()
    refund = Refund.objects.get()
    assert (refund.amount_minor, refund.status) == (400, "succeeded")
    assert AuditEntry.objects.get(action="refund asked for").actor == finance
    assert [row.gross_minor for row in movements.chronological(Question(kind="refund"))] == [-400]
    page = desk.get(address(given)).content.decode()
    for words in ("Refund booked", "asked by phone", "by Fina Ledger", "At most €6.00"):
        assert words in page


def test_a_refund_that_waits_for_funds_stands_beside_sums_that_add_up(
    desk, given, deliver, advance, stripe_sandbox
):
    advance(days=5)  # all of it has gone to the bank
    stripe_sandbox.settings.change({"refunds_need_funds": True})
    send_form(desk, given)
    deliver()
    assert Refund.objects.get().status == "pending"
    page = desk.get(address(given)).content.decode()
    assert "€4.00 is on its way back." in page
    assert "€4.00 more is on its way back." in page
    assert "Sent back" not in page
    assert sums_on(page)[-1] == ("Net", "€9.60")


def test_the_sums_of_a_disputed_contribution_add_up(client, pay, deliver, advance, finance):
    contribution = disputed(client, pay, deliver, advance, amount="10").contribution
    client.force_login(finance)
    page = client.get(address(contribution)).content.decode()
    assert sums_on(page)[2:] == [
        ("Charged", "€10.00"),
        ("Fee", "€0.40"),
        ("Taken back by the bank", "€10.00"),
        ("Fees of refunds and disputes", "€20.00"),
        ("Net", "-€20.40"),
    ]


@pytest.mark.case("F38")
def test_a_form_sent_twice_sends_money_back_once(desk, given):
    token = str(uuid.uuid4())
    send_form(desk, given, token=token)
    assert send_form(desk, given, token=token).status_code == 302
    assert Refund.objects.count() == 1
    again = send_form(desk, given, token=token, amount="5")
    assert again.status_code == 400
    assert "sent before with another sum" in again.content.decode()


@pytest.mark.case("F52")
@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"amount": "10.01"}, "At most €10.00 can be sent back."),
        ({"amount": "0"}, "This sum cannot be sent back."),
        ({"amount": "-1"}, "This is not an amount."),
        ({"amount": "ten"}, "This is not an amount."),
        ({"amount": "1.001"}, "This is not an amount."),
        ({"reason": ""}, "This field is required."),
        ({"token": "x"}, "This form cannot be read."),
    ],
)
def test_what_cannot_be_sent_back_gets_a_sentence(desk, given, fields, sentence):
    answer = send_form(desk, given, **fields)
    assert answer.status_code == 400
    assert sentence in answer.content.decode()
    assert not Refund.objects.exists()


@pytest.mark.case("F48")
@pytest.mark.parametrize(
    ("currency", "typed", "minor", "shown"),
    [("jpy", "400", 400, "¥600"), ("dkk", "4.50", 450, "kr"), ("kwd", "0.125", 125, "KWD")],
)
def test_money_of_any_currency_that_was_taken_over_can_be_sent_back(
    desk, settings, stripe_sandbox, currency, typed, minor, shown
):
    """Nobody is asked to give in crowns or dinars here; an account's history may hold them."""
    settings.REFUND_LIMITS = {"jpy": 40_000}
    charge = charged_elsewhere(stripe_sandbox, currency)
    row = receive(
        1000, currency=currency, stripe_payment_intent_id=charge["payment_intent"],
        stripe_charge_id=charge["id"], fee=None,
    )  # fmt: skip
    answer = send_form(desk, row, amount=typed)
    assert answer.status_code == 302, answer.content.decode()
    refund = Refund.objects.get()
    # Where no limit is named every refund waits for a second person.
    waits = currency != "jpy"
    assert (refund.amount_minor, refund.currency) == (minor, currency)
    assert refund.status == ("requested" if waits else "succeeded")
    if not waits:
        assert [-minor] == [each.gross_minor for each in refund.ledger_entries.all()]
        assert shown in desk.get(address(row)).content.decode()


@pytest.mark.parametrize(("currency", "typed"), [("jpy", "4.5"), ("dkk", "4.505")])
def test_more_decimals_than_the_currency_has_get_a_sentence(desk, currency, typed):
    answer = send_form(desk, receive(1000, currency=currency), amount=typed)
    assert answer.status_code == 400
    assert "This is not an amount." in answer.content.decode()
    assert not Refund.objects.exists()


def charged_elsewhere(sandbox, currency):
    """What another form on the same account took, a thousand minor units of it."""
    client_for(sandbox).v1.payment_intents.create(
        {"amount": 1000, "currency": currency, "payment_method": "pm_card_visa", "confirm": True}
    )
    return next(sandbox.store.newest("charge"))


def test_money_that_has_not_arrived_offers_no_refund(desk):
    pending = Contribution.objects.create(
        kind="gift",
        frequency="once",
        status="pending",
        currency="eur",
        gift_minor=1000,
        created_at=DAY,
        stripe_payment_intent_id="pi_pending",
    )
    assert 'id="refund"' not in desk.get(address(pending)).content.decode()
    answer = send_form(desk, pending)
    assert "This money has not arrived" in answer.content.decode()


def test_what_was_sent_back_whole_offers_no_refund(desk):
    contribution = receive(1000)
    send_back(contribution, 1000)
    page = desk.get(address(contribution)).content.decode()
    assert 'id="refund"' not in page
    assert "All of it was sent back." in page


def test_a_receipt_is_downloaded_as_it_was_printed(desk):
    contribution = receive()
    number = contribution.receipt.number
    assert "is being printed" in desk.get(address(contribution)).content.decode()
    assert desk.get(f"/desk/finance/receipts/{number}.pdf").status_code == 404
    file = ContentFile(b"%PDF-1.7 words", name="receipt.pdf")
    ReceiptDocument.objects.create(receipt=contribution.receipt, file=file, rendered_at=DAY)
    answer = desk.get(f"/desk/finance/receipts/{number}.pdf")
    assert b"".join(answer.streaming_content) == b"%PDF-1.7 words"
    assert answer["Content-Disposition"] == f'attachment; filename="receipt-{number}.pdf"'


def test_the_page_reads_the_same_number_of_queries_for_any_history(
    desk, django_assert_max_num_queries
):
    contribution = receive(10000)
    for _ in range(12):
        send_back(contribution, 100)
    with django_assert_max_num_queries(12):
        desk.get(address(contribution))


def test_a_contribution_that_is_not_there_is_not_found(desk):
    assert desk.get(f"/desk/finance/contributions/{uuid.uuid4()}/").status_code == 404
