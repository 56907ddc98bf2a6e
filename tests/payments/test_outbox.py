"""Tasks that fail, that nobody knows, and that end whoever tries them: no other one waits."""

import pytest

from payments import clock, outbox
from payments.leases import LEASE, MOST_ATTEMPTS, claim_due
from payments.models import OutboxTask, StripeEvent
from payments.webhooks import inbox
from tests.payments.webhooks.test_inbox import event, post

pytestmark = pytest.mark.django_db
LEASE_SECONDS = 61


@pytest.fixture
def done(monkeypatch):
    """What a task of this test's own was done with; `poison` always fails."""
    numbers = []

    def refuse(number):
        raise RuntimeError("it always fails")

    monkeypatch.setitem(outbox.TASKS, "test.good", lambda number: numbers.append(number))
    monkeypatch.setitem(outbox.TASKS, "test.poison", refuse)
    return numbers


def let_time_pass(tries):
    for number in range(tries):
        outbox.run_due()
        clock.set_offset(3600 * (number + 1))


@pytest.mark.case("F18")
def test_a_task_that_always_fails_is_given_up_with_its_reason_and_blocks_nobody(done):
    outbox.put("test.poison", key="poison", number=1)
    outbox.put("test.good", key="good", number=2)
    outbox.run_due()
    assert done == [2]
    let_time_pass(MOST_ATTEMPTS + 2)
    task = OutboxTask.objects.get(key="poison")
    assert (task.attempts, task.due_at, task.note) == (
        MOST_ATTEMPTS,
        None,
        "RuntimeError: it always fails",
    )
    assert task.dead_at
    assert done == [2]


@pytest.mark.case("F25")
def test_a_task_that_this_code_does_not_know_waits_for_the_code_that_does(done, monkeypatch):
    """While two versions run, the older worker may claim what the newer one put down."""
    outbox.put("test.of_tomorrow", key="tomorrow", number=3)
    outbox.put("test.good", key="good", number=4)
    outbox.run_due()
    assert done == [4]
    task = OutboxTask.objects.get(key="tomorrow")
    assert (task.done_at, task.dead_at) == (None, None)
    assert "test.of_tomorrow" in task.note
    monkeypatch.setitem(outbox.TASKS, "test.of_tomorrow", outbox.TASKS["test.good"])
    clock.set_offset(60)
    assert outbox.run_due() == 1
    assert done == [4, 3]


@pytest.mark.case("F17")
@pytest.mark.case("F18")
def test_a_task_that_ends_every_worker_is_given_up_and_not_tried_for_ever(done):
    outbox.put("test.good", key="killer", number=5)
    for number in range(MOST_ATTEMPTS):
        assert list(claim_due(OutboxTask.objects.all(), now=clock.now(), limit=1))
        clock.set_offset(LEASE_SECONDS * (number + 1))
    assert outbox.run_due() == 0
    task = OutboxTask.objects.get()
    assert (task.due_at, bool(task.dead_at)) == (None, True)
    assert "came to an end" in task.note
    assert done == []
    outbox.again(task)
    assert outbox.run_due() == 1


@pytest.mark.case("F17")
@pytest.mark.case("F18")
def test_an_event_that_ends_every_worker_is_given_up_and_not_tried_for_ever(client):
    post(client, event(type="moon.landed"))
    for number in range(MOST_ATTEMPTS):
        now = clock.now()
        assert StripeEvent.objects.claim(now=now, until=now + LEASE, limit=1)
        clock.set_offset(LEASE_SECONDS * (number + 1))
    inbox.apply_due()
    row = StripeEvent.objects.get()
    assert (row.status, row.due_at) == ("failed", None)
    assert "came to an end" in row.note
    inbox.again(row)
    assert inbox.apply_due() == 1
