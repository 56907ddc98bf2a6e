"""Disputes at the sandbox: who takes money when, and what an operator can bring about."""

import json

import pytest
import stripe

from payments.sandbox.pages import layout

DAY = 86400
DISPUTED, INQUIRED, WARNED = "4000000000000259", "4000000000001976", "4000000000005423"


@pytest.fixture
def charge(open_session, page, stripe_client, box):
    def make(card="4242424242424242", **params):
        page.pay(open_session(**params), card=card)
        box.advance(10)
        return stripe_client.v1.charges.list({"limit": 1}).data[0]

    return make


@pytest.fixture
def dispute(charge, stripe_client):
    def make(card=DISPUTED):
        paid = charge(card)
        return stripe_client.v1.disputes.list({"charge": paid.id}).data[0]

    return make


def submit(stripe_client, dispute, word):
    return stripe_client.v1.disputes.update(
        dispute.id, {"evidence": {"uncategorized_text": word}, "submit": True}
    )


def moved(dispute):
    return [(each.amount, each.fee) for each in dispute.balance_transactions]


@pytest.mark.parametrize(
    ("word", "status", "movements"),
    [
        ("winning_evidence", "won", [(-1000, 2000), (1000, -2000)]),
        ("losing_evidence", "lost", [(-1000, 2000)]),
        ("partly_winning_evidence", "lost", [(-1000, 2000), (500, 0)]),
        ("anything else", "under_review", [(-1000, 2000)]),
    ],
)
def test_the_words_of_the_evidence_decide(dispute, stripe_client, word, status, movements):
    answered = submit(stripe_client, dispute(), word)
    assert (answered.status, moved(answered)) == (status, movements)
    assert answered.evidence_details.submission_count == 1


def test_each_step_is_told(dispute, stripe_client, box, inbox):
    submit(stripe_client, dispute(), "winning_evidence")
    box.deliver_due()
    assert [type for type in inbox.types if type.startswith("charge.dispute")] == [
        "charge.dispute.created",
        "charge.dispute.funds_withdrawn",
        "charge.dispute.updated",
        "charge.dispute.updated",
        "charge.dispute.closed",
        "charge.dispute.funds_reinstated",
    ]


def test_a_draft_is_kept_and_not_judged(dispute, stripe_client):
    kept = stripe_client.v1.disputes.update(
        dispute().id, {"evidence": {"uncategorized_text": "winning_evidence"}, "submit": False}
    )
    assert (kept.status, kept.evidence_details.submission_count) == ("needs_response", 0)
    assert kept.evidence.uncategorized_text == "winning_evidence"


def test_an_inquiry_moves_nothing_until_it_is_escalated(dispute, stripe_client):
    inquiry = dispute(INQUIRED)
    assert (inquiry.status, inquiry.is_charge_refundable) == ("warning_needs_response", True)
    assert moved(inquiry) == []
    escalated = submit(stripe_client, inquiry, "escalate_inquiry_evidence")
    assert (escalated.status, moved(escalated)) == ("needs_response", [(-1000, 2000)])
    assert not escalated.is_charge_refundable


def test_an_unanswered_dispute_is_lost_at_its_deadline_and_an_inquiry_ends(
    dispute, stripe_client, box
):
    lost, ended = dispute(), dispute(INQUIRED)
    box.advance(10 * DAY)
    assert stripe_client.v1.disputes.retrieve(lost.id).status == "lost"
    assert stripe_client.v1.disputes.retrieve(ended.id).status == "warning_closed"


def test_a_closed_dispute_takes_nothing_more(dispute, stripe_client):
    closed = stripe_client.v1.disputes.close(dispute().id)
    assert closed.status == "lost"
    for again in (
        lambda: stripe_client.v1.disputes.close(closed.id),
        lambda: submit(stripe_client, closed, "winning_evidence"),
    ):
        with pytest.raises(stripe.InvalidRequestError, match="already closed"):
            again()


def test_money_under_dispute_is_not_refunded_but_an_inquiry_may_be(dispute, stripe_client):
    with pytest.raises(stripe.InvalidRequestError) as caught:
        stripe_client.v1.refunds.create({"charge": dispute().charge})
    assert caught.value.code == "charge_disputed"
    inquiry = dispute(INQUIRED)
    stripe_client.v1.refunds.create({"charge": inquiry.charge})
    assert stripe_client.v1.disputes.retrieve(inquiry.id).status == "warning_closed"


def test_a_warning_is_settled_by_a_refund_or_a_dispute(charge, stripe_client, page):
    refunded, disputed = charge(WARNED), charge(WARNED)
    warnings = stripe_client.v1.radar.early_fraud_warnings
    assert all(one.actionable for one in warnings.list().data)
    stripe_client.v1.refunds.create({"charge": refunded.id})
    page.post("/sandbox/dispute", charge=disputed.id)
    assert not any(one.actionable for one in warnings.list().data)


def test_an_operator_decides_and_partial_sums_can_be_asked_for(charge, stripe_client, page):
    paid = charge()
    page.post("/sandbox/dispute", charge=paid.id, amount="400", reason="duplicate")
    [opened] = stripe_client.v1.disputes.list({"charge": paid.id}).data
    assert (opened.amount, opened.reason) == (400, "duplicate")
    answer = page.post("/sandbox/decide", dispute=opened.id, outcome="won")
    assert json.loads(answer.body)["status"] == "won"
    assert page.post("/sandbox/decide", dispute=opened.id, outcome="lost").status == 400


def test_days_below_zero_are_carried_over_to_the_next_payout(charge, dispute, stripe_client, box):
    dispute()
    box.advance(5 * DAY)
    assert stripe_client.v1.payouts.list().data == []
    assert stripe_client.v1.balance.retrieve().available[0].amount == 960 - 3000
    charge(amount=10000)
    box.advance(4 * DAY)
    [payout] = stripe_client.v1.payouts.list().data
    assert payout.amount == 960 - 3000 + 9825


def test_a_payout_fails_once_and_its_reversal_is_a_transaction(charge, stripe_client, box, page):
    charge()
    box.advance(4 * DAY)
    [payout] = stripe_client.v1.payouts.list().data
    page.post("/sandbox/fail_payout", payout=payout.id)
    failed = stripe_client.v1.payouts.retrieve(
        payout.id, {"expand": ["failure_balance_transaction"]}
    )
    assert failed.failure_balance_transaction.net == payout.amount
    assert page.post("/sandbox/fail_payout", payout=payout.id).status == 400


def test_the_operators_page_has_a_button_for_each_thing_a_bank_can_do(
    charge, dispute, stripe_client, box, page
):
    charge(amount=9000)
    paid, inquiry = charge(), dispute(INQUIRED)
    stripe_client.v1.refunds.create({"charge": charge().id})
    dispute()
    box.advance(5 * DAY)
    shown = page.get("/sandbox").body.decode()
    for action in (
        "clock/advance", "dispute", "warn", "decide", "fail_refund", "resend",
    ):  # fmt: skip
        assert f'action="/sandbox/{action}"' in shown
    headers = {"Accept": "text/html", "Content-Type": "application/x-www-form-urlencoded"}
    body = f"dispute={inquiry.id}&outcome=escalated".encode()
    answer = box.handle("POST", "/sandbox/decide", headers, body)
    assert (answer.status, answer.headers["Location"]) == (303, "http://sandbox.test/sandbox")
    assert paid.id in shown


def test_sums_below_zero_are_written_with_their_sign_in_front():
    assert layout.amount(-250, currency="eur") == "-€2.50"
    assert layout.amount(-1250, currency="sek") == "SEK -12.50"
