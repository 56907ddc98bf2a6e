"""Books that tie: nothing is invented, nothing is read twice, a night is compared once."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from payments import clock, outbox
from payments.gateway.errors import Misconfigured
from payments.models import BalanceLine, Contribution, Difference, ReadingPlace, Reconciliation
from payments.reconcile import repairs, run
from tests.builders import give

pytestmark = pytest.mark.django_db


def test_a_clean_account_shows_no_difference(lived, compare):
    assert compare() == {}
    run = Reconciliation.objects.get()
    assert run.ties
    assert run.lines == BalanceLine.objects.count() > 5
    assert [row["left"] for row in run.sums] == [0]
    assert not Difference.objects.exists()


def test_lines_are_read_once_and_the_next_comparison_asks_only_for_what_is_new(
    lived, compare, stripe_sandbox, advance
):
    compare()
    lines = BalanceLine.objects.count()
    advance(days=6)
    compare()
    place = ReadingPlace.objects.get(name="balance")
    assert BalanceLine.objects.count() >= lines
    assert place.rows == BalanceLine.objects.count()
    assert place.after_id == ""


@pytest.mark.case("F26")
def test_a_night_is_compared_once_however_often_it_is_asked_for(lived):
    for _ in range(3):
        run.plan(clock.now())
        while outbox.run_due():
            pass
        run.night(day=run.tonight(clock.now()).isoformat())
    assert Reconciliation.objects.count() == 1


@pytest.mark.case("F26")
def test_two_workers_do_not_compare_the_same_night(lived):
    Reconciliation.objects.create(
        day=run.tonight(clock.now()),
        started_at=clock.now(),
        busy_until=clock.now() + timedelta(minutes=5),
    )
    with pytest.raises(run.Busy):
        run.night(day=run.tonight(clock.now()).isoformat())
    Reconciliation.objects.update(busy_until=clock.now())
    run.night(day=run.tonight(clock.now()).isoformat())
    assert Reconciliation.objects.get().finished_at


@pytest.mark.case("F31")
def test_stripe_being_busy_is_waited_for(lived, compare, stripe_sandbox):
    stripe_sandbox.faults.add({"path": "/v1/balance_transactions", "kind": "429", "times": 3})
    assert compare() == {}


@pytest.mark.case("F33")
def test_a_key_that_was_withdrawn_stops_the_comparison_and_loses_nothing(
    lived, compare, stripe_sandbox, unseen
):
    stripe_sandbox.faults.add({"path": "/v1/subscriptions", "kind": "401", "times": 1})
    with pytest.raises(Misconfigured):
        compare()
    assert not Difference.objects.exists()
    assert Reconciliation.objects.get().finished_at is None
    assert compare() == {}


def test_what_is_still_on_its_way_is_no_difference_and_the_sums_meet(
    client, pay, deliver, lived, compare
):
    give(client, pay, deliver, amount="40")
    assert compare() == {}
    [row] = Reconciliation.objects.get().sums
    assert (row["waiting"], row["left"]) == (-4000, 0)


def test_a_difference_that_is_gone_by_itself_is_closed(lived, compare):
    Contribution.objects.filter(pk=lived.pk).update(status="failed")
    assert compare() == {"receipt_alone": 1}
    first = Difference.objects.get()
    assert compare() == {"receipt_alone": 1}
    Contribution.objects.filter(pk=lived.pk).update(status="paid")
    assert compare() == {}
    closed = Difference.objects.get()
    assert (closed.pk, closed.status) == (first.pk, "repaired")
    assert "no longer" in closed.note


def test_an_explained_difference_that_grows_is_told_again(
    hidden_charge, book, compare, stripe_sandbox
):
    book(hidden_charge, minor=1600)
    compare()
    repairs.explain(Difference.objects.get(), reason="Known.", actor=None)
    assert compare() == {}
    Difference.objects.update(amount_minor=1)
    assert compare() == {"wrong_amount": 1}


def test_the_command_prints_the_books_and_ends_well(lived):
    out = StringIO()
    call_command("reconcile", stdout=out)
    assert "The books tie" in out.getvalue()


def test_the_command_names_what_stands_open_and_repairs_when_asked(hidden_charge):
    out = StringIO()
    with pytest.raises(CommandError, match="1 differences stand open"):
        call_command("reconcile", stdout=out)
    assert "Contribution not in the books" in out.getvalue()
    call_command("reconcile", repair=True, stdout=out)
    assert "The books tie" in out.getvalue()
