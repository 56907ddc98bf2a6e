"""Redis, the database, the mail provider or Stripe not as they should be."""

import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection

from payments import clock, crash, tasks
from payments.gateway.errors import Misconfigured
from payments.models import Checkout, OutboxTask
from payments.services import checkout as checkouts
from payments.sweep import sweep
from tests.builders import begin, fill_in, give
from tests.payments.outages import post_office

ROOT = Path(__file__).resolve().parents[3]
WITHOUT_REDIS = """
import time, django; django.setup()
from django.core.management import call_command
from django.test import Client
from payments import outbox
from payments.models import OutboxTask
call_command("migrate", verbosity=0)
began = time.monotonic()
for number in range(5):
    outbox.put("nothing", key=str(number))
assert OutboxTask.objects.count() == 5
assert Client(SERVER_NAME="127.0.0.1").get("/contribute/").status_code == 200
assert time.monotonic() - began < 30, time.monotonic() - began
"""


@pytest.fixture
def shared(_template, stripe_sandbox):
    """A database outside the test's transaction."""
    with _template.copied():
        yield


@pytest.mark.case("F19")
def test_without_redis_pages_answer_and_what_is_due_waits_in_the_database(tmp_path):
    environment = os.environ | {
        "DEMO": "1",
        "DATA_DIR": str(tmp_path),
        "REDIS_URL": "redis://127.0.0.1:1/0",
        "DATABASE_URL": f"sqlite:///{tmp_path / 'books.sqlite3'}",
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_REDIS], env=environment, cwd=ROOT, capture_output=True
    )
    assert done.returncode == 0, done.stderr.decode()
    assert done.stderr.decode().count("bell_broken") == 1


@pytest.mark.django_db
@pytest.mark.case("F24")
def test_a_database_that_takes_no_writes_stops_giving_before_stripe_is_asked(
    shared, client, stripe_sandbox
):
    words = {"sqlite": "PRAGMA query_only = ON"}
    statement = words.get(connection.vendor, "SET default_transaction_read_only = on")
    with connection.cursor() as cursor:
        cursor.execute(statement)
    assert fill_in(client).status_code == 503
    assert "checkout.session" not in stripe_sandbox.store.kinds


@pytest.mark.django_db
@pytest.mark.case("F14")
def test_a_checkout_that_died_before_stripe_was_asked_is_closed_a_day_later(client, stripe_sandbox):
    def die(place):
        if place == "checkout.row_committed":
            raise crash.Crashed

    with crash.armed(die), pytest.raises(crash.Crashed):
        fill_in(client)
    assert Checkout.objects.get().status == Checkout.Status.CREATING
    clock.set_offset(int(timedelta(hours=26).total_seconds()))
    sweep()
    assert Checkout.objects.get().status == Checkout.Status.EXPIRED
    assert "checkout.session" not in stripe_sandbox.store.kinds


@pytest.mark.django_db
@pytest.mark.case("F30")
def test_a_key_that_is_in_use_is_tried_again_until_it_is_free(client, stripe_sandbox):
    stripe_sandbox.faults.add({"path": "/v1/checkout/sessions", "kind": "409", "times": 2})
    assert fill_in(client).status_code == 303
    assert len(stripe_sandbox.store.kinds["checkout.session"]) == 1


@pytest.mark.django_db
@pytest.mark.case("F32")
def test_a_key_used_for_something_else_is_refused_and_no_new_one_is_taken(client, stripe_sandbox):
    row = begin(client)
    Checkout.objects.update(gift_minor=2000, status=Checkout.Status.CREATING)
    row.refresh_from_db()
    with pytest.raises(Misconfigured):
        checkouts._open(row)
    row.refresh_from_db()
    assert row.attempt == 1
    assert len(stripe_sandbox.store.kinds["checkout.session"]) == 1


@pytest.mark.django_db
@pytest.mark.case("F36")
def test_mail_that_cannot_be_sent_waits_and_goes_out_once(client, pay, deliver, settings):
    settings.EMAIL_BACKEND = "tests.payments.outages.post_office.Closed"
    contribution = give(client, pay, deliver)
    waiting = OutboxTask.objects.get(name="receipt.mail")
    assert (waiting.done_at, waiting.attempts) == (None, 1)
    settings.EMAIL_BACKEND = "tests.payments.outages.post_office.Forgetful"
    post_office.SEEN.clear()
    for minutes in (1, 5, 30):
        clock.set_offset(60 * minutes)
        tasks.drain()
    number = contribution.receipt.number
    # The provider took the first, and said that it had not: the repeat is known by its name.
    assert [f"<receipt-{number}@example.org>"] * 2 == post_office.SEEN
    assert OutboxTask.objects.get(name="receipt.mail").done_at
