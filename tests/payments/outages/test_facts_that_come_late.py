"""What was told once stays told: addresses, years, months, and a file while it is written."""

import threading
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import DatabaseError, connections, transaction
from django.db.models import Sum

from payments import clock
from payments.exports.rows import movements_table
from payments.models import LedgerEntry, Receipt
from payments.reports.questions import Question
from tests.builders import subscribe
from tests.payments import books

pytestmark = pytest.mark.django_db
NEW_YEARS_EVE = datetime(2026, 12, 31, 22, 0, tzinfo=UTC)


@pytest.mark.case("F41")
def test_a_changed_address_leaves_receipts_as_they_were_and_renewals_with_their_supporter(
    client, pay, deliver, advance
):
    row = subscribe(client, pay, deliver)
    before = dict(Receipt.objects.get().facts)
    row.supporter.email = "new@example.org"
    row.supporter.save()
    advance(days=32)
    first, second = Receipt.objects.order_by("id")
    assert first.facts == before
    assert first.facts["supporter_email"] == "nora@example.org"
    assert second.contribution.supporter == row.supporter


@pytest.mark.case("F58")
def test_money_of_the_old_year_told_in_the_new_is_numbered_in_the_old_and_changes_no_other():
    first = books.receive(at=NEW_YEARS_EVE - timedelta(days=2)).receipt
    facts = dict(first.facts)
    books.receive(at=NEW_YEARS_EVE + timedelta(days=3))
    late = books.receive(at=NEW_YEARS_EVE).receipt
    assert (late.year, late.sequence) == (2026, 2)
    assert Receipt.objects.get(pk=first.pk).facts == facts
    with pytest.raises(DatabaseError), transaction.atomic():
        Receipt.objects.filter(pk=first.pk).update(year=2027)


def as_told(moment):
    rows = LedgerEntry.objects.filter(recorded_at__lte=moment)
    return rows.aggregate(sum=Sum("net_minor"))["sum"]


@pytest.mark.case("F59")
def test_what_a_month_was_told_to_be_is_not_changed_by_facts_that_come_later():
    contribution = books.receive(1000, at=books.DAY)
    closed = clock.now()
    told = as_told(closed)
    clock.set_offset(30 * 86_400)
    books.receive(5000, at=books.DAY)
    books.send_back(contribution, 300, at=books.DAY + timedelta(days=1))
    assert as_told(closed) == told
    with pytest.raises(DatabaseError), transaction.atomic():
        LedgerEntry.objects.update(recorded_at=closed)


@pytest.fixture
def template(_template):
    """Copies of the migrated database."""
    return _template


@pytest.mark.case("F60")
def test_a_file_and_its_totals_are_of_one_moment_though_somebody_books_meanwhile(template):
    with template.copied():
        for number in range(3):
            books.receive(1000 + number)
        month = Question(first_day=date(2026, 3, 1), last_day=date(2026, 3, 31))
        with movements_table(month) as table:
            rows = iter(table.rows)
            taken = [next(rows)]
            somebody = threading.Thread(target=book_elsewhere)
            somebody.start()
            somebody.join(30)
            taken += rows
        assert len(taken) == sum(total.count for total in table.totals) == 3
        with movements_table(month) as table:
            assert len(list(table.rows)) == 4


def book_elsewhere():
    try:
        books.receive(9000)
    finally:
        connections.close_all()
