"""Every kind of difference in the same books at once: all found, none mistaken, none invented.

Finance then repairs each kind that has a repair; only what needs a person stands open after that.
"""

import re
from contextlib import suppress
from datetime import timedelta

import pytest

from payments import clock
from payments.desk.difference_words import WORDS
from payments.models import (
    Contribution,
    Difference,
    LedgerEntry,
    LedgerLine,
    Payout,
    PayoutItem,
    Refund,
    Subscription,
)
from payments.money import Money
from payments.reconcile import repairs
from payments.sandbox import balance, made
from payments.sandbox.methods import GOOD_ACCOUNT
from payments.services import ledger, subscriptions
from tests.builders import begin, give, operate, subscribe

pytestmark = pytest.mark.django_db
DATED = re.compile(r"20\d\d-[\d-]+")
HIDDEN = ["charge", "sum", "kept", "currency", "exchanged", "unbooked", "paper", "mode"]
GIFTS = ["refund", "dispute", "won", "over", "alone", "double", "uneven"]
AGREEMENTS = ["state", "amount", "ended", "missed", "twice"]
DOLLARS = {"currency": "usd", "rate": "1.1"}
PRICE = {"currency": "eur", "product": "prod_keepopen", "recurring": {"interval": "month"}}
SHOP = {"confirm": True, "payment_method": "pm_card_visa", "return_url": "https://shop.example.org"}


@pytest.fixture
def rows(client, pay, deliver, advance, stripe, stripe_sandbox, compare):
    """Ten days of which we heard everything, with books that tie; returns rows by their fate."""
    rows = {}
    for euro, name in enumerate(GIFTS, start=30):
        rows[name] = give(client, pay, deliver, amount=euro, email=f"{name}@example.org")
    for euro, name in enumerate(AGREEMENTS, start=12):
        rows[name] = subscribe(client, pay, deliver, amount=euro, email=f"{name}@example.org")
    year = Money(16_000, "eur")
    subscriptions.change_frequency(rows["twice"], frequency="year", gift=year, actor=None)
    debit = begin(client, amount="22")
    pay(debit.stripe_url, payment_kind="sepa_debit", account=GOOD_ACCOUNT)
    for _ in range(5):
        advance(days=2)
    rows["debit"] = Contribution.objects.get(checkout=debit)
    rows["back"] = give(client, pay, deliver, card="4000000000005126", email="back@example.org")
    operate(stripe_sandbox, "dispute", charge=rows["won"].stripe_charge_id)
    advance(seconds=300)
    stripe.refunds.create({"payment_intent": rows["back"].stripe_payment_intent_id})
    deliver()
    assert compare() == {}
    rows["fee"] = give(client, pay, deliver, amount=11, email="fee@example.org")
    return rows


@pytest.fixture
def charges(client, pay, stripe, stripe_sandbox, unseen, rows):
    """Six days of which we hear nothing at all; returns the charges of new gifts by their fate."""
    charges = {}

    def newest(kind):
        return next(stripe_sandbox.store.newest(kind))

    def adjust(**fields):
        return balance.record(stripe_sandbox, currency="eur", source=None, **fields)

    with unseen(days=6):
        for euro, name in enumerate(HIDDEN, start=17):
            settles = {"eur": DOLLARS} if name == "exchanged" else {}
            stripe_sandbox.settings.change({"settles_in": settles})
            pay(begin(client, amount=euro, email=f"{name}@example.org").stripe_url)
            charges[name] = newest("charge")
            stripe_sandbox.advance(10)
        pay(begin(client, frequency="month", amount="8").stripe_url)
        charges["unknown"] = newest("charge")
        stripe.payment_intents.create({"amount": 5000, "currency": "eur"} | SHOP)
        charges["foreign"] = newest("charge")
        stripe.refunds.create({"payment_intent": rows["refund"].stripe_payment_intent_id})
        operate(stripe_sandbox, "dispute", charge=rows["dispute"].stripe_charge_id)
        [won] = stripe.disputes.list({"payment_intent": rows["won"].stripe_payment_intent_id}).data
        evidence = {"uncategorized_text": "winning_evidence"}
        stripe.disputes.update(won.id, {"evidence": evidence, "submit": True})
        debit = rows["debit"].stripe_charge_id
        operate(stripe_sandbox, "return_debit", charge=debit, **{"as": "failure"})
        operate(stripe_sandbox, "fail_payout", payout=Payout.objects.latest("id").stripe_payout_id)
        adjust(type="stripe_fee", amount=-200, category="fee")
        adjust(type="adjustment", amount=35, category="other_adjustment")
        adjust(type="adjustment", amount=11, category="other_adjustment")
        change_subscriptions(stripe, rows)
    return charges


def change_subscriptions(stripe, rows):
    api = stripe.subscriptions
    api.update(rows["state"].stripe_subscription_id, {"cancel_at_period_end": True})
    items = [{"id": rows["amount"].stripe_item_id, "price_data": PRICE | {"unit_amount": 900}}]
    fields = {"items": items, "proration_behavior": "none"}
    api.update(rows["amount"].stripe_subscription_id, fields)
    api.cancel(rows["ended"].stripe_subscription_id)
    api.update(rows["twice"].stripe_subscription_id, {"cancel_at_period_end": False})


@pytest.fixture
def mistakes(rows, charges, book, stripe_sandbox):
    """What went wrong in our own rows, heard or not; returns what was made by its fate."""

    def booked(name, **fields):
        charge = charges[name]
        return book(charge, **({"minor": charge["amount"]} | fields))

    late = next(stripe_sandbox.store.newest("balance_transaction", type="adjustment", amount=11))
    made.change(stripe_sandbox, late, changes={"created": late["created"] - 8 * 86400})
    booked("sum", minor=1700)
    booked("kept", fee=1)
    booked("currency", currency="gbp")
    ledger.received(booked("exchanged", entry=False))
    booked("unbooked", entry=False)
    booked("paper", receipt=False)
    booked("mode", livemode=True)
    Contribution.objects.filter(pk=rows["alone"].pk).update(status="failed")
    entry(rows["double"], "contribution:again", 3500)
    entry(rows["double"], "refund:txn_invented", -500, txn="txn_invented")
    uneven = LedgerEntry.objects.get(key=f"contribution:{rows['uneven'].public_id}")
    LedgerLine.objects.create(entry=uneven, account="bank", amount_minor=7, currency="eur")
    Refund.objects.create(
        contribution=rows["over"], amount_minor=3400, currency="eur", status="succeeded",
        created_at=clock.now(),
    )  # fmt: skip
    whole = Payout.objects.earliest("id")
    PayoutItem.objects.filter(payout=whole).first().delete()
    Subscription.objects.filter(pk=rows["twice"].pk).update(cancel_at=None)
    due = clock.now() - timedelta(days=5)
    Subscription.objects.filter(pk=rows["missed"].pk).update(next_charge_at=due)
    Subscription.objects.create(
        supporter=rows["missed"].supporter, status="active", frequency="month", currency="eur",
        amount_minor=500, started_at=rows["missed"].started_at, seen_at=rows["missed"].seen_at,
        anchor_at=rows["missed"].anchor_at, stripe_subscription_id="sub_deleted",
        stripe_item_id="si_x", stripe_customer_id="cus_x",
    )  # fmt: skip


def entry(contribution, key, minor, *, txn=None):
    """An entry of the gift's moment that should not be there."""
    at, charge = contribution.received_at, "" if txn else contribution.stripe_charge_id
    row = LedgerEntry.objects.create(
        key=key, kind="refund" if txn else "gift", occurred_at=at, recorded_at=at, currency="eur",
        gross_minor=minor, net_minor=minor, contribution=contribution, stripe_charge_id=charge,
        stripe_balance_transaction_id=txn,
    )  # fmt: skip
    for account, share in (("stripe", minor), ("contributions", -minor)):
        LedgerLine.objects.create(entry=row, account=account, amount_minor=share, currency="eur")
    return row


# Each mistake was made on a sum or a person of its own, by which the difference has to name it.
FOUND = {
    "account_fee": ["stripe_fee -€2.00"],
    "adjustment": ["adjustment €0.35"],
    "balance": ["€0.00 €0.11"],
    "debit_returned": ["payment_failure_refund -€22.00"],
    "dispute": ["adjustment -€31.00"],
    "dispute_won": ["adjustment €32.00"],
    "duplicate": ["double@example.org €35.00 − €0.00"],
    "exchanged": ["hidden@example.org €21.00 charge $23.10"],
    "foreign": ["charge €50.00"],
    "missing_charge": ["charge €17.00", "charge €8.00"],
    "missing_fee": ["fee@example.org €11.00 charge €11.00"],
    "missing_payout": ["", "", ""],
    "missing_refund": ["refund -€30.00"],
    "no_counterpart": ["double@example.org -€5.00 − €0.00"],
    "no_receipt": ["hidden@example.org €23.00"],
    "other_mode": ["hidden@example.org €24.00"],
    "over_refunded": ["over@example.org €34.00 / €33.00"],
    "payout_content": ["payout 1"],
    "payout_returned": ["payout 2"],
    "payout_state": ["payout 2"],
    "receipt_alone": ["alone@example.org"],
    "refund_failed": ["refund_failure €10.00"],
    "renewal_missed": ["missed@example.org due"],
    "subscription_amount": ["amount@example.org €13.00 month €9.00 month"],
    "subscription_ended": ["ended@example.org active canceled"],
    "subscription_gone": ["missed@example.org active"],
    "subscription_state": ["state@example.org goes on ends"],
    "subscription_twice": ["twice@example.org €16.00 month €160.00 year"],
    "subscription_unknown": ["€8.00 month"],
    "unbalanced": ["uneven@example.org 7 0"],
    "unbooked": ["hidden@example.org charge €22.00"],
    "wrong_amount": ["hidden@example.org €17.00 − €0.52 €18.00 − €0.52"],
    "wrong_currency": ["hidden@example.org £20.00 − £0.55 €20.00 − €0.55"],
    "wrong_fee": ["hidden@example.org €19.00 − €0.01 €19.00 − €0.54"],
}
NEED_A_PERSON = set(FOUND) - set(repairs.REPAIRS)
NIGHTS = 3


def found():
    """What stands open, as {kind: whose it is and what both sides say, without days and numbers}.

    What a day's payout came to depends on the hour the test is run; it is named by its place.
    """
    places = {
        row.pk: f"payout {place}" for place, row in enumerate(Payout.objects.order_by("id"), 1)
    }
    found = {}
    for row in Difference.objects.filter(status="open"):
        of = row.contribution or (row.subscription and row.subscription.supporter)
        said = [of.email if of else "", *row.ours.split(), *row.theirs.split()]
        words = " ".join(word for word in said if word and not DATED.fullmatch(word))
        if "payout" in row.kind:
            words = places.get(row.payout_id, "")
        found.setdefault(row.kind, []).append(words)
    return {kind: sorted(words) for kind, words in found.items()}


def test_every_kind_is_found_in_the_same_books_and_nothing_else(mistakes, compare, deliver):
    compare()
    assert found() == FOUND
    assert set(FOUND) == set(Difference.Kind.values)
    for row in Difference.objects.all():
        words = WORDS[row.kind]
        assert words.cause
        assert words.repair or row.kind in NEED_A_PERSON
    for _ in range(NIGHTS):
        for row in Difference.objects.filter(status="open", kind__in=repairs.REPAIRS):
            with suppress(repairs.RepairRefused):
                repairs.repair(row, actor=None)
        deliver()
        left = compare()
    assert set(left) == NEED_A_PERSON
