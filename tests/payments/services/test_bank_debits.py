"""Bank debits: on their way, settled, failed, and returned weeks later."""

import pytest
from django.db.models import Sum
from django.urls import reverse

from payments.models import (
    AuditEntry,
    Checkout,
    Contribution,
    LedgerEntry,
    LedgerLine,
    Receipt,
    RefundNote,
    Subscription,
)
from payments.money import Money
from payments.reports import movements
from payments.reports.questions import Question
from payments.sandbox.methods import FAILING_ACCOUNT, GOOD_ACCOUNT, RETURNED_ACCOUNT
from payments.services import refunds, subscriptions
from tests.builders import begin, operate, subscribe
from tests.payments.services.test_disputes import accounts, kept

pytestmark = [pytest.mark.django_db, pytest.mark.case("F35")]


@pytest.fixture
def debit(client, pay, deliver):
    """Give by bank debit; returns the checkout."""

    def give(account, **fields):
        checkout = begin(client, **fields)
        answer = pay(checkout.stripe_url, payment_kind="sepa_debit", account=account)
        assert answer.status == 303
        deliver()
        return checkout

    return give


def ties(sandbox):
    """Our net of all movements against what Stripe holds and has paid out."""
    net = sum(total.net.minor for total in movements.totals(Question()))
    every = sandbox.store.newest("balance_transaction")
    moved = sum(each["net"] for each in every if not each["type"].startswith("payout"))
    assert net == moved
    assert LedgerLine.objects.aggregate(sum=Sum("amount_minor"))["sum"] in (0, None)


def test_on_its_way_is_neither_paid_nor_receipted(debit, stripe_sandbox, client):
    checkout = debit(GOOD_ACCOUNT)
    checkout.refresh_from_db()
    assert checkout.status == Checkout.Status.PROCESSING
    assert Contribution.objects.get().status == Contribution.Status.PENDING
    assert not Receipt.objects.exists()
    assert not LedgerEntry.objects.exists()
    page = client.get(reverse("supporters:thanks", args=[checkout.public_id])).content.decode()
    assert "on its way" in page.lower()


def test_settled_days_later_it_is_paid_on_that_day(debit, advance, stripe_sandbox):
    debit(GOOD_ACCOUNT)
    advance(days=5)
    contribution = Contribution.objects.get()
    assert contribution.status == Contribution.Status.PAID
    assert (contribution.received_at - contribution.created_at).days >= 3
    assert Receipt.objects.count() == 1
    ties(stripe_sandbox)


def test_one_that_fails_moved_no_money_and_has_no_receipt(debit, advance, stripe_sandbox):
    checkout = debit(FAILING_ACCOUNT)
    advance(days=5)
    checkout.refresh_from_db()
    assert checkout.status == Checkout.Status.FAILED
    assert Contribution.objects.get().status == Contribution.Status.FAILED
    assert not Receipt.objects.exists()
    ties(stripe_sandbox)


def test_one_that_was_booked_early_and_failed_passes_through_the_books(
    debit, advance, stripe_sandbox
):
    stripe_sandbox.settings.change({"debits_book_early": True})
    debit(FAILING_ACCOUNT)
    advance(days=5)
    assert Contribution.objects.get().status == Contribution.Status.FAILED
    halves = LedgerEntry.objects.filter(kind="adjustment")
    assert sorted(halves.values_list("gross_minor", flat=True)) == [-1000, 1000]
    assert {half.contribution for half in halves} == {Contribution.objects.get()}
    assert accounts()["fees"] == 40
    ties(stripe_sandbox)


def test_returned_weeks_later_as_a_dispute_it_is_lost_from_the_start(
    debit, advance, stripe_sandbox, mailoutbox
):
    debit(RETURNED_ACCOUNT)
    advance(days=5)
    assert Receipt.objects.count() == 1
    advance(days=30)
    contribution = Contribution.objects.get()
    dispute = contribution.disputes.get()
    assert (dispute.status, dispute.due_at, dispute.withdrawn_minor) == ("lost", None, 1000)
    assert kept(contribution) == 0
    assert accounts()["dispute_fees"] == 750
    assert RefundNote.objects.get().kind == "returned"
    assert any("Your bank has taken back €10.00" in letter.subject for letter in mailoutbox)
    with pytest.raises(refunds.RefundRefused) as refusal:
        refunds.refund(contribution, amount=contribution.charged, reason="", actor=None)
    assert refusal.value.code == "taken_back"
    ties(stripe_sandbox)


def test_returned_weeks_later_without_a_dispute_it_is_sent_back_by_the_bank(
    debit, advance, stripe_sandbox, client
):
    debit(GOOD_ACCOUNT)
    advance(days=25)
    contribution = Contribution.objects.get()
    operate(
        stripe_sandbox, "return_debit", charge=contribution.stripe_charge_id, **{"as": "failure"}
    )
    advance(seconds=60)
    row = contribution.refunds.get()
    assert (row.status, row.reason) == ("succeeded", "returned by the bank")
    assert AuditEntry.objects.filter(action="returned by the bank").count() == 1
    assert kept(contribution) == 0
    assert refunds.refundable(contribution).minor == 0
    assert RefundNote.objects.get().kind == "returned"
    ties(stripe_sandbox)


def test_every_attempt_of_one_that_follows_another_passes_through_the_books(
    debit, advance, stripe_sandbox
):
    """Its subscription knows no checkout of ours, and Stripe has tried again before we look."""
    debit(GOOD_ACCOUNT, frequency="month")
    advance(days=5)
    subscriptions.change_frequency(
        Subscription.objects.get(), frequency="year", gift=Money(12_000, "eur"), actor=None
    )
    stripe_sandbox.settings.change({"debits_book_early": True})
    for method in stripe_sandbox.store.newest("payment_method"):
        method["_number"] = FAILING_ACCOUNT
    for _ in range(6):
        advance(days=20)
    failed = [each for each in stripe_sandbox.store.newest("charge") if each["status"] == "failed"]
    assert len(failed) >= 3
    halves = LedgerEntry.objects.filter(kind="adjustment")
    assert sorted(halves.values_list("stripe_charge_id", "gross_minor")) == sorted(
        (each["id"], sum_) for each in failed for sum_ in (-12_000, 12_000)
    )
    assert Contribution.objects.get().charged.minor == 1000
    ties(stripe_sandbox)


def test_an_attempt_that_failed_before_the_one_that_arrived_is_no_return_of_it(
    debit, advance, stripe_sandbox, client, pay
):
    """Both are of one payment; only the second was money."""
    stripe_sandbox.settings.change({"debits_book_early": True})
    checkout = debit(GOOD_ACCOUNT, frequency="month")
    advance(days=5)
    for method in stripe_sandbox.store.newest("payment_method"):
        method["_number"] = FAILING_ACCOUNT
    advance(days=31)
    for method in stripe_sandbox.store.newest("payment_method"):
        method["_number"] = GOOD_ACCOUNT
    advance(days=20)
    renewal = Contribution.objects.get(kind="renewal", checkout=None)
    assert (renewal.status, renewal.subscription.checkout) == ("paid", checkout)
    assert not renewal.refunds.exists()
    halves = LedgerEntry.objects.filter(kind="adjustment")
    assert sorted(halves.values_list("gross_minor", flat=True)) == [-1000, 1000]
    assert not halves.filter(stripe_charge_id=renewal.stripe_charge_id).exists()
    ties(stripe_sandbox)


def test_one_that_was_sent_back_in_part_and_then_returned_is_shown_as_paid_twice(
    debit, advance, stripe_sandbox
):
    debit(GOOD_ACCOUNT)
    advance(days=25)
    contribution = Contribution.objects.get()
    refunds.refund(contribution, amount=Money(400, "eur"), reason="asked", actor=None)
    operate(
        stripe_sandbox, "return_debit", charge=contribution.stripe_charge_id, **{"as": "failure"}
    )
    advance(seconds=60)
    sums = contribution.refunds.order_by("amount_minor").values_list("amount_minor", "reason")
    assert list(sums) == [(400, "asked"), (1000, "returned by the bank")]
    assert kept(contribution) == -400
    assert refunds.refundable(contribution).minor == 0
    ties(stripe_sandbox)


def test_the_supporter_reads_that_the_bank_took_it_back(debit, advance, client, stripe_sandbox):
    debit(RETURNED_ACCOUNT)
    advance(days=40)
    client.force_login(Contribution.objects.get().supporter)
    page = client.get("/account/").content.decode()
    assert "€10.00 taken back by your bank" in page
    assert "sent back" not in page


def test_a_renewal_by_debit_that_comes_back_is_true_in_the_books(
    client, pay, deliver, advance, stripe_sandbox
):
    subscription = subscribe(client, pay, deliver)
    advance(days=40)
    renewal = subscription.contributions.get(kind="renewal")
    operate(stripe_sandbox, "dispute", charge=renewal.stripe_charge_id, reason="fraudulent")
    advance(days=12)
    assert renewal.disputes.get().status == "lost"
    assert kept(renewal) == 0
    ties(stripe_sandbox)
