"""Refunds above the limit of one person: asked for, then agreed to by somebody else."""

import pytest
from django.conf import settings as config
from django.db import IntegrityError

from payments.models import AuditEntry, Refund
from payments.money import Money
from payments.services import refunds
from payments.services.refunds import RefundRefused
from tests.builders import give, operate

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _limit(settings):
    settings.REFUND_LIMITS = {"eur": 50}


@pytest.fixture
def contribution(client, pay, deliver):
    return give(client, pay, deliver, amount="120")


def ask(contribution, minor, actor):
    return refunds.refund(
        contribution, amount=Money(minor, "eur"), reason="asked by phone", actor=actor
    )


def test_above_the_limit_nothing_is_sent_until_somebody_else_agrees(
    contribution, finance, second, deliver, stripe_sandbox, mailoutbox
):
    row = ask(contribution, 6000, finance)
    deliver()
    assert row.status == Refund.Status.REQUESTED
    assert "refund" not in stripe_sandbox.store.kinds
    assert refunds.refundable(contribution).minor == 6000
    assert any(
        letter.to == [config.FINANCE_CONTACT] and "waits for a second person" in letter.subject
        for letter in mailoutbox
    )
    row = refunds.approve(row, actor=second)
    deliver()
    row.refresh_from_db()
    assert (row.status, row.requested_by, row.decided_by) == ("succeeded", finance, second)
    assert AuditEntry.objects.get(action="refund approved").actor == second


def test_nobody_agrees_to_a_refund_of_their_own(contribution, finance, stripe_sandbox):
    row = ask(contribution, 6000, finance)
    with pytest.raises(RefundRefused) as refusal:
        refunds.approve(row, actor=finance)
    assert refusal.value.code == "same_person"
    row.refresh_from_db()
    assert row.status == Refund.Status.REQUESTED
    assert "refund" not in stripe_sandbox.store.kinds


def test_the_database_refuses_one_person_in_both_places(contribution, finance):
    row = ask(contribution, 6000, finance)
    with pytest.raises(IntegrityError):
        Refund.objects.filter(pk=row.pk).update(decided_by=finance)


def test_up_to_the_limit_one_person_is_enough(contribution, finance):
    assert ask(contribution, 5000, finance).status == Refund.Status.SUCCEEDED


def test_many_small_refunds_count_together(contribution, finance):
    assert ask(contribution, 3000, finance).status == Refund.Status.SUCCEEDED
    assert ask(contribution, 2001, finance).status == Refund.Status.REQUESTED


def test_in_a_currency_without_a_limit_every_refund_needs_two(client, pay, deliver, finance):
    contribution = give(client, pay, deliver, amount="10", currency="usd")
    row = refunds.refund(contribution, amount=Money(1, "usd"), reason="", actor=finance)
    assert row.status == Refund.Status.REQUESTED


def test_what_no_person_asked_for_needs_no_second_one(contribution):
    assert ask(contribution, 12000, None).status == Refund.Status.SUCCEEDED


def test_what_was_declined_is_free_to_be_asked_for_again(contribution, finance, second):
    row = refunds.decline(ask(contribution, 6000, finance), actor=second, reason="too much")
    assert row.status == Refund.Status.DECLINED
    assert refunds.refundable(contribution).minor == 12000
    assert refunds.approve(row, actor=second).status == Refund.Status.DECLINED
    assert AuditEntry.objects.get(action="refund declined").reason == "too much"


def test_who_asked_may_take_it_back(contribution, finance):
    row = refunds.decline(ask(contribution, 6000, finance), actor=finance, reason="my mistake")
    assert (row.status, row.decided_by) == (Refund.Status.DECLINED, None)


def test_agreeing_twice_sends_once(contribution, finance, second, stripe_sandbox):
    row = ask(contribution, 6000, finance)
    refunds.approve(row, actor=second)
    refunds.approve(row, actor=second)
    assert len(stripe_sandbox.store.kinds["refund"]) == 1


@pytest.mark.case("F52")
def test_money_disputed_while_the_refund_waited_is_not_sent(
    contribution, finance, second, advance, stripe_sandbox
):
    row = ask(contribution, 6000, finance)
    operate(stripe_sandbox, "dispute", charge=contribution.stripe_charge_id)
    advance(seconds=60)
    with pytest.raises(RefundRefused) as refusal:
        refunds.approve(row, actor=second)
    assert refusal.value.code == "disputed"
