"""A one-off gift from the form to the books."""

import pytest

from payments.models import Checkout, Contribution, LedgerEntry, LedgerLine, OutboxTask, Receipt
from tests.builders import begin, fill_in, give

pytestmark = pytest.mark.django_db


def test_a_gift_is_booked_receipted_and_balanced(client, pay, deliver):
    contribution = give(client, pay, deliver, amount="10.50", name="Nora")
    deliver()
    contribution.refresh_from_db()
    assert contribution.status == Contribution.Status.PAID
    assert contribution.charged.minor == 1050
    assert sum(LedgerLine.objects.values_list("amount_minor", flat=True)) == 0
    assert Receipt.objects.get().contribution == contribution
    assert contribution.supporter.email == "nora@example.org"


def test_the_fee_is_booked_when_stripe_says_it(client, pay, deliver, advance):
    contribution = give(client, pay, deliver, amount="10")
    advance(seconds=120)
    contribution.refresh_from_db()
    assert contribution.fee_minor == 40
    assert contribution.net.minor == 960
    assert LedgerEntry.objects.filter(kind="fee", settles__contribution=contribution).exists()


def test_covering_the_fee_keeps_five_numbers(client, pay, deliver, advance):
    contribution = give(client, pay, deliver, amount="10", cover_fee="1")
    advance(seconds=120)
    contribution.refresh_from_db()
    assert contribution.gift_minor == 1000
    assert contribution.cover_minor == 41
    assert contribution.charged.minor == 1041
    assert contribution.net.minor >= 1000


@pytest.mark.case("F38")
def test_a_form_sent_twice_is_one_checkout(client, stripe_sandbox):
    token = "6dd2fd4e-6b7a-4f0c-8a57-0d0c5d9f6c11"
    first = fill_in(client, form_token=token)
    second = fill_in(client, form_token=token)
    assert first["Location"] == second["Location"]
    assert Checkout.objects.count() == 1


@pytest.mark.case("F39")
def test_another_amount_in_the_same_form_closes_the_earlier_session(client, pay, deliver):
    token = "6dd2fd4e-6b7a-4f0c-8a57-0d0c5d9f6c11"
    first = begin(client, form_token=token, amount="10")
    second = begin(client, form_token=token, amount="20")
    deliver()
    first.refresh_from_db()
    assert first.status == Checkout.Status.EXPIRED
    assert second.gift_minor == 2000
    assert second.status == Checkout.Status.OPEN


@pytest.mark.parametrize(
    "amount",
    ["0.5", "0", "-3", "20000", "10.505", "ten", "١٠", "", "1e3", "NaN", "10;DROP", "9" * 30],
)
@pytest.mark.case("F40")
def test_an_amount_that_cannot_be_used_is_explained_and_nothing_begins(
    client, stripe_sandbox, amount
):
    answer = fill_in(client, amount=amount)
    assert answer.status_code == 200
    assert answer.context["form"].errors["amount"]
    assert Checkout.objects.count() == 0


@pytest.mark.parametrize(
    ("field", "value"), [("currency", "xxx"), ("email", "nobody"), ("frequency", "daily")]
)
def test_wrong_input_is_explained_and_nothing_begins(client, stripe_sandbox, field, value):
    answer = fill_in(client, **{field: value})
    assert answer.context["form"].errors[field]
    assert Checkout.objects.count() == 0


@pytest.mark.case("F29")
def test_stripe_down_says_that_no_money_moved_and_keeps_what_was_typed(client, stripe_sandbox):
    stripe_sandbox.faults.add({"path": "/v1/checkout/sessions", "kind": "500", "times": 9})
    answer = fill_in(client, message="Keep going", amount="12.50")
    assert answer.status_code == 503
    assert "Keep going" in answer.content.decode()
    assert "12.50" in answer.content.decode()


@pytest.mark.case("F28")
def test_a_lost_answer_leads_to_the_same_session_on_the_next_try(client, stripe_sandbox, pay):
    token = "6dd2fd4e-6b7a-4f0c-8a57-0d0c5d9f6c11"
    stripe_sandbox.faults.add({"path": "/v1/checkout/sessions", "kind": "lost_answer", "times": 3})
    assert fill_in(client, form_token=token).status_code == 503
    assert fill_in(client, form_token=token).status_code == 303
    assert len(stripe_sandbox.store.kinds["checkout.session"]) == 1


def test_the_receipt_task_waits_in_the_outbox_for_the_commit(client, pay, deliver):
    give(client, pay, deliver)
    assert OutboxTask.objects.filter(name="receipt.render").count() == 1


def test_giving_the_same_again_within_minutes_is_asked_about(client, pay, deliver):
    give(client, pay, deliver)
    answer = fill_in(client)
    assert answer.status_code == 200
    assert answer.context["ask_again"]
    assert fill_in(client, again="1").status_code == 303
