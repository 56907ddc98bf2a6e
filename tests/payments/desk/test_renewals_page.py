"""The desk's page of failed renewals: sums that tie, states, reasons, and who may see it."""

import re

import pytest

from payments.models import FailedRenewal
from payments.reports import failed_renewals
from payments.services import cards
from tests.builders import subscribe
from tests.payments.books import staff

pytestmark = pytest.mark.django_db
PAGE = "/desk/finance/renewals/"
FAILS_LATER = "4000000000000341"


@pytest.fixture
def three(client, pay, deliver, advance):
    """One recovered, one given up, one still tried."""
    rows = [
        subscribe(
            client, pay, deliver, card=FAILS_LATER, amount=amount, email=f"r{amount}@example.org"
        )
        for amount in ("10", "20")
    ]
    advance(days=32)
    url = cards.start_card_change(rows[0], return_url="http://testserver/account/")
    pay(url, card="4242424242424242")
    deliver()
    advance(days=20)
    client.cookies.clear()
    subscribe(client, pay, deliver, card=FAILS_LATER, amount="40", email="r40@example.org")
    client.cookies.clear()
    advance(days=32)


def words(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def test_recovered_open_and_given_up_are_summed_apart(three):
    (line,) = failed_renewals.sums(FailedRenewal.objects.all())
    assert (line.recovered.minor, line.recovered_count) == (1000, 1)
    assert (line.given_up.minor, line.given_up_count) == (2000, 1)
    assert (line.still_open.minor, line.open_count) == (4000, 1)


def test_finance_sees_the_sums_the_reasons_and_the_next_try(three, desk):
    page = words(desk.get(PAGE))
    assert "€10.00" in page
    assert "Recovered" in page
    assert "The bank said no" in page
    assert "r10@example.org" in page
    only = words(desk.get(PAGE + "?status=given_up"))
    assert "r20@example.org" in only
    assert "r10@example.org" not in only


def test_a_desk_without_failures_says_so(desk):
    assert "No renewal has failed." in words(desk.get(PAGE))


@pytest.mark.case("A3")
def test_only_finance_sees_it(client):
    assert client.get(PAGE).status_code == 302
    client.force_login(staff("support", name="Sue Port"))
    assert client.get(PAGE).status_code in {403, 404}
