"""Events that are due together are booked in one transaction; none of them waits for a bad one."""

import pytest
from django.db import IntegrityError, connection

from payments import crash
from payments.models import (
    AuditEntry,
    Contribution,
    LedgerEntry,
    LedgerLine,
    OutboxTask,
    Receipt,
    StripeEvent,
    Subscription,
)
from payments.models.kept import afterwards, found, held, insert, save
from payments.models.pile import Unforeseen, together
from payments.webhooks import inbox
from tests.builders import begin
from tests.payments.crash.playing import rolled_back
from tests.payments.webhooks.test_inbox import event, heard_by, post

pytestmark = [pytest.mark.django_db, pytest.mark.case("F3")]
PEOPLE = 3


@pytest.fixture
def waiting(client, pay, deliver, stripe_sandbox):
    """What three people's monthly gifts and three people's gifts set in motion, not applied yet."""
    for number in range(2 * PEOPLE):
        frequency = "month" if number % 2 else "once"
        checkout = begin(client, email=f"reader{number}@example.org", frequency=frequency)
        pay(checkout.stripe_url, email=f"reader{number}@example.org")
    stripe_sandbox.advance(600)
    stripe_sandbox.deliver_due()
    return StripeEvent.objects.filter(status="received").count()


def books():
    """The sums, and that everything is there once."""
    lines = LedgerLine.objects.values_list("account", "amount_minor")
    return {
        "gifts": sorted(Contribution.objects.values_list("email", "kind", "status", "fee_minor")),
        "kinds": sorted(LedgerEntry.objects.values_list("kind", flat=True)),
        "lines": sorted(lines),
        "numbers": sorted(Receipt.objects.values_list("sequence", flat=True)),
        "printed": OutboxTask.objects.filter(name="receipt.render").count(),
        "audit": AuditEntry.objects.filter(action="contribution received").count(),
        "agreements": sorted(Subscription.objects.values_list("status", "supporter__email")),
    }


def applied_alone():
    """How the same events end one by one; it is undone."""
    with rolled_back():
        while inbox.apply_due(limit=1):
            pass
        return books()


def test_a_batch_ends_as_the_same_events_do_one_by_one(waiting):
    expected = applied_alone()
    assert inbox.apply_due() == waiting
    assert books() == expected
    assert len(expected["gifts"]) == 2 * PEOPLE
    assert expected["numbers"] == list(range(1, 2 * PEOPLE + 1))


def test_a_batch_is_written_in_few_statements(waiting):
    sent = []

    def heard(execute, sql, *rest):
        sent.append(sql)
        return execute(sql, *rest)

    with connection.execute_wrapper(heard):
        inbox.apply_due()
    tables = [sql.split()[2] for sql in sent if sql.startswith("INSERT")]
    assert tables.count('"payments_contribution"') == 1
    assert tables.count('"payments_ledgerline"') <= 2
    assert len(sent) < 3 * waiting


def test_stripe_is_asked_for_each_object_once(waiting, stripe_sandbox):
    asked = heard_by(stripe_sandbox)
    inbox.apply_due()
    paths = [path.partition("?")[0] for path in asked]
    assert len([path for path in paths if "subscriptions/" in path]) == PEOPLE
    assert len([path for path in paths if "payment_intents/" in path]) == 2 * PEOPLE


@pytest.mark.case("F18")
def test_a_bad_event_amid_good_ones_fails_alone(waiting, client):
    gone, odd = {"object": {"id": "sub_none"}}, {"object": {"id": "inpay_1"}}
    post(client, event(id="evt_bad", type="customer.subscription.updated", data=gone))
    post(client, event(id="evt_odd", type="invoice_payment.paid", data=odd))
    assert inbox.apply_due() == waiting + 1
    assert StripeEvent.objects.get(status="failed").stripe_event_id == "evt_bad"
    odd = StripeEvent.objects.get(status="parked")
    assert (odd.stripe_event_id, "invoice" in odd.note) == ("evt_odd", True)
    assert Contribution.objects.count() == 2 * PEOPLE


@pytest.mark.case("F7")
def test_what_is_not_ours_is_ignored_with_its_reason_and_read_once(waiting, client, stripe_sandbox):
    from tests.sandbox_client import client_for

    intent = client_for(stripe_sandbox).v1.payment_intents.create(
        {
            "amount": 5000,
            "currency": "eur",
            "confirm": True,
            "payment_method": "pm_card_visa",
            "return_url": "https://shop.example.org",
        }
    )
    about = {"object": {"id": intent.id}}
    post(client, event(id="evt_shop", type="payment_intent.succeeded", data=about))
    asked = heard_by(stripe_sandbox)
    inbox.apply_due()
    row = StripeEvent.objects.get(stripe_event_id="evt_shop")
    assert (row.status, "our checkout" in row.note) == ("ignored", True)
    assert len([path for path in asked if f"payment_intents/{intent.id}" in path]) == 1
    assert Contribution.objects.count() == 2 * PEOPLE


class Strike:
    """Breaks what passes at a place, a number of times."""

    def __init__(self, place, *, times):
        self.place, self.times = place, times

    def __call__(self, place):
        if place == self.place and self.times:
            self.times -= 1
            raise RuntimeError("broken on purpose")


@pytest.mark.parametrize(
    "place",
    [
        "contribution.row_written",
        "contribution.fee_booked",
        "receipt.counted",
        "pile.before_commit",
    ],
)
@pytest.mark.parametrize("times", [1, 2, 4])
@pytest.mark.case("F15")
def test_what_breaks_while_it_is_booked_leaves_nothing_half_done(waiting, place, times):
    expected = applied_alone()
    strike = Strike(place, times=times)
    with crash.armed(strike):
        inbox.apply_due()
    assert not strike.times or place == "pile.before_commit"
    StripeEvent.objects.filter(status="failed").update(status="received", attempts=0)
    StripeEvent.objects.exclude(status="applied").update(due_at="2020-01-01T00:00Z")
    while inbox.apply_due():
        pass
    assert books() == expected


def test_works_that_share_a_transaction_see_what_the_others_wrote():
    row = OutboxTask(key="k", name="n", created_at="2026-01-01T00:00Z")
    with together():
        insert(row)
        assert row.pk is None
        assert OutboxTask.objects.get().key == "k"
        row.note = "a second thought"
        save(row, "note")
    assert OutboxTask.objects.get().note == "a second thought"


def test_a_row_is_one_object_by_whichever_key(waiting):
    inbox.apply_due()
    known = Contribution.objects.filter(kind="renewal").first() or Contribution.objects.first()
    with together() as pile:
        pile.hold(Contribution, "id", [known.pk])
        row = held(Contribution, id=known.pk)
        row.method = "changed"
        save(row, "method")
        again = found(Contribution, stripe_payment_intent_id=known.stripe_payment_intent_id)
        assert again is row
    known.refresh_from_db()
    assert known.method == "changed"


def test_a_lock_that_was_not_foreseen_is_refused(waiting):
    inbox.apply_due()
    known = Contribution.objects.first()
    with pytest.raises(Unforeseen), together():
        held(Contribution, id=known.pk)


def test_what_follows_is_done_for_all_at_once():
    done = []
    with together():
        afterwards(done.append, "one")
        afterwards(done.append, "two")
        assert done == []
    assert done == [["one", "two"]]


def test_a_key_that_stands_already_takes_the_whole_back():
    task = {"key": "k", "name": "n", "created_at": "2026-01-01T00:00Z"}
    insert(OutboxTask(**task))
    first = AuditEntry(at="2026-01-01T00:00Z", action="tried", subject="contribution:1")
    with pytest.raises(IntegrityError), together() as pile:
        [pile.insert([row]) for row in (first, OutboxTask(**task))]
    assert not AuditEntry.objects.exists()
    assert OutboxTask.objects.count() == 1
