"""Payouts as they are read: each content once, more where something was missing."""

import pytest

from payments.gateway.errors import Unavailable
from payments.models import LedgerEntry, Payout, PayoutItem
from payments.services import payouts
from tests.builders import give, operate

pytestmark = pytest.mark.django_db


@pytest.fixture
def payout(client, pay, deliver, advance):
    give(client, pay, deliver, amount="10")
    give(client, pay, deliver, amount="25", email="ben@example.org")
    advance(days=5)
    return Payout.objects.get()


@pytest.fixture
def silent(stripe_sandbox):
    stripe_sandbox.faults.add({"kind": "lost_request", "path": "/v1/*", "times": 99})


def test_a_payout_keeps_its_facts(payout):
    assert (payout.amount_minor, payout.currency) == (3500 - 40 - 63, "eur")
    assert payout.arrival_on >= payout.created_at.date()
    assert payout.itemised_at
    assert (payout.automatic, payout.livemode) == (True, False)
    assert (payout.failure_code, payout.stripe_failure_transaction_id) == ("", "")


def test_one_that_is_paid_and_whole_is_not_read_again(payout, silent):
    payouts.progress(payout.stripe_payout_id)


@pytest.mark.parametrize("facts", [{"status": "in_transit"}, {"itemised_at": None}])
def test_one_that_is_not_paid_or_not_whole_is_read_again(payout, silent, facts):
    Payout.objects.update(**facts)
    with pytest.raises(Unavailable):
        payouts.progress(payout.stripe_payout_id)


def test_the_content_is_read_once(payout, stripe_sandbox):
    PayoutItem.objects.first().delete()
    again = payouts.sync(payout.stripe_payout_id)
    assert PayoutItem.objects.count() == 1
    assert again.itemised_at == payout.itemised_at


def test_the_content_of_one_that_is_not_complete_is_not_taken_for_whole(payout, stripe_sandbox):
    Payout.objects.update(itemised_at=None)
    stripe_sandbox.store.objects[payout.stripe_payout_id]["reconciliation_status"] = "in_progress"
    for read in (payouts.sync, payouts.read_again):
        assert read(payout.stripe_payout_id).itemised_at is None


def test_reading_again_adds_what_is_missing_and_keeps_the_rest(payout):
    kept = PayoutItem.objects.last()
    PayoutItem.objects.first().delete()
    again = payouts.read_again(payout.stripe_payout_id)
    assert again == payout
    assert PayoutItem.objects.count() == 2
    assert PayoutItem.objects.filter(pk=kept.pk).exists()
    assert again.itemised_at == payout.itemised_at
    assert LedgerEntry.objects.filter(kind="payout").count() == 1


def test_a_payout_in_a_state_that_nobody_knows_counts_as_prepared(payout, stripe_sandbox):
    stripe_sandbox.store.objects[payout.stripe_payout_id]["status"] = "beamed_up"
    assert payouts.sync(payout.stripe_payout_id).status == "pending"


def test_one_that_the_bank_sends_back_is_at_stripe_again_and_says_why(
    payout, stripe_sandbox, deliver
):
    operate(stripe_sandbox, "fail_payout", payout=payout.stripe_payout_id)
    deliver()
    payout.refresh_from_db()
    assert payout.status == "failed"
    assert payout.failure_code
    back = LedgerEntry.objects.get(kind="payout_back")
    assert back.gross_minor == payout.amount_minor
    assert LedgerEntry.objects.get(kind="payout").gross_minor == -payout.amount_minor
    assert payout.stripe_failure_transaction_id == back.stripe_balance_transaction_id
    stripe_sandbox.store.objects[payout.stripe_payout_id]["failure_code"] = "f" * 90
    assert payouts.sync(payout.stripe_payout_id).failure_code == "f" * 60
