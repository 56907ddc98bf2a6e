"""Money that goes back: found where an answer was lost, told once, and cut to the room there is."""

import pytest
import time_machine

from payments import clock
from payments.gateway.errors import Unavailable
from payments.models import (
    AuditEntry,
    Dispute,
    FraudWarning,
    OutboxTask,
    Refund,
    RefundNote,
    Subscription,
)
from payments.money import Money
from payments.services import disputes, fraud_warnings, mirror, refunds, subscriptions
from tests.builders import WARNED, disputed, give, operate, subscribe

pytestmark = pytest.mark.django_db


@pytest.fixture
def contribution(client, pay, deliver):
    return give(client, pay, deliver, amount="10")


@pytest.fixture
def dispute(client, pay, deliver, advance):
    return disputed(client, pay, deliver, advance, amount="10")


def send(contribution, minor, actor=None, **fields):
    amount = Money(minor, "eur")
    return refunds.refund(contribution, amount=amount, reason="asked", actor=actor, **fields)


# --- refunds ------------------------------------------------------------------------------------


@pytest.mark.case("F29")
def test_a_refund_that_stripe_made_before_its_server_error_is_found_at_once(
    contribution, stripe_sandbox
):
    stripe_sandbox.faults.add({"kind": "500-after", "path": "/v1/refunds", "method": "POST"})
    with pytest.raises(Unavailable):
        send(contribution, 1000)
    row = Refund.objects.get()
    assert row.status == "succeeded"
    assert row.stripe_refund_id


@pytest.mark.case("F29")
def test_where_stripe_is_down_for_good_the_refund_stays_open(contribution, stripe_sandbox):
    stripe_sandbox.faults.add({"kind": "500", "path": "/v1/refunds", "times": 99})
    with pytest.raises(Unavailable):
        send(contribution, 1000)
    assert Refund.objects.get().status == "creating"
    stripe_sandbox.faults.clear()
    refunds.finish(Refund.objects.get())
    assert Refund.objects.get().status == "succeeded"


def test_a_refund_that_was_made_is_not_asked_for_again(contribution, stripe_sandbox):
    row = send(contribution, 400)
    Refund.objects.update(status="creating", stripe_refund_id=None)
    row.refresh_from_db()
    stripe_sandbox.idempotency.records.clear()
    refunds.finish(row)
    assert len(stripe_sandbox.store.kinds["refund"]) == 1
    row.refresh_from_db()
    assert row.status == "succeeded"


def test_one_form_is_one_refund_and_another_sum_in_it_is_refused(contribution, stripe_sandbox):
    from uuid import uuid4

    token = uuid4()
    first = send(contribution, 400, form_token=token)
    assert send(contribution, 400, form_token=token) == first
    with pytest.raises(refunds.RefundRefused) as refusal:
        send(contribution, 500, form_token=token)
    assert refusal.value.code == "form_used"
    assert refunds.refundable(contribution).minor == 600


def test_a_refund_told_again_changes_nothing(contribution, deliver):
    row = send(contribution, 400)
    deliver()
    row.refresh_from_db()
    assert refunds.sync(row.stripe_refund_id) == row
    assert RefundNote.objects.count() == 1
    assert AuditEntry.objects.filter(action="refund asked for").count() == 1


@pytest.mark.case("F44")
def test_money_of_a_refund_that_is_told_later_than_its_state_is_booked_and_noted(
    contribution, stripe_sandbox
):
    from payments.gateway import calls

    state = calls.create_refund(
        key="dashboard",
        payment_intent_id=contribution.stripe_payment_intent_id,
        amount=Money(250, "eur"),
        metadata={},
    )
    raw = stripe_sandbox.store.objects[state.id]
    told, raw["balance_transaction"] = raw["balance_transaction"], None
    raw["failure_reason"] = "f" * 90
    row = refunds.sync(state.id)
    assert row.failure == "f" * 60
    assert (row.status, row.created_at) == ("succeeded", state.created_at)
    assert not RefundNote.objects.exists()
    raw["balance_transaction"] = told
    assert refunds.sync(state.id).stripe_balance_transaction_id == told
    assert RefundNote.objects.get().amount_minor == 250


def test_nothing_stands_against_a_refund_of_money_that_nobody_disputes(contribution):
    assert refunds.barred_by_dispute(contribution) == ""


def test_all_and_not_a_cent_more_can_be_sent_back(contribution):
    assert refunds.refundable(contribution) == Money(1000, "eur")
    send(contribution, 1000)
    assert refunds.refundable(contribution) == Money(0, "eur")


def test_a_waiting_refund_is_noted_told_and_decided_once(
    contribution, finance, second, settings, stripe_sandbox
):
    settings.REFUND_LIMITS = {"eur": 5}
    row = send(contribution, 600, actor=finance)
    assert OutboxTask.objects.filter(name="mail.staff_refund").count() == 1
    approved = refunds.approve(row, actor=second)
    assert (approved.status, approved.decided_by) == ("succeeded", second)
    row.refresh_from_db()
    decided = row.decided_at
    refunds.decline(row, actor=second, reason="changed my mind")
    row.refresh_from_db()
    assert (row.status, row.decided_at) == ("succeeded", decided)
    entry = AuditEntry.objects.get(action="refund approved")
    assert (entry.reason, entry.after["amount_minor"]) == ("asked", 600)
    assert not AuditEntry.objects.filter(action="refund declined").exists()


@pytest.mark.case("F52")
def test_money_disputed_while_a_refund_waited_leaves_it_waiting_and_asks_nothing_of_stripe(
    contribution, finance, second, settings, advance, stripe_sandbox
):
    settings.REFUND_LIMITS = {"eur": 5}
    row = send(contribution, 600, actor=finance)
    operate(stripe_sandbox, "dispute", charge=contribution.stripe_charge_id)
    advance(seconds=60)
    with pytest.raises(refunds.RefundRefused):
        refunds.approve(row, actor=second)
    row.refresh_from_db()
    assert (row.status, row.decided_by) == ("requested", None)


def test_who_takes_back_their_own_refund_is_noted_and_no_second_person(
    contribution, finance, settings
):
    settings.REFUND_LIMITS = {"eur": 5}
    row = refunds.decline(send(contribution, 600, actor=finance), actor=finance, reason="mistake")
    assert (row.status, row.decided_by) == ("declined", None)
    assert AuditEntry.objects.get(action="refund declined").actor == finance


def test_who_declines_anothers_refund_is_its_second_person(contribution, finance, second, settings):
    settings.REFUND_LIMITS = {"eur": 5}
    row = refunds.decline(send(contribution, 600, actor=finance), actor=second, reason="no")
    assert row.decided_by == second
    assert AuditEntry.objects.get(action="refund declined").actor == second


def test_what_is_owed_after_a_stop_is_sent_back_once(contribution, stripe_sandbox):
    for _ in range(2):
        refunds.refund_after_end(contribution.pk)
    row = Refund.objects.get()
    assert (row.amount_minor, row.reason) == (1000, "taken after it was stopped")


def test_nothing_is_owed_after_a_stop_where_all_has_gone_back(contribution):
    send(contribution, 1000)
    refunds.refund_after_end(contribution.pk)
    assert Refund.objects.count() == 1


# --- disputes and warnings ----------------------------------------------------------------------


def test_money_of_a_dispute_that_is_told_later_than_its_state_is_booked(
    client, pay, deliver, stripe_sandbox
):
    contribution = give(client, pay, deliver, amount="10")
    operate(stripe_sandbox, "dispute", charge=contribution.stripe_charge_id)
    raw = next(iter(stripe_sandbox.store.newest("dispute")))
    told, raw["balance_transactions"] = raw["balance_transactions"], []
    row = disputes.sync(raw["id"])
    assert (row.status, row.withdrawn_minor) == ("needs_response", 0)
    raw["balance_transactions"] = told
    assert disputes.sync(raw["id"]).withdrawn_minor == 1000
    assert disputes.sync(raw["id"]) == row


def test_words_of_stripes_are_cut_to_the_room_there_is(
    client, pay, deliver, advance, stripe_sandbox
):
    contribution = give(client, pay, deliver, amount="10", card=WARNED)
    advance(seconds=60)
    operate(stripe_sandbox, "dispute", charge=contribution.stripe_charge_id)
    raw = next(iter(stripe_sandbox.store.newest("dispute")))
    raw |= {"reason": "r" * 90, "network_reason_code": "n" * 90}
    row = disputes.sync(raw["id"])
    assert (row.reason, row.network_reason) == ("r" * 40, "n" * 20)
    warning = FraudWarning.objects.get()
    told = stripe_sandbox.store.objects[warning.stripe_warning_id]
    told["fraud_type"] = "f" * 90
    assert fraud_warnings.sync(told["id"]).fraud_type == "f" * 60


def test_a_warning_is_noted_and_told_once(client, pay, deliver, advance):
    give(client, pay, deliver, amount="10", card=WARNED)
    advance(seconds=60)
    warning = FraudWarning.objects.get()
    assert fraud_warnings.sync(warning.stripe_warning_id) == warning
    entry = AuditEntry.objects.get(action="fraud warning")
    assert entry.after == {"warning": warning.stripe_warning_id}
    assert OutboxTask.objects.filter(name="mail.staff_fraud_warning").count() == 1


def test_a_warning_is_decided_once_by_who_was_first(client, pay, deliver, advance, finance, second):
    give(client, pay, deliver, amount="10", card=WARNED)
    advance(seconds=60)
    warning = FraudWarning.objects.get()
    fraud_warnings.keep(warning, actor=finance, reason="it was her")
    fraud_warnings.keep(warning, actor=second, reason="sure?")
    warning.refresh_from_db()
    assert (warning.decided_by, bool(warning.decided_at)) == (finance, True)
    entry = AuditEntry.objects.get(action__startswith="fraud warning: ")
    assert (entry.reason, entry.actor) == ("it was her", finance)


def test_what_a_dispute_is_told_twice_is_noted_and_told_once(dispute, stripe_sandbox):
    for _ in range(2):
        disputes.sync(dispute.stripe_dispute_id)
    assert AuditEntry.objects.filter(action="dispute opened").count() == 1
    assert OutboxTask.objects.filter(name="mail.staff_dispute").count() == 1
    assert Dispute.objects.get().closed_at is None


# --- subscriptions as they are told -------------------------------------------------------------


def test_of_two_readings_of_one_moment_the_later_one_counts(client, pay, deliver, stripe_sandbox):
    row = subscribe(client, pay, deliver)
    raw = stripe_sandbox.store.objects[row.stripe_subscription_id]
    with time_machine.travel(clock.now(), tick=False):
        mirror.sync(row.stripe_subscription_id)
        raw["metadata"]["keepopen_cover"] = "41"
        assert mirror.sync(row.stripe_subscription_id).cover_minor == 41


def test_an_older_reading_changes_nothing(client, pay, deliver, stripe_sandbox):
    row = subscribe(client, pay, deliver)
    Subscription.objects.update(seen_at=clock.now().replace(year=clock.now().year + 1))
    stripe_sandbox.store.objects[row.stripe_subscription_id]["metadata"]["keepopen_cover"] = "41"
    assert mirror.sync(row.stripe_subscription_id).cover_minor == 0


def test_a_cover_is_never_all_of_the_sum(client, pay, deliver, stripe_sandbox):
    row = subscribe(client, pay, deliver, amount="10")
    stripe_sandbox.store.objects[row.stripe_subscription_id]["metadata"]["keepopen_cover"] = "9999"
    assert mirror.sync(row.stripe_subscription_id).cover_minor == 999


def test_one_of_which_no_cover_is_told_is_all_gift(client, pay, deliver, stripe_sandbox):
    row = subscribe(client, pay, deliver, amount="10", cover_fee="1")
    del stripe_sandbox.store.objects[row.stripe_subscription_id]["metadata"]["keepopen_cover"]
    assert mirror.sync(row.stripe_subscription_id).cover_minor == 0


@pytest.mark.parametrize(("days", "letters"), [(6, 1), (8, 0)])
def test_an_end_is_news_for_a_week(client, pay, deliver, stripe_sandbox, days, letters):
    from payments.gateway import changes

    row = subscribe(client, pay, deliver)
    changes.end_now(row.stripe_subscription_id, key="by-staff")
    clock.set_offset(days * 86400)
    for _ in range(2):
        mirror.sync(row.stripe_subscription_id)
    assert OutboxTask.objects.filter(name="mail.subscription_ended").count() == letters


def test_terms_that_stand_already_are_no_change(client, pay, deliver):
    row = subscribe(client, pay, deliver, amount="10", cover_fee="1")
    assert row.cover_minor == 41
    for same in (
        subscriptions.change_amount(row, gift=Money(1000, "eur"), actor=None),
        subscriptions.cover_fee(row, actor=None),
    ):
        assert same == row
    assert not row.changes.exists()
    assert subscriptions.leave_fee(row, actor=None).cover_minor == 0
    assert row.changes.count() == 1
