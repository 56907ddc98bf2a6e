"""What the database itself refuses, whoever asks: code is one writer, shells are others."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.apps import apps
from django.db import DatabaseError, IntegrityError, connection, transaction

from payments.models import (
    AuditEntry,
    Consent,
    Contribution,
    LedgerEntry,
    LedgerLine,
    OutboxTask,
    Receipt,
    ReceiptDocument,
    RefundNote,
    RefundNoteDocument,
    Subscription,
)
from payments.services import ledger
from tests.builders import subscribe
from tests.payments import books

pytestmark = pytest.mark.django_db
APPEND_ONLY = [
    AuditEntry,
    Consent,
    LedgerEntry,
    LedgerLine,
    Receipt,
    ReceiptDocument,
    RefundNote,
    RefundNoteDocument,
]


@pytest.fixture
def written(client, pay, deliver):
    """A row in each table that matters."""
    row = subscribe(client, pay, deliver, amount="10")
    contribution = row.contributions.get()
    books.note_of(contribution)
    books.dispute_of(contribution)
    books.send_back(contribution, 100)
    return contribution


def refused(statement, *cells):
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, cells)


@pytest.mark.parametrize("model", APPEND_ONLY, ids=lambda model: model.__name__)
def test_what_was_written_down_cannot_be_changed_or_taken_away(written, model):
    """I2, by SQL of one's own, and by an insert that would take a row's place."""
    table, row = model._meta.db_table, model.objects.values().first()
    assert row, f"no {model.__name__} was written"
    before = list(model.objects.order_by("pk").values())
    columns = {field.attname: field.column for field in model._meta.concrete_fields}
    for column in columns.values():
        refused(f'UPDATE {table} SET "{column}" = "{column}"')
    refused(f"DELETE FROM {table}")
    refused(f"DELETE FROM {table} WHERE id = %s", row["id"])
    names = ", ".join(f'"{column}"' for column in columns.values())
    place = f"INSERT INTO {table} ({names}) SELECT {names} FROM {table} WHERE id = %s"
    refused(f"{place} ON CONFLICT (id) DO UPDATE SET id = excluded.id", row["id"])
    if connection.vendor == "sqlite":
        refused(place.replace("INSERT", "INSERT OR REPLACE"), row["id"])
    assert list(model.objects.order_by("pk").values()) == before


def unique_in(model):
    """The columns that the database keeps unique together, as it says itself."""
    with connection.cursor() as cursor:
        told = connection.introspection.get_constraints(cursor, model._meta.db_table)
    return {tuple(each["columns"]) for each in told.values() if each["unique"]}


def named_by_stripe():
    """Every column that holds an id of Stripe's."""
    for model in apps.get_app_config("payments").get_models():
        for field in model._meta.concrete_fields:
            if field.name.startswith("stripe_") and field.name.endswith("_id"):
                yield model, field.name


# What several rows may point at: the charge that a movement is about, a customer who gives twice.
POINTERS = {
    "Contribution": {"stripe_customer_id"},
    "Subscription": {"stripe_customer_id", "stripe_item_id"},
    "LedgerEntry": {"stripe_charge_id"},
    "Payout": {"stripe_failure_transaction_id"},
    "BalanceLine": {"stripe_source_id", "stripe_payout_id"},
    "Difference": {"stripe_object_id", "stripe_balance_transaction_id"},
    # Rows of a list that was read, kept only while an account is taken over.
    "StagedCharge": {
        "stripe_payment_intent_id",
        "stripe_balance_transaction_id",
        "stripe_customer_id",
        "stripe_invoice_id",
        "stripe_subscription_id",
    },
}


@pytest.mark.parametrize(
    ("model", "column"), list(named_by_stripe()), ids=lambda each: getattr(each, "__name__", each)
)
def test_one_thing_of_stripes_is_one_row(model, column):
    """I5: its id is unique wherever it is not merely pointed at."""
    assert ((column,) in unique_in(model)) != (column in POINTERS.get(model.__name__, ()))


@pytest.mark.parametrize(
    ("model", "columns"),
    [
        (OutboxTask, ("key",)),
        (LedgerEntry, ("key",)),
        (Receipt, ("number",)),
        (Receipt, ("contribution_id",)),
        (Receipt, ("year", "sequence")),
        (RefundNote, ("key",)),
        (RefundNote, ("number",)),
        (RefundNote, ("year", "sequence")),
    ],
    ids=lambda each: getattr(each, "__name__", each),
)
def test_a_second_row_of_the_same_is_refused(model, columns):
    """I6 and I10: by the database, so that no race can make one."""
    assert columns in unique_in(model)


@pytest.mark.parametrize(
    ("model", "changes"),
    [
        (Contribution, {"gift_minor": 0}),
        (Contribution, {"gift_minor": -1}),
        (Contribution, {"cover_minor": -1}),
        (Contribution, {"received_at": None}),
        (Subscription, {"cover_minor": -1}),
        (Subscription, {"amount_minor": -1}),
        (Subscription, {"amount_minor": 40, "cover_minor": 40}),
    ],
)
def test_sums_that_cannot_be_are_refused(written, model, changes):
    with pytest.raises(IntegrityError), transaction.atomic():
        model.objects.update(**changes)


def test_refunds_disputes_and_entries_that_cannot_be_are_refused(written):
    refund, dispute = written.refunds.get(), written.disputes.get()
    entry, line = LedgerEntry.objects.first(), LedgerLine.objects.first()
    for row, changes in (
        (refund, {"amount_minor": 0}),
        (refund, {"amount_minor": -5}),
        (dispute, {"amount_minor": 0}),
        (entry, {"net_minor": entry.net_minor + 1}),
        (line, {"amount_minor": 0}),
    ):
        unique = {name: f"another-{name}" for (name,) in of_one(unique_in(type(row)))}
        unique |= {"id": None, "public_id": uuid4(), "stripe_balance_transaction_id": None}
        for name, cell in (unique | changes).items():
            setattr(row, name, cell)
        row._state.adding = True
        with pytest.raises(IntegrityError, match=r"(?i)check"), transaction.atomic():
            row.save(force_insert=True)


def of_one(columns):
    return [each for each in columns if len(each) == 1]


def test_an_entry_that_does_not_sum_to_zero_is_never_written(written):
    """I1."""
    entries = LedgerEntry.objects.count()
    with pytest.raises(ValueError, match="sum to zero"), transaction.atomic():
        ledger._write(
            key="half",
            kind=LedgerEntry.Kind.ADJUSTMENT,
            at=books.DAY + timedelta(days=1),
            sums=("eur", 100, 0),
            lines={"stripe": 100},
        )
    assert LedgerEntry.objects.count() == entries
