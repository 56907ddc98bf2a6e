"""Disputes: whatever the status word says, the books follow the money."""

import uuid

import pytest
from django.core import mail
from django.db.models import Sum

from payments.gateway import calls
from payments.gateway.errors import Misconfigured
from payments.models import Contribution, Dispute, LedgerEntry, LedgerLine, RefundNote
from payments.money import Money
from payments.reports import movements
from payments.reports.questions import Question
from payments.services import disputes, refunds
from tests.builders import INQUIRED, disputed, give, operate

pytestmark = pytest.mark.django_db
FINAL = {"won": 0, "lost": -1000, "partly": -500}


def accounts():
    rows = LedgerLine.objects.values_list("account").annotate(total=Sum("amount_minor"))
    return {account: total for account, total in rows if total}


def kept(contribution):
    """What is left of a contribution: its charge less what was sent or taken back."""
    row = Contribution.objects.with_refunded().get(pk=contribution.pk)
    return row.charged.minor - row.refunded_minor


def answer(dispute, word, actor=None):
    token = uuid.uuid4()
    return disputes.submit_evidence(
        dispute, {"uncategorized_text": word}, actor=actor, form_token=token
    )


@pytest.fixture
def dispute(client, pay, deliver, advance):
    return disputed(client, pay, deliver, advance, amount="10")


@pytest.mark.case("F53")
@pytest.mark.case("F55")
def test_an_opened_dispute_takes_the_money_and_its_fee_to_accounts_of_their_own(dispute):
    assert dispute.status == Dispute.Status.NEEDS_RESPONSE
    assert dispute.due_at > dispute.opened_at
    assert (dispute.withdrawn_minor, dispute.amount_minor) == (1000, 1000)
    assert accounts() == {
        "stripe": 960 - 3000,
        "contributions": -1000,
        "fees": 40,
        "disputes": 1000,
        "dispute_fees": 2000,
    }
    entry = LedgerEntry.objects.get(kind="dispute")
    assert (entry.gross_minor, entry.fee_minor, entry.net_minor) == (-1000, 2000, -3000)
    assert entry.dispute == dispute


@pytest.mark.case("F53")
@pytest.mark.parametrize("word", FINAL)
def test_the_books_follow_the_money_of_every_end(dispute, advance, stripe_sandbox, word):
    operate(stripe_sandbox, "decide", dispute=dispute.stripe_dispute_id, outcome=word)
    advance(seconds=60)
    dispute.refresh_from_db()
    assert dispute.status == ("won" if word == "won" else "lost")
    assert dispute.is_partly_won is (word == "partly")
    assert -dispute.withdrawn_minor == FINAL[word]
    assert kept(dispute.contribution) == 1000 + FINAL[word]
    fees = accounts().get("dispute_fees", 0)
    assert fees == (0 if word == "won" else 2000)
    assert sum(accounts().values()) == 0
    total = movements.totals(Question())[0]
    assert total.net.minor == 960 + FINAL[word] - fees


@pytest.mark.case("F55")
def test_a_payout_with_a_dispute_in_it_still_equals_its_content(
    client, pay, deliver, advance, stripe_sandbox
):
    give(client, pay, deliver, amount="100", email="ben@example.org")
    disputed(client, pay, deliver, advance, amount="10")
    advance(days=5)
    (payout,) = stripe_sandbox.store.newest("payout")
    assert payout["amount"] == 9825 + 960 - 3000
    assert accounts()["bank"] == payout["amount"]
    assert "stripe" not in accounts()


@pytest.mark.case("F53")
def test_an_inquiry_moves_no_money_and_a_refund_ends_it(client, pay, deliver, advance, mailoutbox):
    inquiry = disputed(client, pay, deliver, advance, card=INQUIRED, amount="10")
    assert inquiry.is_inquiry
    assert not LedgerEntry.objects.filter(dispute=inquiry).exists()
    assert any("A bank asks about €10.00" in letter.subject for letter in mailoutbox)
    refunds.refund(inquiry.contribution, amount=Money(1000, "eur"), reason="as asked", actor=None)
    advance(seconds=60)
    inquiry.refresh_from_db()
    assert inquiry.status == Dispute.Status.WARNING_CLOSED
    assert kept(inquiry.contribution) == 0


@pytest.mark.case("F53")
def test_an_inquiry_that_becomes_a_dispute_takes_the_money_then(client, pay, deliver, advance):
    inquiry = disputed(client, pay, deliver, advance, card=INQUIRED, amount="10")
    answer(inquiry, "escalate_inquiry_evidence")
    advance(seconds=60)
    inquiry.refresh_from_db()
    assert (inquiry.status, inquiry.withdrawn_minor) == ("needs_response", 1000)


@pytest.mark.case("F53")
def test_a_prevented_dispute_is_a_refund_and_nothing_more(
    client, pay, deliver, advance, stripe_sandbox
):
    contribution = give(client, pay, deliver, amount="10")
    operate(stripe_sandbox, "dispute", charge=contribution.stripe_charge_id, reason="prevented")
    advance(seconds=60)
    dispute = contribution.disputes.get()
    assert (dispute.status, dispute.withdrawn_minor) == ("prevented", 0)
    assert kept(contribution) == 0
    assert "disputes" not in accounts()


@pytest.mark.case("F54")
def test_a_dispute_after_a_partial_refund_asks_for_the_rest(
    client, pay, deliver, advance, stripe_sandbox
):
    contribution = give(client, pay, deliver, amount="10")
    refunds.refund(contribution, amount=Money(400, "eur"), reason="", actor=None)
    operate(stripe_sandbox, "dispute", charge=contribution.stripe_charge_id)
    advance(seconds=60)
    assert contribution.disputes.get().amount_minor == 600
    assert kept(contribution) == 0


@pytest.mark.case("F52")
@pytest.mark.case("F54")
@pytest.mark.parametrize(("word", "code"), [(None, "disputed"), ("lost", "taken_back")])
def test_disputed_money_is_not_sent_back_a_second_time(
    dispute, advance, stripe_sandbox, word, code
):
    if word:
        operate(stripe_sandbox, "decide", dispute=dispute.stripe_dispute_id, outcome=word)
        advance(seconds=60)
    with pytest.raises(refunds.RefundRefused) as refusal:
        refunds.refund(dispute.contribution, amount=Money(100, "eur"), reason="", actor=None)
    assert refusal.value.code == code
    assert not dispute.contribution.refunds.exists()


@pytest.mark.case("F52")
def test_a_dispute_that_we_have_not_heard_of_yet_is_refused_by_stripe_in_the_same_words(
    client, pay, deliver, stripe_sandbox
):
    contribution = give(client, pay, deliver, amount="10")
    operate(stripe_sandbox, "dispute", charge=contribution.stripe_charge_id)
    with pytest.raises(refunds.RefundRefused) as refusal:
        refunds.refund(contribution, amount=Money(100, "eur"), reason="", actor=None)
    assert refusal.value.code == "disputed"
    assert contribution.refunds.get().status == "canceled"


@pytest.mark.case("F54")
def test_a_dispute_of_money_that_was_refunded_is_flagged_as_paid_twice(
    client, pay, deliver, advance, stripe_sandbox
):
    contribution = give(client, pay, deliver, amount="10")
    refunds.refund(contribution, amount=Money(1000, "eur"), reason="", actor=None)
    operate(stripe_sandbox, "dispute", charge=contribution.stripe_charge_id)
    advance(seconds=60)
    assert kept(contribution) == -1000
    assert refunds.refundable(contribution).minor == 0


def test_a_lost_dispute_corrects_the_receipt_and_a_won_one_leaves_it(
    client, pay, deliver, advance, stripe_sandbox, mailoutbox
):
    lost = disputed(client, pay, deliver, advance, amount="10")
    won = disputed(client, pay, deliver, advance, amount="20", email="ben@example.org")
    assert not RefundNote.objects.exists()
    operate(stripe_sandbox, "decide", dispute=lost.stripe_dispute_id, outcome="partly")
    operate(stripe_sandbox, "decide", dispute=won.stripe_dispute_id, outcome="won")
    advance(seconds=60)
    notes = RefundNote.objects.order_by("number")
    assert [(note.kind, note.amount_minor) for note in notes] == [
        ("returned", 1000),
        ("restored", 500),
    ]
    assert {note.receipt for note in notes} == {lost.contribution.receipt}
    subjects = [letter.subject for letter in mailoutbox if letter.to == ["nora@example.org"]]
    assert "Your bank has taken back €10.00" in subjects


def test_finance_is_written_to_when_a_dispute_opens_and_when_it_ends(
    dispute, advance, stripe_sandbox, mailoutbox, settings
):
    operate(stripe_sandbox, "decide", dispute=dispute.stripe_dispute_id, outcome="lost")
    advance(seconds=60)
    to_staff = [letter for letter in mail.outbox if letter.to == [settings.FINANCE_CONTACT]]
    assert [letter.subject for letter in to_staff] == [
        "A dispute of €10.00 was opened",
        "Dispute of €10.00: lost",
    ]
    assert f"/desk/finance/disputes/{dispute.public_id}/" in to_staff[0].body


def test_an_answer_is_kept_and_then_handed_in_once(dispute, finance, advance):
    texts = {"customer_name": "Nora Reader", "uncategorized_text": "She reads us daily."}
    disputes.keep_evidence(dispute, texts, actor=finance, form_token=uuid.uuid4())
    dispute.refresh_from_db()
    assert dispute.evidence["customer_name"] == "Nora Reader"
    assert (dispute.status, dispute.submissions) == ("needs_response", 0)
    answer(dispute, "winning_evidence", finance)
    advance(seconds=60)
    dispute.refresh_from_db()
    assert (dispute.status, dispute.submissions) == ("won", 1)


def test_accepting_the_loss_ends_the_dispute(dispute, finance):
    disputes.accept(dispute, actor=finance, reason="not worth it")
    dispute.refresh_from_db()
    assert dispute.status == Dispute.Status.LOST
    with pytest.raises(disputes.DisputeRefused) as refusal:
        disputes.accept(dispute, actor=finance, reason="again")
    assert refusal.value.code == "over"


def test_evidence_after_the_deadline_is_refused(dispute, finance):
    Dispute.objects.filter(pk=dispute.pk).update(due_at=dispute.opened_at)
    with pytest.raises(disputes.DisputeRefused) as refusal:
        answer(dispute, "late", finance)
    assert refusal.value.code == "late"


def test_what_the_bank_has_decided_meanwhile_is_told_and_taken_over(
    dispute, finance, stripe_sandbox
):
    operate(stripe_sandbox, "decide", dispute=dispute.stripe_dispute_id, outcome="lost")
    with pytest.raises(disputes.DisputeRefused) as refusal:
        answer(dispute, "winning_evidence", finance)
    assert refusal.value.code == "refused"
    dispute.refresh_from_db()
    assert dispute.status == Dispute.Status.LOST


def test_nobody_answers_and_the_bank_decides(dispute, advance):
    advance(days=10)
    dispute.refresh_from_db()
    assert dispute.status == Dispute.Status.LOST


@pytest.mark.case("F6")
def test_a_late_reading_cannot_open_an_ended_dispute_again(dispute, advance, stripe_sandbox):
    operate(stripe_sandbox, "decide", dispute=dispute.stripe_dispute_id, outcome="lost")
    advance(seconds=60)
    raw = stripe_sandbox.store.objects[dispute.stripe_dispute_id]
    raw["status"] = "needs_response"
    disputes.sync(dispute.stripe_dispute_id)
    dispute.refresh_from_db()
    assert dispute.status == Dispute.Status.LOST


@pytest.mark.case("F8")
def test_a_status_that_nobody_knows_yet_is_kept_out_and_its_money_booked(
    client, pay, deliver, stripe_sandbox, advance
):
    contribution = give(client, pay, deliver, amount="10")
    operate(stripe_sandbox, "dispute", charge=contribution.stripe_charge_id)
    raw = next(stripe_sandbox.store.newest("dispute"))
    raw["status"], raw["reason"] = "arbitrated", "moon_phase"
    disputes.sync(raw["id"])
    row = contribution.disputes.get()
    assert (row.status, row.withdrawn_minor) == ("needs_response", 1000)
    assert row.reason_label == "moon_phase"


@pytest.mark.case("F7")
def test_a_dispute_of_somebody_elses_payment_is_ignored(stripe_sandbox, deliver, advance, db):
    stripe = calls.api()
    intent = stripe.payment_intents.create(
        {"amount": 900, "currency": "eur", "payment_method": "pm_card_createDispute",
         "confirm": True}
    )  # fmt: skip
    advance(seconds=60)
    assert intent.id
    assert not Dispute.objects.exists()


def test_one_dispute_lost_in_every_delivery_is_found_by_its_payment(
    client, pay, deliver, stripe_sandbox, advance
):
    contribution = give(client, pay, deliver, amount="10")
    stripe_sandbox.faults.add({"kind": "drop", "event": "charge.*", "times": 50})
    operate(stripe_sandbox, "dispute", charge=contribution.stripe_charge_id)
    advance(seconds=60)
    assert not Dispute.objects.exists()
    disputes.sync_all(contribution.stripe_payment_intent_id)
    assert Dispute.objects.get().withdrawn_minor == 1000


def test_unknown_disputes_are_refused_by_stripe(stripe_sandbox):
    with pytest.raises(Misconfigured):
        disputes.sync("du_nothing")
