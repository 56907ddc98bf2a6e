"""Stories of changed, paused, failed and ended subscriptions: one state each, in every order.

A wish is made by a supporter who sees the account, so what came before it has been heard; what
follows from it, and all before it once more, is then posted in 100 random orders with doubles,
and with losses that are fetched later (invariant I8, cases F3 to F6).
"""

import pytest

from payments.gateway import changes
from payments.gateway.errors import Unavailable
from payments.models import Subscription
from payments.money import Money
from payments.services import cards, subscriptions
from tests.payments.webhooks.replay import Life, one_state

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.case("F3"),
    pytest.mark.case("F4"),
    pytest.mark.case("F5"),
    pytest.mark.case("F6"),
]
FAILS_LATER, ASKS_EACH_TIME = "4000000000000341", "4000002760003184"
GOOD = "5555555555554444"


def fresh():
    return Subscription.objects.latest("id")


def paused_and_resumed(life):
    subscriptions.pause(life.subscribed(), charges=3, actor=None)
    life.days(40)
    subscriptions.resume(fresh(), actor=None)
    life.days(31)


def skipped_one(life):
    subscriptions.skip(life.subscribed(), actor=None)
    life.days(65)


def monthly_to_yearly(life):
    gift = Money(12000, "eur")
    subscriptions.change_frequency(life.subscribed(), frequency="year", gift=gift, actor=None)
    life.days(34)


def yearly_to_monthly_taken_back(life):
    yearly, gift = life.subscribed(frequency="year", amount="120"), Money(1000, "eur")
    subscriptions.change_frequency(yearly, frequency="month", gift=gift, actor=None)
    subscriptions.undo_cancel(yearly, actor=None)
    life.days(370)


def failed_then_recovered_with_a_new_card(life):
    row = life.subscribed(card=FAILS_LATER)
    life.days(32)
    life.pay(cards.start_card_change(row, return_url="https://example.org"), card=GOOD)
    life.catch_up()


def failed_then_paid_by_hand(life):
    row = life.subscribed(card=FAILS_LATER)
    life.days(32)
    invoice = life.sandbox.store.objects[row.stripe_subscription_id]["latest_invoice"]
    life.form(f"/i/{invoice}", card_number=GOOD, exp="12/34", cvc="123")


def failed_then_tried_again_in_vain(life):
    life.subscribed(card=FAILS_LATER)
    life.days(36)


def last_attempt_and_ended(life):
    life.subscribed(card=FAILS_LATER)
    life.days(50)


def given_up_by_staff(life):
    row = life.subscribed(card=FAILS_LATER)
    life.days(32)
    invoice = life.sandbox.store.objects[row.stripe_subscription_id]["latest_invoice"]
    changes.stop_collecting(invoice, status="open", key="staff")


def the_bank_asked_and_was_answered(life):
    row = life.subscribed(card=ASKS_EACH_TIME, approve=True)
    life.days(32)
    invoice = life.sandbox.store.objects[row.stripe_subscription_id]["latest_invoice"]
    answer = life.form(f"/i/{invoice}")
    life.form(answer.headers["Location"], answer="approve")


def stopped_at_once_and_charged_all_the_same(life):
    """The order to leave the draft alone is lost; the charge goes back by a task, once."""
    row = life.subscribed()
    left = int(row.next_charge_at.timestamp()) - life.sandbox.clock.now()
    life.sandbox.advance(left + 60)
    life.sandbox.faults.add({"kind": "lost_request", "path": "/v1/invoices/*", "times": 20})
    with pytest.raises(Unavailable):
        subscriptions.cancel_now(row, reason="", actor=None)
    life.sandbox.faults.clear()
    life.days(1)


def stopped_undone_and_changed(life):
    row = life.subscribed()
    subscriptions.cancel(row, reason="", actor=None)
    subscriptions.undo_cancel(row, actor=None)
    subscriptions.change_amount(row, gift=Money(1500, "eur"), actor=None)
    life.days(32)


def covered_then_not(life):
    subscriptions.cover_fee(life.subscribed(), actor=None)
    life.days(32)
    subscriptions.leave_fee(fresh(), actor=None)
    life.days(31)


def day_moved(life):
    row = life.subscribed()
    subscriptions.change_day(row, day=row.next_charge_at.day % 28 + 1, actor=None)
    life.days(50)


def card_renewed_by_the_network(life):
    life.subscribed()
    method = next(iter(life.sandbox.store.kinds["payment_method"]))
    life.form("/sandbox/update_card", payment_method=method, exp_month=7, exp_year=2038)
    life.days(32)


def paused_in_the_dashboard(life):
    row, stripe = life.subscribed(), changes.api().subscriptions
    stripe.pause(row.stripe_subscription_id, {"type": "subscription"})
    life.days(40)
    changes.resume(row.stripe_subscription_id, key="staff")
    life.days(1)


def ended_in_the_portal(life):
    stripe = changes.api().subscriptions
    stripe.update(life.subscribed().stripe_subscription_id, {"cancel_at": "min_period_end"})
    life.days(33)


def a_yearly_renewal_announced(life):
    life.subscribed(frequency="year", amount="120")
    life.days(367)


# What became of the contributions, of what had failed, and of the subscriptions.
STORIES = {
    paused_and_resumed: (2, [], ["active"]),
    skipped_one: (2, [], ["active"]),
    monthly_to_yearly: (2, [], ["active", "canceled"]),
    yearly_to_monthly_taken_back: (2, [], ["active", "canceled"]),
    failed_then_recovered_with_a_new_card: (2, ["recovered"], ["active"]),
    failed_then_paid_by_hand: (2, ["recovered"], ["active"]),
    failed_then_tried_again_in_vain: (1, ["open"], ["past_due"]),
    last_attempt_and_ended: (1, ["given_up"], ["canceled"]),
    given_up_by_staff: (1, ["given_up"], ["past_due"]),
    the_bank_asked_and_was_answered: (2, ["recovered"], ["active"]),
    stopped_at_once_and_charged_all_the_same: (2, [], ["canceled"]),
    stopped_undone_and_changed: (2, [], ["active"]),
    covered_then_not: (3, [], ["active"]),
    day_moved: (2, [], ["active"]),
    card_renewed_by_the_network: (2, [], ["active"]),
    paused_in_the_dashboard: (2, [], ["active"]),
    ended_in_the_portal: (1, [], ["canceled"]),
    a_yearly_renewal_announced: (2, [], ["active"]),
}


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.__name__)
def test_every_order_of_events_ends_in_one_state(story, client, pay, stripe_sandbox):
    stripe_sandbox.settings.change({"payouts": False})
    state = one_state(story, Life(client, pay, stripe_sandbox))
    paid, failed, statuses = STORIES[story]
    assert [row[2] for row in state["contributions"]] == ["paid"] * paid
    assert [row[1] for row in state["failed"]] == failed
    assert sorted(row[1] for row in state["subscriptions"]) == statuses
    again = [key for key in state["outbox"] if key.startswith("refund.after_end")]
    assert len(again) == (story is stopped_at_once_and_charged_all_the_same)
