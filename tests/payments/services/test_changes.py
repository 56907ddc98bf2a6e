"""Every wish about a subscription: what Stripe charges then, and when; races and lost answers."""

from datetime import timedelta

import pytest
from django.core import mail

from payments import clock
from payments.gateway import calls, changes
from payments.gateway.errors import Unavailable
from payments.models import AuditEntry, Consent, Contribution, Subscription, SubscriptionChange
from payments.money import Money
from payments.services import mirror, subscriptions
from payments.sweep import sweep
from tests.builders import subscribe

pytestmark = pytest.mark.django_db
HOUR = 3600


def charges():
    """What was taken so far, oldest first."""
    rows = Contribution.objects.order_by("received_at").values_list("gift_minor", "received_at")
    return [minor for minor, _ in rows]


def days_of_charges():
    rows = Contribution.objects.order_by("received_at").values_list("received_at", flat=True)
    return [clock.local_date(moment) for moment in rows]


@pytest.fixture
def monthly(client, pay, deliver):
    return subscribe(client, pay, deliver, amount="10")


@pytest.fixture
def until(stripe_sandbox, advance):
    """Move on until a moment by Stripe's clock, and so many seconds."""

    def move(moment, *, seconds=0):
        left = int(moment.timestamp()) - stripe_sandbox.clock.now() + seconds
        advance(seconds=left)

    return move


# --- amount and cover ---------------------------------------------------------------------------


def test_the_fee_can_be_covered_and_left_again(monthly, advance):
    covered = subscriptions.cover_fee(monthly, actor=None)
    assert (covered.gift.minor, covered.cover_minor) == (1000, 41)
    advance(days=32)
    left = subscriptions.leave_fee(covered, actor=None)
    assert (left.gift.minor, left.cover_minor) == (1000, 0)
    advance(days=31)
    renewals = Contribution.objects.filter(kind="renewal").order_by("received_at")
    assert list(renewals.values_list("gift_minor", "cover_minor")) == [(1000, 41), (1000, 0)]


def test_covering_twice_is_covering_once(monthly):
    for _ in range(2):
        subscriptions.cover_fee(monthly, actor=None)
    assert SubscriptionChange.objects.count() == 1


@pytest.mark.case("S10")
def test_new_terms_keep_the_words_that_were_agreed_to(monthly):
    text = "I give €15.00 every month until I stop it."
    subscriptions.change_amount(
        monthly, gift=Money(1500, "eur"), actor=monthly.supporter, consent_text=text
    )
    first, second = Consent.objects.all()
    assert first.text == "I give €10.00 every month until I stop it."
    assert (second.text, second.amount_minor, second.frequency) == (text, 1500, "month")


# --- monthly and yearly -------------------------------------------------------------------------


@pytest.mark.case("F45")
def test_yearly_begins_where_monthly_ends_and_no_period_is_paid_twice(monthly, advance, until):
    paid_until = monthly.next_charge_at
    yearly = subscriptions.change_frequency(
        monthly, frequency="year", gift=Money(12000, "eur"), actor=monthly.supporter
    )
    assert (yearly.frequency, yearly.amount_minor) == ("year", 12000)
    assert yearly.upcoming == paid_until
    assert yearly.follows == monthly
    assert charges() == [1000]
    until(paid_until, seconds=2 * HOUR)
    assert charges() == [1000, 12000]
    advance(days=330)
    assert charges() == [1000, 12000]
    advance(days=40)
    assert charges() == [1000, 12000, 12000]
    monthly.refresh_from_db()
    assert monthly.status == Subscription.Status.CANCELED


@pytest.mark.case("F45")
def test_monthly_after_yearly_waits_for_the_end_of_the_year(client, pay, deliver, advance):
    yearly = subscribe(client, pay, deliver, frequency="year", amount="120")
    advance(days=100)
    monthly = subscriptions.change_frequency(
        yearly, frequency="month", gift=Money(1000, "eur"), actor=None
    )
    assert monthly.upcoming == yearly.next_charge_at
    advance(days=250)
    assert charges() == [12000]
    advance(days=20)
    assert charges() == [12000, 1000]
    advance(days=31)
    assert charges() == [12000, 1000, 1000]


def test_what_follows_belongs_to_the_same_supporter_and_source(client, pay, deliver, until):
    monthly = subscribe(client, pay, deliver, article="the-ferry")
    yearly = subscriptions.change_frequency(
        monthly, frequency="year", gift=Money(9000, "eur"), actor=None
    )
    until(monthly.next_charge_at, seconds=2 * HOUR)
    renewal = Contribution.objects.get(subscription=yearly)
    assert renewal.supporter == monthly.supporter
    assert (renewal.kind, renewal.frequency, renewal.article) == ("renewal", "year", "the-ferry")


def test_a_switch_can_be_taken_back_until_it_begins(monthly, advance):
    yearly = subscriptions.change_frequency(
        monthly, frequency="year", gift=Money(12000, "eur"), actor=None
    )
    subscriptions.undo_cancel(monthly, actor=None)
    yearly.refresh_from_db()
    monthly.refresh_from_db()
    assert yearly.status == Subscription.Status.CANCELED
    assert not monthly.ending
    advance(days=32)
    assert charges() == [1000, 1000]
    again = subscriptions.change_frequency(
        monthly, frequency="year", gift=Money(11000, "eur"), actor=None
    )
    assert again != yearly
    advance(days=32)
    assert charges() == [1000, 1000, 11000]


def test_a_switch_that_has_begun_is_not_taken_back(monthly, until):
    subscriptions.change_frequency(monthly, frequency="year", gift=Money(12000, "eur"), actor=None)
    until(monthly.next_charge_at, seconds=2 * HOUR)
    with pytest.raises(subscriptions.ChangeRefused) as refusal:
        subscriptions.undo_cancel(monthly, actor=None)
    assert refusal.value.code == "ended"


@pytest.mark.case("F45")
@pytest.mark.case("F46")
def test_a_renewal_just_before_the_switch_counts_and_is_not_charged_again(
    monthly, stripe_sandbox, advance
):
    """Stripe renews while the page is open: what it accepted first stands."""
    stale = Subscription.objects.get(pk=monthly.pk)
    left = int(monthly.next_charge_at.timestamp()) - stripe_sandbox.clock.now()
    stripe_sandbox.advance(left + 1)
    clock.set_offset(left + 1)
    yearly = subscriptions.change_frequency(
        stale, frequency="year", gift=Money(12000, "eur"), actor=None
    )
    assert yearly.upcoming > stale.next_charge_at + timedelta(days=27)
    advance(seconds=2 * HOUR)
    assert charges() == [1000, 1000]
    advance(days=33)
    assert charges() == [1000, 1000, 12000]


# --- day ----------------------------------------------------------------------------------------


def test_a_moved_day_is_never_earlier_and_stays(monthly, advance):
    day = clock.local_date(monthly.next_charge_at).day % 28 + 1
    moved = subscriptions.change_day(monthly, day=day, actor=None)
    assert moved.upcoming > monthly.next_charge_at
    assert clock.local_date(moved.upcoming).day == day
    advance(days=100)
    assert {day_of.day for day_of in days_of_charges()[1:]} == {day}
    assert 3 <= len(charges()) <= 4


def test_the_same_day_is_no_change(monthly):
    day = clock.local_date(monthly.next_charge_at).day
    if day <= 28:
        subscriptions.change_day(monthly, day=day, actor=None)
    assert SubscriptionChange.objects.count() == 0


@pytest.mark.parametrize("day", [0, 29, 31, -1])
def test_a_day_that_not_every_month_has_is_refused(monthly, day):
    with pytest.raises(subscriptions.ChangeRefused) as refusal:
        subscriptions.change_day(monthly, day=day, actor=None)
    assert refusal.value.code == "day"


# --- pause, skip, resume ------------------------------------------------------------------------


def test_a_pause_leaves_out_as_many_as_said_and_goes_on_by_itself(monthly, advance):
    shown = subscriptions.charge_after_pause(monthly, charges=2)
    paused = subscriptions.pause(monthly, charges=2, actor=None)
    assert paused.paused
    assert paused.upcoming == shown
    advance(days=65)
    assert charges() == [1000]
    advance(days=30)
    assert charges() == [1000, 1000]
    assert days_of_charges()[-1] == clock.local_date(shown)
    monthly.refresh_from_db()
    assert not monthly.paused


def test_skipping_leaves_out_one(monthly, advance):
    subscriptions.skip(monthly, actor=None)
    advance(days=33)
    assert charges() == [1000]
    advance(days=31)
    assert charges() == [1000, 1000]


def test_a_pause_ends_when_the_supporter_wants(monthly, advance):
    paused = subscriptions.pause(monthly, charges=6, actor=None)
    advance(days=40)
    going_on = subscriptions.resume(paused, actor=None)
    assert not going_on.paused
    assert going_on.upcoming == going_on.next_charge_at
    advance(days=31)
    assert charges() == [1000, 1000]


def test_one_paused_in_the_dashboard_goes_on_and_is_charged_at_once(monthly, deliver):
    stripe = changes.api().subscriptions
    stripe.pause(monthly.stripe_subscription_id, {"type": "subscription"})
    deliver()
    monthly.refresh_from_db()
    assert monthly.paused
    assert monthly.upcoming is None
    subscriptions.resume(monthly, actor=None)
    deliver()
    assert charges() == [1000, 1000]


def test_one_paused_in_the_dashboard_whose_card_fails_stays_so_and_is_not_told_otherwise(
    client, pay, deliver
):
    row = subscribe(client, pay, deliver, card="4000000000000341")
    changes.api().subscriptions.pause(row.stripe_subscription_id, {"type": "subscription"})
    deliver()
    row.refresh_from_db()
    mail.outbox.clear()
    with pytest.raises(subscriptions.ChangeRefused) as refusal:
        subscriptions.resume(row, actor=None)
    assert refusal.value.code == "refused"
    deliver()
    row.refresh_from_db()
    assert row.status == Subscription.Status.PAUSED
    assert not any("goes on" in letter.subject for letter in mail.outbox)


@pytest.mark.case("F46")
def test_a_pause_asked_for_while_stripe_renews_leaves_the_renewal_standing(
    monthly, stripe_sandbox, advance
):
    left = int(monthly.next_charge_at.timestamp()) - stripe_sandbox.clock.now()
    stripe_sandbox.advance(left + 1)
    clock.set_offset(left + 1)
    paused = subscriptions.skip(Subscription.objects.get(pk=monthly.pk), actor=None)
    assert paused.upcoming > monthly.next_charge_at + timedelta(days=55)
    advance(seconds=2 * HOUR)
    assert charges() == [1000, 1000]
    advance(days=35)
    assert charges() == [1000, 1000]


# --- stop, stop now, undo -----------------------------------------------------------------------


def test_stopping_at_once_ends_it_now(monthly, advance):
    ended = subscriptions.cancel_now(monthly, reason="moving away", actor=monthly.supporter)
    assert ended.status == Subscription.Status.CANCELED
    assert ended.upcoming is None
    advance(days=70)
    assert charges() == [1000]
    assert AuditEntry.objects.get(action="subscription stopped at once").reason == "moving away"


@pytest.mark.case("F46")
def test_a_renewal_made_just_before_stopping_at_once_is_not_taken(monthly, stripe_sandbox, advance):
    """The invoice is a draft for an hour: it stays one."""
    left = int(monthly.next_charge_at.timestamp()) - stripe_sandbox.clock.now()
    stripe_sandbox.advance(left + 60)
    clock.set_offset(left + 60)
    subscriptions.cancel_now(Subscription.objects.get(pk=monthly.pk), reason="", actor=None)
    advance(days=3)
    assert charges() == [1000]


@pytest.mark.case("F46")
def test_what_is_charged_after_stopping_at_once_goes_back_by_itself(
    monthly, stripe_sandbox, advance
):
    """The order to leave the draft alone is lost, and Stripe charges it an hour later."""
    left = int(monthly.next_charge_at.timestamp()) - stripe_sandbox.clock.now()
    stripe_sandbox.advance(left + 60)
    clock.set_offset(left + 60)
    stripe_sandbox.faults.add({"kind": "lost_request", "path": "/v1/invoices/*", "times": 20})
    with pytest.raises(Unavailable):
        subscriptions.cancel_now(Subscription.objects.get(pk=monthly.pk), reason="", actor=None)
    stripe_sandbox.faults.clear()
    advance(seconds=2 * HOUR)
    late = Contribution.objects.get(kind="renewal")
    assert late.status == "paid"
    refund = late.refunds.get()
    assert (refund.amount_minor, refund.status) == (1000, "succeeded")
    assert refund.reason == "taken after it was stopped"
    sweep()
    advance(seconds=60)
    assert late.refunds.count() == 1
    assert SubscriptionChange.objects.get().status == "done"


def test_one_whose_payment_failed_ends_at_once_when_it_is_stopped(
    client, pay, deliver, advance, stripe_sandbox
):
    from tests.payments.services.test_subscriptions import FAILS_LATER, change_card

    subscription = subscribe(client, pay, deliver)
    change_card(subscription, pay, deliver, card=FAILS_LATER)
    advance(days=32)
    subscription.refresh_from_db()
    assert subscription.overdue
    ended = subscriptions.cancel(subscription, reason="", actor=None)
    assert ended.status == Subscription.Status.CANCELED
    assert calls.invoice(ended.latest_invoice_id).status == "void"
    tried = len(stripe_sandbox.store.kinds["charge"])
    advance(days=20)
    assert len(stripe_sandbox.store.kinds["charge"]) == tried


@pytest.mark.case("F44")
def test_an_end_set_in_the_portal_can_be_undone(monthly):
    """Stripe's portal sets `cancel_at` and leaves `cancel_at_period_end` alone."""
    stripe = changes.api().subscriptions
    stripe.update(monthly.stripe_subscription_id, {"cancel_at": "min_period_end"})
    row = mirror.sync(monthly.stripe_subscription_id)
    assert row.ending
    assert not subscriptions.undo_cancel(row, actor=None).ending


# --- staff at Stripe's dashboard ----------------------------------------------------------------


@pytest.mark.case("F44")
def test_a_change_made_in_the_dashboard_is_taken_over_and_noted(monthly, deliver, advance):
    changes.set_amount(
        monthly.stripe_subscription_id,
        key="by-staff",
        item_id=monthly.stripe_item_id,
        amount=Money(700, "eur"),
        interval="month",
        metadata={"keepopen_cover": "0"},
    )
    deliver()
    entry = AuditEntry.objects.get(action="subscription changed in Stripe")
    assert (entry.actor, entry.reason) == (None, "stripe dashboard")
    assert (entry.before["amount_minor"], entry.after["amount_minor"]) == (1000, 700)
    advance(days=32)
    assert charges() == [1000, 700]


@pytest.mark.case("F44")
@pytest.mark.parametrize("cover_fee", ["", "1"])
def test_one_that_staff_let_go_on_for_nothing_is_shown_so(
    client, pay, deliver, advance, stripe_sandbox, cover_fee
):
    row = subscribe(client, pay, deliver, amount="10", cover_fee=cover_fee)
    item = stripe_sandbox.store.objects[row.stripe_subscription_id]["items"]["data"][0]
    item["price"] = item["price"] | {"unit_amount": 0}
    row = mirror.sync(row.stripe_subscription_id)
    assert (row.amount_minor, row.cover_minor, row.gift.minor) == (0, 0, 0)
    client.force_login(row.supporter)
    page = client.get("/account/").content.decode()
    assert "€0" in page
    given = subscriptions.change_amount(row, gift=Money(500, "eur"), actor=row.supporter)
    assert given.amount_minor == 500


@pytest.mark.case("F44")
def test_a_supporter_is_told_of_an_end_made_in_the_dashboard(monthly, deliver):
    changes.end_now(monthly.stripe_subscription_id, key="by-staff")
    mail.outbox.clear()
    deliver()
    assert [letter.subject for letter in mail.outbox] == ["Your contribution has ended"]
