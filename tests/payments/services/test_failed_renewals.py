"""Failed renewals and letters: the newest reading counts, and nothing untrue is sent."""

from datetime import timedelta

import pytest
from django.core import mail

from payments import clock
from payments.gateway import changes
from payments.models import FailedRenewal, Subscription
from payments.services import contributions, failed_renewals, letters, mirror, subscriptions
from tests.builders import operate, subscribe

pytestmark = pytest.mark.django_db
FAILS_LATER = "4000000000000341"


@pytest.fixture
def overdue(client, pay, deliver, advance):
    row = subscribe(client, pay, deliver, amount="10", card=FAILS_LATER)
    advance(days=32)
    row.refresh_from_db()
    return row


@pytest.fixture
def failure(overdue):
    return FailedRenewal.objects.get()


@pytest.fixture
def invoice(failure, stripe_sandbox):
    return stripe_sandbox.store.objects[failure.stripe_invoice_id]


def again(row):
    return failed_renewals.failed(row.subscription.stripe_subscription_id, row.stripe_invoice_id)


def test_a_failure_keeps_what_stripe_tells_of_it(failure, invoice):
    assert (failure.status, failure.attempts) == ("open", 1)
    assert (failure.amount_minor, failure.currency) == (1000, "eur")
    assert failure.hosted_url == invoice["hosted_invoice_url"]
    assert failure.next_attempt_at.timestamp() == invoice["next_payment_attempt"]
    assert failure.recovered_at is None


def test_an_older_reading_of_a_failure_changes_nothing(failure, invoice):
    ahead = clock.now() + timedelta(days=400)
    FailedRenewal.objects.update(seen_at=ahead)
    invoice["attempt_count"] = 7
    again(failure)
    failure.refresh_from_db()
    assert (failure.attempts, failure.seen_at) == (1, ahead)


def test_a_newer_reading_of_a_failure_counts(failure, invoice):
    invoice["attempt_count"] = 2
    assert again(failure).attempts == 2


def test_what_was_paid_after_all_is_recovered_on_that_day_and_not_tried_again(failure, invoice):
    paid_at = invoice["created"] + 5000
    invoice |= {"status": "paid", "attempt_count": 3}
    invoice["status_transitions"]["paid_at"] = paid_at
    row = again(failure)
    assert (row.status, row.attempts, row.next_attempt_at) == ("recovered", 3, None)
    assert row.recovered_at.timestamp() == paid_at
    assert again(failure).status == "recovered"


def test_money_that_is_booked_after_all_recovers_what_had_failed(failure, stripe_sandbox):
    (card,) = stripe_sandbox.store.kinds["payment_method"]
    operate(stripe_sandbox, "update_card", payment_method=card, number="4242424242424242")
    changes.pay(failure.stripe_invoice_id, key="by-staff")
    assert contributions.record_invoice(failure.stripe_invoice_id).status == "paid"
    failure.refresh_from_db()
    assert (failure.status, failure.next_attempt_at) == ("recovered", None)
    assert failure.recovered_at


@pytest.mark.parametrize("status", ["void", "uncollectible"])
def test_what_was_given_up_at_stripe_is_given_up_here(failure, invoice, status):
    invoice["status"] = status
    failed_renewals.closed(failure.stripe_invoice_id)
    failure.refresh_from_db()
    assert failure.status == "given_up"


def test_what_is_owed_by_an_agreement_that_has_ended_is_given_up(failure, stripe_sandbox):
    raw = stripe_sandbox.store.objects[failure.subscription.stripe_subscription_id]
    Subscription.objects.update(seen_at=clock.now() + timedelta(days=400), status="canceled")
    assert raw["status"] == "past_due"
    assert again(failure).status == "given_up"


def test_an_end_gives_up_what_was_owed_without_a_word_about_the_invoice(failure):
    changes.end_now(failure.subscription.stripe_subscription_id, key="by-staff")
    mirror.sync(failure.subscription.stripe_subscription_id)
    failure.refresh_from_db()
    assert (failure.status, failure.next_attempt_at) == ("given_up", None)


def test_an_invoice_that_never_failed_is_not_asked_about_when_it_is_closed(db, stripe_sandbox):
    stripe_sandbox.faults.add({"kind": "lost_request", "path": "/v1/*", "times": 99})
    failed_renewals.closed("in_other")


# --- letters ------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", ["paid", "void"])
def test_no_letter_tells_of_a_failure_that_is_over(failure, invoice, status):
    mail.outbox.clear()
    invoice["status"] = status
    letters.payment_failed(failure.pk)
    assert not mail.outbox


def test_no_letter_tells_of_a_failure_of_one_that_has_ended(failure):
    Subscription.objects.update(status="canceled")
    mail.outbox.clear()
    letters.payment_failed(failure.pk)
    assert not mail.outbox


def test_a_letter_tells_of_a_failure_that_stands(failure):
    mail.outbox.clear()
    letters.payment_failed(failure.pk)
    assert [letter.to for letter in mail.outbox] == [["nora@example.org"]]


@pytest.mark.parametrize("letter", ["card_ending", "renewal_near", "yearly_notice", "card_updated"])
def test_what_is_to_come_is_written_about_only_while_it_will_come(client, pay, deliver, letter):
    row = subscribe(client, pay, deliver)
    mail.outbox.clear()
    getattr(letters, letter)(row.pk)
    assert [each.to for each in mail.outbox] == [["nora@example.org"]]
    mail.outbox.clear()
    subscriptions.cancel(row, reason="", actor=None)
    getattr(letters, letter)(row.pk)
    assert not mail.outbox
