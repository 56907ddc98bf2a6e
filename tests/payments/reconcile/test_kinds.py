"""Every kind of difference, seeded: found, called by its name, and nothing else invented.

Where a difference has a repair, it is done and the books are compared again.
"""

import json

import pytest

from payments import clock
from payments.models import (
    Contribution,
    Difference,
    LedgerEntry,
    LedgerLine,
    Reconciliation,
    Refund,
)
from payments.reconcile import repairs
from payments.sandbox import balance, made
from payments.sandbox.methods import GOOD_ACCOUNT
from payments.services import ledger
from tests.builders import begin, give

pytestmark = pytest.mark.django_db


# --- Money that came, or did not ----------------------------------------------------------------


def test_a_charge_nobody_told_us_of(hidden_charge, compare, mend):
    assert compare() == {"missing_charge": 1}
    found = Difference.objects.get()
    assert found.stripe_object_id == hidden_charge["id"]
    assert found.amount.minor == 1700 - 51
    mend()
    assert compare() == {}
    contribution = Contribution.objects.get(stripe_charge_id=hidden_charge["id"])
    assert (contribution.gift_minor, contribution.fee_minor) == (1700, 51)
    assert contribution.receipt.number


def test_a_fee_nobody_told_us_of(client, pay, deliver, lived, unseen, compare, mend):
    row = give(client, pay, deliver)
    with unseen(days=1):
        pass
    assert Contribution.objects.get(pk=row.pk).fee_minor is None
    assert compare() == {"missing_fee": 1}
    assert Difference.objects.get().amount.minor == -40
    mend()
    assert compare() == {}


def test_another_sum_at_stripe(hidden_charge, book, compare, mend):
    book(hidden_charge, minor=1600)
    assert compare() == {"wrong_amount": 1}
    assert Difference.objects.get().amount.minor == 100
    mend()
    assert compare() == {}


def test_another_fee_at_stripe(hidden_charge, book, compare, mend):
    book(hidden_charge, fee=60)
    assert compare() == {"wrong_fee": 1}
    assert Difference.objects.get().amount.minor == 9
    mend()
    assert compare() == {}


def test_another_currency_at_stripe(hidden_charge, book, compare):
    book(hidden_charge, currency="gbp")
    assert compare() == {"wrong_currency": 1}
    found = Difference.objects.get()
    assert (found.amount_minor, found.other_minor, found.other_currency) == (1649, -1649, "gbp")
    assert [row["left"] for row in Reconciliation.objects.get().sums] == [0, 0]


@pytest.mark.case("F50")
def test_money_settled_in_another_currency(hidden_charge, book, stripe_sandbox, compare, mend):
    line = stripe_sandbox.store.objects[hidden_charge["balance_transaction"]]
    converted = {"amount": 1870, "fee": 55, "net": 1815, "currency": "usd", "exchange_rate": "1.1"}
    made.change(stripe_sandbox, line, changes=converted)
    row = book(hidden_charge, entry=False)
    ledger.received(row)
    assert compare() == {"exchanged": 1}
    mend()
    assert compare() == {}
    row.refresh_from_db()
    sums = {entry.key.split(":")[0]: entry.net_minor for entry in row.ledger_entries.all()}
    assert sums == {
        "contribution": 1700, "exchange_out": -1700, "exchange_free": 0, "exchange_in": 1815,
    }  # fmt: skip


def test_a_contribution_that_was_paid_and_never_booked(hidden_charge, book, compare, mend):
    book(hidden_charge, entry=False)
    assert compare() == {"unbooked": 1}
    mend()
    assert compare() == {}


def test_a_movement_booked_twice(lived, compare, mend):
    first = LedgerEntry.objects.get(key=f"contribution:{lived.public_id}")
    double = LedgerEntry.objects.create(
        key="contribution:again", kind="gift", occurred_at=first.occurred_at,
        recorded_at=first.recorded_at, currency="eur", gross_minor=3000, net_minor=3000,
        contribution=lived, stripe_charge_id=lived.stripe_charge_id,
    )  # fmt: skip
    lines(double, stripe=3000, contributions=-3000)
    assert compare() == {"duplicate": 1}
    assert Difference.objects.get().entry == double
    mend()
    assert compare() == {}


def test_a_movement_that_stripe_does_not_have(lived, compare, mend):
    invented = LedgerEntry.objects.create(
        key="refund:txn_invented", kind="refund", occurred_at=lived.received_at,
        recorded_at=lived.received_at, currency="eur", gross_minor=-500, net_minor=-500,
        stripe_balance_transaction_id="txn_invented",
    )  # fmt: skip
    lines(invented, stripe=-500, contributions=500)
    assert compare() == {"no_counterpart": 1}
    assert Difference.objects.get().amount.minor == 500
    mend()
    assert compare() == {}


def test_an_entry_that_does_not_add_up(lived, compare):
    entry = LedgerEntry.objects.get(key=f"contribution:{lived.public_id}")
    lines(entry, bank=7)
    assert compare() == {"unbalanced": 1}


def lines(entry, **accounts):
    LedgerLine.objects.bulk_create(
        LedgerLine(entry=entry, account=account, amount_minor=minor, currency=entry.currency)
        for account, minor in accounts.items()
    )


# --- Money sent back or taken back --------------------------------------------------------------


def test_a_refund_made_in_the_dashboard_and_never_told(lived, stripe, unseen, compare, mend):
    with unseen(days=1):
        stripe.refunds.create({"payment_intent": lived.stripe_payment_intent_id, "amount": 500})
    assert compare() == {"missing_refund": 1}
    mend()
    assert compare() == {}
    assert Refund.objects.get(contribution=lived).amount_minor == 500


def test_a_refund_that_came_back_unseen(
    client, pay, deliver, advance, lived, stripe, unseen, compare, mend
):
    row = give(client, pay, deliver, card="4000000000005126")
    advance(seconds=300)
    stripe.refunds.create({"payment_intent": row.stripe_payment_intent_id})
    deliver()
    with unseen(days=2):
        pass
    assert compare() == {"refund_failed": 1}
    mend()
    assert compare() == {}


def test_more_sent_back_than_came_in(lived, compare):
    Refund.objects.create(
        contribution=lived, amount_minor=3001, currency="eur", status="succeeded",
        created_at=clock.now(),
    )  # fmt: skip
    assert compare() == {"over_refunded": 1}


@pytest.fixture
def control(stripe_sandbox):
    """What an operator does at the sandbox's own controls."""

    def act(name, **fields):
        headers = {"Content-Type": "application/json", "Authorization": "Bearer sk_test_sandbox"}
        body = json.dumps(fields).encode()
        assert stripe_sandbox.handle("POST", f"/sandbox/{name}", headers, body).status == 200

    return act


@pytest.mark.case("F53")
def test_a_dispute_nobody_told_us_of(lived, control, unseen, compare, mend):
    with unseen(days=1):
        control("dispute", charge=lived.stripe_charge_id)
    assert compare() == {"dispute": 1}
    assert Difference.objects.get().amount.minor == -3000 - 2000
    mend()
    assert compare() == {}


@pytest.mark.case("F53")
def test_a_dispute_won_that_nobody_told_us_of(
    lived, control, stripe, deliver, unseen, compare, mend
):
    control("dispute", charge=lived.stripe_charge_id)
    deliver()
    [dispute] = stripe.disputes.list({"payment_intent": lived.stripe_payment_intent_id}).data
    with unseen(days=1):
        evidence = {"uncategorized_text": "winning_evidence"}
        stripe.disputes.update(dispute.id, {"evidence": evidence, "submit": True})
    assert compare() == {"dispute_won": 1}
    mend()
    assert compare() == {}


def test_a_bank_debit_returned_unseen(
    client, pay, deliver, advance, lived, control, unseen, compare, mend
):
    checkout = begin(client, amount="22")
    pay(checkout.stripe_url, payment_kind="sepa_debit", account=GOOD_ACCOUNT)
    advance(days=10)
    charge = Contribution.objects.get(checkout=checkout).stripe_charge_id
    with unseen(days=1):
        control("return_debit", charge=charge, **{"as": "failure"})
    assert compare() == {"debit_returned": 1}
    mend()
    assert compare() == {}


# --- The account's own money --------------------------------------------------------------------


def test_a_fee_of_the_account(lived, stripe_sandbox, unseen, compare, mend):
    with unseen(days=1):
        balance.record(
            stripe_sandbox, type="stripe_fee", amount=-200, currency="eur", source=None,
            category="fee",
        )  # fmt: skip
    assert compare() == {"account_fee": 1}
    mend()
    assert compare() == {}
    entry = LedgerEntry.objects.get(kind="fee", contribution=None)
    assert (entry.gross_minor, entry.fee_minor, entry.net_minor) == (0, 200, -200)


def test_a_correction_of_a_fee_by_stripe(lived, stripe_sandbox, unseen, compare, mend):
    with unseen(days=1):
        balance.record(
            stripe_sandbox, type="adjustment", amount=35, currency="eur", source=None,
            category="other_adjustment",
        )  # fmt: skip
    assert compare() == {"adjustment": 1}
    mend()
    assert compare() == {}


@pytest.mark.case("F7")
def test_a_charge_of_another_product_is_told_once_and_then_explained(
    lived, stripe, unseen, compare
):
    with unseen(days=1):
        stripe.payment_intents.create(
            {
                "amount": 5000,
                "currency": "eur",
                "confirm": True,
                "payment_method": "pm_card_visa",
                "return_url": "https://shop.example.org",
            }
        )
    assert compare() == {"foreign": 1}
    found = Difference.objects.get()
    assert "our checkout" in found.note
    assert found.amount.minor == 4900
    repairs.explain(found, reason="The bookshop's till.", actor=None)
    assert compare() == {}
    last = Reconciliation.objects.latest("pk")
    assert (last.found, last.explained, last.ties) == (0, 1, True)
    assert [(row["explained"], row["left"]) for row in last.sums] == [(4900, 0)]


@pytest.mark.case("F13")
def test_test_money_in_the_books_of_the_other_mode(hidden_charge, book, compare):
    book(hidden_charge, livemode=True)
    found = compare()
    assert found.pop("other_mode") == 1
    # Its charge is in this mode's account all the same: that one is not in this mode's books.
    assert set(found) <= {"missing_fee", "unbooked"}


def test_stripe_holding_another_sum_than_its_lines(lived, stripe_sandbox, compare, mend):
    assert compare() == {}
    late = balance.record(
        stripe_sandbox, type="adjustment", amount=11, currency="eur", source=None,
        category="other_adjustment",
    )  # fmt: skip
    made.change(stripe_sandbox, late, changes={"created": late["created"] - 20 * 86400})
    assert compare() == {"balance": 1}
    mend()
    assert compare() == {"adjustment": 1}
