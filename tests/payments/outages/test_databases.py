"""The database's connection ends in the middle of a booking: the whole unit is done again, once."""

import contextlib

import psycopg
import pytest
from django.core.management import call_command
from django.db import DatabaseError, OperationalError, close_old_connections, connection

from payments import clock, crash, outbox, tasks
from payments.models import (
    Contribution,
    LedgerEntry,
    OutboxTask,
    Receipt,
    Refund,
    StripeEvent,
)
from payments.money import Money
from payments.services import refunds
from payments.sweep import sweep
from tests.builders import begin, give
from tests.conftest import Deliver
from tests.payments.webhooks.test_inbox import event, post

pytestmark = [pytest.mark.django_db, pytest.mark.case("F21")]


@pytest.fixture
def server(_template, stripe_sandbox, client, settings):
    """A database on a server, outside the test's transaction."""
    if connection.vendor != "postgresql":
        pytest.skip("a database in the process has no connection to lose")
    settings.RECEIPT_PRESS = "tests.simulation.letters.typeset"
    with _template.copied():
        yield Deliver(stripe_sandbox, type(client)())


class Terminator:
    """Ends the connection of whoever passes a place, by the server's own means, once."""

    def __init__(self, place):
        self.place = place

    def __call__(self, place):
        if place != self.place:
            return
        self.place = None
        there = connection.settings_dict
        address = {"host": there["HOST"], "user": there["USER"], "dbname": "postgres"}
        with psycopg.connect(**address, port=there["PORT"] or 5432, autocommit=True) as other:
            own = connection.connection.info.backend_pid
            other.execute("SELECT pg_terminate_backend(%s)", [own])


def work_after(place, work):
    """Do the work with the connection ended at a place, then as a worker's next turn does it."""
    strike = Terminator(place)
    with crash.armed(strike), contextlib.suppress(DatabaseError):
        work()
    assert strike.place is None
    close_old_connections()
    clock.set_offset(61)


@pytest.mark.parametrize(
    "place",
    [
        "inbox.claimed",
        "contribution.row_written",
        "contribution.booked",
        "receipt.counted",
        "pile.before_commit",
        "inbox.booked_together",
    ],
)
def test_a_gift_whose_booking_lost_its_connection_is_booked_once(
    server, client, pay, stripe_sandbox, place
):
    pay(begin(client).stripe_url)
    stripe_sandbox.advance(10)
    stripe_sandbox.deliver_due()
    work_after(place, tasks.drain)
    for _ in range(3):
        tasks.drain()
        clock.set_offset(int(clock.offset().total_seconds()) + 61)
    paid = Contribution.objects.get()
    assert (paid.status, paid.fee_minor) == ("paid", 40)
    assert sorted(LedgerEntry.objects.values_list("kind", flat=True)) == ["fee", "gift"]
    assert list(Receipt.objects.values_list("sequence", flat=True)) == [1]
    assert not OutboxTask.objects.filter(done_at=None).exists()


@pytest.mark.parametrize("place", ["refund.row_committed", "refund.created", "refund.booked"])
def test_a_refund_that_lost_its_connection_is_sent_once(server, client, pay, stripe_sandbox, place):
    contribution = give(client, pay, server)
    amount = Money(400, "eur")
    work_after(
        place, lambda: refunds.refund(contribution, amount=amount, reason="asked", actor=None)
    )
    sweep()
    server()
    assert len(stripe_sandbox.store.kinds["refund"]) == 1
    row = Refund.objects.get()
    assert (row.status, row.amount_minor) == ("succeeded", 400)
    assert LedgerEntry.objects.get(kind="refund").gross_minor == -400
    assert outbox.run_due() == 0


@pytest.fixture
def own(_template, stripe_sandbox):
    """A database outside the test's transaction, of whichever kind."""
    with _template.copied():
        yield


def test_a_worker_without_a_broker_outlives_a_database_that_restarts(own, client):
    """`tick --forever` is nobody's child in a small installation: it has to go on by itself."""
    post(client, event(type="moon.landed"))
    failures = [OperationalError("the server closed the connection"), KeyboardInterrupt()]

    def strike(place):
        if place == "inbox.claimed":
            clock.set_offset(int(clock.offset().total_seconds()) + 61)
            raise failures.pop(0)

    with crash.armed(strike), pytest.raises(KeyboardInterrupt):
        call_command("tick", forever=True, pause=0.01)
    assert failures == []
    assert StripeEvent.objects.get().attempts == 2
