"""Stripe, its key or the mail server gone for hours: nobody has to press anything afterwards."""

import smtplib

import pytest

from payments import clock, outbox, tasks
from payments.gateway.errors import Barred, Declined, Misconfigured, Unavailable
from payments.models import (
    Checkout,
    Contribution,
    LedgerEntry,
    OutboxTask,
    Receipt,
    Refund,
    StripeEvent,
    SubscriptionChange,
)
from payments.money import Money
from payments.outages import is_an_outage
from payments.reconcile import alarms
from payments.services import refunds, subscriptions
from payments.sweep import sweep
from tests.builders import begin, fill_in, give, subscribe

pytestmark = pytest.mark.django_db
HOUR, DAY = 3600, 86_400
TOKEN = "6dd2fd4e-6b7a-4f0c-8a57-0d0c5d9f6c11"


@pytest.fixture
def hours(stripe_sandbox):
    """Let hours pass, every five minutes of which the worker does what is due."""

    def live(number):
        for _ in range(number * 12):
            stripe_sandbox.advance(300)
            clock.set_offset(int(clock.offset().total_seconds()) + 300)
            stripe_sandbox.deliver_due()
            tasks.drain()

    return live


def books():
    return {
        "paid": sorted(Contribution.objects.received().values_list("email", "gift_minor")),
        "kinds": sorted(LedgerEntry.objects.values_list("kind", flat=True)),
        "receipts": sorted(Receipt.objects.values_list("sequence", flat=True)),
    }


@pytest.mark.case("F29")
@pytest.mark.case("F31")
@pytest.mark.case("F33")
@pytest.mark.parametrize("kind", ["500", "lost_request", "429", "401", "403"])
def test_stripe_silent_for_an_hour_while_it_tells_of_money_loses_none_and_books_each_once(
    client, pay, deliver, stripe_sandbox, hours, mailoutbox, kind
):
    for number in range(3):
        address = f"reader{number}@example.org"
        pay(begin(client, email=address).stripe_url, email=address)
    stripe_sandbox.faults.add({"kind": kind, "path": "/v1/*", "times": 10**6})
    hours(1)
    assert books() == {"paid": [], "kinds": [], "receipts": []}
    assert not StripeEvent.objects.filter(due_at=None, status="failed").exists()
    assert "events_failed" not in alarms.raised(now=clock.now())
    stripe_sandbox.faults.clear()
    hours(1)
    assert books() == {
        "paid": [(f"reader{number}@example.org", 1000) for number in range(3)],
        "kinds": ["fee"] * 3 + ["gift"] * 3,
        "receipts": [1, 2, 3],
    }
    assert not StripeEvent.objects.filter(status__in=StripeEvent.OPEN).exists()
    assert len(mailoutbox) == 3


@pytest.mark.case("F31")
@pytest.mark.case("F33")
@pytest.mark.parametrize("kind", ["401", "403", "429"])
def test_a_form_that_stripe_does_not_take_says_so_and_goes_through_later(
    client, pay, deliver, stripe_sandbox, kind
):
    stripe_sandbox.faults.add({"kind": kind, "path": "/v1/*", "times": 99})
    answer = fill_in(client, form_token=TOKEN, message="Keep going")
    page = answer.content.decode()
    assert answer.status_code == 503
    assert "We cannot take contributions just now. No money has moved." in page
    assert "Keep going" in page
    assert Checkout.objects.get().status == Checkout.Status.CREATING
    stripe_sandbox.faults.clear()
    assert fill_in(client, form_token=TOKEN, message="Keep going").status_code == 303
    assert len(stripe_sandbox.store.kinds["checkout.session"]) == 1
    pay(Checkout.objects.get().stripe_url)
    deliver()
    assert Contribution.objects.get().status == "paid"


@pytest.mark.case("F33")
def test_a_refund_asked_for_while_the_key_is_withdrawn_is_sent_once_it_is_good(
    client, pay, deliver, stripe_sandbox, hours
):
    contribution = give(client, pay, deliver)
    stripe_sandbox.faults.add({"kind": "401", "path": "/v1/*", "times": 10**6})
    with pytest.raises(Barred):
        refunds.refund(contribution, amount=Money(400, "eur"), reason="asked", actor=None)
    clock.set_offset(60)
    sweep()
    assert Refund.objects.get().status == "creating"
    assert refunds.refundable(contribution).minor == 600
    stripe_sandbox.faults.clear()
    sweep()
    deliver()
    assert Refund.objects.get().status == "succeeded"
    assert len(stripe_sandbox.store.kinds["refund"]) == 1
    assert LedgerEntry.objects.get(kind="refund").gross_minor == -400


@pytest.mark.case("F33")
def test_a_wish_while_the_key_is_withdrawn_is_carried_out_once_it_is_good(
    client, pay, deliver, stripe_sandbox
):
    row = subscribe(client, pay, deliver)
    stripe_sandbox.faults.add(
        {"kind": "401", "path": "/v1/subscriptions/*", "method": "POST", "times": 99}
    )
    with pytest.raises(Barred):
        subscriptions.change_amount(row, gift=Money(1500, "eur"), actor=row.supporter)
    assert SubscriptionChange.objects.get().status == "asked"
    stripe_sandbox.faults.clear()
    clock.set_offset(60)
    sweep()
    assert SubscriptionChange.objects.get().status == "done"
    row.refresh_from_db()
    assert row.amount_minor == 1500


@pytest.mark.case("F36")
def test_a_mail_server_that_is_down_for_a_day_gets_each_letter_once_and_holds_up_no_money(
    client, pay, deliver, settings, hours, mailoutbox
):
    working = settings.EMAIL_BACKEND
    settings.EMAIL_BACKEND = "tests.payments.outages.post_office.Closed"
    for number in range(3):
        address = f"reader{number}@example.org"
        pay(begin(client, email=address).stripe_url, email=address)
    deliver.sandbox.deliver_due()
    tasks.drain()
    assert Contribution.objects.received().count() == Receipt.objects.count() == 3
    hours(24)
    waiting = OutboxTask.objects.filter(name="receipt.mail")
    assert waiting.filter(done_at=None, dead_at=None).count() == 3
    assert set(alarms.raised(now=clock.now())) >= {"tasks_waiting"}
    settings.EMAIL_BACKEND = working
    hours(1)
    assert sorted(letter.to[0] for letter in mailoutbox) == [
        f"reader{number}@example.org" for number in range(3)
    ]
    assert not waiting.filter(done_at=None).exists()
    assert "tasks_waiting" not in alarms.raised(now=clock.now())


@pytest.mark.case("F36")
def test_a_mail_server_that_is_down_is_asked_once_a_round_for_each_kind_of_letter(monkeypatch):
    asked = []

    def send(number):
        asked.append(number)
        raise smtplib.SMTPServerDisconnected("closed")

    monkeypatch.setitem(outbox.TASKS, "test.mail", send)
    monkeypatch.setitem(outbox.TASKS, "test.good", lambda number: asked.append(number))
    for number in range(5):
        outbox.put("test.mail", key=f"mail:{number}", number=number)
    outbox.put("test.good", key="good", number=9)
    outbox.run_due()
    assert asked == [0, 9]
    rest = OutboxTask.objects.filter(name="test.mail").exclude(key="mail:0")
    assert set(rest.values_list("attempts", flat=True)) == {0}
    assert not rest.filter(due_at__lte=clock.now()).exists()


@pytest.mark.case("F18")
@pytest.mark.case("F36")
def test_an_outage_that_does_not_end_is_given_up_after_three_days(monkeypatch):
    def send():
        raise ConnectionRefusedError

    monkeypatch.setitem(outbox.TASKS, "test.mail", send)
    outbox.put("test.mail", key="mail")
    for number in range(3 * 24 * 2 + 12):
        outbox.run_due()
        if number < 3 * 24 * 2 - 1:
            assert OutboxTask.objects.get().dead_at is None, number
        clock.set_offset(1800 * (number + 1))
    assert OutboxTask.objects.get().dead_at


@pytest.mark.case("F36")
@pytest.mark.parametrize(
    ("error", "comes_later"),
    [
        (smtplib.SMTPServerDisconnected("closed"), True),
        (smtplib.SMTPConnectError(421, b"busy"), True),
        (smtplib.SMTPAuthenticationError(535, b"no"), True),
        (smtplib.SMTPRecipientsRefused({"a@example.org": (450, b"later")}), True),
        (smtplib.SMTPRecipientsRefused({"a@example.org": (550, b"nobody")}), False),
        (smtplib.SMTPDataError(451, b"later"), True),
        (smtplib.SMTPDataError(552, b"too large"), False),
        (smtplib.SMTPNotSupportedError("no"), False),
        (ConnectionRefusedError(), True),
        (TimeoutError(), True),
        (FileNotFoundError(), False),
        (Unavailable("rate_limit"), True),
        (Barred("api_key_expired"), True),
        (Misconfigured("resource_missing"), False),
        (Declined("card_declined"), False),
        (ValueError(), False),
    ],
    ids=repr,
)
def test_what_is_refused_for_good_is_no_outage(error, comes_later):
    assert is_an_outage(error) is comes_later
