"""Payouts at the desk: the list, and one with everything in it down to the bank line."""

import pytest

from payments.models import Difference, Payout, PayoutItem
from tests.payments.books import pay_out, receive, send_back, staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def finance(client):
    client.force_login(staff("finance"))
    return client


@pytest.fixture
def payout():
    """Two contributions and a refund: 10.00 and 25.00 less fees of 0.40 each, less 5.00."""
    rows = [receive(1000), receive(2500, email="orla@example.org", name="Orla Reader")]
    sent = send_back(rows[1], 500)
    entry = sent.ledger_entries.get()
    made = pay_out(minor=2920)
    parts = [(row.stripe_balance_transaction_id, row.net.minor) for row in rows]
    for txn, net in [*parts, (entry.stripe_balance_transaction_id, entry.net_minor)]:
        PayoutItem.objects.create(payout=made, stripe_balance_transaction_id=txn, net_minor=net)
    return made


def test_the_list_says_which_payouts_sum_to_their_bank_line(finance, payout):
    pay_out(minor=700)
    answer = finance.get("/desk/finance/payouts/")
    text = answer.content.decode()
    assert "sums to the bank line" in text
    assert "does not sum" in text
    assert f"/desk/finance/payouts/{payout.stripe_payout_id}/" in text


def test_the_list_can_be_narrowed_to_a_state(finance, payout):
    Payout.objects.update(status="failed")
    assert payout.stripe_payout_id in finance.get("/desk/finance/payouts/?status=failed").text
    assert payout.stripe_payout_id not in finance.get("/desk/finance/payouts/?status=paid").text


@pytest.mark.case("F3")
def test_a_payout_shows_everything_in_it_summing_to_the_bank_line(finance, payout):
    answer = finance.get(f"/desk/finance/payouts/{payout.stripe_payout_id}/")
    content = answer.context["content"]
    assert {part.kind: (part.count, part.net.minor) for part in content.parts} == {
        "gift": (2, 3420),
        "refund": (1, -500),
    }
    assert (content.inside, content.missing.minor, content.ties) == (payout.amount, 0, True)
    assert "It ties." in answer.text
    assert answer.text.count("/desk/finance/contributions/") >= 3


def test_what_is_not_in_the_books_is_named(finance, payout):
    PayoutItem.objects.create(
        payout=payout, stripe_balance_transaction_id="txn_foreign", net_minor=300
    )
    Payout.objects.update(amount_minor=3220)
    address = f"/desk/finance/payouts/{payout.stripe_payout_id}/"
    assert "Not in the books yet" in finance.get(address).text
    row = Difference.objects.create(
        kind="foreign", subject="txn_foreign", stripe_balance_transaction_id="txn_foreign",
        status="explained", currency="eur", amount_minor=300, found_at=payout.created_at,
        seen_at=payout.created_at,
    )  # fmt: skip
    answer = finance.get(address)
    assert "It ties." in answer.text
    assert f"/desk/finance/books/{row.public_id}/" in answer.text


def test_a_payout_whose_content_is_not_whole_says_what_it_lacks(finance, payout):
    payout.items.first().delete()
    text = finance.get(f"/desk/finance/payouts/{payout.stripe_payout_id}/").text
    assert "It does not tie." in text
    assert "€9.60" in text


@pytest.mark.case("F55")
def test_a_payout_that_came_back_is_an_item_of_the_next_one(finance, payout):
    Payout.objects.update(
        status="failed", failure_code="account_closed", stripe_failure_transaction_id="txn_back"
    )
    later = pay_out(minor=2920)
    PayoutItem.objects.create(
        payout=later, stripe_balance_transaction_id="txn_back", net_minor=2920
    )
    first = finance.get(f"/desk/finance/payouts/{payout.stripe_payout_id}/")
    assert "The bank account is closed." in first.text
    assert "Was due at the bank" in first.text
    answer = finance.get(f"/desk/finance/payouts/{later.stripe_payout_id}/")
    assert answer.context["content"].ties
    assert f"/desk/finance/payouts/{payout.stripe_payout_id}/" in answer.text


@pytest.mark.case("F55")
def test_a_negative_payout_sums_to_what_the_bank_was_debited(finance):
    row = receive(500)
    entry = send_back(row, 500).ledger_entries.get()
    made = pay_out(entry.stripe_balance_transaction_id, minor=-500)
    answer = finance.get(f"/desk/finance/payouts/{made.stripe_payout_id}/")
    content = answer.context["content"]
    assert (content.inside.minor, content.ties) == (-500, True)
    assert "Stripe takes this sum from the bank account." in answer.text


def test_one_that_is_on_its_way_names_no_content_and_the_day_it_is_expected(finance):
    made = pay_out(minor=700)
    Payout.objects.update(status="in_transit", itemised_at=None)
    text = finance.get(f"/desk/finance/payouts/{made.stripe_payout_id}/").text
    assert "Stripe is still listing what is in it." in text
    assert "Expected at the bank" in text
    assert "Everything in it" not in text


@pytest.mark.parametrize(
    ("status", "code", "sentence"),
    [
        ("failed", "no_account", "The bank knows no such account."),
        ("failed", "a_new_word", "The bank did not take it (a_new_word)."),
        ("canceled", "", "It was canceled before it was sent."),
    ],
)
def test_why_it_did_not_arrive_is_a_sentence(finance, status, code, sentence):
    made = pay_out(minor=700)
    Payout.objects.update(status=status, failure_code=code)
    text = finance.get(f"/desk/finance/payouts/{made.stripe_payout_id}/").text
    assert f"{sentence} The money is at Stripe again" in text


def test_a_payout_of_the_other_mode_or_an_unknown_one_does_not_exist(finance, payout):
    assert finance.get("/desk/finance/payouts/po_none/").status_code == 404
    Payout.objects.update(livemode=True)
    assert finance.get(f"/desk/finance/payouts/{payout.stripe_payout_id}/").status_code == 404
