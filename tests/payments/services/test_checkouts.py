"""Checkouts: one session at a time, a new key for a new one, and how they end."""

import uuid
from datetime import timedelta

import pytest

from payments import clock
from payments.gateway.errors import Misconfigured, Unavailable
from payments.models import Checkout, Contribution, OutboxTask
from payments.money import AmountError, Money
from payments.services import checkout
from payments.services.parked import Foreign
from tests.builders import begin, give
from tests.payments.services.test_whose import stripe  # noqa: F401

pytestmark = pytest.mark.django_db
SESSIONS = "/v1/checkout/sessions"


def wish(**fields):
    facts = {"form_token": uuid.uuid4(), "frequency": "once", "gift": Money(1000, "eur")}
    return checkout.Wish(**facts | fields)


def sessions(sandbox):
    return list(sandbox.store.newest("checkout.session"))


@pytest.fixture
def silent(stripe_sandbox):
    return lambda: stripe_sandbox.faults.add({"kind": "lost_request", "path": "/v1/*", "times": 99})


@pytest.mark.parametrize(
    "other",
    [{"gift": Money(1100, "eur")}, {"gift": Money(1000, "usd")}, {"frequency": "month"},
     {"cover_fee": True}, {"email": "ben@example.org"}],
)  # fmt: skip
def test_each_term_makes_another_checkout_and_the_same_terms_none(stripe_sandbox, other):
    token = uuid.uuid4()
    first = checkout.start(wish(form_token=token))
    assert checkout.start(wish(form_token=token)) == first
    second = checkout.start(wish(form_token=token, **other))
    assert second != first
    tasks = OutboxTask.objects.filter(name="checkout.expire")
    assert [task.arguments for task in tasks] == [{"checkout_id": first.pk}]


def test_an_amount_outside_the_limits_begins_nothing(stripe_sandbox):
    with pytest.raises(AmountError):
        checkout.start(wish(gift=Money(99, "eur")))
    assert not Checkout.objects.exists()


def test_without_cover_nothing_is_added(stripe_sandbox):
    assert checkout.start(wish()).cover_minor == 0
    assert checkout.start(wish(cover_fee=True)).cover_minor == 41


def test_one_that_is_open_is_not_opened_again(stripe_sandbox, silent):
    first = checkout.start(mine := wish())
    silent()
    again = checkout.start(mine)
    assert (again, again.stripe_url, again.attempt) == (first, first.stripe_url, 1)


@pytest.mark.parametrize("status", ["expired", "failed"])
def test_one_that_ended_unpaid_is_opened_anew(stripe_sandbox, status):
    first = checkout.start(mine := wish())
    Checkout.objects.update(status=status)
    again = checkout.start(mine)
    assert (again.pk, again.status, again.attempt) == (first.pk, "open", 2)
    assert again.stripe_checkout_session_id != first.stripe_checkout_session_id


def test_one_whose_answer_was_lost_keeps_its_key_and_finds_its_session(stripe_sandbox):
    stripe_sandbox.faults.add({"kind": "lost_answer", "path": SESSIONS, "times": 3})
    with pytest.raises(Unavailable):
        checkout.start(mine := wish())
    assert Checkout.objects.get().attempt == 1
    assert checkout.start(mine).status == "open"
    assert len(sessions(stripe_sandbox)) == 1


@pytest.mark.case("F29")
def test_one_whose_server_error_stripe_keeps_is_asked_for_under_a_new_key(stripe_sandbox):
    stripe_sandbox.faults.add({"kind": "500", "path": SESSIONS, "times": 9})
    with pytest.raises(Unavailable):
        checkout.start(mine := wish())
    stripe_sandbox.faults.clear()
    assert Checkout.objects.get().attempt == 2
    assert checkout.start(mine).status == "open"


def test_a_session_that_had_expired_when_its_answer_came_is_replaced(stripe_sandbox):
    stripe_sandbox.faults.add({"kind": "lost_answer", "path": SESSIONS, "times": 3})
    with pytest.raises(Unavailable):
        checkout.start(mine := wish())
    (lost,) = sessions(stripe_sandbox)
    for record in stripe_sandbox.idempotency.records.values():
        record["body"] = record["body"].replace('"status": "open"', '"status": "expired"')
    again = checkout.start(mine)
    assert (again.status, again.attempt) == ("open", 2)
    assert again.stripe_checkout_session_id != lost["id"]


def test_a_session_is_ours_by_our_id_though_the_answer_that_named_it_was_lost(
    client, pay, stripe_sandbox
):
    stripe_sandbox.faults.add({"kind": "lost_answer", "path": SESSIONS, "times": 3})
    with pytest.raises(Unavailable):
        checkout.start(wish(email="nora@example.org"))
    (lost,) = sessions(stripe_sandbox)
    pay(lost["url"])
    checkout.sync(lost["id"])
    assert Checkout.objects.get().status == "paid"


# --- following ----------------------------------------------------------------------------------


def test_looking_again_at_one_that_was_paid_books_it(client, pay, stripe_sandbox):
    row = begin(client)
    pay(row.stripe_url)
    assert checkout.refresh(row).status == "paid"
    assert Contribution.objects.get().status == "paid"


def test_where_stripe_does_not_answer_what_we_hold_stays(client, stripe_sandbox, silent):
    row = begin(client)
    silent()
    for status in ("open", "processing"):
        Checkout.objects.update(status=status)
        row.refresh_from_db()
        assert checkout.refresh(row).status == status


def test_one_that_is_over_is_not_asked_about(client, stripe_sandbox):
    row = begin(client)
    stripe_sandbox.store.objects[row.stripe_checkout_session_id]["status"] = "expired"
    for status in ("paid", "failed", "expired", "creating"):
        Checkout.objects.update(status=status)
        row.refresh_from_db()
        checkout.refresh(row)
        row.refresh_from_db()
        assert (row.status, row.finished_at) == (status, None)


def test_one_that_is_paid_is_not_read_again(client, pay, deliver, silent):
    give(client, pay, deliver)
    silent()
    checkout.sync(Checkout.objects.get().stripe_checkout_session_id)


def test_the_end_of_an_earlier_session_leaves_the_later_one_open(client, stripe_sandbox):
    first = checkout.start(mine := wish())
    Checkout.objects.update(status="failed")
    second = checkout.start(mine)
    stripe_sandbox.store.objects[first.stripe_checkout_session_id]["status"] = "expired"
    checkout.sync(first.stripe_checkout_session_id)
    second.refresh_from_db()
    assert second.status == "open"
    stripe_sandbox.store.objects[second.stripe_checkout_session_id]["status"] = "expired"
    checkout.sync(second.stripe_checkout_session_id)
    second.refresh_from_db()
    assert (second.status, bool(second.finished_at)) == ("expired", True)


def test_a_replaced_session_is_closed_at_stripe_once(client, stripe_sandbox, silent):
    row = begin(client)
    checkout.expire(row.pk)
    row.refresh_from_db()
    assert row.status == "expired"
    assert sessions(stripe_sandbox)[0]["status"] == "expired"
    silent()
    checkout.expire(row.pk)


def test_a_replaced_session_that_was_paid_meanwhile_is_booked_and_not_closed(
    client, pay, stripe_sandbox
):
    row = begin(client)
    pay(row.stripe_url)
    checkout.expire(row.pk)
    row.refresh_from_db()
    assert row.status == "paid"


@pytest.mark.case("F7")
def test_a_session_of_another_product_is_not_ours(stripe):  # noqa: F811
    price = {"currency": "eur", "unit_amount": 900, "product_data": {"name": "Book"}}
    theirs = stripe.checkout.sessions.create(
        {"mode": "payment", "line_items": [{"quantity": 1, "price_data": price}],
         "success_url": "https://shop.example.org/"}
    )  # fmt: skip
    with pytest.raises(Foreign):
        checkout.sync(theirs.id)


@pytest.mark.case("F7")
def test_a_payment_that_failed_elsewhere_is_not_ours(stripe):  # noqa: F811
    theirs = stripe.payment_intents.create({"amount": 900, "currency": "eur"})
    with pytest.raises(Foreign):
        checkout.sync_payment(theirs.id)
    with pytest.raises(Misconfigured):
        checkout.sync_payment("pi_nothing")


def test_a_first_month_by_bank_debit_is_on_its_way_until_it_arrives(client, pay, deliver, advance):
    from payments.sandbox.methods import GOOD_ACCOUNT

    row = begin(client, frequency="month")
    pay(row.stripe_url, payment_kind="sepa_debit", account=GOOD_ACCOUNT)
    checkout.sync(row.stripe_checkout_session_id)
    row.refresh_from_db()
    assert row.status == "processing"
    assert clock.now() - row.finished_at < timedelta(minutes=5)


def test_a_payment_that_failed_is_followed_to_its_checkout(client, pay, stripe_sandbox):
    row = begin(client)
    pay(row.stripe_url)
    session = stripe_sandbox.store.objects[row.stripe_checkout_session_id]
    checkout.sync_payment(session["payment_intent"])
    row.refresh_from_db()
    assert row.status == "paid"
    Checkout.objects.update(stripe_checkout_session_id=None)
    with pytest.raises(Foreign):
        checkout.sync_payment(session["payment_intent"])
