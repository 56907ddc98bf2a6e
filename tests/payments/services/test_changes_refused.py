"""Wishes that make no sense, answers that were lost, and the letters that confirm the others."""

import pytest
from django.core import mail

from payments import clock
from payments.gateway.errors import Unavailable
from payments.models import Subscription, SubscriptionChange
from payments.money import Money
from payments.services import subscriptions
from payments.sweep import sweep
from tests.builders import subscribe
from tests.payments.services.wishes import WISHES

pytestmark = pytest.mark.django_db


@pytest.fixture
def monthly(client, pay, deliver):
    return subscribe(client, pay, deliver, amount="10")


# --- refusals -----------------------------------------------------------------------------------


@pytest.mark.parametrize("wish", WISHES)
def test_an_ended_one_cannot_be_changed(monthly, wish):
    subscriptions.cancel_now(monthly, reason="", actor=None)
    with pytest.raises(subscriptions.ChangeRefused) as refusal:
        WISHES[wish](monthly)
    assert refusal.value.code == "ended"
    assert SubscriptionChange.objects.count() == 1


@pytest.mark.parametrize("wish", ["amount", "cover", "frequency", "day", "pause", "skip"])
def test_a_stopped_one_is_not_changed_but_let_go_on_first(monthly, wish):
    subscriptions.cancel(monthly, reason="", actor=None)
    with pytest.raises(subscriptions.ChangeRefused) as refusal:
        WISHES[wish](monthly)
    assert refusal.value.code == "ending"


@pytest.mark.parametrize("wish", ["frequency", "day", "pause", "skip"])
def test_a_paused_one_is_let_go_on_first(monthly, wish):
    paused = subscriptions.pause(monthly, charges=2, actor=None)
    with pytest.raises(subscriptions.ChangeRefused) as refusal:
        WISHES[wish](paused)
    assert refusal.value.code == "paused"


def test_another_currency_is_refused(monthly):
    for wish in (
        lambda: subscriptions.change_amount(monthly, gift=Money(2000, "usd"), actor=None),
        lambda: subscriptions.change_frequency(
            monthly, frequency="year", gift=Money(9000, "usd"), actor=None
        ),
    ):
        with pytest.raises(subscriptions.ChangeRefused) as refusal:
            wish()
        assert refusal.value.code == "currency"
    assert SubscriptionChange.objects.count() == 0


def test_a_second_frequency_waits_for_the_first(monthly):
    WISHES["frequency"](monthly)
    more = Money(20_000, "eur")
    with pytest.raises(subscriptions.ChangeRefused) as refusal:
        subscriptions.change_frequency(monthly, frequency="year", gift=more, actor=None)
    assert refusal.value.code == "switching"


@pytest.mark.case("F28")
def test_the_same_wish_again_after_a_page_that_broke_is_done_once(monthly):
    for _ in range(2):
        subscriptions.skip(monthly, actor=None)
    assert SubscriptionChange.objects.get().kind == "skip"
    subscriptions.resume(monthly, actor=None)
    gift = Money(10000, "eur")
    first, second = (
        subscriptions.change_frequency(monthly, frequency="year", gift=gift, actor=None)
        for _ in range(2)
    )
    assert first == second
    assert SubscriptionChange.objects.filter(kind="frequency").count() == 1


@pytest.mark.parametrize("charges", [0, 13, -2])
def test_a_pause_without_measure_is_refused(monthly, charges):
    with pytest.raises(subscriptions.ChangeRefused) as refusal:
        subscriptions.pause(monthly, charges=charges, actor=None)
    assert refusal.value.code == "months"


# --- lost answers -------------------------------------------------------------------------------


@pytest.mark.case("F28")
@pytest.mark.parametrize(
    "wish", ["amount", "cover", "frequency", "day", "pause", "skip", "cancel", "cancel_now"]
)
def test_a_wish_whose_answer_was_lost_is_finished_by_the_sweep_once(
    monthly, stripe_sandbox, deliver, advance, wish
):
    """Stripe did it, nobody heard: the same key brings the same answer."""
    path = "/v1/subscriptions*"
    for method in ("POST", "DELETE"):
        fault = {"kind": "lost_answer", "path": path, "method": method, "times": 20}
        stripe_sandbox.faults.add(fault)
    with pytest.raises(Unavailable):
        WISHES[wish](monthly)
    stripe_sandbox.faults.clear()
    assert SubscriptionChange.objects.get().status == "asked"
    mail.outbox.clear()
    advance(seconds=700)
    sweep()
    deliver()
    assert SubscriptionChange.objects.get().status == "done"
    assert len([letter for letter in mail.outbox if letter.to == ["nora@example.org"]]) == 1
    assert Subscription.objects.filter(status="trialing").count() <= 1
    running = [row for row in stripe_sandbox.store.newest("subscription") if not row["ended_at"]]
    assert len(running) == {"frequency": 2, "cancel_now": 0}.get(wish, 1)


@pytest.mark.case("F29")
def test_a_stored_server_error_is_not_the_last_word(monthly, stripe_sandbox, advance):
    """Under the old key Stripe would only repeat its error: the next try has a new one."""
    stripe_sandbox.faults.add(
        {"kind": "500-after", "path": "/v1/subscriptions/*", "method": "POST"}
    )
    with pytest.raises(Unavailable):
        WISHES["amount"](monthly)
    again = WISHES["amount"](monthly)
    assert again.amount_minor == 2000
    assert SubscriptionChange.objects.get().status == "done"


def test_a_wish_that_found_no_answer_within_a_day_is_given_up(monthly, stripe_sandbox, advance):
    stripe_sandbox.faults.add({"kind": "lost_request", "path": "/v1/subscriptions/*",
                               "method": "POST", "times": 20})  # fmt: skip
    with pytest.raises(Unavailable):
        WISHES["amount"](monthly)
    stripe_sandbox.faults.clear()
    advance(days=1)
    sweep()
    assert SubscriptionChange.objects.get().status == "refused"
    monthly.refresh_from_db()
    assert monthly.amount_minor == 1000


# --- letters ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wish", "words"),
    [
        ("amount", ["You give €20.00 a month", "stays at €10.00"]),
        ("cover", ["You give €10.41 a month", "stays at €10.00"]),
        ("frequency", ["You give €120.00 a year", "stays at €10.00"]),
        ("day", ["another day", "The next €10.00"]),
        ("skip", ["paused", "The next €10.00"]),
        ("cancel", ["nothing more is taken"]),
        ("cancel_now", ["It has ended today"]),
    ],
)
def test_a_letter_confirms_each_change_with_amount_day_and_card(monthly, deliver, wish, words):
    mail.outbox.clear()
    row = WISHES[wish](monthly)
    deliver()
    (letter,) = mail.outbox
    assert letter.to == ["nora@example.org"]
    for each in words:
        assert each in letter.body
    if row.upcoming:
        assert "Visa ending 4242" in letter.body
        assert f"{clock.local_date(row.upcoming):%-d %B %Y}" in letter.body
