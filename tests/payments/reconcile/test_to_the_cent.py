"""Money that goes back in awkward orders: every account, receipt and sum to the minor unit."""

import pytest
from django.db.models import Sum

from payments.models import Account, Contribution, LedgerLine, Refund, RefundNote
from payments.money import Money
from payments.sandbox import balance
from payments.services import refunds
from tests.builders import give, operate

pytestmark = [pytest.mark.django_db, pytest.mark.case("F51"), pytest.mark.case("F52")]
# Currency, the gift as it is typed, the gift and the charge with its covered fee in minor units.
SUMS = [("eur", "10", 1000, 1041), ("jpy", "1000", 1000, 1041), ("gbp", "33.33", 3333, 3409)]
EVERY_SUM = pytest.mark.parametrize(("currency", "typed", "gift", "charged"), SUMS)


@pytest.fixture
def given(client, pay, deliver, advance):
    def begin(currency, typed, **fields):
        row = give(client, pay, deliver, currency=currency, amount=typed, cover_fee="1", **fields)
        advance(seconds=60)
        row.refresh_from_db()
        return row

    return begin


def send(row, minor):
    amount = Money(minor, row.currency)
    return refunds.refund(row, amount=amount, reason="asked", actor=None)


def accounts(currency):
    sums = LedgerLine.objects.filter(currency=currency).values_list("account")
    return {name: total for name, total in sums.annotate(Sum("amount_minor")) if total}


def left(row):
    row = Contribution.objects.with_refunded().get(pk=row.pk)
    return row.charged.minor - row.refunded_minor


def receipted(row):
    """What the receipt and the notes on it say together."""
    minor = row.receipt.facts["amount_minor"]
    for note in RefundNote.objects.filter(receipt=row.receipt):
        minor += note.amount_minor if note.kind == "restored" else -note.amount_minor
    return minor


@EVERY_SUM
def test_the_covered_fee_can_be_sent_back_and_then_all_but_one_and_one(
    given, deliver, stripe_sandbox, compare, currency, typed, gift, charged
):
    row = given(currency, typed)
    assert (row.gift_minor, row.charged.minor) == (gift, charged)
    for minor in (row.cover_minor, gift - 1, 1):
        send(row, minor)
    deliver()
    with pytest.raises(refunds.RefundRefused) as refusal:
        send(row, 1)
    assert refusal.value.code == "too_much"
    assert (left(row), receipted(row)) == (0, 0)
    # The fee of the charge stays spent.
    assert accounts(currency) == {"stripe": -row.fee_minor, "fees": row.fee_minor}
    assert balance.held(stripe_sandbox, currency=currency) == -row.fee_minor
    assert compare() == {}


@EVERY_SUM
def test_a_refund_that_fails_after_a_second_one_leaves_the_second(
    given, deliver, advance, stripe_sandbox, compare, currency, typed, gift, charged
):
    row = given(currency, typed)
    first, second = send(row, 600), send(row, charged - 600)
    advance(days=2)
    assert left(row) == 0
    operate(stripe_sandbox, "fail_refund", refund=first.stripe_refund_id)
    deliver()
    assert list(Refund.objects.order_by("pk").values_list("status", flat=True)) == [
        "failed",
        "succeeded",
    ]
    assert refunds.refundable(row).minor == 600
    assert (left(row), receipted(row)) == (600, 600)
    assert accounts(currency)[Account.CONTRIBUTIONS] == -600
    # Sent once more, and that fails as well.
    third = send(row, 600)
    deliver()
    assert (left(row), receipted(row)) == (0, 0)
    operate(stripe_sandbox, "fail_refund", refund=third.stripe_refund_id)
    operate(stripe_sandbox, "fail_refund", refund=second.stripe_refund_id)
    deliver()
    assert (left(row), receipted(row)) == (charged, charged)
    assert refunds.refundable(row) == row.charged
    assert sum(accounts(currency).values()) == 0
    assert compare() == {}


@pytest.mark.case("F53")
@pytest.mark.case("F54")
@pytest.mark.parametrize(("word", "lost"), [("won", 0), ("partly", 321), ("lost", 641)])
def test_a_dispute_of_what_was_partly_sent_back(
    given, deliver, advance, stripe_sandbox, compare, word, lost
):
    row = given("eur", "10")
    send(row, 400)
    deliver()
    operate(stripe_sandbox, "dispute", charge=row.stripe_charge_id)
    advance(seconds=60)
    dispute = row.disputes.get()
    assert (dispute.amount_minor, dispute.withdrawn_minor, left(row)) == (641, 641, 0)
    assert receipted(row) == 641
    operate(stripe_sandbox, "decide", dispute=dispute.stripe_dispute_id, outcome=word)
    advance(seconds=60)
    dispute.refresh_from_db()
    assert dispute.withdrawn_minor == lost
    assert (left(row), receipted(row)) == (641 - lost, 641 - lost)
    sums = accounts("eur")
    assert sums[Account.CONTRIBUTIONS] == -641
    assert sums.get(Account.DISPUTES, 0) == lost
    assert sums.get(Account.DISPUTE_FEES, 0) == (0 if word == "won" else 2000)
    assert sum(sums.values()) == 0
    assert compare() == {}


@pytest.mark.case("F54")
def test_a_refund_that_fails_while_the_rest_is_disputed(
    given, deliver, advance, stripe_sandbox, compare
):
    row = given("eur", "10")
    sent = send(row, 400)
    deliver()
    operate(stripe_sandbox, "dispute", charge=row.stripe_charge_id)
    advance(seconds=60)
    operate(stripe_sandbox, "fail_refund", refund=sent.stripe_refund_id)
    deliver()
    assert (left(row), refunds.refundable(row).minor) == (400, 400)
    with pytest.raises(refunds.RefundRefused) as refusal:
        send(row, 400)
    assert refusal.value.code == "disputed"
    operate(stripe_sandbox, "decide", dispute=row.disputes.get().stripe_dispute_id, outcome="lost")
    advance(seconds=60)
    assert (left(row), receipted(row)) == (400, 400)
    assert accounts("eur")[Account.CONTRIBUTIONS] == -1041
    assert accounts("eur")[Account.DISPUTES] == 641
    assert compare() == {}


@pytest.mark.case("F54")
def test_a_dispute_for_more_than_is_left_shows_what_was_paid_twice(
    given, deliver, advance, stripe_sandbox, compare
):
    row = given("eur", "10")
    send(row, 400)
    deliver()
    operate(stripe_sandbox, "dispute", charge=row.stripe_charge_id, amount="1041")
    advance(seconds=60)
    assert (left(row), refunds.refundable(row).minor) == (-400, 0)
    operate(stripe_sandbox, "decide", dispute=row.disputes.get().stripe_dispute_id, outcome="lost")
    advance(seconds=60)
    assert (left(row), receipted(row)) == (-400, -400)
    assert sum(accounts("eur").values()) == 0
    assert compare() == {"over_refunded": 1}


def test_a_refund_after_the_payout_is_taken_from_the_next_and_below_zero(
    given, deliver, advance, stripe_sandbox, compare
):
    row = given("eur", "10")
    advance(days=5)
    assert accounts("eur").get(Account.STRIPE, 0) == 0
    send(row, 1041)
    deliver()
    assert accounts("eur")[Account.STRIPE] == -1041
    assert balance.held(stripe_sandbox, currency="eur") == -1041
    assert compare() == {}
    given("eur", "30", email="ben@example.org")
    advance(days=5)
    assert accounts("eur").get(Account.STRIPE, 0) == balance.held(stripe_sandbox, currency="eur")
    assert compare() == {}


def test_a_refund_that_waits_for_money_reserves_its_sum_and_fails_free_of_notes(
    given, deliver, advance, stripe_sandbox, compare
):
    stripe_sandbox.settings.change({"refunds_need_funds": True})
    row = given("eur", "10")
    advance(days=5)
    waiting = send(row, 1000)
    assert waiting.status == "pending"
    assert refunds.refundable(row).minor == 41
    with pytest.raises(refunds.RefundRefused) as refusal:
        send(row, 42)
    assert refusal.value.code == "too_much"
    assert receipted(row) == 1041
    assert compare() == {}
