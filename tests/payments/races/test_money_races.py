"""Giving, booking and sending back at the same moment: each happens once."""

import uuid
from functools import partial

import pytest
from django.db.models import Sum

from payments import clock, outbox, tasks
from payments.gateway.errors import Unavailable
from payments.models import (
    Checkout,
    Contribution,
    LedgerEntry,
    OutboxTask,
    Receipt,
    Refund,
    StripeEvent,
)
from payments.money import Money
from payments.services import checkout, contributions, payouts, refunds
from payments.sweep import sweep
from payments.webhooks import inbox
from tests.builders import begin, give
from tests.payments.races.conftest import failures, together

TOKEN = uuid.UUID("6dd2fd4e-6b7a-4f0c-8a57-0d0c5d9f6c11")


def wish():
    gift = Money(1000, "eur")
    return checkout.Wish(form_token=TOKEN, frequency="once", gift=gift, email="nora@example.org")


def send_back(minor, *, token=None):
    row = Contribution.objects.get()
    return refunds.refund(
        row, amount=Money(minor, "eur"), reason="", actor=None, form_token=token or uuid.uuid4()
    )


def succeeded(sandbox):
    return [one for one in sandbox.store.newest("refund") if one["status"] != "failed"]


@pytest.mark.case("F38")
def test_a_form_sent_four_times_at_once_is_one_session(shared, stripe_sandbox):
    outcomes = together(*[lambda: checkout.start(wish())] * 4)
    assert not failures(outcomes, but=Unavailable)
    assert checkout.start(wish()).status == Checkout.Status.OPEN
    assert Checkout.objects.count() == 1
    assert len(stripe_sandbox.store.kinds["checkout.session"]) == 1


@pytest.mark.case("F22")
@pytest.mark.case("F51")
def test_of_two_whole_refunds_at_once_one_is_refused(shared, stripe_sandbox, client, pay):
    give(client, pay, shared)
    outcomes = together(*[lambda: send_back(1000)] * 2)
    (refusal,) = failures(outcomes)
    assert isinstance(refusal, refunds.RefundRefused)
    assert refusal.code == "too_much"
    assert sum(one["amount"] for one in succeeded(stripe_sandbox)) == 1000


@pytest.mark.case("F38")
def test_a_refund_sent_three_times_by_one_form_is_one(shared, stripe_sandbox, client, pay):
    give(client, pay, shared)
    outcomes = together(*[lambda: send_back(400, token=TOKEN)] * 3)
    assert not failures(outcomes, but=Unavailable)
    assert Refund.objects.count() == len(succeeded(stripe_sandbox)) == 1


@pytest.mark.case("F51")
def test_partial_refunds_at_once_never_exceed_the_whole(shared, stripe_sandbox, client, pay):
    give(client, pay, shared)
    outcomes = together(*[lambda: send_back(300)] * 5)
    assert not failures(outcomes, but=refunds.RefundRefused)
    assert sum(one["amount"] for one in succeeded(stripe_sandbox)) == 900
    shared()
    sums = LedgerEntry.objects.filter(kind="refund").aggregate(sum=Sum("gross_minor"))
    assert sums["sum"] == -900


@pytest.mark.case("F26")
def test_one_outbox_and_four_workers_do_each_task_once(shared, mailoutbox, client, pay):
    give(client, pay, shared)
    OutboxTask.objects.filter(name="receipt.mail").update(
        done_at=None, due_at=clock.now(), attempts=0
    )
    mailoutbox.clear()
    assert sum(together(*[outbox.run_due] * 4)) == 1
    assert len(mailoutbox) == 1


@pytest.mark.case("F26")
def test_a_drain_run_three_times_at_once_books_everything_once(shared, stripe_sandbox, client, pay):
    pay(begin(client).stripe_url)
    stripe_sandbox.deliver_due()
    assert not failures(together(*[tasks.drain] * 3))
    tasks.drain()
    assert Contribution.objects.get().status == Contribution.Status.PAID
    assert LedgerEntry.objects.filter(kind="gift").count() == Receipt.objects.count() == 1


@pytest.mark.case("F3")
def test_one_event_applied_by_four_workers_is_applied_once(shared, stripe_sandbox, client, pay):
    pay(begin(client).stripe_url)
    stripe_sandbox.deliver_due()
    waiting = StripeEvent.objects.filter(status="received").count()
    assert sum(together(*[inbox.apply_due] * 4)) == waiting
    assert set(StripeEvent.objects.values_list("attempts", flat=True)) == {1}


@pytest.mark.case("F4")
def test_two_workers_with_batches_about_the_same_things_book_each_once(
    shared, stripe_sandbox, client, pay
):
    for number in range(4):
        frequency = "month" if number % 2 else "once"
        row = begin(client, email=f"reader{number}@example.org", frequency=frequency)
        pay(row.stripe_url, email=f"reader{number}@example.org")
    stripe_sandbox.advance(600)
    stripe_sandbox.deliver_due()
    waiting = StripeEvent.objects.filter(status="received").count()
    portion = partial(inbox.apply_due, limit=waiting // 3 + 1)
    outcomes = together(*[portion] * 3)
    assert not failures(outcomes)
    StripeEvent.objects.filter(status="failed").update(due_at=clock.now(), attempts=0)
    while inbox.apply_due():
        pass
    assert not StripeEvent.objects.filter(status__in=StripeEvent.OPEN).exists()
    assert sorted(Receipt.objects.values_list("sequence", flat=True)) == [1, 2, 3, 4]
    kinds = sorted(LedgerEntry.objects.values_list("kind", flat=True))
    assert kinds == ["fee"] * 4 + ["first"] * 2 + ["gift"] * 2
    assert OutboxTask.objects.filter(name="receipt.render").count() == 4


@pytest.mark.case("F4")
def test_one_fact_told_three_ways_at_once_is_one_contribution(shared, stripe_sandbox, client, pay):
    row = begin(client)
    pay(row.stripe_url)
    stripe_sandbox.advance(10)
    (intent,) = stripe_sandbox.store.kinds["payment_intent"]
    (charge,) = stripe_sandbox.store.kinds["charge"]
    outcomes = together(
        lambda: checkout.sync(row.stripe_checkout_session_id),
        lambda: contributions.record_payment(intent),
        lambda: contributions.settle_charge(charge),
    )
    assert not failures(outcomes)
    paid = Contribution.objects.get()
    assert (paid.status, paid.fee_minor) == ("paid", 40)
    assert sorted(LedgerEntry.objects.values_list("kind", flat=True)) == ["fee", "gift"]


def test_receipts_numbered_at_once_have_no_gap_and_no_double(shared, stripe_sandbox, client, pay):
    for number in range(6):
        address = f"reader{number}@example.org"
        pay(begin(client, email=address).stripe_url, email=address)
    intents = list(stripe_sandbox.store.kinds["payment_intent"])
    works = [lambda intent=intent: contributions.record_payment(intent) for intent in intents]
    assert not failures(together(*works))
    sequences = sorted(Receipt.objects.values_list("sequence", flat=True))
    assert sequences == list(range(1, 7))


@pytest.mark.case("F26")
def test_two_sweeps_ask_for_a_lost_refund_once(shared, stripe_sandbox, client, pay):
    give(client, pay, shared)
    stripe_sandbox.faults.add({"path": "/v1/refunds", "kind": "lost_request", "times": 3})
    with pytest.raises(Unavailable):
        send_back(1000)
    stripe_sandbox.faults.clear()
    clock.set_offset(900)
    assert not failures(together(*[sweep] * 3))
    sweep()
    assert len(succeeded(stripe_sandbox)) == 1
    assert Refund.objects.get().status == Refund.Status.SUCCEEDED


def test_a_payout_read_three_times_at_once_is_itemised_once(shared, stripe_sandbox, client, pay):
    give(client, pay, shared)
    stripe_sandbox.advance(6 * 86400)
    (payout,) = stripe_sandbox.store.kinds["payout"]
    assert not failures(together(*[lambda: payouts.sync(payout)] * 3))
    row = payouts.sync(payout)
    assert row.items.aggregate(sum=Sum("net_minor"))["sum"] == row.amount_minor
    assert LedgerEntry.objects.filter(kind="payout").count() == 1
