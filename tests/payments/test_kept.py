"""Statements that are kept read and write the same rows as querysets do."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import IntegrityError, transaction
from django.forms.models import model_to_dict

from payments import clock
from payments.models import (
    AuditEntry,
    Checkout,
    Contribution,
    LedgerEntry,
    LedgerLine,
    OutboxTask,
    Receipt,
    Subscription,
)
from payments.models.kept import (
    found,
    held,
    insert,
    insert_all,
    insert_or_find,
    insert_unless_known,
)
from tests.builders import subscribe

pytestmark = pytest.mark.django_db


def cells(row):
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


@pytest.mark.parametrize("model", [Checkout, Contribution, LedgerEntry, Receipt, Subscription])
def test_a_row_that_was_found_is_the_querysets(model, client, pay, deliver):
    subscribe(client, pay, deliver, cover_fee="1")
    row = model.objects.first()
    assert cells(found(model, id=row.pk)) == cells(row)
    assert cells(held(model, id=row.pk)) == cells(row)


def test_a_row_that_was_found_can_be_saved(client, pay, deliver):
    row = subscribe(client, pay, deliver)
    again = found(Subscription, stripe_subscription_id=row.stripe_subscription_id)
    again.end_reason = "moved away"
    again.save()
    assert Subscription.objects.get().end_reason == "moved away"


def test_an_unknown_or_an_empty_key_finds_nothing(client, pay, deliver):
    subscribe(client, pay, deliver)
    assert found(Contribution, stripe_payment_intent_id="pi_none") is None
    assert found(Contribution, stripe_charge_id=None) is None


def test_outside_a_transaction_no_row_is_held():
    """Asked in a thread, whose connection is in no transaction of the test's."""
    with ThreadPoolExecutor(1) as threads:
        asked = threads.submit(held, Contribution, stripe_payment_intent_id="pi_none")
    assert isinstance(asked.exception(), transaction.TransactionManagementError)


def test_a_row_that_was_inserted_is_the_same_when_read():
    after = {"charged_minor": 1000, "currency": "eur"}
    row = insert(AuditEntry(at=clock.now(), action="tried", subject="contribution:1", after=after))
    assert model_to_dict(AuditEntry.objects.get(pk=row.pk)) == model_to_dict(row)
    row.reason = "a second thought"
    assert not row._state.adding


def test_many_rows_are_inserted_in_one_statement(django_assert_num_queries):
    entry = insert(
        LedgerEntry(
            key="contribution:1",
            kind="gift",
            occurred_at=clock.now(),
            recorded_at=clock.now(),
            currency="eur",
            gross_minor=1000,
            net_minor=1000,
        )
    )
    sums = {"stripe": 1000, "contributions": -1000}
    with django_assert_num_queries(1):
        insert_all(
            [
                LedgerLine(entry=entry, account=account, amount_minor=minor, currency="eur")
                for account, minor in sums.items()
            ]
        )
    assert dict(entry.lines.values_list("account", "amount_minor")) == sums


def test_a_known_key_is_refused_or_left_alone():
    task = {"key": "receipt.render:1", "name": "receipt.render", "created_at": clock.now()}
    insert_unless_known(OutboxTask(**task, note="first"))
    insert_unless_known(OutboxTask(**task, note="second"))
    assert OutboxTask.objects.get().note == "first"
    with pytest.raises(IntegrityError), transaction.atomic():
        insert(OutboxTask(**task))


def test_a_known_key_is_found_where_it_cannot_be_written():
    task = {"key": "receipt.render:1", "name": "receipt.render", "created_at": clock.now()}
    first, new = insert_or_find(OutboxTask(**task, note="first"), key=task["key"])
    again, second = insert_or_find(OutboxTask(**task, note="second"), key=task["key"])
    assert (new, second) == (True, False)
    assert (again.pk, again.note) == (first.pk, "first")
