"""From the money to the document in the mail: once, and the same bytes ever after."""

import hashlib

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import DatabaseError, transaction

from payments import clock, outbox
from payments.models import Contribution, OutboxTask, Receipt, ReceiptDocument
from payments.receipts.documents import DocumentLost, document_bytes, store_document
from payments.receipts.issue import issue
from tests.builders import give
from tests.payments.receipts.papers import words

pytestmark = pytest.mark.django_db


@pytest.fixture
def receipt(client, pay, deliver) -> Receipt:
    return give(client, pay, deliver, amount="10", name="Nora Quinn").receipt


def now():
    return clock.now()


def unprinted() -> Receipt:
    """A receipt whose task in the outbox has not been done."""
    contribution = Contribution.objects.create(
        kind="gift",
        frequency="once",
        status="paid",
        currency="eur",
        gift_minor=1000,
        received_at=now(),
        created_at=now(),
        stripe_payment_intent_id="pi_unprinted",
    )
    return issue(contribution, now=now())


def test_a_paid_contribution_is_receipted_stored_and_mailed_once(receipt, mailoutbox, deliver):
    deliver()
    (letter,) = [mail for mail in mailoutbox if receipt.number in mail.subject]
    assert letter.subject == f"Your receipt {receipt.number} for €10.00"
    assert letter.to == ["nora@example.org"]
    ((name, pdf, kind),) = letter.attachments
    assert (name, kind) == (f"receipt-{receipt.number}.pdf", "application/pdf")
    assert pdf == document_bytes(receipt, now=now())
    assert receipt.number in words(pdf)
    assert ReceiptDocument.objects.count() == 1


def test_the_letter_says_what_the_receipt_says_in_text_and_html(receipt, mailoutbox):
    (letter,) = [mail for mail in mailoutbox if receipt.number in mail.subject]
    html = letter.alternatives[0].content
    for said in ("€10.00", receipt.number, "Thank you, ", "/account/"):
        assert said in letter.body
        assert said in html


def test_a_renewal_has_a_receipt_of_its_own(client, pay, deliver, advance, mailoutbox):
    give(client, pay, deliver, frequency="month")
    advance(days=32)
    first, second = Receipt.objects.order_by("sequence")
    assert second.sequence == first.sequence + 1
    assert "renewal" in words(document_bytes(second, now=now()))
    assert [mail.subject.split()[2] for mail in mailoutbox if "receipt" in mail.subject] == [
        first.number,
        second.number,
    ]


def test_the_document_is_stored_with_its_hash_and_printed_once(receipt):
    before = ReceiptDocument.objects.get(receipt=receipt)
    again = store_document(receipt, now=now())
    assert again == before
    with before.file.open() as file:
        assert hashlib.sha256(file.read()).hexdigest() == before.sha256
    assert before.file.name.startswith(f"receipts/{receipt.year}/{receipt.number}-")


@pytest.mark.case("F37")
@pytest.mark.parametrize("harm", ["gone", "damaged"])
def test_a_lost_file_is_printed_again_and_put_back(receipt, harm):
    document = receipt.document
    before = document_bytes(receipt, now=now())
    default_storage.delete(document.file.name)
    if harm == "damaged":
        default_storage.save(document.file.name, ContentFile(before[:-1]))
    assert document_bytes(receipt, now=now()) == before
    with default_storage.open(document.file.name) as file:
        assert file.read() == before


def test_a_lost_file_that_cannot_be_printed_the_same_is_never_replaced_quietly(receipt):
    other = Receipt.objects.get(pk=receipt.pk)
    other.facts = receipt.facts | {"supporter_name": "Somebody else"}
    default_storage.delete(receipt.document.file.name)
    with pytest.raises(DocumentLost, match=receipt.number):
        document_bytes(other, now=now())
    assert not default_storage.exists(receipt.document.file.name)


@pytest.mark.case("F16")
def test_a_file_left_by_a_crash_is_taken_and_not_doubled():
    receipt = unprinted()
    with transaction.atomic():
        name = store_document(receipt, now=now()).file.name
        transaction.set_rollback(True)
    assert not ReceiptDocument.objects.exists()
    assert store_document(receipt, now=now()).file.name == name
    folder, _, file = name.rpartition("/")
    assert default_storage.listdir(folder)[1] == [file]


@pytest.mark.case("F37")
def test_a_document_that_cannot_be_printed_costs_nothing_but_time(
    client, pay, deliver, settings, mailoutbox
):
    settings.NEWSROOM_NAME = "The 山 Courier"
    contribution = give(client, pay, deliver)
    task = OutboxTask.objects.get(name="receipt.render")
    assert contribution.status == contribution.Status.PAID
    assert contribution.receipt.number in task.key
    assert "U+5C71" in task.note
    assert task.done_at is None
    assert not ReceiptDocument.objects.exists()
    assert not [mail for mail in mailoutbox if contribution.receipt.number in mail.subject]
    assert outbox.run_due() == 0  # waits for its next try; other tasks go on


@pytest.mark.parametrize("field", [{"sha256": "0" * 64}, {"file": "elsewhere.pdf"}])
def test_a_stored_document_cannot_be_changed(receipt, field):
    with pytest.raises(DatabaseError), transaction.atomic():
        ReceiptDocument.objects.filter(receipt=receipt).update(**field)


def test_a_renamed_newsroom_does_not_rewrite_an_issued_receipt(receipt, settings):
    before = document_bytes(receipt, now=now())
    settings.NEWSROOM_NAME = "The Renamed Courier"
    default_storage.delete(receipt.document.file.name)
    assert document_bytes(receipt, now=now()) == before
