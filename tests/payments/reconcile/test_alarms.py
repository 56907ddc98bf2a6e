"""Silence is an alarm: of Stripe, of the worker, of the nightly comparison, of renewals."""

import json
from datetime import timedelta

import pytest

from payments import clock
from payments.models import Difference, OutboxTask, StripeEvent, Subscription
from payments.reconcile import run
from payments.sweep import sweep
from payments.tasks import drain
from payments.webhooks import backfill
from tests.builders import subscribe

pytestmark = pytest.mark.django_db


@pytest.fixture
def alarms(client):
    def now():
        answer = client.get("/healthz/money")
        assert (answer.status_code == 503) == bool(answer.json()["alarms"])
        return set(answer.json()["alarms"])

    return now


@pytest.fixture
def well(client, pay, deliver):
    """A newsroom in which everything runs."""
    subscription = subscribe(client, pay, deliver)
    sweep()
    run.run_now()
    return subscription


def later(**span):
    clock.set_offset(int((clock.offset() + timedelta(**span)).total_seconds()))


def test_all_is_well(well, alarms):
    assert alarms() == set()


@pytest.mark.case("F12")
def test_thirty_minutes_without_stripe_are_an_alarm_until_it_answers(well, alarms, stripe_sandbox):
    stripe_sandbox.faults.add({"path": "/v1/events", "kind": "500", "times": 999})
    for _ in range(6):
        later(minutes=5, seconds=1)
        sweep()
    assert alarms() == {"stripe_silent"}
    stripe_sandbox.faults.clear()
    later(minutes=5, seconds=1)
    sweep()
    assert alarms() == set()


def test_stripe_is_asked_every_five_minutes_by_one_worker_alone(well, stripe_sandbox):
    place = backfill.place_of()
    first = place.succeeded_at
    assert backfill.catch_up_if_due() == 0
    later(minutes=6)
    claims = [backfill.place_of().claim(now=clock.now(), pause=backfill.PAUSE) for _ in range(3)]
    assert claims == [True, False, False]
    assert backfill.place_of().succeeded_at == first


def test_events_that_nobody_applies_are_an_alarm(well, alarms):
    StripeEvent.objects.update(
        status="received", due_at=clock.now(), received_at=clock.now() - timedelta(minutes=11)
    )
    later(seconds=1)
    assert "events_waiting" in alarms()


def test_what_was_given_up_is_an_alarm(well, alarms):
    StripeEvent.objects.filter(pk=StripeEvent.objects.first().pk).update(status="failed")
    OutboxTask.objects.filter(pk=OutboxTask.objects.first().pk).update(
        dead_at=clock.now(), done_at=None
    )
    assert alarms() == {"events_failed", "tasks_given_up"}


def test_a_night_without_a_comparison_is_an_alarm(well, alarms):
    later(hours=28)
    backfill.catch_up()
    assert alarms() == {"books_not_compared"}


def test_a_renewal_that_was_due_and_not_made_is_kept_and_raises_an_alarm(well, alarms):
    Subscription.objects.update(next_charge_at=clock.now() - timedelta(days=5))
    run.run_now()
    assert Difference.objects.get().kind == "renewal_missed"
    assert alarms() == {"renewals_missed"}


@pytest.mark.case("F6")
@pytest.mark.case("F12")
def test_a_day_of_lost_notifications_is_made_good_by_the_sweep(
    well, client, pay, stripe_sandbox, deliver
):
    stripe_sandbox.deliveries.deliver = lambda *_: 500
    stripe_sandbox.advance(32 * 86400)
    later(days=32)
    assert well.contributions.count() == 1
    # The events of the renewal are a day old; older than thirty days Stripe has none.
    sweep()
    drain()
    assert well.contributions.count() == 2


@pytest.mark.case("F6")
def test_every_page_of_events_is_fetched(well, stripe_sandbox):
    body = next(iter(stripe_sandbox.events.records.values()))["body"]
    template = json.loads(body) | {"type": "charge.updated"}
    for number in range(250):
        template["id"] = f"evt_many_{number:05}"
        template["created"] = stripe_sandbox.clock.now()
        record = {"id": template["id"], "type": "charge.updated", "created": template["created"]}
        stripe_sandbox.events.records[template["id"]] = record | {"body": json.dumps(template)}
    backfill.catch_up()
    assert StripeEvent.objects.filter(stripe_event_id__startswith="evt_many_").count() == 250
