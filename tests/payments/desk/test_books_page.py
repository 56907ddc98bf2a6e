"""The books at the desk: one green sentence, or differences with their cause and their repair."""

import pytest

from payments import outbox
from payments.models import AuditEntry, Contribution, Difference, Reconciliation
from payments.reconcile import run
from tests.builders import give
from tests.payments.books import staff

pytestmark = pytest.mark.django_db
BOOKS = "/desk/finance/books/"


@pytest.fixture
def finance(client, pay, deliver, advance):
    """Somebody of finance at a newsroom with one settled gift."""
    give(client, pay, deliver, amount="30")
    for _ in range(4):
        advance(days=1)
    client.force_login(staff("finance"))
    return client


@pytest.fixture
def untied(finance):
    """A gift whose receipt is missing its money."""
    Contribution.objects.update(status="failed")
    run.run_now()
    return Difference.objects.get()


def test_before_the_first_comparison_nothing_is_claimed(finance):
    assert "have not been compared" in finance.get(BOOKS).text


def test_books_that_tie_say_so_in_one_sentence_with_their_sums(finance):
    run.run_now()
    answer = finance.get(BOOKS)
    assert "The books tie." in answer.text
    [row] = answer.context["sums"]
    assert (row["ours"], row["left"].minor) == (row["stripe"], 0)


def test_books_that_do_not_tie_name_each_difference_with_its_cause(finance, untied):
    text = finance.get(BOOKS).text
    assert "The books do not tie." in text
    assert "A receipt was issued for money that is not in the books." in text
    assert f"{BOOKS}{untied.public_id}/" in text


def test_a_repair_is_one_click_and_written_down(finance, untied):
    Contribution.objects.update(status="paid")
    answer = finance.post(f"{BOOKS}{untied.public_id}/repair/", follow=True)
    assert "Repaired." in answer.text
    untied.refresh_from_db()
    assert (untied.status, untied.settled_by.email) == ("repaired", "fina@example.org")
    assert AuditEntry.objects.filter(action="difference repaired").exists()
    run.run_now()
    assert "The books tie." in finance.get(BOOKS).text


def test_a_repair_that_does_not_work_keeps_the_difference_and_the_reason(finance, untied):
    Contribution.objects.update(stripe_payment_intent_id="pi_gone")
    Difference.objects.update(stripe_object_id="pi_gone")
    answer = finance.post(f"{BOOKS}{untied.public_id}/repair/", follow=True)
    assert "could not be repaired" in answer.text
    untied.refresh_from_db()
    assert untied.status == "open"
    assert "resource_missing" in untied.note


def test_all_of_a_kind_are_repaired_at_once(finance, untied):
    Contribution.objects.update(status="paid")
    answer = finance.post(f"{BOOKS}repair/", {"kind": untied.kind}, follow=True)
    assert "1 difference repaired." in answer.text


def test_an_explanation_needs_a_reason(finance, untied):
    address = f"{BOOKS}{untied.public_id}/explain/"
    assert finance.post(address, {"reason": ""}).status_code == 400
    answer = finance.post(address, {"reason": "Paid by hand."}, follow=True)
    assert "Explained." in answer.text
    untied.refresh_from_db()
    assert (untied.status, untied.note) == ("explained", "Paid by hand.")
    again = finance.post(address, {"reason": "Twice."}, follow=True)
    assert "settled it already" in again.text


def test_somebody_takes_a_difference(finance, untied):
    finance.post(f"{BOOKS}{untied.public_id}/take/")
    untied.refresh_from_db()
    assert untied.owner.email == "fina@example.org"


def test_a_comparison_asked_for_at_the_desk_is_done_by_a_worker_once(finance):
    for _ in range(3):
        finance.post(f"{BOOKS}compare/")
    while outbox.run_due():
        pass
    assert Reconciliation.objects.filter(finished_at__isnull=False).count() == 1


def test_unknown_filters_are_the_whole_list(finance, untied):
    assert finance.get(f"{BOOKS}?status=nonsense&kind=nonsense").status_code == 200
    assert finance.post(f"{BOOKS}repair/", {"kind": "nonsense"}).status_code == 302


def test_a_kind_without_a_repair_says_where_to_look(finance, untied):
    Difference.objects.update(kind="over_refunded")
    text = finance.get(f"{BOOKS}{untied.public_id}/").text
    assert "Look at it in Stripe" in text
    answer = finance.post(f"{BOOKS}{untied.public_id}/repair/", follow=True)
    assert "could not be repaired" in answer.text
