"""Disputes, warnings and second persons at the desk."""

import io
import json
import re
import zipfile

import pytest

from payments.models import AuditEntry, Dispute, FraudWarning, Refund, RefundNote
from payments.money import Money
from payments.services import refunds
from tests.builders import DISPUTED, INQUIRED, WARNED, disputed, give, operate, subscribe
from tests.payments.books import receive, send_back, staff

pytestmark = pytest.mark.django_db
LIST = "/desk/finance/disputes/"


@pytest.fixture
def dispute(client, pay, deliver, advance):
    return disputed(client, pay, deliver, advance, amount="10")


def address(dispute):
    return f"{LIST}{dispute.public_id}/"


def text(answer):
    return re.sub(r"\s+", " ", answer.content.decode())


def filled(desk, dispute, **changes):
    """The answer form as the page offers it."""
    form = desk.get(address(dispute)).context["form"]
    fields = {name: form[name].value() for name in form.fields}
    return {name: str(value) for name, value in (fields | changes).items()}


def test_what_waits_stands_first_with_its_deadline(desk, dispute):
    page = text(desk.get(LIST))
    assert "1 waits for an answer" in page
    for words in ("Somebody else used the card", "€10.00", "Needs an answer", "Nora Reader"):
        assert words in page


def test_an_empty_list_says_so(desk):
    assert "No bank has questioned a contribution" in text(desk.get(LIST))


def test_the_list_narrows_to_a_state_and_ignores_one_that_is_none(desk, dispute):
    assert len(desk.get(LIST, {"status": "won"}).context["page"].items) == 0
    assert len(desk.get(LIST, {"status": "needs_response"}).context["page"].items) == 1
    assert len(desk.get(LIST, {"status": "nonsense"}).context["page"].items) == 1


def test_one_dispute_tells_money_deadline_and_history(desk, dispute):
    page = text(desk.get(address(dispute)))
    for words in (
        "Dispute of €10.00",
        "The answer is due by",
        "€20.00",
        "€30.00",
        "Opened by the bank",
        "Taken back by the bank",
        "Heard from Stripe: Needs an answer",
        dispute.contribution.receipt.number,
    ):
        assert words in page


@pytest.mark.case("F54")
def test_the_answer_comes_filled_in_from_our_records(client, pay, deliver, advance, finance):
    receive(2500, email="nora@example.org")
    subscribe(client, pay, deliver, card=DISPUTED, consent="on")
    advance(seconds=60)
    dispute = Dispute.objects.get()
    client.force_login(finance)
    form = client.get(address(dispute)).context["form"]
    assert form["customer_email_address"].value() == "nora@example.org"
    assert "monthly contribution of" in form["product_description"].value()
    assert "paid with Visa ending 0259" in form["access_activity_log"].value()
    assert "Receipt sent by e-mail" in form["access_activity_log"].value()
    assert "stopped at any time" in form["cancellation_policy_disclosure"].value()
    assert "Earlier contributions of the same person" in form["uncategorized_text"].value()


@pytest.mark.case("F54")
def test_the_evidence_pack_holds_papers_consent_letters_and_fields(desk, dispute, deliver, finance):
    answer = desk.get(address(dispute) + "evidence.zip")
    assert answer["Content-Type"] == "application/zip"
    archive = zipfile.ZipFile(io.BytesIO(answer.content))
    receipt = dispute.contribution.receipt.number
    assert {f"receipt-{receipt}.pdf", "consent.txt", "letters.txt", "course.txt"} <= set(
        archive.namelist()
    )
    assert archive.read(f"receipt-{receipt}.pdf").startswith(b"%PDF-1.7")
    assert b"Receipt to nora@example.org" in archive.read("letters.txt")
    fields = json.loads(archive.read("evidence.json"))
    assert fields["customer_name"] == "Nora Reader"
    assert AuditEntry.objects.get(action="evidence pack downloaded").actor == finance
    again = desk.get(address(dispute) + "evidence.zip")
    assert again.content == answer.content


def test_an_answer_is_kept_changed_and_handed_in(desk, dispute, advance):
    kept = desk.post(
        address(dispute) + "answer/", filled(desk, dispute, customer_name="N. Reader") | {"keep": 1}
    )
    assert kept["Location"] == address(dispute)
    form = desk.get(address(dispute)).context["form"]
    assert form["customer_name"].value() == "N. Reader"
    given = filled(desk, dispute, uncategorized_text="winning_evidence")
    desk.post(address(dispute) + "answer/", given | {"submit": 1})
    advance(seconds=60)
    dispute.refresh_from_db()
    assert dispute.status == Dispute.Status.WON
    page = text(desk.get(address(dispute)))
    assert "Hand the answer in" not in page
    assert "by Fina Ledger" in page
    late = desk.post(address(dispute) + "answer/", given | {"submit": 1})
    assert late.status_code == 400
    assert "This dispute has ended" in text(late)


def test_what_was_handed_in_is_not_asked_for_again(desk, dispute):
    desk.post(address(dispute) + "answer/", filled(desk, dispute) | {"submit": 1})
    page = text(desk.get(address(dispute)))
    assert "The answer was handed in, and a card dispute is answered only once." in page
    assert "Hand the answer in" not in page
    assert "Accept the loss" not in page


def test_an_answer_without_its_token_or_too_long_gets_a_sentence(desk, dispute):
    short = desk.post(address(dispute) + "answer/", {"submit": 1})
    assert short.status_code == 400
    long = filled(desk, dispute, uncategorized_text="x" * 20_000)
    assert desk.post(address(dispute) + "answer/", long | {"submit": 1}).status_code == 400
    assert Dispute.objects.get().submissions == 0


def test_a_missed_deadline_is_told(desk, dispute):
    given = filled(desk, dispute)
    Dispute.objects.update(due_at=dispute.opened_at)
    assert "Too late." in text(desk.get(address(dispute)))
    late = desk.post(address(dispute) + "answer/", given | {"submit": 1})
    assert late.status_code == 400
    assert "The deadline has passed" in text(late)


@pytest.mark.case("F28")
def test_stripe_that_does_not_answer_loses_nothing(desk, dispute, stripe_sandbox):
    stripe_sandbox.faults.add({"kind": "lost_request", "path": "/v1/disputes/*", "times": 3})
    answer = desk.post(address(dispute) + "answer/", filled(desk, dispute) | {"submit": 1})
    assert answer.status_code == 302
    assert "Stripe did not answer" in text(desk.get(address(dispute)))


def test_accepting_the_loss_needs_a_reason(desk, dispute):
    assert desk.post(address(dispute) + "accept/", {}).status_code == 400
    desk.post(address(dispute) + "accept/", {"reason": "a stolen card indeed"})
    dispute.refresh_from_db()
    assert dispute.status == Dispute.Status.LOST
    assert AuditEntry.objects.get(action="dispute accepted").reason == "a stolen card indeed"
    again = desk.post(address(dispute) + "accept/", {"reason": "again"})
    assert again.status_code == 400


@pytest.mark.case("F54")
def test_money_that_went_back_twice_is_flagged(desk, client, pay, deliver, advance, stripe_sandbox):
    contribution = give(client, pay, deliver, amount="10")
    refunds.refund(contribution, amount=Money(1000, "eur"), reason="", actor=None)
    operate(stripe_sandbox, "dispute", charge=contribution.stripe_charge_id)
    advance(seconds=60)
    page = text(desk.get(address(contribution.disputes.get())))
    assert "Paid twice." in page
    assert "was sent back on" in page


@pytest.mark.case("F52")
def test_the_contribution_of_a_dispute_offers_no_refund_and_says_why(desk, dispute):
    page = text(desk.get(f"/desk/finance/contributions/{dispute.contribution.public_id}/"))
    assert 'id="refund"' not in page
    assert "The bank holds this money" in page
    assert address(dispute) in page
    assert "Taken back by the bank" in page


def test_an_inquiry_says_that_no_money_has_moved(desk, client, pay, deliver, advance):
    inquiry = disputed(client, pay, deliver, advance, card=INQUIRED, amount="10")
    page = text(desk.get(address(inquiry)))
    assert "Inquiry about €10.00" in page
    assert "No money has moved" in page


@pytest.fixture
def warning(client, pay, deliver, advance):
    give(client, pay, deliver, amount="10", card=WARNED)
    advance(seconds=60)
    return FraudWarning.objects.get()


def test_a_warning_is_answered_with_one_click(desk, warning, advance):
    page = text(desk.get(LIST))
    assert "1 early fraud warning" in page
    assert "Send €10.00 back" in page
    answer = desk.post(f"/desk/finance/warnings/{warning.pk}/refund/")
    assert answer["Location"] == LIST
    advance(seconds=60)
    assert Refund.objects.get().status == Refund.Status.SUCCEEDED
    assert "early fraud warning" not in text(desk.get(LIST)).partition("All disputes")[0].lower()


def test_leaving_the_money_of_a_warning_needs_a_reason(desk, warning):
    desk.post(f"/desk/finance/warnings/{warning.pk}/keep/", {})
    assert FraudWarning.objects.open().exists()
    desk.post(f"/desk/finance/warnings/{warning.pk}/keep/", {"reason": "she called us"})
    assert not FraudWarning.objects.open().exists()


def test_a_refund_above_the_limit_waits_and_another_person_agrees(
    desk, client, pay, deliver, settings, finance
):
    settings.REFUND_LIMITS = {"eur": 5}
    contribution = give(client, pay, deliver, amount="10")
    page = f"/desk/finance/contributions/{contribution.public_id}/"
    token = re.search(r'name="token" value="([^"]+)"', desk.get(page).content.decode())[1]
    desk.post(page + "refund/", {"amount": "8", "reason": "asked by phone", "token": token})
    row = Refund.objects.get()
    shown = text(desk.get(page))
    assert "€8.00 waits for a second person" in shown
    assert "Agree and send" not in shown
    assert "1 refund waits for a second person" in text(desk.get(LIST))
    desk.post(f"/desk/finance/refunds/{row.public_id}/approve/")
    row.refresh_from_db()
    assert row.status == Refund.Status.REQUESTED
    assert "Somebody else than who asked" in text(desk.get(page))
    client.force_login(staff("finance", email="secunda@example.org", name="Secunda"))
    assert "Agree and send €8.00 back" in text(client.get(page))
    client.post(f"/desk/finance/refunds/{row.public_id}/approve/")
    row.refresh_from_db()
    assert row.status == Refund.Status.SUCCEEDED
    assert "by Secunda" in text(client.get(page))


def test_declining_needs_a_reason(desk, client, pay, deliver, settings, finance):
    settings.REFUND_LIMITS = {}
    contribution = give(client, pay, deliver, amount="10")
    row = refunds.refund(contribution, amount=Money(100, "eur"), reason="x", actor=finance)
    desk.post(f"/desk/finance/refunds/{row.public_id}/decline/", {})
    row.refresh_from_db()
    assert row.status == Refund.Status.REQUESTED
    desk.post(f"/desk/finance/refunds/{row.public_id}/decline/", {"reason": "my mistake"})
    row.refresh_from_db()
    assert row.status == Refund.Status.DECLINED


def test_a_refund_note_is_downloaded_as_it_was_printed(desk, client, pay, deliver):
    contribution = give(client, pay, deliver, amount="10")
    refunds.refund(contribution, amount=Money(100, "eur"), reason="x", actor=None)
    deliver()
    note = RefundNote.objects.get()
    page = text(desk.get(f"/desk/finance/contributions/{contribution.public_id}/"))
    assert note.number in page
    answer = desk.get(f"/desk/finance/notes/{note.number}.pdf")
    assert b"".join(answer.streaming_content).startswith(b"%PDF-1.7")
    assert f'filename="refund-note-{note.number}.pdf"' in answer["Content-Disposition"]


def test_the_page_of_a_dispute_reads_the_same_number_of_queries_for_any_history(
    desk, dispute, django_assert_max_num_queries
):
    for _ in range(10):
        send_back(dispute.contribution, 1)
    with django_assert_max_num_queries(22):
        desk.get(address(dispute))
