"""The command that writes the movements file, and the file's published shape."""

import csv
import io
from datetime import UTC, datetime

import pytest
from django.core.management import CommandError, call_command

from config.env import BASE_DIR
from payments.exports.columns import MOVEMENTS
from tests.payments.books import pay_out, receive, send_back

pytestmark = pytest.mark.django_db

PUBLISHED = [
    "movement_id",
    "kind",
    "occurred_at",
    "occurred_at_local",
    "currency",
    "gross_minor",
    "fee_minor",
    "net_minor",
    "gross",
    "fee",
    "net",
    "frequency",
    "contribution_id",
    "supporter_id",
    "supporter_name",
    "supporter_email",
    "receipt_number",
    "campaign",
    "appeal",
    "article",
    "stripe_charge_id",
    "stripe_balance_transaction_id",
    "stripe_payout_id",
    "stripe_customer_id",
]


def export(first="2026-03-01", last="2026-03-31", **options):
    out = io.StringIO(newline="")
    call_command("export_movements", "--from", first, "--to", last, stdout=out, **options)
    return out.getvalue()


def parsed(text):
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_the_columns_are_the_published_ones_in_their_order():
    assert [column.name for column in MOVEMENTS] == PUBLISHED
    assert export().split("\r\n")[0] == ",".join(PUBLISHED)


def test_a_row_holds_our_ids_stripes_ids_and_the_sums_twice(settings):
    settings.TIME_ZONE = "Europe/Dublin"
    at = datetime(2026, 7, 1, 23, 30, tzinfo=UTC)
    contribution = receive(1050, fee=41, at=at, campaign="spring", article="the-harbour")
    payout = pay_out(contribution.stripe_balance_transaction_id, minor=1009, at=at)
    (row,) = parsed(export("2026-07-02", "2026-07-02"))
    assert row == {
        "movement_id": f"contribution:{contribution.public_id}",
        "kind": "gift",
        "occurred_at": "2026-07-01T23:30:00Z",
        "occurred_at_local": "2026-07-02T00:30:00+01:00",
        "currency": "eur",
        "gross_minor": "1050",
        "fee_minor": "41",
        "net_minor": "1009",
        "gross": "10.50",
        "fee": "0.41",
        "net": "10.09",
        "frequency": "once",
        "contribution_id": str(contribution.public_id),
        "supporter_id": str(contribution.supporter_id),
        "supporter_name": "Nora Reader",
        "supporter_email": "nora@example.org",
        "receipt_number": contribution.receipt.number,
        "campaign": "spring",
        "appeal": "",
        "article": "the-harbour",
        "stripe_charge_id": contribution.stripe_charge_id,
        "stripe_balance_transaction_id": contribution.stripe_balance_transaction_id,
        "stripe_payout_id": payout.stripe_payout_id,
        "stripe_customer_id": contribution.stripe_customer_id,
    }


def test_sums_have_the_digits_of_their_currency():
    receive(500, fee=None, currency="jpy")
    send_back(receive(500, currency="gbp"), 5)
    rows = parsed(export())
    assert [(row["gross"], row["fee"], row["net"]) for row in rows] == [
        ("500", "", ""),
        ("5.00", "0.40", "4.60"),
        ("-0.05", "0.00", "-0.05"),
    ]


@pytest.mark.case("A2")
def test_a_name_cannot_become_a_formula_and_a_negative_sum_stays_a_number():
    send_back(receive(name="=HYPERLINK(1)", campaign="@spring"), 300)
    row = parsed(export())[1]
    assert row["supporter_name"] == "'=HYPERLINK(1)"
    assert row["campaign"] == "'@spring"
    assert row["gross"] == "-3.00"


def test_the_same_period_exported_again_gives_the_same_bytes():
    for minor in range(100, 105):
        receive(minor)
    first = export()
    receive(900, at=datetime(2026, 4, 2, tzinfo=UTC))
    assert export() == first


def test_control_totals_stand_on_standard_error_and_tie():
    send_back(receive(1000, fee=40), 300)
    receive(700, fee=None)
    said = io.StringIO()
    rows = parsed(export(stderr=said))
    gross = sum(int(row["gross_minor"]) for row in rows)
    net = sum(int(row["net_minor"]) for row in rows if row["net_minor"])
    assert said.getvalue().strip() == (
        f"eur: count=3 gross_minor={gross} fee_minor=40 net_minor={net} fees_open=1"
    )


@pytest.mark.parametrize(
    ("first", "last", "sentence"),
    [
        ("yesterday", "2026-03-31", "--from 'yesterday' is not a day"),
        ("2026-03-01", "2026-02-30", "--to '2026-02-30' is not a day"),
        ("2026-03-02", "2026-03-01", "is before the first"),
        ("0001-01-01", "2026-03-01", "is not between"),
    ],
)
def test_days_that_cannot_be_get_a_sentence(first, last, sentence):
    with pytest.raises(CommandError, match=sentence):
        export(first, last)


def test_the_handbook_describes_every_column_as_it_is():
    handbook = (BASE_DIR / "docs/finance.md").read_text(encoding="utf-8")
    lines = [f"| `{column.name}` | {column.meaning} |" for column in MOVEMENTS]
    assert "\n".join(lines) in handbook
