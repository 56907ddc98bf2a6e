"""What counts as a movement, and what its totals are."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from payments.models import LedgerEntry
from payments.reports import movements
from payments.reports.questions import Question
from tests.payments.books import balance, euros, pay_out, receive, send_back, settle

pytestmark = pytest.mark.django_db

EVERYTHING = Question()


def rows(question=EVERYTHING):
    return list(movements.chronological(question))


def test_a_contribution_and_its_later_fee_are_one_movement():
    contribution = receive(1000, fee=40)
    (movement,) = rows()
    assert (movement.gross_minor, movement.fee_minor, movement.net_minor) == (1000, 40, 960)
    assert movement.contribution_id == contribution.public_id
    assert movement.receipt_number == contribution.receipt.number
    assert movement.stripe_balance_transaction_id == contribution.stripe_balance_transaction_id


def test_a_fee_that_stripe_has_not_said_is_open_and_counted_as_such():
    contribution = receive(1000, fee=None)
    receive(500, fee=30)
    first = rows()[0]
    assert (first.fee, first.net) == (None, None)
    (total,) = movements.totals(EVERYTHING)
    assert (total.count, total.open) == (2, 1)
    assert (total.gross, total.fee, total.net) == (euros(1500), euros(30), euros(470))
    settle(contribution, fee=40)
    (total,) = movements.totals(EVERYTHING)
    assert (total.open, total.net) == (0, euros(1430))


def test_a_fee_of_nothing_is_not_open():
    receive(1000, fee=0)
    (movement,) = rows()
    assert (movement.fee, movement.net) == (euros(0), euros(1000))


def test_the_first_of_a_subscription_is_published_as_a_gift_with_its_frequency():
    receive(kind="first")
    receive(kind="renewal")
    assert [(row.kind, row.frequency) for row in rows()] == [
        ("gift", "month"),
        ("renewal", "month"),
    ]
    assert [row.kind for row in rows(Question(kind="gift"))] == ["gift"]


def test_a_refund_is_a_movement_of_its_own_with_the_other_sign():
    contribution = receive(1000, fee=40)
    send_back(contribution, 300)
    refund = rows()[1]
    assert refund.kind == "refund"
    assert (refund.gross_minor, refund.fee_minor, refund.net_minor) == (-300, 0, -300)
    assert refund.receipt_number == contribution.receipt.number
    (total,) = movements.totals(EVERYTHING)
    assert (total.gross, total.refunds, total.net) == (euros(700), euros(-300), euros(660))


def test_a_payout_is_no_movement_but_names_what_it_holds():
    contribution = receive(1000, fee=40)
    payout = pay_out(contribution.stripe_balance_transaction_id, minor=960)
    (movement,) = rows()
    assert movement.stripe_payout_id == payout.stripe_payout_id
    assert movements.paid_out(EVERYTHING) == [euros(960)]
    assert movements.paid_out(Question(last_day=date(2026, 3, 11))) == []


@pytest.mark.case("F57")
def test_a_day_is_the_newsrooms_and_both_ends_count(settings):
    settings.TIME_ZONE = "Pacific/Auckland"
    receive(100, at=datetime(2026, 3, 31, 10, 59, 59, tzinfo=UTC))
    receive(200, at=datetime(2026, 3, 31, 11, 0, tzinfo=UTC))
    receive(300, at=datetime(2026, 4, 1, 11, 0, tzinfo=UTC))
    on_the_first = Question(first_day=date(2026, 4, 1), last_day=date(2026, 4, 1))
    assert [row.gross_minor for row in rows(on_the_first)] == [200]


def test_every_filter_narrows_rows_and_totals_alike():
    receive(100, campaign="spring", email="ann@example.org", name="Ann Lee")
    receive(200, article="the-harbour", currency="gbp")
    kept = receive(300, fee=None)
    assert _sums(Question(source="spring")) == [100]
    assert _sums(Question(source="the-harbour")) == [200]
    assert _sums(Question(currency="gbp")) == [200]
    assert _sums(Question(fees="open")) == [300]
    assert _sums(Question(find="ann lee")) == [100]
    assert _sums(Question(find="ANN@example")) == [100]
    assert _sums(Question(find=kept.receipt.number)) == [300]
    assert _sums(Question(find=str(kept.public_id))) == [300]
    assert _sums(Question(find=kept.stripe_charge_id)) == [300]
    assert _sums(Question(find="nobody")) == []


def test_totals_are_kept_apart_by_currency():
    receive(100, fee=10)
    receive(200, fee=20, currency="jpy")
    assert [(total.currency, total.net.minor) for total in movements.totals(EVERYTHING)] == [
        ("eur", 90),
        ("jpy", 180),
    ]


@pytest.mark.case("F13")
def test_money_of_stripes_other_mode_is_in_no_report(settings):
    receive(100)
    receive(200, livemode=True)
    assert _sums(EVERYTHING) == [100]
    settings.STRIPE_SECRET_KEY = "sk_live_real"
    assert _sums(EVERYTHING) == [200]


def test_an_entry_without_a_contribution_is_a_movement_too():
    said = balance(-150, fee=1500, type="adjustment")
    LedgerEntry.objects.create(
        key="adjustment:1",
        kind="adjustment",
        occurred_at=said.created_at,
        recorded_at=said.created_at,
        currency="eur",
        gross_minor=-150,
        fee_minor=1500,
        net_minor=-1650,
        stripe_balance_transaction_id=said.id,
    )
    (movement,) = rows()
    assert (movement.kind, movement.net_minor) == ("adjustment", -1650)
    assert (movement.contribution_id, movement.supporter_name, movement.frequency) == (None, "", "")


def test_the_number_of_queries_does_not_grow_with_the_rows(django_assert_num_queries):
    for minor in range(100, 112):
        send_back(receive(minor), 10)
    with django_assert_num_queries(2):
        assert len(rows()) == 24
        movements.totals(EVERYTHING)


def test_days_that_cannot_be_are_refused():
    march = Question(first_day=date(2026, 3, 1), last_day=date(2026, 3, 31))
    with pytest.raises(ValueError, match="is before the first"):
        replace(march, last_day=date(2026, 2, 1))
    with pytest.raises(ValueError, match="is not between"):
        replace(march, first_day=date(1, 1, 1))


def _sums(question):
    sums = [row.gross_minor for row in rows(question)]
    assert sum(sums) == sum(total.gross.minor for total in movements.totals(question))
    return sums
