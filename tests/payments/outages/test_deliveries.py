"""Notifications that come early, late, in heaps, or not at all."""

import time

import pytest
import time_machine
from django.urls import reverse

from payments import tasks
from payments.models import Checkout, Contribution, LedgerEntry, Receipt, StripeEvent
from payments.sandbox.methods import FAILING_ACCOUNT, GOOD_ACCOUNT
from payments.sweep import sweep
from payments.webhooks import backfill, inbox
from tests.builders import begin, fill_in
from tests.payments.webhooks.test_inbox import event, post

pytestmark = pytest.mark.django_db
TEN_MINUTES = 600


def assert_booked_once():
    """One gift of ten euro: the checkout, the contribution, the books and the receipt agree."""
    assert Checkout.objects.get().status == Checkout.Status.PAID
    paid = Contribution.objects.get()
    assert (paid.status, paid.charged.minor, paid.checkout) == (
        "paid",
        1000,
        Checkout.objects.get(),
    )
    entries = LedgerEntry.objects.exclude(kind="fee")
    assert list(entries.values_list("kind", "gross_minor")) == [("gift", 1000)]
    assert Receipt.objects.get().contribution == paid


@pytest.mark.case("F1")
def test_a_payment_told_before_we_know_its_session_is_booked(client, stripe_sandbox, pay, deliver):
    stripe_sandbox.faults.add({"path": "/v1/checkout/sessions", "kind": "lost_answer", "times": 3})
    assert fill_in(client).status_code == 503
    assert Checkout.objects.get().stripe_checkout_session_id is None
    (session,) = stripe_sandbox.store.newest("checkout.session")
    pay(session["url"])
    deliver()
    assert_booked_once()


@pytest.mark.case("F1")
def test_the_page_after_paying_shows_what_an_early_notification_told(
    client, stripe_sandbox, pay, deliver
):
    stripe_sandbox.settings.change({"webhooks_first": True})
    checkout = begin(client)
    pay(checkout.stripe_url)
    tasks.drain()
    assert_booked_once()
    answer = client.get(reverse("supporters:thanks", args=[checkout.public_id]))
    assert answer.status_code == 200
    assert "€10" in answer.content.decode()
    assert Receipt.objects.get().number in answer.content.decode()
    deliver()
    assert_booked_once()


@pytest.mark.case("F2")
def test_who_never_comes_back_is_booked_and_gets_the_receipt(client, pay, deliver, mailoutbox):
    pay(begin(client).stripe_url)
    deliver()
    assert_booked_once()
    assert [letter.to for letter in mailoutbox] == [["nora@example.org"]]


@pytest.mark.case("F2")
def test_a_payment_of_which_nobody_tells_is_found_by_the_sweep(
    client, stripe_sandbox, pay, mailoutbox
):
    pay(begin(client).stripe_url)
    for _ in range(2):
        sweep()
        tasks.drain()
    assert_booked_once()
    assert len(mailoutbox) == 1


@pytest.mark.case("F11")
def test_a_storm_of_notifications_is_stored_without_asking_stripe_and_applied_in_portions(client):
    for number in range(450):
        assert post(client, event(id=f"evt_{number}", type="moon.landed")).status_code == 200
    assert StripeEvent.objects.count() == 450
    assert [inbox.apply_due() for _ in range(4)] == [200, 200, 50, 0]


@pytest.mark.case("F12")
def test_a_day_without_an_endpoint_loses_nothing(client, stripe_sandbox, pay, advance, mailoutbox):
    stripe_sandbox.deliveries.deliver = lambda *_: 500
    for number in range(3):
        address = f"reader{number}@example.org"
        pay(begin(client, email=address).stripe_url, email=address)
    stripe_sandbox.advance(86_400)
    assert not StripeEvent.objects.exists()
    sweep()
    tasks.drain()
    assert Contribution.objects.received().exclude(fee_minor=None).count() == 3
    kinds = sorted(LedgerEntry.objects.values_list("kind", "gross_minor", "fee_minor"))
    assert kinds == [("fee", 0, 40)] * 3 + [("gift", 1000, 0)] * 3
    assert sorted(Receipt.objects.values_list("sequence", flat=True)) == [1, 2, 3]
    assert len(mailoutbox) == 3


@pytest.mark.case("F27")
def test_a_clock_ten_minutes_off_refuses_notifications_and_books_by_stripes_dates(
    client, stripe_sandbox, pay
):
    pay(begin(client).stripe_url)
    with time_machine.travel(time.time() + TEN_MINUTES, tick=True):
        answer = post(client, event(), at=time.time() - TEN_MINUTES)
        assert answer.status_code == 400
        backfill.catch_up()
        tasks.drain()
    (charge,) = stripe_sandbox.store.newest("charge")
    assert Contribution.objects.get().received_at.timestamp() == charge["created"]


@pytest.mark.case("F35")
def test_a_bank_debit_is_not_paid_until_it_settles(client, pay, deliver, advance):
    pay(begin(client).stripe_url, payment_kind="sepa_debit", account=GOOD_ACCOUNT)
    deliver()
    assert Contribution.objects.get().status == Contribution.Status.PENDING
    assert not Receipt.objects.exists()
    advance(days=14)
    assert Contribution.objects.get().status == Contribution.Status.PAID
    assert Receipt.objects.count() == 1


@pytest.mark.case("F35")
def test_a_bank_debit_that_fails_days_later_was_never_money(client, pay, deliver, advance):
    pay(begin(client).stripe_url, payment_kind="sepa_debit", account=FAILING_ACCOUNT)
    deliver()
    advance(days=14)
    assert Contribution.objects.get().status == Contribution.Status.FAILED
    assert not Receipt.objects.exists()
