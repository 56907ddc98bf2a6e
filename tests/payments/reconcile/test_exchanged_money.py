"""Gifts in a currency that has no bank account: Stripe settles them in another.

What people gave, got back and lost stays in their currency; what Stripe holds is in the other one,
and between the two stands the exchange (F50).
"""

from collections import Counter

import pytest

from payments.models import Account, Contribution, LedgerLine, RefundNote
from payments.money import Money
from payments.sandbox import balance
from payments.services import refunds
from tests.builders import disputed, give, operate

pytestmark = [pytest.mark.django_db, pytest.mark.case("F50")]


@pytest.fixture(autouse=True)
def _euro_is_settled_in_dollars(stripe_sandbox):
    exchanged = {"eur": {"currency": "usd", "rate": "1.1"}}
    stripe_sandbox.settings.change({"settles_in": exchanged, "refunds_need_funds": False})


def held():
    """Each account and currency of the ledger that is not empty."""
    sums = Counter()
    for account, currency, minor in LedgerLine.objects.values_list(
        "account", "currency", "amount_minor"
    ):
        sums[account, currency] += minor
    return {key: minor for key, minor in sums.items() if minor}


def test_a_gift_and_its_refund_in_part(client, pay, deliver, advance, stripe_sandbox, compare):
    gift = give(client, pay, deliver, amount="10")
    advance(seconds=60)
    refunds.refund(gift, amount=Money(400, "eur"), reason="half of it", actor=None)
    deliver()
    sums = held()
    assert sums["contributions", "eur"] == -600
    assert ("stripe", "eur") not in sums
    assert sums["stripe", "usd"] == balance.held(stripe_sandbox, currency="usd")
    assert sums["exchange", "eur"] == 600
    assert sums["exchange", "usd"] == -660
    assert compare() == {}


@pytest.mark.parametrize(("word", "lost"), [("won", 0), ("partly", 500), ("lost", 1000)])
def test_a_dispute_takes_and_gives_back_in_the_currency_of_the_gift(
    word, lost, client, pay, deliver, advance, stripe_sandbox, compare
):
    row = disputed(client, pay, deliver, advance, amount="10")
    assert row.withdrawn_minor == 1000
    operate(stripe_sandbox, "decide", dispute=row.stripe_dispute_id, outcome=word)
    advance(seconds=60)
    row.refresh_from_db()
    assert row.withdrawn_minor == lost
    sums = held()
    assert sums.get((Account.DISPUTES, "eur"), 0) == lost
    assert bool(sums.get((Account.DISPUTE_FEES, "usd"))) is bool(lost)
    assert sums["stripe", "usd"] == balance.held(stripe_sandbox, currency="usd")
    assert compare() == {}


@pytest.mark.parametrize("rate", ["1.05", "1.1", "1.2"])
@pytest.mark.parametrize(("word", "lost"), [("won", 0), ("partly", 500)])
def test_money_of_a_dispute_that_comes_back_at_another_days_rate_is_the_same_gift(
    word, lost, rate, client, pay, deliver, advance, stripe_sandbox, compare
):
    """What the rate has won or lost is the exchange's, never the supporter's."""
    row = disputed(client, pay, deliver, advance, amount="10")
    stripe_sandbox.settings.change({"settles_in": {"eur": {"currency": "usd", "rate": rate}}})
    operate(stripe_sandbox, "decide", dispute=row.stripe_dispute_id, outcome=word)
    advance(seconds=60)
    row.refresh_from_db()
    assert row.withdrawn_minor == lost
    gift = Contribution.objects.with_refunded().get()
    assert gift.refunded_minor == lost
    sums = held()
    assert sums.get((Account.DISPUTES, "eur"), 0) == lost
    assert sums["stripe", "usd"] == balance.held(stripe_sandbox, currency="usd")
    assert compare() == {}


def test_a_refund_at_another_days_rate_is_all_of_the_gift(
    client, pay, deliver, advance, stripe_sandbox, compare
):
    gift = give(client, pay, deliver, amount="10")
    advance(seconds=60)
    stripe_sandbox.settings.change({"settles_in": {"eur": {"currency": "usd", "rate": "1.3"}}})
    for minor in (333, 667):
        refunds.refund(gift, amount=Money(minor, "eur"), reason="all of it", actor=None)
    deliver()
    assert refunds.refundable(gift).minor == 0
    sums = held()
    assert ("contributions", "eur") not in sums
    assert ("stripe", "eur") not in sums
    assert sums["stripe", "usd"] == balance.held(stripe_sandbox, currency="usd")
    assert compare() == {}


def test_a_refund_that_comes_back(client, pay, deliver, advance, stripe_sandbox, compare):
    gift = give(client, pay, deliver, amount="10", card="4000000000005126")
    advance(seconds=60)
    refunds.refund(gift, amount=Money(1000, "eur"), reason="all of it", actor=None)
    for _ in range(3):
        advance(days=10)
    assert Contribution.objects.with_refunded().get().refunded_minor == 0
    assert RefundNote.objects.filter(kind="restored").exists()
    assert held()["contributions", "eur"] == -1000
    assert compare() == {}
