"""What each ask brought: the page, the file, and the sums that tie to finance's movements."""

import csv
import io
import re
from datetime import timedelta

import pytest

from payments.models import AuditEntry, Subscription
from payments.reports import movements
from payments.reports.questions import Question
from payments.reports.sources import DIMENSIONS, Row, SourceQuestion, sheets
from tests.payments.books import DAY, balance, receive, send_back, staff

pytestmark = pytest.mark.django_db

MARCH = {"from": "2026-03-01", "to": "2026-03-31"}
FLOOD = {
    "campaign": "spring",
    "appeal": "after-reading",
    "variant": "plain",
    "placement": "article-end",
    "article": "flood-wall",
    "section": "news",
    "author": "Devin Marlow",
}
FERRY = FLOOD | {"variant": "dated", "article": "ferry", "author": "Aoife Brannigan"}


@pytest.fixture
def campaigns(client, db):
    """A browser in which somebody of the campaigns has signed in."""
    client.force_login(staff("campaigns", email="ines@example.org"))
    return client


def agree(at=DAY, **source):
    """A subscription that began that day, with its first contribution."""
    number = Subscription.objects.count() + 1
    first = receive(1000, at=at, kind="first", **source)
    first.subscription = Subscription.objects.create(
        supporter=first.supporter,
        status="active",
        frequency="month",
        currency="eur",
        amount_minor=1000,
        started_at=at,
        anchor_at=at,
        seen_at=at,
        stripe_subscription_id=f"sub_{number}",
        stripe_item_id=f"si_{number}",
        stripe_customer_id="cus_1",
        **source,
    )
    first.save()
    return first.subscription


def renew(subscription, *, at):
    source = {name: getattr(subscription, name) for name in FLOOD}
    return receive(1000, at=at, kind="renewal", subscription=subscription, **source)


def march():
    """Two articles, a renewal of an agreement of February, a refund, and a gift from nowhere."""
    renew(agree(DAY - timedelta(days=30), **FLOOD), at=DAY)
    agree(DAY, **FLOOD)
    send_back(receive(3000, fee=70, **FERRY), 1000)
    receive(500, fee=30)


def row(by="article", code="flood-wall", **fields) -> Row:
    question = SourceQuestion(Question(currency="eur", **fields), by=by)
    return next(r for r in sheets(question)[0].rows if r.codes and code in r.codes)


def show(desk, **filters):
    return desk.get("/desk/reports/appeals/", MARCH | filters)


def download(desk, **filters):
    answer = desk.get("/desk/reports/appeals.csv", MARCH | filters)
    return answer, list(csv.DictReader(io.StringIO(answer.content.decode(), newline="")))


def test_an_article_has_its_first_gifts_and_its_renewals_net_of_refunds_and_fees(campaigns):
    march()
    _, rows = download(campaigns)
    by_article = {each["article"]: each for each in rows}
    flood, ferry = by_article["flood-wall"], by_article["ferry"]
    assert (flood["first_gifts"], flood["first_net_minor"]) == ("1", "960")
    assert (flood["renewals"], flood["renewal_net_minor"]) == ("1", "960")
    assert flood["net"] == "19.20"
    assert (ferry["refunds_minor"], ferry["fee_minor"], ferry["net_minor"]) == (
        "-1000",
        "70",
        "1930",
    )
    assert by_article[""]["net_minor"] == "470"


@pytest.mark.parametrize("by", DIMENSIONS)
def test_whatever_a_row_is_the_rows_add_up_to_finances_movements(desk, by):
    march()
    receive(900, currency="gbp", fee=20, **FLOOD)
    receive(700, fee=None, **FERRY)
    answer, rows = download(desk, by=by)
    finance = desk.get("/desk/finance/movements.csv", MARCH)
    for code in ("EUR", "GBP"):
        control = answer[f"X-Control-Total-{code}"]
        assert control == finance[f"X-Control-Total-{code}"]
        of_code = [each for each in rows if each["currency"] == code.lower()]
        for column in ("net_minor", "fee_minor", "fees_open"):
            found = re.search(rf"{column}=(-?\d+)", control)
            assert sum(int(each[column]) for each in of_code) == int(found[1])
    finance.close()


def test_money_of_no_contribution_has_a_row_so_that_nothing_is_missing(desk):
    receive(**FLOOD)
    question = Question(currency="eur")
    fee = balance(-250, at=DAY)
    movements.LedgerEntry.objects.create(
        key="account fee",
        kind="fee",
        occurred_at=DAY,
        recorded_at=DAY,
        currency="eur",
        gross_minor=0,
        fee_minor=250,
        net_minor=-250,
        stripe_balance_transaction_id=fee.id,
    )
    (sheet,) = sheets(SourceQuestion(question))
    alone = sheet.rows[-1]
    assert (alone.codes, alone.net.minor, alone.first_net.minor) == (None, -250, 0)
    assert sum(each.net.minor for each in sheet.rows) == movements.totals(question)[0].net.minor
    assert "Belongs to no contribution" in show(desk).content.decode()


def test_the_page_shows_the_rows_of_the_file_in_its_order(campaigns):
    march()
    page = show(campaigns).content.decode()
    _, rows = download(campaigns)
    shown = re.findall(r'<th scope="row" class="clip">(?:<a [^>]*>)?([^<]*)<', page)
    assert shown == [each["article"] or "Not known" for each in rows]
    for words in ("As of", "€19.20", "-€10.00", 'role="img"', "net of refunds and fees"):
        assert words in page


def test_won_counts_everything_until_today_from_those_who_began_in_the_period(campaigns):
    """February won one agreement, which renewed in March and April; March's gift is not its."""
    agreement = agree(DAY - timedelta(days=30), **FLOOD)
    for days in (0, 30):
        renew(agreement, at=DAY + timedelta(days=days))
    receive(**FLOOD)
    february = {"from": "2026-02-01", "to": "2026-02-28"}
    _, moved = download(campaigns, **february)
    _, won = download(campaigns, **february, counted="won")
    assert (moved[0]["first_gifts"], moved[0]["renewals"]) == ("1", "0")
    assert (won[0]["first_gifts"], won[0]["renewals"]) == ("1", "2")
    assert won[0]["net_minor"] == "2880"


def test_a_row_opens_into_what_it_is_made_of(campaigns):
    march()
    page = show(campaigns, by="section").content.decode()
    (address,) = re.findall(r'href="(\?[^"]*section=news[^"]*)"', page)
    inside = campaigns.get("/desk/reports/appeals/" + address.replace("&amp;", "&"))
    words = inside.content.decode()
    assert "flood-wall" in words
    assert "Not known" not in words
    unknown = show(campaigns, section="-").content.decode()
    assert "€4.70" in unknown
    assert "flood-wall" not in unknown


def test_a_variants_code_means_nothing_without_its_appeals(campaigns):
    receive(**FLOOD)
    receive(**FLOOD | {"appeal": "slim", "variant": "plain"})
    _, rows = download(campaigns, by="variant")
    assert {(each["appeal"], each["variant"]) for each in rows} == {
        ("after-reading", "plain"),
        ("slim", "plain"),
    }


def test_finance_can_open_the_movements_of_a_row_and_campaigns_cannot(desk):
    receive(**FLOOD)
    assert "/desk/finance/?" in show(desk).content.decode()
    assert "/desk/finance/?" not in show(desk, counted="won").content.decode()
    desk.force_login(staff("campaigns", email="ines@example.org"))
    assert "/desk/finance/" not in show(desk).content.decode()


@pytest.mark.case("A3")
@pytest.mark.parametrize("address", ["/desk/reports/appeals/", "/desk/reports/appeals.csv"])
def test_nobody_else_is_told_that_the_report_exists(client, address):
    assert client.get(address)["Location"].startswith("/account/login/?next=/desk/reports/")
    client.force_login(staff("support", email="callum@example.org"))
    assert client.get(address).status_code == 404
    client.force_login(staff("campaigns", email="ines@example.org"))
    assert "no-store" in client.get(address)["Cache-Control"]
    assert client.post(address).status_code == 405


def test_a_report_names_no_supporter(campaigns):
    march()
    answer, _ = download(campaigns)
    for words in (answer.content.decode(), show(campaigns).content.decode()):
        assert "nora@example.org" not in words
        assert "Nora Reader" not in words


@pytest.mark.parametrize(
    ("filters", "sentence"),
    [
        ({"by": "supporter"}, "Select a valid choice"),
        ({"counted": "guessed"}, "Select a valid choice"),
        ({"from": "2026-04-01"}, "The last day is before the first"),
        ({"article": "a\0b"}, "Null characters are not allowed"),
    ],
)
def test_filters_that_cannot_be_get_a_sentence_and_no_file(campaigns, filters, sentence):
    for address in ("/desk/reports/appeals/", "/desk/reports/appeals.csv"):
        answer = campaigns.get(address, MARCH | filters)
        assert answer.status_code == 400
        assert sentence in answer.content.decode()


@pytest.mark.case("A9")
def test_codes_are_shown_as_text_and_run_in_no_spreadsheet(campaigns):
    receive(**FLOOD | {"article": "=1+1", "author": "<script>alert(1)</script>"})
    assert "<script>alert" not in show(campaigns, by="author").content.decode()
    answer, _ = download(campaigns)
    assert "\r\n'=1+1," in answer.content.decode()


def test_a_download_is_in_the_audit(campaigns):
    download(campaigns, campaign="spring")
    entry = AuditEntry.objects.get(action="report of sources exported")
    assert entry.after["campaign"] == "spring"


def test_queries_do_not_grow_with_the_rows(campaigns, django_assert_max_num_queries):
    for number in range(30):
        receive(1000 + number, **FLOOD | {"article": f"story-{number}"})
    with django_assert_max_num_queries(8):
        page = show(campaigns).content.decode()
    assert "18 more rows stand in the table" in page
