"""A supporter's wish and something else at the same moment; Stripe decides which came first."""

import json

import pytest

from payments import outbox, tasks
from payments.gateway.errors import GatewayError
from payments.gateway.events import parse
from payments.models import (
    Consent,
    Contribution,
    OutboxTask,
    StripeEvent,
    Subscription,
    SubscriptionChange,
)
from payments.money import Money
from payments.services import subscriptions
from payments.services.changes import ChangeRefused
from payments.webhooks import inbox
from supporters.models import User
from tests.builders import begin, subscribe
from tests.payments.races.conftest import failures, together
from tests.payments.services.wishes import WISHES
from tests.payments.webhooks.test_inbox import event

MONTH = 32 * 86400


@pytest.fixture
def row(shared, client, pay):
    return subscribe(client, pay, shared)


def mine():
    """The one that was begun; another may follow it by now."""
    return Subscription.objects.select_related("supporter").earliest("id")


def change(minor):
    return lambda: subscriptions.change_amount(
        mine(), gift=Money(minor, "eur"), actor=mine().supporter
    )


def cancel():
    return subscriptions.cancel(mine(), reason="", actor=mine().supporter)


def pause():
    return subscriptions.pause(mine(), charges=2, actor=mine().supporter)


def as_stripe_has_it(sandbox, shared):
    """Whatever was first: no wish is left open, and our row says what Stripe says."""
    shared()
    row = mine()
    subscriptions.sync(row.stripe_subscription_id)
    truth = sandbox.store.objects[row.stripe_subscription_id]
    row.refresh_from_db()
    price = truth["items"]["data"][0]["price"]["unit_amount"]
    assert (row.status, row.amount_minor) == (truth["status"], price)
    ending = bool(truth["cancel_at"] or truth["cancel_at_period_end"])
    assert row.ending == (ending and truth["status"] != "canceled")
    assert not SubscriptionChange.objects.filter(status="asked").exists()
    return row, truth


def wished(name):
    return lambda: WISHES[name](mine())


@pytest.mark.case("F45")
@pytest.mark.case("F46")
@pytest.mark.parametrize("wish", ["amount", "cover", "frequency", "day", "pause", "skip", "cancel"])
def test_a_wish_during_a_renewal_loses_neither(wish, row, shared, stripe_sandbox):
    """The period has begun: it is charged as agreed, once, and the wish counts from the next on."""
    stripe_sandbox.advance(MONTH)
    stripe_sandbox.deliver_due()
    outcomes = together(wished(wish), tasks.drain, tasks.drain)
    assert not failures(outcomes, but=ChangeRefused)
    row, _ = as_stripe_has_it(stripe_sandbox, shared)
    assert row.contributions.count() == 2
    assert {paid.charged.minor for paid in row.contributions.all()} == {1000}


@pytest.mark.case("F46")
@pytest.mark.parametrize("minutes", [0, 30, 90])
def test_stopping_at_once_during_a_renewal_keeps_nothing_that_came_after_it(
    row, shared, stripe_sandbox, minutes
):
    stripe_sandbox.advance(left_until(row.next_charge_at, stripe_sandbox) + 60 * minutes + 1)
    stripe_sandbox.deliver_due()
    outcomes = together(wished("cancel_now"), tasks.drain, tasks.drain)
    assert not failures(outcomes, but=ChangeRefused)
    stripe_sandbox.advance(MONTH)
    row, _ = as_stripe_has_it(stripe_sandbox, shared)
    assert row.status == "canceled"
    for paid in row.contributions.received().with_refunded():
        late = paid.received_at > row.ended_at
        assert paid.refunded_minor == (1000 if late else 0)
    assert row.contributions.count() == (2 if minutes == 90 else 1)


@pytest.mark.case("F46")
@pytest.mark.parametrize(
    ("before", "wish"), [("pause", "resume"), ("skip", "resume"), ("cancel", "undo")]
)
def test_taking_a_wish_back_during_a_renewal_charges_no_period_twice(
    before, wish, row, shared, stripe_sandbox
):
    WISHES[before](mine())
    stripe_sandbox.advance(left_until(row.next_charge_at, stripe_sandbox) - 1)
    shared()
    outcomes = together(wished(wish), lambda: stripe_sandbox.advance(2), tasks.drain)
    assert not failures(outcomes, but=(ChangeRefused, GatewayError))
    stripe_sandbox.advance(2 * 3600)
    row, truth = as_stripe_has_it(stripe_sandbox, shared)
    assert row.contributions.count() <= 2
    stripe_sandbox.advance(MONTH)
    shared()
    days = [paid.received_at.date() for paid in row.contributions.received()]
    assert len(days) == len(set(days)) <= 3
    row.refresh_from_db()
    assert row.running is (truth["status"] != "canceled")


def left_until(moment, sandbox):
    return int(moment.timestamp()) - sandbox.clock.now()


@pytest.mark.case("F46")
def test_pausing_and_stopping_at_once_ends_in_what_stripe_took_first(row, shared, stripe_sandbox):
    outcomes = together(cancel, pause)
    assert not failures(outcomes, but=(ChangeRefused, GatewayError))
    as_stripe_has_it(stripe_sandbox, shared)


@pytest.mark.case("F45")
def test_two_amounts_at_once_end_in_one_of_them(row, shared, stripe_sandbox):
    outcomes = together(change(1500), change(2500))
    assert not failures(outcomes, but=(ChangeRefused, GatewayError))
    row, _ = as_stripe_has_it(stripe_sandbox, shared)
    assert row.amount_minor in {1500, 2500}


def yearly(minor):
    return lambda: subscriptions.change_frequency(
        mine(), frequency="year", gift=Money(minor, "eur"), actor=None
    )


def cancel_now():
    return subscriptions.cancel_now(mine(), reason="", actor=None)


@pytest.mark.case("F45")
@pytest.mark.case("F46")
@pytest.mark.parametrize(
    ("one", "other"),
    [
        (yearly(12_000), yearly(11_000)),
        (yearly(12_000), cancel),
        (yearly(12_000), cancel_now),
        (yearly(12_000), pause),
        (yearly(12_000), change(1500)),
    ],
    ids=["two years", "stop", "stop now", "pause", "amount"],
)
@pytest.mark.parametrize("again", range(3))
def test_a_new_frequency_and_another_wish_at_once_never_charge_one_period_twice(
    one, other, again, row, shared, stripe_sandbox
):
    outcomes = together(one, other)
    assert not failures(outcomes, but=(ChangeRefused, GatewayError))
    shared()
    going_on = [
        each
        for each in stripe_sandbox.store.newest("subscription")
        if not (each["ended_at"] or each["cancel_at"] or each["cancel_at_period_end"])
    ]
    assert len(going_on) <= 1
    stripe_sandbox.advance(MONTH)
    shared()
    assert Contribution.objects.count() <= 2
    assert not SubscriptionChange.objects.filter(status="asked").exists()


@pytest.mark.case("F38")
def test_the_same_wish_sent_three_times_is_one(row, shared, stripe_sandbox):
    outcomes = together(*[change(1500)] * 3)
    assert not failures(outcomes, but=(ChangeRefused, GatewayError))
    as_stripe_has_it(stripe_sandbox, shared)
    assert SubscriptionChange.objects.filter(status="done").count() == 1


@pytest.mark.case("F4")
@pytest.mark.parametrize("again", range(3))
def test_a_subscription_heard_of_by_six_at_once_is_one(again, shared, stripe_sandbox, client, pay):
    """The page that switches to yearly and the notification of it, for one."""
    pay(begin(client, frequency="month").stripe_url)
    (stripe_id,) = stripe_sandbox.store.kinds["subscription"]
    outcomes = together(*[lambda: subscriptions.sync(stripe_id)] * 6)
    assert not failures(outcomes)
    assert {row.stripe_subscription_id for row in outcomes} == {stripe_id}
    assert Subscription.objects.count() == Consent.objects.count() == 1


@pytest.mark.case("F3")
def test_an_event_stored_by_eight_threads_at_once_is_one_row(shared):
    body = json.dumps(event()).encode()
    assert not failures(together(*[lambda: inbox.store(parse(body))] * 8))
    assert StripeEvent.objects.count() == 1


@pytest.mark.case("F42")
def test_one_address_seen_by_six_threads_at_once_is_one_person(shared):
    outcomes = together(*[lambda: User.objects.for_email("Nora@Example.org")] * 6)
    assert not failures(outcomes)
    assert User.objects.filter(email="nora@example.org").count() == 1


@pytest.mark.case("F23")
def test_eight_threads_writing_at_once_are_never_told_that_the_database_is_locked(shared):
    def write(thread):
        for number in range(25):
            outbox.put("nothing", key=f"{thread}:{number}")

    outcomes = together(*[lambda thread=thread: write(thread) for thread in range(8)])
    assert not failures(outcomes)
    assert OutboxTask.objects.count() == 200
