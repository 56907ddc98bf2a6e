"""Renewals by bank debit: on its way is not paid, and what arrives after a stop goes back."""

import pytest

from payments import clock
from payments.models import Contribution, FailedRenewal, Subscription
from payments.sandbox.methods import GOOD_ACCOUNT as ACCOUNT
from payments.services import cards, subscriptions
from tests.builders import begin

pytestmark = pytest.mark.django_db


@pytest.mark.case("F35")
def test_a_renewal_by_bank_debit_is_not_paid_while_it_is_on_its_way(client, pay, deliver, advance):
    subscription = by_debit(client, pay, deliver, advance)
    left = subscription.next_charge_at - clock.now()
    advance(seconds=int(left.total_seconds()) + 2 * 3600)
    assert Contribution.objects.filter(status="paid").count() == 1
    assert not FailedRenewal.objects.exists()
    advance(days=5)
    assert Contribution.objects.filter(status="paid").count() == 2


def by_debit(client, pay, deliver, advance):
    pay(begin(client, frequency="month").stripe_url, payment_kind="sepa_debit", account=ACCOUNT)
    deliver()
    assert not Contribution.objects.filter(status="paid").exists()
    advance(days=5)
    return Subscription.objects.get()


@pytest.mark.case("F35")
@pytest.mark.case("F46")
def test_a_debit_under_way_is_called_back_when_it_is_stopped_at_once(client, pay, deliver, advance):
    subscription = by_debit(client, pay, deliver, advance)
    left = subscription.next_charge_at - clock.now()
    advance(seconds=int(left.total_seconds()) + 2 * 3600)
    subscriptions.cancel_now(subscription, reason="", actor=None)
    advance(days=6)
    assert Contribution.objects.filter(status="paid").count() == 1


@pytest.mark.case("F35")
@pytest.mark.case("S5")
def test_a_new_card_takes_nothing_for_what_a_debit_is_under_way_for(
    client, pay, deliver, advance, stripe_sandbox
):
    subscription = by_debit(client, pay, deliver, advance)
    left = subscription.next_charge_at - clock.now()
    advance(seconds=int(left.total_seconds()) + 2 * 3600)
    pay(cards.start_card_change(subscription, return_url="http://testserver/account/"))
    deliver()
    assert subscription.changes.get(kind="card").status == "done"
    advance(days=6)
    subscription.refresh_from_db()
    assert subscription.card_last4 == "4242"
    paid = Contribution.objects.filter(status="paid")
    assert sorted(row.method.split()[0] for row in paid) == ["Bank", "Bank"]
    assert len(list(stripe_sandbox.store.newest("charge"))) == 2
