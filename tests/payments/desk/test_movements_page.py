"""The movements of a period as finance sees them, and the file of exactly that."""

import csv
import io
import re
from datetime import timedelta
from itertools import chain

import pytest
from django.core.management import call_command

from payments.desk import pages
from payments.models import AuditEntry
from tests.payments.books import DAY, pay_out, receive, send_back

pytestmark = pytest.mark.django_db

MARCH = {"from": "2026-03-01", "to": "2026-03-31"}


def show(desk, **filters):
    return desk.get("/desk/finance/", MARCH | filters)


def download(desk, **filters):
    answer = desk.get("/desk/finance/movements.csv", MARCH | filters)
    text = b"".join(answer.streaming_content).decode()
    return answer, text


def parsed(text):
    return list(csv.DictReader(io.StringIO(text, newline="")))


def seen(answer):
    """The ids of the contributions in the page's rows."""
    return re.findall(
        r'href="/desk/finance/contributions/([0-9a-f-]{36})/"', answer.content.decode()
    )


def test_the_page_the_file_and_the_command_show_the_same_movements(desk):
    for minor in range(1000, 1008):
        receive(minor, at=DAY + timedelta(minutes=minor), campaign="spring")
    send_back(receive(500), 300)
    _, text = download(desk)
    out = io.StringIO(newline="")
    call_command("export_movements", "--from", "2026-03-01", "--to", "2026-03-31", stdout=out)
    assert text == out.getvalue()
    in_file = [row["contribution_id"] for row in parsed(text)]
    assert seen(show(desk)) == in_file[::-1]
    assert len(in_file) == 10
    for filters in ({"kind": "refund"}, {"source": "spring"}, {"find": "nobody"}):
        _, text = download(desk, **filters)
        assert seen(show(desk, **filters)) == [row["contribution_id"] for row in parsed(text)][::-1]


def test_control_totals_travel_in_the_head_and_tie_to_the_rows(desk):
    receive(1000, fee=40)
    receive(900, fee=None)
    receive(500, currency="gbp", fee=30)
    answer, text = download(desk)
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer["Content-Disposition"] == (
        'attachment; filename="movements-2026-03-01-to-2026-03-31.csv"'
    )
    assert answer["X-Columns-Version"] == "1"
    assert answer["X-Control-Total-EUR"] == (
        "count=2 gross_minor=1900 fee_minor=40 net_minor=960 fees_open=1"
    )
    assert answer["X-Control-Total-GBP"] == (
        "count=1 gross_minor=500 fee_minor=30 net_minor=470 fees_open=0"
    )
    euros = [row for row in parsed(text) if row["currency"] == "eur"]
    assert sum(int(row["gross_minor"]) for row in euros) == 1900


def test_totals_stand_on_the_page_with_payouts_beside_them(desk):
    contribution = receive(100000, fee=1525)
    send_back(contribution, 25000)
    pay_out(contribution.stripe_balance_transaction_id, minor=73475)
    page = show(desk).content.decode()
    for words in ("€750.00", "-€250.00", "€15.25", "€734.75", "Paid out to the bank: €734.75"):
        assert words in page


def test_pages_go_older_and_newer_without_a_gap_or_a_double(desk, settings):
    made = [
        str(receive(1000 + number, at=DAY - timedelta(hours=number // 2)).public_id)
        for number in range(pages.SIZE * 2 + 5)
    ]
    walked, address = [], "/desk/finance/?from=&to="
    while address:
        answer = desk.get(address)
        walked.append(seen(answer))
        address = _link(answer, "next")
    assert sorted(chain.from_iterable(walked)) == sorted(made)
    assert [len(page) for page in walked] == [pages.SIZE, pages.SIZE, 5]
    back = desk.get(_link(answer, "prev"))
    assert seen(back) == walked[1]
    assert seen(desk.get(_link(back, "prev"))) == walked[0]
    assert _link(desk.get(_link(back, "prev")), "prev") is None


def _link(answer, rel):
    found = re.search(rf'rel="{rel}" href="([^"]+)"', answer.content.decode())
    return found and "/desk/finance/" + found[1].replace("&amp;", "&")


@pytest.mark.parametrize("place", ["", "x", "1-2-3", "-1-2", "9" * 40 + "-1", "²-1"])
def test_a_place_that_cannot_be_read_is_the_first_page(desk, place):
    receive()
    assert len(seen(show(desk, before=place))) == 1


def test_without_days_the_current_month_is_meant(desk):
    receive()
    assert "No money moved in this period" in desk.get("/desk/finance/").content.decode()
    assert len(seen(desk.get("/desk/finance/", {"from": "", "to": ""}))) == 1


@pytest.mark.parametrize(
    ("filters", "sentence"),
    [
        ({"from": "yesterday"}, "This is not a day"),
        ({"from": "0001-01-01"}, "This day is too far away"),
        ({"to": "9999-12-31"}, "This day is too far away"),
        ({"from": "2026-04-01", "to": "2026-03-01"}, "The last day is before the first"),
        ({"currency": "xyz"}, "Select a valid choice"),
        ({"kind": "payout"}, "Select a valid choice"),
        ({"find": "a\0b"}, "Null characters are not allowed"),
    ],
)
def test_filters_that_cannot_be_get_a_sentence_and_no_file(desk, filters, sentence):
    for address in ("/desk/finance/", "/desk/finance/movements.csv"):
        answer = desk.get(address, MARCH | filters)
        assert answer.status_code == 400
        assert sentence in answer.content.decode()


@pytest.mark.case("A9")
def test_what_people_wrote_is_shown_as_text(desk):
    receive(name="<script>alert(1)</script>", article="<img src=x onerror=alert(1)>")
    page = show(desk, find="<script>").content.decode()
    assert "<script>alert" not in page
    assert "<img src=x" not in page


def test_a_download_is_in_the_audit_without_what_was_looked_for(desk, finance):
    download(desk, find="nora@example.org", currency="eur")
    entry = AuditEntry.objects.get(action="movements exported")
    assert entry.actor == finance
    assert entry.after["currency"] == "eur"
    assert "nora" not in str(entry.after)


def test_asking_for_the_head_alone_leaves_no_snapshot_open(desk):
    answer = desk.head("/desk/finance/movements.csv", MARCH)
    assert answer.status_code == 200
    receive()


def test_queries_do_not_grow_with_the_rows(desk, django_assert_max_num_queries):
    for number in range(30):
        receive(1000 + number)
    with django_assert_max_num_queries(8):
        show(desk)
