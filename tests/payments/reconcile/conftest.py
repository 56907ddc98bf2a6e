"""A small newsroom whose books tie, and ways to have things happen that nobody told us of."""

from contextlib import contextmanager
from datetime import timedelta

import pytest

from payments import clock
from payments.models import Contribution, Difference, Subscription
from payments.money import Money
from payments.receipts.issue import issue
from payments.reconcile import repairs, run
from payments.services import ledger, refunds
from tests.builders import begin, give, subscribe
from tests.payments.books import balance as told
from tests.sandbox_client import client_for


@pytest.fixture
def lived(client, pay, deliver, advance, stripe_sandbox):
    """Some weeks of ordinary life, delivered and applied; returns the gift."""
    gift = give(client, pay, deliver, amount="30", email="gift@example.org")
    subscribe(client, pay, deliver, amount="12", email="monthly@example.org")
    refunded = give(client, pay, deliver, amount="25", email="back@example.org")
    advance(days=3)
    refunds.refund(refunded, amount=Money(1000, "eur"), reason="asked for", actor=None)
    for _ in range(6):
        advance(days=6)
    gift.refresh_from_db()
    return gift


@pytest.fixture
def agreement(lived):
    return Subscription.objects.get()


@pytest.fixture
def renewal(lived):
    return Contribution.objects.filter(kind="renewal").first()


@pytest.fixture
def stripe(stripe_sandbox):
    """Stripe as its dashboard reaches it."""
    return client_for(stripe_sandbox).v1


@pytest.fixture
def unseen(stripe_sandbox, deliver):
    """What happens inside is told to nobody, and cannot be fetched any more either."""

    @contextmanager
    def nobody_hears(*, days=0):
        stripe_sandbox.deliveries.deliver = lambda *_: 200
        yield
        stripe_sandbox.advance(days * 86400)
        clock.set_offset(int(clock.offset().total_seconds()) + days * 86400)
        stripe_sandbox.deliver_due()
        stripe_sandbox.events.records.clear()
        stripe_sandbox.events._young.clear()
        stripe_sandbox.deliveries.deliver = deliver.post

    return nobody_hears


@pytest.fixture
def compare():
    """Compare now; returns what stands open, as {kind: how many}."""

    def now():
        assert run.run_now().finished_at
        found = {}
        for row in Difference.objects.filter(status="open"):
            found[row.kind] = found.get(row.kind, 0) + 1
        return found

    return now


@pytest.fixture
def mend(deliver):
    """Repair everything that stands open, as somebody of finance would with one click each."""

    def all_open():
        for row in Difference.objects.filter(status="open"):
            repairs.repair(row, actor=None)
        deliver()

    return all_open


def charge_of(sandbox, payment_intent_id):
    return sandbox.store.objects[sandbox.store.objects[payment_intent_id]["latest_charge"]]


@pytest.fixture
def hidden_charge(client, pay, stripe_sandbox, unseen, lived):
    """A gift that Stripe took and of which we never heard; returns the charge."""
    with unseen(days=1):
        checkout = begin(client, amount="17", email="hidden@example.org")
        pay(checkout.stripe_url, email="hidden@example.org")
    session = stripe_sandbox.store.objects[checkout.stripe_checkout_session_id]
    return charge_of(stripe_sandbox, session["payment_intent"])


@pytest.fixture
def book(stripe_sandbox):
    """Book a hidden charge by hand, wrongly if asked to."""

    def write(charge, *, minor=1700, fee=None, currency="eur", receipt=True, entry=True, **fields):
        line = stripe_sandbox.store.objects[charge["balance_transaction"]]
        row = Contribution.objects.create(
            kind="gift", frequency="once", status="paid", currency=currency, gift_minor=minor,
            received_at=clock.now() - timedelta(days=1), created_at=clock.now(),
            email="hidden@example.org", stripe_payment_intent_id=charge["payment_intent"],
            stripe_charge_id=charge["id"], **fields,
        )  # fmt: skip
        if receipt:
            issue(row, now=row.received_at)
        if entry:
            ledger.received(row)
            kept, at = line["fee"] if fee is None else fee, row.received_at
            said = told(minor, fee=kept, currency=currency, at=at)
            object.__setattr__(said, "id", line["id"])
            ledger.fee(row, said)
            Contribution.objects.filter(pk=row.pk).update(fee_minor=said.fee_minor)
        return row

    return write
