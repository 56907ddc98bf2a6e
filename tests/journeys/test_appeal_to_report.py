"""An appeal's whole life: written, approved, published, met on an article, and worth so much."""

import csv
import html
import io
import re
from dataclasses import replace

import pytest

from payments import clock
from payments.models import Contribution
from supporters.appeals import bundle, publishing
from supporters.demo import newspaper
from tests.supporters.appeals.drafts import CONTENT, WORDS, draft, ines, tomas

pytestmark = pytest.mark.django_db
ARTICLE = "flood-wall-contract"
PRESSED = {"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-User": "?1"}
HEADING = "The next contract will not read itself"


@pytest.fixture(autouse=True)
def _fresh_bundle():
    bundle.forget()
    yield
    bundle.forget()


def written_approved_and_published():
    words = replace(WORDS, code="contract", heading=HEADING)
    appeal = draft(replace(CONTENT, priority=99, variants=(words,)), code="wall-end")
    publishing.submit(appeal, actor=ines())
    publishing.approve(appeal, actor=tomas(), seen=1)
    publishing.publish(appeal, actor=tomas())
    bundle.forget()
    return appeal


def article(client):
    return client.get(f"/articles/{ARTICLE}/").content.decode()


def reference_of(page, heading):
    """What the form under the heading would send of itself."""
    after = page[page.index(heading) :]
    return html.unescape(re.search(r'name="source" value="([^"]+)"', after)[1])


def give_monthly(client, pay, deliver, source):
    """Press the appeal's button, then pay on Stripe's page."""
    wish = {"pay": "1", "frequency": "month", "choice_month": "10", "currency": "eur"}
    answer = client.get("/contribute/", wish | {"source": source}, headers=PRESSED)
    assert answer.status_code == 303
    assert pay(answer["Location"]).status == 303
    deliver()


def report(client, **filters):
    client.force_login(ines())
    days = {"from": "", "to": ""}
    answer = client.get("/desk/reports/appeals.csv", days | filters)
    rows = csv.DictReader(io.StringIO(answer.content.decode(), newline=""))
    return answer, list(rows)


def test_an_appeal_is_met_gives_and_its_article_shows_the_net_money_and_the_renewals(
    client, pay, deliver, advance
):
    appeal = written_approved_and_published()
    page = article(client)
    assert HEADING in page
    source = reference_of(page, HEADING)
    assert ARTICLE not in source
    give_monthly(client, pay, deliver, source)
    first_day = clock.local_date(clock.now()).isoformat()
    advance(days=32)
    first, renewal = Contribution.objects.order_by("id")
    assert (first.kind, renewal.kind) == ("first", "renewal")
    assert first.source == renewal.source
    named = (first.campaign, first.appeal, first.variant, first.placement, first.article)
    assert named == ("flood-wall", "wall-end", "contract", "article-end", ARTICLE)

    found = newspaper.find(ARTICLE)
    for by, code in (
        ("article", ARTICLE),
        ("author", found.byline),
        ("section", found.section),
        ("campaign", "flood-wall"),
        ("appeal", "wall-end"),
        ("placement", "article-end"),
    ):
        answer, (row,) = report(client, by=by)
        assert row[by] == code
        assert (row["first_gifts"], row["renewals"]) == ("1", "1")
        net = first.net.minor + renewal.net.minor
        assert int(row["first_net_minor"]) == first.net.minor
        assert int(row["net_minor"]) == net
        assert f"net_minor={net} fees_open=0" in answer["X-Control-Total-EUR"]
    _, (row,) = report(client, **{"from": first_day, "to": first_day})
    assert (row["first_gifts"], row["renewals"]) == ("1", "0")
    _, (row,) = report(client, **{"from": first_day, "to": first_day}, counted="won")
    assert (row["first_gifts"], row["renewals"]) == ("1", "1")

    publishing.take_down(appeal, actor=ines(), reason="The contract is public now.")
    bundle.forget()
    client.cookies.clear()
    assert HEADING not in article(client)
