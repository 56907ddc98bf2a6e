"""Refunds from our desk and from Stripe's dashboard."""

import pytest

from payments.gateway import calls
from payments.gateway.errors import Unavailable
from payments.models import LedgerEntry, LedgerLine, Refund
from payments.money import Money
from payments.services import refunds
from payments.sweep import sweep
from tests.builders import give

pytestmark = pytest.mark.django_db
REFUND_FAILS = "4000000000005126"


def test_a_refund_is_sent_once_and_booked(client, pay, deliver, advance):
    contribution = give(client, pay, deliver, amount="10")
    row = refunds.refund(contribution, amount=Money(400, "eur"), reason="asked", actor=None)
    advance(seconds=120)
    row.refresh_from_db()
    assert row.status == Refund.Status.SUCCEEDED
    assert refunds.refundable(contribution).minor == 600
    assert LedgerEntry.objects.get(kind="refund").gross_minor == -400
    assert sum(LedgerLine.objects.values_list("amount_minor", flat=True)) == 0


@pytest.mark.case("F52")
@pytest.mark.parametrize(
    ("amount", "code"),
    [
        (Money(1001, "eur"), "too_much"),
        (Money(0, "eur"), "nothing"),
        (Money(-5, "eur"), "nothing"),
        (Money(100, "usd"), "currency"),
    ],
)
def test_a_refund_that_cannot_be_is_refused_before_stripe_is_asked(
    client, pay, deliver, amount, code
):
    contribution = give(client, pay, deliver, amount="10")
    with pytest.raises(refunds.RefundRefused) as refusal:
        refunds.refund(contribution, amount=amount, reason="", actor=None)
    assert refusal.value.code == code
    assert not Refund.objects.exists()


@pytest.mark.case("F51")
def test_several_refunds_never_exceed_the_contribution(client, pay, deliver):
    contribution = give(client, pay, deliver, amount="10")
    refunds.refund(contribution, amount=Money(600, "eur"), reason="", actor=None)
    with pytest.raises(refunds.RefundRefused):
        refunds.refund(contribution, amount=Money(401, "eur"), reason="", actor=None)


@pytest.mark.case("F44")
def test_a_refund_made_in_stripes_dashboard_is_booked_like_ours(client, pay, deliver, advance):
    contribution = give(client, pay, deliver, amount="10")
    calls.create_refund(
        key="dashboard",
        payment_intent_id=contribution.stripe_payment_intent_id,
        amount=Money(1000, "eur"),
        metadata={},
    )
    advance(seconds=120)
    row = Refund.objects.get()
    assert (row.status, row.amount_minor) == ("succeeded", 1000)
    assert "dashboard" in row.reason


@pytest.mark.case("F52")
def test_a_refund_that_fails_later_is_booked_back(client, pay, deliver, advance):
    contribution = give(client, pay, deliver, amount="10", card=REFUND_FAILS)
    refunds.refund(contribution, amount=Money(1000, "eur"), reason="", actor=None)
    advance(days=3)
    assert Refund.objects.get().status == Refund.Status.FAILED
    gross = LedgerEntry.objects.filter(refund__isnull=False).values_list("gross_minor", flat=True)
    assert sorted(gross) == [-1000, 1000]
    assert refunds.refundable(contribution).minor == 1000


@pytest.mark.case("F28")
def test_a_refund_whose_answer_was_lost_is_found_and_not_made_twice(
    client, pay, deliver, advance, stripe_sandbox
):
    contribution = give(client, pay, deliver, amount="10")
    stripe_sandbox.faults.add({"path": "/v1/refunds", "kind": "lost_answer", "times": 3})
    with pytest.raises(Unavailable):
        refunds.refund(contribution, amount=Money(1000, "eur"), reason="", actor=None)
    advance(seconds=1200)
    sweep()
    deliver()
    assert len(stripe_sandbox.store.kinds["refund"]) == 1
    assert Refund.objects.get().status == Refund.Status.SUCCEEDED
