"""Outbox tasks about receipts and refund notes: print the document, then mail it once."""

from django.utils import translation

from payments import clock, mail, outbox
from payments.crash import crash_here
from payments.models import Receipt, RefundNote
from payments.receipts.documents import document_bytes, store_document


@outbox.task("receipt.render")
def render(receipt_id: int) -> None:
    """Print and store; the letter goes out only once there is something to attach."""
    receipt = Receipt.objects.get(pk=receipt_id)
    store_document(receipt, now=clock.now())
    crash_here("receipt.stored")
    outbox.put("receipt.mail", key=f"receipt.mail:{receipt.number}", receipt_id=receipt.pk)


@outbox.task("receipt.mail")
def send(receipt_id: int) -> None:
    receipt = Receipt.objects.select_related("contribution__subscription").get(pk=receipt_id)
    pdf = document_bytes(receipt, now=clock.now())
    crash_here("receipt.before_mail")
    with translation.override(receipt.facts["language"]):
        mail.receipt(receipt.contribution, number=receipt.number, pdf=pdf)


@outbox.task("note.render")
def render_note(note_id: int) -> None:
    note = RefundNote.objects.get(pk=note_id)
    store_document(note, now=clock.now())
    outbox.put("note.mail", key=f"note.mail:{note.number}", note_id=note.pk)


@outbox.task("note.mail")
def send_note(note_id: int) -> None:
    note = RefundNote.objects.select_related("receipt__contribution").get(pk=note_id)
    pdf = document_bytes(note, now=clock.now())
    crash_here("note.before_mail")
    with translation.override(note.facts["language"]):
        mail.refund_note(note, pdf=pdf)
