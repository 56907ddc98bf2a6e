"""What the rows of services keep: reasons, moments, who wanted it, and why it was refused."""

import uuid
from datetime import timedelta

import pytest

from payments import clock
from payments.gateway import changes as stripes_changes
from payments.gateway.errors import Unavailable
from payments.models import AuditEntry, Checkout, Dispute, Refund, SubscriptionChange
from payments.money import Money
from payments.services import changes, checkout, disputes, refunds, steps, subscriptions
from tests.builders import begin, disputed, give, subscribe
from tests.payments.services.wishes import WISHES

pytestmark = pytest.mark.django_db
LONG = "because " * 40


@pytest.fixture
def monthly(client, pay, deliver):
    return subscribe(client, pay, deliver, amount="10")


def test_a_refusal_says_its_code_where_it_is_printed():
    for refusal in (
        refunds.RefundRefused("too_much"),
        disputes.DisputeRefused("too_much"),
        changes.ChangeRefused("too_much"),
        steps.TooLate("too_much"),
    ):
        assert str(refusal) == refusal.code == "too_much"


def test_a_long_reason_of_a_refund_is_kept_as_far_as_there_is_room(client, pay, deliver, finance):
    contribution = give(client, pay, deliver, amount="10")
    refunds.refund(contribution, amount=Money(100, "eur"), reason=LONG, actor=finance)
    assert Refund.objects.get().reason == LONG[:200]
    entry = AuditEntry.objects.get(action="refund asked for")
    assert (entry.reason, entry.actor) == (LONG[:200], finance)


def test_a_long_reason_of_a_stop_is_kept_as_far_as_there_is_room(monthly):
    subscriptions.cancel(monthly, reason=LONG, actor=monthly.supporter)
    change = SubscriptionChange.objects.get()
    assert (change.reason, change.actor) == (LONG[:200], monthly.supporter)
    assert AuditEntry.objects.get(action="subscription stopped").reason == LONG[:200]


def test_a_change_keeps_when_it_was_done_and_what_stood_before(monthly):
    before = clock.now()
    WISHES["amount"](monthly)
    change = SubscriptionChange.objects.get()
    assert before <= change.created_at <= change.settled_at <= clock.now()
    assert change.before["amount_minor"] == 1000
    entry = AuditEntry.objects.get(action="subscription amount changed")
    assert (entry.before["amount_minor"], entry.after["amount_minor"]) == (1000, 2000)


def test_a_note_about_nothing_in_particular_has_two_empty_sides(client, pay, deliver, finance):
    contribution = give(client, pay, deliver, amount="10")
    refunds.refund(contribution, amount=Money(100, "eur"), reason="asked", actor=finance)
    entry = AuditEntry.objects.get(action="contribution received")
    assert (entry.before, entry.reason, entry.actor) == ({}, "", None)
    assert entry.after == {"charged_minor": 1000, "currency": "eur"}


# --- wishes whose answer never came -------------------------------------------------------------


@pytest.fixture
def unanswered(monthly, stripe_sandbox):
    """A wish for another amount that Stripe never heard of."""
    fault = {"kind": "lost_request", "path": "/v1/subscriptions/*", "method": "POST", "times": 20}
    stripe_sandbox.faults.add(fault)
    with pytest.raises(Unavailable):
        WISHES["amount"](monthly)
    stripe_sandbox.faults.clear()
    return SubscriptionChange.objects.get()


@pytest.mark.parametrize(("minutes", "status"), [(-2, "asked"), (2, "refused")])
def test_a_wish_is_given_up_after_twenty_three_hours_without_an_answer(unanswered, minutes, status):
    clock.set_offset(int(timedelta(hours=23, minutes=minutes).total_seconds()))
    assert changes.give_up_old() == (status == "refused")
    assert changes.give_up_old() == 0
    unanswered.refresh_from_db()
    assert unanswered.status == status
    assert bool(unanswered.settled_at) == bool(unanswered.note) == (status == "refused")


@pytest.mark.case("F28")
def test_the_same_wish_again_carries_on_with_the_open_one(monthly, unanswered):
    row = WISHES["amount"](monthly)
    assert row.amount_minor == 2000
    assert SubscriptionChange.objects.get().status == "done"


@pytest.mark.case("F28")
def test_a_wish_that_no_answer_came_to_keeps_its_key(unanswered):
    assert unanswered.attempt == 1


def test_an_earlier_wish_is_finished_before_another_is_asked_for(monthly, unanswered):
    row = subscriptions.change_amount(monthly, gift=Money(700, "eur"), actor=None)
    assert row.amount_minor == 700
    done = SubscriptionChange.objects.order_by("pk").values_list("status", "wanted__amount_minor")
    assert list(done) == [("done", 2000), ("done", 700)]


def test_another_wish_cannot_overtake_an_open_one(monthly, unanswered):
    with pytest.raises(changes.ChangeRefused) as refusal:
        changes.make(monthly, "cancel", wanted={}, actor=None)
    assert refusal.value.code == "busy"
    assert SubscriptionChange.objects.count() == 1


def test_a_wish_that_stripe_refuses_is_put_down_as_refused_and_told(monthly, stripe_sandbox):
    stripes_changes.end_now(monthly.stripe_subscription_id, key="by-staff")
    with pytest.raises(changes.ChangeRefused) as refusal:
        changes.make(monthly, "undo", wanted={}, actor=None)
    assert refusal.value.code == "ended"
    change = SubscriptionChange.objects.get()
    assert (change.status, change.note) == ("refused", "ended")
    assert change.settled_at
    monthly.refresh_from_db()
    assert monthly.status == "canceled"


# --- checkouts ----------------------------------------------------------------------------------


def test_a_checkout_keeps_what_was_filled_in(client, stripe_sandbox):
    row = begin(client, name="Nora", message="Keep going", cover_fee="1", article="the-ferry")
    assert (row.name, row.message, row.email) == ("Nora", "Keep going", "nora@example.org")
    assert (row.gift_minor, row.cover_minor, row.article) == (1000, 41, "the-ferry")
    assert row.attempt == 1
    assert not row.livemode
    assert row.expires_at > row.created_at


def test_a_finished_checkout_keeps_when_it_was_finished(client, pay, deliver):
    before = clock.now()
    give(client, pay, deliver)
    row = Checkout.objects.get()
    assert row.status == "paid"
    assert before <= row.finished_at <= clock.now()


def test_one_that_never_opened_is_given_up_once(client, stripe_sandbox):
    row = begin(client)
    Checkout.objects.filter(pk=row.pk).update(status="creating", stripe_checkout_session_id=None)
    checkout.give_up(row)
    row.refresh_from_db()
    first = row.finished_at
    assert (row.status, bool(first)) == ("expired", True)
    checkout.give_up(row)
    row.refresh_from_db()
    assert row.finished_at == first


# --- disputes -----------------------------------------------------------------------------------


def test_the_desk_sees_who_answered_a_dispute_and_with_which_texts(
    client, pay, deliver, advance, finance
):
    dispute = disputed(client, pay, deliver, advance, amount="10")
    texts = {"uncategorized_text": "She reads us.", "customer_name": "Nora", "service_date": ""}
    disputes.keep_evidence(dispute, texts, actor=finance, form_token=uuid.uuid4())
    entry = AuditEntry.objects.get(action="evidence kept")
    assert entry.actor == finance
    assert entry.after == {"fields": ["customer_name", "uncategorized_text"]}
    disputes.accept(dispute, actor=finance, reason="not worth it")
    entry = AuditEntry.objects.get(action="dispute accepted")
    assert (entry.actor, entry.reason, entry.after) == (finance, "not worth it", {})
    row = Dispute.objects.get()
    assert row.closed_at
    moved = AuditEntry.objects.filter(action="dispute moved").get()
    assert (moved.before, moved.after["status"]) == ({"status": "needs_response"}, "lost")


def test_a_dispute_may_be_accepted_after_its_deadline(client, pay, deliver, advance, finance):
    dispute = disputed(client, pay, deliver, advance, amount="10")
    Dispute.objects.filter(pk=dispute.pk).update(due_at=dispute.opened_at)
    assert disputes.accept(dispute, actor=finance, reason="too late").status == "lost"
