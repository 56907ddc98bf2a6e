"""One frequency after another, and second thoughts: never two that charge for the same days."""

from datetime import timedelta

import pytest
from django.core import mail

from payments.gateway import changes
from payments.gateway.errors import Unavailable
from payments.models import Contribution, OutboxTask, Subscription
from payments.money import Money
from payments.services import after_end, mirror, subscriptions
from payments.services import changes as wishes
from payments.sweep import sweep
from tests.builders import subscribe
from tests.payments import books
from tests.payments.services.test_changes import charges

pytestmark = [pytest.mark.django_db, pytest.mark.case("F45"), pytest.mark.case("F46")]
YEARLY, MONTHLY_AGAIN = Money(12_000, "eur"), Money(1_500, "eur")


@pytest.fixture
def monthly(client, pay, deliver):
    return subscribe(client, pay, deliver, amount="10")


@pytest.fixture
def chain(monthly):
    """Monthly, then yearly, then monthly again: two of them have not begun."""
    yearly = subscriptions.change_frequency(monthly, frequency="year", gift=YEARLY, actor=None)
    again = subscriptions.change_frequency(
        yearly, frequency="month", gift=MONTHLY_AGAIN, actor=None
    )
    return monthly, yearly, again


def going_on():
    """What will be charged again: running, and not ending."""
    rows = Subscription.objects.filter(status__in=Subscription.RUNNING, cancel_at=None)
    return sorted(rows.values_list("frequency", "amount_minor"))


def test_of_three_frequencies_the_last_is_charged_and_no_period_twice(chain, advance):
    assert going_on() == [("month", 1500)]
    advance(days=32)
    assert charges() == [1000, 1500]
    advance(days=31)
    assert charges() == [1000, 1500, 1500]


def test_going_on_with_the_first_takes_back_all_that_was_to_follow(chain, advance, deliver):
    """From a page that was opened before the third was chosen."""
    monthly, _, _ = chain
    deliver()
    mail.outbox.clear()
    subscriptions.undo_cancel(monthly, actor=None)
    deliver()
    assert going_on() == [("month", 1000)]
    # One letter: it goes on. What never began has not ended for anybody.
    assert ["ended" in letter.subject for letter in mail.outbox] == [False]
    advance(days=63)
    assert charges() == [1000, 1000, 1000]


def test_going_on_with_the_first_takes_back_what_follows_one_that_was_ended_elsewhere(
    chain, advance, deliver
):
    monthly, yearly, _ = chain
    changes.end_now(yearly.stripe_subscription_id, key="by-staff")
    deliver()
    subscriptions.undo_cancel(monthly, actor=None)
    assert going_on() == [("month", 1000)]
    advance(days=32)
    assert charges() == [1000, 1000]


@pytest.mark.parametrize("stop", [subscriptions.cancel, subscriptions.cancel_now])
def test_stopping_one_that_gives_way_stops_what_was_to_follow(chain, advance, stop):
    monthly, _, _ = chain
    stop(monthly, reason="", actor=None)
    assert going_on() == []
    advance(days=400)
    assert charges() == [1000]


def test_stopping_twice_is_one_wish(chain):
    monthly, _, _ = chain
    for _ in range(2):
        subscriptions.cancel(monthly, reason="", actor=None)
    assert monthly.changes.filter(kind="cancel").count() == 1


@pytest.mark.parametrize("stop", [subscriptions.cancel, subscriptions.cancel_now])
def test_a_stop_whose_answer_was_lost_halfway_ends_all_of_it_by_the_sweep(
    chain, advance, stripe_sandbox, stop
):
    monthly, _, _ = chain
    stripe_sandbox.faults.add(
        {"kind": "lost_answer", "path": "/v1/subscriptions/*", "method": "DELETE", "times": 9}
    )
    with pytest.raises(Unavailable):
        stop(monthly, reason="", actor=None)
    stripe_sandbox.faults.clear()
    advance(seconds=60)
    sweep()
    assert going_on() == []
    advance(days=400)
    assert charges() == [1000]


def test_what_was_to_follow_and_is_charged_after_all_goes_back_by_itself(chain):
    monthly, _, again = chain
    subscriptions.cancel_now(monthly, reason="", actor=None)
    again.refresh_from_db()
    late = books.receive(
        1500, at=again.ended_at + timedelta(hours=1), kind="renewal", subscription=again
    )
    after_end.look(again)
    task = OutboxTask.objects.get(name="refund.after_end")
    assert task.arguments == {"contribution_id": late.pk}


@pytest.mark.parametrize("kind", ["frequency", "cancel", "pause"])
def test_a_wish_that_rests_on_a_reading_from_before_another_is_refused(monthly, kind):
    """Between two tabs: what the second has read is no longer so when it takes the row."""
    read = mirror.sync(monthly.stripe_subscription_id)
    subscriptions.change_frequency(monthly, frequency="year", gift=YEARLY, actor=None)
    terms = {"amount_minor": 11_000, "cover_minor": 0, "currency": "eur", "frequency": "year"}
    with pytest.raises(subscriptions.ChangeRefused) as refusal:
        wishes.make(read, kind, wanted=terms, actor=None)
    assert refusal.value.code == "busy"
    assert going_on() == [("year", 12_000)]


def test_an_old_link_to_stop_leads_to_what_will_be_charged(chain, client, advance):
    monthly, _, again = chain
    client.force_login(monthly.supporter)
    old, new = (f"/account/subscriptions/{row.public_id}/stop/" for row in (monthly, again))
    for way in (old, f"{old}now/"):
        answer = client.get(way, follow=True)
        assert answer.redirect_chain[-1] == (new, 303)
        assert "Stopped." not in answer.content.decode()
        assert "€15.00" in answer.content.decode()
    assert client.post(old, {}).url == new
    assert going_on() == [("month", 1500)]
    assert client.post(new, {}).status_code == 303
    assert going_on() == []
    advance(days=63)
    assert charges() == [1000]
    assert Contribution.objects.count() == 1
