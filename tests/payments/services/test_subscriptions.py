"""Monthly and yearly giving: renewals, changes, stopping, a new card."""

import urllib.parse

import pytest
from django.core import mail

from payments.gateway.client import InsideTransaction
from payments.models import AuditEntry, Contribution, LedgerLine, Receipt, Subscription
from payments.money import AmountError, Money
from payments.services import cards, subscriptions
from tests.builders import subscribe

pytestmark = pytest.mark.django_db
FAILS_LATER = "4000000000000341"


def change_card(subscription, pay, deliver, *, card):
    url = cards.start_card_change(subscription, return_url="http://testserver/account/")
    assert pay(url, card=card).status == 303
    deliver()


def test_a_renewal_is_booked_and_receipted(client, pay, deliver, advance):
    subscription = subscribe(client, pay, deliver, article="the-ferry", campaign="open")
    advance(days=32)
    first, renewal = Contribution.objects.order_by("received_at")
    assert (first.kind, renewal.kind) == ("first", "renewal")
    assert renewal.article == "the-ferry"
    assert renewal.subscription == subscription
    assert Receipt.objects.count() == 2
    assert sum(LedgerLine.objects.values_list("amount_minor", flat=True)) == 0


def test_a_changed_amount_is_taken_at_the_next_renewal_and_not_before(
    client, pay, deliver, advance
):
    subscription = subscribe(client, pay, deliver, amount="10", cover_fee="1")
    subscriptions.change_amount(subscription, gift=Money(2000, "eur"), actor=None)
    subscription.refresh_from_db()
    assert subscription.gift.minor == 2000
    assert subscription.cover_minor > 41
    advance(days=32)
    first, renewal = Contribution.objects.order_by("received_at")
    assert (first.gift_minor, renewal.gift_minor) == (1000, 2000)
    assert renewal.cover_minor == subscription.cover_minor
    assert AuditEntry.objects.filter(action="subscription amount changed").count() == 1


def test_stopping_takes_nothing_more_and_can_be_undone(client, pay, deliver, advance):
    subscription = subscribe(client, pay, deliver)
    stopped = subscriptions.cancel(subscription, reason="too dear", actor=None)
    assert stopped.ending
    assert stopped.upcoming is None
    undone = subscriptions.undo_cancel(stopped, actor=None)
    assert not undone.ending
    subscriptions.cancel(undone, reason="", actor=None)
    advance(days=40)
    subscription.refresh_from_db()
    assert subscription.status == Subscription.Status.CANCELED
    assert Contribution.objects.count() == 1


def test_stopping_twice_is_stopping_once(client, pay, deliver):
    subscription = subscribe(client, pay, deliver)
    subscriptions.cancel(subscription, reason="", actor=None)
    subscription.refresh_from_db()
    subscriptions.cancel(subscription, reason="", actor=None)
    assert AuditEntry.objects.filter(action="subscription stopped").count() == 1


def test_an_ended_subscription_cannot_be_changed(client, pay, deliver, advance):
    subscription = subscribe(client, pay, deliver)
    subscriptions.cancel(subscription, reason="", actor=None)
    advance(days=40)
    subscription.refresh_from_db()
    with pytest.raises(subscriptions.ChangeRefused) as refusal:
        subscriptions.change_amount(subscription, gift=Money(2000, "eur"), actor=None)
    assert refusal.value.code == "ended"


@pytest.mark.parametrize(
    ("gift", "code"), [(Money(2000, "usd"), "currency"), (Money(1, "eur"), "too_small")]
)
def test_a_change_that_makes_no_sense_is_refused(client, pay, deliver, gift, code):
    subscription = subscribe(client, pay, deliver)
    with pytest.raises((subscriptions.ChangeRefused, AmountError)) as refusal:
        subscriptions.change_amount(subscription, gift=gift, actor=None)
    assert refusal.value.code == code


@pytest.mark.case("F34")
def test_a_failed_renewal_is_shown_and_told_for_each_attempt(client, pay, deliver, advance):
    subscription = subscribe(client, pay, deliver)
    change_card(subscription, pay, deliver, card=FAILS_LATER)
    advance(days=32)
    subscription.refresh_from_db()
    assert subscription.status == Subscription.Status.PAST_DUE
    assert Contribution.objects.count() == 1
    letters = [letter for letter in mail.outbox if "could not" in letter.subject.lower()]
    assert len(letters) == 1
    assert letters[0].to == ["nora@example.org"]


def test_a_new_card_is_charged_from_then_on(client, pay, deliver, advance):
    subscription = subscribe(client, pay, deliver)
    change_card(subscription, pay, deliver, card="5555555555554444")
    subscription.refresh_from_db()
    assert subscription.card_last4 == "4444"
    advance(days=32)
    assert Contribution.objects.filter(kind="renewal", status="paid").count() == 1


def test_an_older_reading_never_replaces_a_newer_one(client, pay, deliver):
    subscription = subscribe(client, pay, deliver)
    seen_at = subscription.seen_at
    subscriptions.sync(subscription.stripe_subscription_id)
    subscription.refresh_from_db()
    assert subscription.seen_at > seen_at


def test_stripe_is_never_called_while_rows_are_locked(client, pay, deliver):
    from django.db import transaction

    subscription = subscribe(client, pay, deliver)
    with transaction.atomic(), pytest.raises(InsideTransaction):
        subscriptions.sync(subscription.stripe_subscription_id)


def test_the_address_of_the_thank_you_page_carries_no_personal_data(client, pay, deliver):
    from tests.builders import begin

    checkout = begin(client)
    path = urllib.parse.urlsplit(pay(checkout.stripe_url).headers["Location"])
    assert path.path == f"/contribute/thanks/{checkout.public_id}/"
    assert path.query == ""
