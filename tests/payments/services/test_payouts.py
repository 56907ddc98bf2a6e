"""Payouts: what Stripe sent to the bank, and what was in it."""

import pytest
from django.db.models import Sum

from payments.models import Contribution, LedgerEntry, LedgerLine, Payout, PayoutItem
from tests.builders import give

pytestmark = pytest.mark.django_db


def test_a_payout_is_the_sum_of_what_is_in_it(client, pay, deliver, advance):
    give(client, pay, deliver, amount="10")
    give(client, pay, deliver, amount="25", email="ben@example.org")
    advance(days=5)
    payout = Payout.objects.get()
    assert payout.status == Payout.Status.PAID
    assert PayoutItem.objects.count() == 2
    assert payout.items.aggregate(net=Sum("net_minor"))["net"] == payout.amount_minor
    net = sum(each.net.minor for each in Contribution.objects.all())
    assert payout.amount_minor == net


def test_a_payout_moves_money_from_stripe_to_the_bank(client, pay, deliver, advance):
    give(client, pay, deliver, amount="10")
    advance(days=5)
    accounts = dict(LedgerLine.objects.values_list("account").annotate(total=Sum("amount_minor")))
    assert accounts == {"stripe": 0, "bank": 960, "fees": 40, "contributions": -1000}
    assert LedgerEntry.objects.filter(kind="payout").count() == 1
