"""Renewals by bank debit: on its way is not paid, and what arrives after a stop goes back."""

import pytest

from payments import clock
from payments.models import Contribution, FailedRenewal, Subscription
from payments.sandbox.methods import GOOD_ACCOUNT as ACCOUNT
from payments.services import subscriptions
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
