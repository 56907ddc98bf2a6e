"""What each movement of money writes into the ledger: once, in the right words and accounts."""

from uuid import uuid4

import pytest

from payments.models import LedgerEntry
from payments.money import Money
from payments.services import corrections, ledger, ledger_in_bulk
from tests.payments import books

pytestmark = pytest.mark.django_db


@pytest.fixture
def contribution(db):
    return books.receive(1000, fee=None)


def lines(entry):
    return dict(entry.lines.values_list("account", "amount_minor"))


def sums(entry):
    return entry.gross_minor, entry.fee_minor, entry.net_minor


def test_money_that_arrives_is_booked_once_on_two_accounts(contribution):
    entry = ledger.received(contribution)
    assert entry == ledger.root_of(contribution) == LedgerEntry.objects.get()
    assert sums(entry) == (1000, 0, 1000)
    assert lines(entry) == {"stripe": 1000, "contributions": -1000}
    assert entry.occurred_at == contribution.received_at
    assert entry.stripe_charge_id == contribution.stripe_charge_id


def test_money_that_has_no_charge_is_booked_all_the_same(db):
    row = books.receive(500, fee=None, stripe_charge_id=None)
    entry = ledger.root_of(row)
    assert entry.stripe_charge_id == ""
    assert ledger.fee(row, books.balance(500, fee=20)).stripe_charge_id == ""


def test_a_fee_settles_its_movement_once(contribution):
    said = books.balance(1000, fee=40)
    first, again = ledger.fee(contribution, said), ledger.fee(contribution, said)
    assert first == again
    assert first.settles == ledger.root_of(contribution)
    assert sums(first) == (0, 40, -40)
    assert lines(first) == {"fees": 40, "stripe": -40}
    assert first.stripe_balance_transaction_id == said.id


def test_a_fee_of_zero_settles_without_lines(contribution):
    entry = ledger.fee(contribution, books.balance(1000, fee=0))
    assert sums(entry) == (0, 0, 0)
    assert lines(entry) == {}


def test_what_a_dispute_takes_gives_back_and_costs_has_its_own_words(contribution):
    dispute = books.dispute_of(contribution)
    for minor, fee, kind, gone in (
        (-1000, 1500, "dispute", {"stripe": -2500, "disputes": 1000, "dispute_fees": 1500}),
        (1000, 0, "dispute_won", {"stripe": 1000, "disputes": -1000}),
        (0, 1500, "fee", {"stripe": -1500, "dispute_fees": 1500}),
    ):
        said = books.balance(minor, fee=fee)
        entry = ledger.dispute_moved(dispute, said, own=Money(minor, "eur"))
        assert ledger.dispute_moved(dispute, said, own=Money(minor, "eur")) == entry
        assert (entry.kind, sums(entry)) == (kind, (minor, fee, minor - fee))
        assert lines(entry) == gone
        assert (entry.contribution, entry.dispute) == (contribution, dispute)
        assert entry.stripe_charge_id == contribution.stripe_charge_id


def test_money_that_went_back_and_returned_stands_on_the_same_account(contribution):
    refund = books.send_back(contribution, 400)
    went = LedgerEntry.objects.get(kind="refund")
    came = ledger.refund_failed(refund, books.balance(400, type="refund_failure"))
    assert (sums(went), sums(came)) == ((-400, 0, -400), (400, 0, 400))
    assert lines(came) == {"stripe": 400, "contributions": -400}
    assert came.stripe_charge_id == went.stripe_charge_id == contribution.stripe_charge_id


def test_half_of_a_debit_that_failed_may_belong_to_no_contribution(db):
    entry = ledger.passed_through(None, books.balance(900, fee=35), charge_id="ch_debit")
    assert (entry.kind, entry.contribution, entry.stripe_charge_id) == (
        "adjustment",
        None,
        "ch_debit",
    )
    assert lines(entry) == {"stripe": 865, "contributions": -900, "fees": 35}


def test_a_payout_and_one_that_came_back_move_money_between_our_own_accounts(db):
    out = ledger.payout("po_1", books.balance(-960, type="payout"))
    back = ledger.payout_back("po_1", books.balance(960, type="payout_failure"))
    assert lines(out) == {"stripe": -960, "bank": 960}
    assert lines(back) == {"stripe": 960, "bank": -960}
    assert (out.kind, back.kind) == ("payout", "payout_back")


@pytest.mark.case("F50")
def test_a_refund_that_is_settled_in_another_currency_is_booked_in_its_own_and_exchanged(db):
    contribution = books.receive(1000)
    refund = books.send_back(contribution, 100)
    before = LedgerEntry.objects.count()
    entry = ledger.refund_failed(refund, books.balance(110, fee=3, currency="usd"))
    assert (entry.currency, sums(entry)) == ("eur", (100, 0, 100))
    assert lines(entry) == {"stripe": 100, "contributions": -100}
    exchanged = LedgerEntry.objects.filter(kind="exchange").order_by("pk")
    assert [(row.currency, sums(row), lines(row)) for row in exchanged] == [
        ("eur", (-100, 0, -100), {"stripe": -100, "exchange": 100}),
        ("eur", (0, 0, 0), {}),
        ("usd", (110, 3, 107), {"stripe": 107, "exchange": -110, "fees": 3}),
    ]
    assert exchanged[1].settles == entry
    assert LedgerEntry.objects.count() == before + 4


def test_a_history_is_booked_as_one_by_one(db):
    rows = [books.receive(minor, fee=None) for minor in (1000, 2500)]
    one_by_one = [ledger.root_of(row) for row in rows]
    singly = [
        ledger.fee(row, books.balance(0, fee=fee)) for row, fee in zip(rows, (0, 63), strict=True)
    ]
    for row in rows:
        row.public_id = uuid4()
    at_once = ledger_in_bulk.received(rows)
    said = [books.balance(0, fee=fee) for fee in (0, 63)]
    ledger_in_bulk.fees(list(zip(at_once, said, strict=True)))
    fees = [LedgerEntry.objects.get(key=f"fee:{each.id}") for each in said]
    for mine, other in zip([*one_by_one, *singly], [*at_once, *fees], strict=True):
        assert (sums(mine), lines(mine), mine.kind) == (sums(other), lines(other), other.kind)
        assert mine.contribution_id == other.contribution_id
        assert mine.stripe_charge_id == other.stripe_charge_id != ""
    assert [fee.settles for fee in fees] == at_once


# --- corrections --------------------------------------------------------------------------------


def test_a_movement_is_brought_to_what_stripe_says_and_then_left_alone(contribution):
    root = ledger.root_of(contribution)
    ledger.fee(contribution, books.balance(1000, fee=40))
    said = {"gross": Money(900, "eur"), "fee_minor": 55}
    entry = corrections.correct(root, **said)
    assert (entry.kind, sums(entry)) == ("adjustment", (-100, 15, -115))
    assert lines(entry) == {"stripe": -115, "fees": 15, "contributions": 100}
    assert (entry.settles, entry.contribution) == (root, contribution)
    contribution.refresh_from_db()
    assert contribution.fee_minor == 55
    assert corrections.correct(root, **said) is None
    assert LedgerEntry.objects.filter(kind="adjustment").count() == 1


@pytest.mark.parametrize(("gross", "fee"), [(1000, 41), (1001, 40)])
def test_a_cent_of_either_sum_is_corrected(contribution, gross, fee):
    root = ledger.root_of(contribution)
    ledger.fee(contribution, books.balance(1000, fee=40))
    entry = corrections.correct(root, gross=Money(gross, "eur"), fee_minor=fee)
    assert sums(entry) == (gross - 1000, fee - 40, gross - 1000 - (fee - 40))


def test_a_movement_taken_out_of_the_books_leaves_nothing_behind(contribution):
    root = ledger.root_of(contribution)
    ledger.fee(contribution, books.balance(1000, fee=40))
    entry = corrections.counter(root)
    assert sums(entry) == (-1000, -40, -960)
    assert lines(entry) == {"stripe": -960, "fees": -40, "contributions": 1000}
    assert entry.settles == root
    assert sums(corrections.counter(root)) == (0, 0, 0)


def test_what_belongs_to_no_contribution_stands_on_an_account_of_its_own(db):
    fee = corrections.account_fee(books.balance(-200, fee=0, type="stripe_fee"))
    assert (fee.kind, sums(fee)) == ("fee", (0, 200, -200))
    assert lines(fee) == {"stripe": -200, "fees": 200}
    said = books.balance(300, fee=10, type="adjustment")
    other = corrections.adjustment(said)
    assert (other.kind, sums(other)) == ("adjustment", (300, 10, 290))
    assert lines(other) == {"stripe": 290, "fees": 10, "other": -300}
    assert corrections.adjustment(said) == other
    assert other.stripe_balance_transaction_id == said.id
    taken_back = corrections.counter(other)
    assert lines(taken_back) == {"stripe": -290, "fees": -10, "other": 300}
