"""Money: fees, balance, payouts, refunds that hold or fail, disputes."""

import pytest
import stripe

DAY = 86400


@pytest.fixture
def charge(open_session, page, stripe_client, box):
    """Pays once and returns the charge, its balance transaction attached."""

    def make(card="4242424242424242", **params):
        page.pay(open_session(**params), card=card)
        box.advance(10)
        return stripe_client.v1.charges.list({"limit": 1}).data[0]

    return make


def test_the_fee_comes_with_the_balance_transaction(charge, stripe_client):
    paid = charge(amount=1000)

    transaction = stripe_client.v1.balance_transactions.retrieve(paid.balance_transaction)
    assert (transaction.amount, transaction.fee, transaction.net) == (1000, 40, 960)
    assert transaction.fee_details[0].type == "stripe_fee"
    assert transaction.reporting_category == "charge"
    assert transaction.status == "pending"
    assert transaction.available_on - transaction.created == 2 * DAY


def test_each_currency_has_its_own_balance(charge, stripe_client):
    charge(amount=1000, currency="eur")
    charge(amount=2000, currency="jpy")

    pending = {one.currency: one.amount for one in stripe_client.v1.balance.retrieve().pending}
    assert pending == {"eur": 960, "jpy": 1945}


def test_money_is_paid_out_the_day_it_is_available(charge, stripe_client, box, inbox):
    paid = charge()
    box.advance(4 * DAY)
    box.deliver_due()

    [payout] = stripe_client.v1.payouts.list().data
    assert (payout.amount, payout.status, payout.automatic) == (960, "paid", True)
    assert payout.reconciliation_status == "completed"
    content = stripe_client.v1.balance_transactions.list(
        {"payout": payout.id, "expand": ["data.source"]}
    ).data
    assert {one.source.id for one in content} == {payout.id, paid.id}
    assert sum(one.net for one in content if one.type != "payout") == payout.amount
    assert [type for type in inbox.types if type.startswith("payout")] == [
        "payout.created",
        "payout.updated",
        "payout.paid",
        "payout.reconciliation_completed",
    ]
    balance = stripe_client.v1.balance.retrieve()
    assert balance.available[0].amount == balance.pending[0].amount == 0


def test_a_failed_payout_returns_and_leaves_with_the_next(charge, stripe_client, box, page):
    charge()
    box.advance(4 * DAY)
    [payout] = stripe_client.v1.payouts.list().data
    page.post("/sandbox/fail_payout", payout=payout.id)
    failed = stripe_client.v1.payouts.retrieve(payout.id)
    assert failed.status == "failed"
    assert failed.failure_balance_transaction

    box.advance(2 * DAY)

    again = stripe_client.v1.payouts.list({"status": "paid"}).data
    assert [one.amount for one in again] == [960]


def test_a_payout_may_fail_on_its_way_and_is_never_paid(charge, stripe_client, box, page, inbox):
    charge()
    box.advance(3 * DAY)
    [payout] = stripe_client.v1.payouts.list().data
    assert payout.status == "pending"
    box.advance(15 * 60)
    [payout] = stripe_client.v1.payouts.list({"status": "in_transit"}).data
    page.post("/sandbox/fail_payout", payout=payout.id)
    box.advance(2 * DAY)

    first, second = stripe_client.v1.payouts.list().data[::-1]
    assert (first.id, first.status, second.status) == (payout.id, "failed", "paid")
    content = stripe_client.v1.balance_transactions.list({"payout": second.id}).data
    assert sorted(one.type for one in content) == ["payout", "payout_failure"]
    box.deliver_due()
    assert [type for type in inbox.types if type.startswith("payout")][:3] == [
        "payout.created",
        "payout.updated",
        "payout.failed",
    ]


def test_refunds_may_be_partial_and_several_but_not_too_much(charge, stripe_client, box, inbox):
    paid = charge()
    refund = {"payment_intent": paid.payment_intent, "reason": "requested_by_customer"}
    stripe_client.v1.refunds.create({**refund, "amount": 300})
    with pytest.raises(stripe.InvalidRequestError, match="greater than unrefunded"):
        stripe_client.v1.refunds.create({**refund, "amount": 701})
    last = stripe_client.v1.refunds.create(refund)

    assert last.amount == 700
    charge_now = stripe_client.v1.charges.retrieve(paid.id)
    assert (charge_now.refunded, charge_now.amount_refunded) == (True, 1000)
    with pytest.raises(stripe.InvalidRequestError) as caught:
        stripe_client.v1.refunds.create(refund)
    assert caught.value.code == "charge_already_refunded"
    box.deliver_due()
    assert inbox.types[-6:] == ["refund.created", "charge.refunded", "charge.updated"] * 2
    told = inbox.of("charge.updated")[-1]["data"]["previous_attributes"]
    assert told == {"amount_refunded": 300, "refunded": False}


def test_a_refund_gives_no_fee_back(charge, stripe_client):
    charge(amount=5000)
    paid = charge()
    refund = stripe_client.v1.refunds.create({"charge": paid.id, "expand": ["balance_transaction"]})

    moved = refund.balance_transaction
    assert (moved.type, moved.amount, moved.fee, moved.net) == ("refund", -1000, 0, -1000)


def test_a_refund_larger_than_the_balance_waits_for_money(charge, stripe_client, box, inbox):
    charge(amount=5000)
    first = charge(amount=1000)
    box.advance(5 * DAY)

    refund = stripe_client.v1.refunds.create({"charge": first.id})
    assert (refund.status, refund.pending_reason) == ("pending", "insufficient_funds")
    assert refund.balance_transaction is None

    charge(amount=9000)
    box.advance(2 * DAY)
    assert stripe_client.v1.refunds.retrieve(refund.id).status == "succeeded"


def test_a_refund_in_another_currency_is_covered_by_what_it_settles_in(charge, stripe_client, box):
    box.settings.change({"settles_in": {"usd": {"currency": "eur", "rate": "0.9"}}})
    charge(amount=5000, currency="usd")
    paid = charge(amount=1000, currency="usd")
    refund = stripe_client.v1.refunds.create({"charge": paid.id, "expand": ["balance_transaction"]})

    moved = refund.balance_transaction
    assert (refund.status, refund.amount, refund.currency) == ("succeeded", 1000, "usd")
    assert (moved.amount, moved.currency, moved.exchange_rate) == (-900, "eur", 0.9)
    box.advance(5 * DAY)
    late = charge(amount=1000, currency="usd")
    box.advance(5 * DAY)
    assert stripe_client.v1.refunds.create({"charge": late.id}).status == "pending"


def test_what_has_not_arrived_cannot_be_sent_back(open_session, page, stripe_client):
    page.pay(open_session(), payment_kind="sepa_debit")
    [intent] = stripe_client.v1.payment_intents.list().data
    with pytest.raises(stripe.InvalidRequestError, match="does not have a successful charge"):
        stripe_client.v1.refunds.create({"payment_intent": intent.id})
    [charge] = stripe_client.v1.charges.list().data
    with pytest.raises(stripe.InvalidRequestError, match="has not succeeded"):
        stripe_client.v1.refunds.create({"charge": charge.id})


def test_a_refund_may_take_a_while(charge, stripe_client, box, inbox):
    charge(amount=5000)
    paid = charge(card="4000000000007726")
    refund = stripe_client.v1.refunds.create({"charge": paid.id})
    assert refund.status == "pending"

    box.advance(2 * DAY)
    box.deliver_due()

    assert stripe_client.v1.refunds.retrieve(refund.id).status == "succeeded"
    assert "refund.updated" in inbox.types


def test_a_refund_may_fail_after_it_succeeded(charge, stripe_client, box, inbox):
    charge(amount=5000)
    paid = charge(card="4000000000005126")
    refund = stripe_client.v1.refunds.create({"charge": paid.id})
    assert refund.status == "succeeded"

    box.advance(2 * DAY)
    box.deliver_due()

    refund = stripe_client.v1.refunds.retrieve(
        refund.id, {"expand": ["failure_balance_transaction"]}
    )
    assert (refund.status, refund.failure_balance_transaction.net) == ("failed", 1000)
    assert not stripe_client.v1.charges.retrieve(paid.id).refunded
    assert len(inbox.of("refund.failed")) == 1


def test_a_dispute_takes_the_money_and_bars_a_refund(charge, stripe_client, box, inbox):
    paid = charge(card="4000000000000259")
    box.deliver_due()

    [dispute] = stripe_client.v1.disputes.list({"payment_intent": paid.payment_intent}).data
    assert (dispute.status, dispute.reason) == ("needs_response", "fraudulent")
    assert [one.reporting_category for one in dispute.balance_transactions] == ["dispute"]
    types = [type for type in inbox.types if type.startswith("charge.dispute")]
    assert types == ["charge.dispute.created", "charge.dispute.funds_withdrawn"]
    with pytest.raises(stripe.InvalidRequestError):
        stripe_client.v1.refunds.create({"charge": paid.id})


def test_a_won_dispute_brings_the_money_back(charge, stripe_client, box, inbox):
    charge(card="4000000000000259")
    [dispute] = stripe_client.v1.disputes.list().data
    won = stripe_client.v1.disputes.update(
        dispute.id, {"evidence": {"uncategorized_text": "winning_evidence"}}
    )

    assert won.status == "won"
    assert sum(one.net for one in won.balance_transactions) == 0
    box.deliver_due()
    assert inbox.types[-1] == "charge.dispute.funds_reinstated"


def test_an_inquiry_moves_no_money(charge, stripe_client):
    charge(card="4000000000001976")

    [dispute] = stripe_client.v1.disputes.list().data
    assert (dispute.status, dispute.balance_transactions) == ("warning_needs_response", [])


def test_an_early_warning_names_its_charge(charge, stripe_client):
    paid = charge(card="4000000000005423")

    [warning] = stripe_client.v1.radar.early_fraud_warnings.list({"charge": paid.id}).data
    assert warning.actionable
