"""What was told once stays told: addresses, years, months, and a file while it is written."""

import threading
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import DatabaseError, connections, transaction
from django.db.models import Sum

from payments import clock
from payments.exports.columns import MOVEMENTS
from payments.exports.rows import movements_table
from payments.models import LedgerEntry, Receipt
from payments.money import Money
from payments.reports import movements
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


@pytest.mark.case("F57")
@pytest.mark.parametrize(
    ("zone", "last_second"),
    [
        ("Pacific/Kiritimati", datetime(2026, 12, 31, 9, 59, 59, tzinfo=UTC)),
        ("Europe/Dublin", datetime(2026, 12, 31, 23, 59, 59, tzinfo=UTC)),
        ("America/New_York", datetime(2027, 1, 1, 4, 59, 59, tzinfo=UTC)),
        ("Etc/GMT+12", datetime(2027, 1, 1, 11, 59, 59, tzinfo=UTC)),
    ],
)
def test_the_year_of_a_receipt_is_the_newsrooms_to_the_second(settings, zone, last_second):
    settings.TIME_ZONE = zone
    old = books.receive(at=last_second).receipt
    new = books.receive(at=last_second + timedelta(seconds=1)).receipt
    assert (old.number, old.facts["received_on"]) == ("2026-000001", "2026-12-31")
    assert (new.number, new.facts["received_on"]) == ("2027-000001", "2027-01-01")
    # What was issued stays, whatever zone is set afterwards.
    settings.TIME_ZONE = "UTC"
    for receipt in (old, new):
        before = (receipt.number, dict(receipt.facts))
        receipt.refresh_from_db()
        assert (receipt.number, receipt.facts) == before
    year = Question(first_day=date(2026, 1, 1), last_day=date(2026, 12, 31))
    settings.TIME_ZONE = zone
    assert [total.count for total in movements.totals(year)] == [1]


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
        assert sums_of(taken) == sums_told(table) == (3003, 120, 2883)
        with movements_table(month) as table:
            taken = list(table.rows)
            assert len(taken) == 4
            assert sums_of(taken) == sums_told(table) == (12_003, 160, 11_843)


def sums_of(rows):
    """Gross, fee and net of a file's rows, as they are printed in it."""
    names = [column.name for column in MOVEMENTS]
    places = [names.index(name) for name in ("gross", "fee", "net")]
    return tuple(sum(Money.read(row[place], "eur").minor for row in rows) for place in places)


def sums_told(table):
    (total,) = table.totals
    return total.gross.minor, total.fee.minor, total.net.minor


def book_elsewhere():
    try:
        books.receive(9000)
    finally:
        connections.close_all()
