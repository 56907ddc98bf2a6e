"""Whatever order a story's events arrive in, and however often, the rows end the same.

Invariant I8, cases F3 to F6: each story is lived once at Stripe; its events are then posted,
really signed, in 100 random orders, each with doubles and with losses that are made up for late,
and the rows compared.
"""

import urllib.parse

import pytest

from payments.gateway import calls, changes
from payments.gateway.objects import COVER_KEY
from payments.money import Money
from payments.sandbox.methods import FAILING_ACCOUNT, GOOD_ACCOUNT
from tests.builders import begin
from tests.payments.webhooks.replay import Life, one_state

pytestmark = [pytest.mark.django_db, pytest.mark.case("F3"), pytest.mark.case("F5")]

MONTH = 31 * 86400
DECLINED, SECURE_3D = "4000000000000002", "4000002500003155"


def pay_by_debit(pay, checkout, *, account=GOOD_ACCOUNT):
    answer = pay(checkout.stripe_url, payment_kind="sepa_debit", account=account)
    assert answer.status == 303


def approve_3d_secure(sandbox, answer):
    path = urllib.parse.urlsplit(answer.headers["Location"]).path
    assert sandbox.handle("POST", path, {}, b"answer=approve").status == 303


def one_off(client, pay, sandbox):
    pay(begin(client).stripe_url)


def monthly_with_three_renewals(client, pay, sandbox):
    pay(begin(client, frequency="month", cover_fee="1").stripe_url)
    sandbox.advance(3 * MONTH)


def declined_then_paid(client, pay, sandbox):
    checkout = begin(client)
    pay(checkout.stripe_url, card=DECLINED)
    pay(checkout.stripe_url)


def three_d_secure(client, pay, sandbox):
    checkout = begin(client, frequency="year")
    answer = pay(checkout.stripe_url, card=SECURE_3D)
    approve_3d_secure(sandbox, answer)


def bank_debit_that_settles(client, pay, sandbox):
    pay_by_debit(pay, begin(client))
    sandbox.advance(10 * 86400)


def bank_debit_that_fails(client, pay, sandbox):
    pay_by_debit(pay, begin(client), account=FAILING_ACCOUNT)
    sandbox.advance(10 * 86400)


def changed_and_canceled(client, pay, sandbox):
    pay(begin(client, frequency="month").stripe_url)
    state = calls.subscription(next(iter(sandbox.store.kinds["subscription"])))
    changes.set_amount(
        state.id,
        key="change",
        item_id=state.item_id,
        amount=Money(1500, "eur"),
        interval="month",
        metadata={COVER_KEY: "0"},
    )
    sandbox.advance(MONTH)
    changes.end_at_period_end(state.id, key="cancel")
    sandbox.advance(2 * MONTH)


# What became of each story's contributions.
OUTCOMES = {
    one_off: ["paid"],
    monthly_with_three_renewals: ["paid"] * 4,
    declined_then_paid: ["paid"],
    three_d_secure: ["paid"],
    bank_debit_that_settles: ["paid"],
    bank_debit_that_fails: ["failed"],
    changed_and_canceled: ["paid"] * 2,
}


@pytest.mark.parametrize("story", OUTCOMES, ids=lambda story: story.__name__)
def test_every_order_of_events_ends_in_one_state(story, client, pay, stripe_sandbox):
    life = Life(client, pay, stripe_sandbox)
    state = one_state(lambda _: story(client, pay, stripe_sandbox), life)
    assert [row[2] for row in state["contributions"]] == OUTCOMES[story]
