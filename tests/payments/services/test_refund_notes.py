"""Refund notes: numbered without gaps, printed once, mailed once, for whatever went back."""

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from payments import clock, outbox
from payments.gateway import calls
from payments.models import LedgerEntry, Receipt, Refund, RefundNote, RefundNoteDocument
from payments.money import Money
from payments.receipts.documents import document_bytes
from payments.services import refunds
from payments.sweep import sweep
from tests.builders import give, operate
from tests.payments.receipts.papers import words

pytestmark = pytest.mark.django_db
REFUND_FAILS, REFUND_PENDS = "4000000000005126", "4000000000007726"


def send(contribution, minor):
    return refunds.refund(contribution, amount=Money(minor, "eur"), reason="asked", actor=None)


@pytest.fixture
def contribution(client, pay, deliver):
    return give(client, pay, deliver, amount="10")


def test_a_refund_gets_a_numbered_note_that_is_mailed_once(contribution, deliver, mailoutbox):
    send(contribution, 400)
    deliver()
    deliver()
    note = RefundNote.objects.get()
    year = clock.local_date(clock.now()).year
    assert note.number == f"R{year}-000001"
    (letter,) = [each for each in mailoutbox if "is on its way back to you" in each.subject]
    assert letter.subject == "€4.00 is on its way back to you"
    ((name, pdf, kind),) = letter.attachments
    assert (name, kind) == (f"refund-note-{note.number}.pdf", "application/pdf")
    said = " ".join(words(pdf))
    for word in ("Refund note", note.number, contribution.receipt.number, "€4.00", "Nora Reader"):
        assert word in said
    assert note.number in letter.body
    assert contribution.receipt.number in letter.body


@pytest.mark.case("F51")
def test_several_refunds_have_numbers_without_gaps_beside_those_of_receipts(contribution, deliver):
    for minor in (100, 200, 300):
        send(contribution, minor)
    deliver()
    assert list(
        RefundNote.objects.order_by("sequence").values_list("sequence", "amount_minor")
    ) == [
        (1, 100),
        (2, 200),
        (3, 300),
    ]
    assert Receipt.objects.get().sequence == 1


@pytest.mark.case("F52")
def test_a_refund_that_fails_days_later_opens_the_receipt_again(
    client, pay, deliver, advance, mailoutbox, settings
):
    contribution = give(client, pay, deliver, amount="10", card=REFUND_FAILS)
    send(contribution, 1000)
    advance(days=3)
    refund = Refund.objects.get()
    assert (refund.status, refund.failure) == ("failed", "expired_or_canceled_card")
    kinds = RefundNote.objects.order_by("sequence").values_list("kind", flat=True)
    assert list(kinds) == ["refunded", "restored"]
    assert refunds.refundable(contribution).minor == 1000
    gross = LedgerEntry.objects.filter(refund=refund).values_list("gross_minor", flat=True)
    assert sorted(gross) == [-1000, 1000]
    restored = RefundNote.objects.get(kind="restored")
    said = " ".join(words(document_bytes(restored, now=timezone.now())))
    assert "Receipt restored" in said
    assert "stands for it once more" in said
    subjects = {(letter.to[0], letter.subject) for letter in mailoutbox}
    assert ("nora@example.org", "€10.00 came back to us") in subjects
    assert (settings.FINANCE_CONTACT, "A refund of €10.00 did not arrive") in subjects
    # And it may be sent once more.
    assert refunds.refundable(contribution) == contribution.charged


def test_a_refund_that_waits_for_money_has_no_note_until_it_is_sent(
    client, pay, deliver, advance, stripe_sandbox
):
    stripe_sandbox.settings.change({"refunds_need_funds": True})
    contribution = give(client, pay, deliver, amount="10")
    advance(days=5)
    row = send(contribution, 1000)
    assert row.status == Refund.Status.PENDING
    assert not RefundNote.objects.exists()
    stripe_sandbox.settings.change({"refunds_need_funds": False})
    give(client, pay, deliver, amount="100", email="ben@example.org")
    advance(days=3)
    row.refresh_from_db()
    assert row.status == Refund.Status.SUCCEEDED
    assert RefundNote.objects.get().amount_minor == 1000


@pytest.mark.case("F44")
def test_a_refund_from_the_dashboard_is_noted_like_ours(contribution, deliver):
    calls.create_refund(
        key="dashboard",
        payment_intent_id=contribution.stripe_payment_intent_id,
        amount=Money(250, "eur"),
        metadata={},
    )
    deliver()
    assert RefundNote.objects.get().amount_minor == 250


@pytest.mark.case("F44")
@pytest.mark.case("F52")
def test_a_refund_that_the_bank_returns_long_after_is_booked_back(
    contribution, deliver, advance, stripe_sandbox
):
    row = send(contribution, 1000)
    advance(days=20)
    operate(stripe_sandbox, "fail_refund", refund=row.stripe_refund_id)
    deliver()
    row.refresh_from_db()
    assert row.status == Refund.Status.FAILED
    assert RefundNote.objects.filter(kind="restored").exists()


def test_a_note_never_changes(contribution, deliver):
    send(contribution, 400)
    deliver()
    for change in (
        lambda: RefundNote.objects.update(amount_minor=1),
        lambda: RefundNote.objects.all()._raw_delete("default"),
        lambda: RefundNoteDocument.objects.update(sha256="0"),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_a_note_prints_the_same_bytes_on_every_download(contribution, deliver):
    send(contribution, 400)
    deliver()
    note = RefundNote.objects.get()
    first = document_bytes(note, now=timezone.now())
    assert document_bytes(note, now=timezone.now()) == first


@pytest.mark.case("F37")
def test_a_letter_that_cannot_be_sent_leaves_the_note_and_is_tried_again(
    contribution, deliver, settings, mailoutbox, advance
):
    settings.EMAIL_BACKEND = "no.such.Backend"
    send(contribution, 400)
    outbox.run_due()
    outbox.run_due()
    assert RefundNote.objects.get().document
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    advance(days=1)
    sent = [each for each in mailoutbox if "on its way back" in each.subject]
    assert len(sent) == 1


@pytest.mark.case("F28")
def test_a_lost_refund_is_found_by_our_id_even_when_stripe_has_forgotten_its_key(
    contribution, deliver, advance, stripe_sandbox
):
    stripe_sandbox.faults.add({"path": "/v1/refunds", "kind": "lost_answer", "times": 3})
    with pytest.raises(refunds.Unavailable):
        send(contribution, 1000)
    stripe_sandbox.idempotency.records.clear()
    Refund.objects.update(stripe_refund_id=None, status=Refund.Status.CREATING)
    stripe_sandbox.faults.add({"kind": "drop", "event": "*", "times": 99})
    advance(days=2)
    Refund.objects.update(stripe_refund_id=None, status=Refund.Status.CREATING)
    sweep()
    assert len(stripe_sandbox.store.kinds["refund"]) == 1
    assert Refund.objects.get().status == Refund.Status.SUCCEEDED
