"""The account: how a supporter stands, what was given, and only one's own."""

import hashlib
import re
import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from payments import clock
from payments.models import Checkout, Contribution, Receipt, Refund, Subscription
from supporters.models import User
from tests.builders import give, subscribe

pytestmark = pytest.mark.django_db

ACCOUNT = "/account/"


def enter(email="nora@example.org") -> Client:
    client = Client()
    client.force_login(User.objects.for_email(email))
    return client


def text_of(answer) -> str:
    """The words of a page, spaces folded."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def many_contributions(supporter: User, count: int) -> None:
    """Rows as renewals leave them, one a day, oldest first."""
    start = datetime(2026, 1, 1, tzinfo=UTC) - timedelta(days=count)
    Contribution.objects.bulk_create(
        Contribution(
            supporter=supporter,
            kind=Contribution.Kind.GIFT,
            frequency="once",
            status=Contribution.Status.PAID,
            currency="eur",
            gift_minor=100 + number,
            received_at=start + timedelta(days=number),
            created_at=start + timedelta(days=number),
            stripe_payment_intent_id=f"pi_{supporter.pk}_{number}",
        )
        for number in range(count)
    )
    for number, row in enumerate(supporter.contributions.order_by("id"), start=1):
        sequence = Receipt.objects.count() + 1
        Receipt.objects.create(
            number=f"2025-{sequence:06}",
            year=2025,
            sequence=sequence,
            contribution=row,
            facts={},
            issued_at=start + timedelta(days=number),
        )


def test_a_monthly_supporter_reads_what_comes_next(client, pay, deliver):
    subscription = subscribe(client, pay, deliver, amount="10")
    words = text_of(enter().get(ACCOUNT))
    day = clock.local_date(subscription.next_charge_at)
    assert "You give €10 a month." in words
    assert "The next €10.00 is taken on" in words
    assert f"{day.day} {day:%B}" in words
    assert "Visa ending 4242" in words


def test_the_ways_to_change_stand_beside_each_other_and_stop_is_one_of_them(client, pay, deliver):
    subscription = subscribe(client, pay, deliver)
    page = enter().get(ACCOUNT).content.decode()
    ways = page[page.index('<ul class="ways">') : page.index("</ul>", page.index('class="ways"'))]
    for way in ("change", "pause", "stop"):
        assert f"/account/subscriptions/{subscription.public_id}/{way}/" in ways
    assert ways.count("button--quiet") == 3


def test_a_gift_is_listed_with_its_receipt_and_counted_for_the_year(client, pay, deliver):
    contribution = give(client, pay, deliver, amount="12.50")
    page = enter().get(ACCOUNT)
    assert f"/account/receipts/{contribution.receipt.number}.pdf" in page.content.decode()
    assert f"€12.50 in {clock.now().year}" in text_of(page)


def test_money_sent_back_is_said_and_not_counted(client, pay, deliver):
    contribution = give(client, pay, deliver, amount="20")
    Refund.objects.create(
        contribution=contribution,
        amount_minor=500,
        currency="eur",
        status=Refund.Status.SUCCEEDED,
        created_at=clock.now(),
    )
    words = text_of(enter().get(ACCOUNT))
    assert "€5.00 sent back" in words
    assert f"€15.00 in {clock.now().year}" in words


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (Contribution.Status.PENDING, "On its way from your bank"),
        (Contribution.Status.FAILED, "Did not go through; no money moved"),
    ],
)
def test_money_that_has_not_come_is_called_by_its_name(client, status, words):
    nora = User.objects.for_email("nora@example.org")
    Contribution.objects.create(
        supporter=nora,
        kind=Contribution.Kind.GIFT,
        frequency="once",
        status=status,
        currency="eur",
        gift_minor=1000,
        created_at=clock.now(),
        stripe_payment_intent_id="pi_1",
    )
    page = text_of(enter().get(ACCOUNT))
    assert words in page
    assert f"in {clock.now().year}" not in page


def test_a_checkout_under_way_is_shown_before_there_is_a_contribution(client):
    Checkout.objects.create(
        form_token=uuid.uuid4(),
        terms_key="a",
        status=Checkout.Status.PROCESSING,
        supporter=User.objects.for_email("nora@example.org"),
        frequency="once",
        currency="eur",
        gift_minor=2500,
        created_at=clock.now(),
    )
    words = text_of(enter().get(ACCOUNT))
    assert "Your contribution is on its way." in words
    assert "€25.00" in words


def test_somebody_who_has_given_nothing_is_shown_the_way(client):
    page = enter("vera@example.org").get(ACCOUNT)
    assert "Nothing has been given yet." in text_of(page)
    assert 'href="/contribute/"' in page.content.decode()


def test_a_failed_renewal_is_told_honestly(client, pay, deliver):
    subscription = subscribe(client, pay, deliver)
    Subscription.objects.filter(pk=subscription.pk).update(status="past_due")
    words = text_of(enter().get(ACCOUNT))
    assert "could not be taken, so no money has moved" in words


def test_a_card_that_ends_before_the_next_charge_is_announced(client, pay, deliver):
    subscription = subscribe(client, pay, deliver)
    Subscription.objects.filter(pk=subscription.pk).update(card_expires="2020-01")
    assert "Your card expires before" in text_of(enter().get(ACCOUNT))


def test_signing_in_on_another_device_quiets_the_appeal_for_somebody_who_gave(client, pay, deliver):
    give(client, pay, deliver)
    assert "ko_supporter" in enter().get(ACCOUNT).cookies
    assert "ko_supporter" not in enter("vera@example.org").get(ACCOUNT).cookies


def test_the_history_is_turned_page_by_page_without_loss_or_repetition(client):
    nora = User.objects.for_email("nora@example.org")
    many_contributions(nora, 45)
    reader, address, seen = enter(), ACCOUNT, []
    while address:
        page = reader.get(address).content.decode()
        seen += re.findall(r"receipts/(2025-[0-9]{6})", page)
        older = re.search(r'rel="next" href="([^"#]+)', page)
        address = ACCOUNT + older[1] if older else None
    assert seen == sorted(Receipt.objects.values_list("number", flat=True), reverse=True)
    newer = re.search(r'rel="prev" href="([^"#]+)', page)
    back = reader.get(ACCOUNT + newer[1]).content.decode()
    assert re.findall(r"receipts/(2025-[0-9]{6})", back) == seen[20:40]


@pytest.mark.parametrize(
    "query", ["before=x", "after=x", "before=5acd5adc-3094-49b9-bf4f-e91dd91d6e0a"]
)
def test_a_key_that_leads_nowhere_shows_the_newest(client, query):
    many_contributions(User.objects.for_email("nora@example.org"), 3)
    assert b"2025-000003" in enter().get(f"{ACCOUNT}?{query}").content


@pytest.mark.case("A3")
def test_a_key_of_somebody_else_is_no_key(client):
    nora, vera = (User.objects.for_email(f"{name}@example.org") for name in ("nora", "vera"))
    many_contributions(nora, 2)
    many_contributions(vera, 2)
    page = enter().get(f"{ACCOUNT}?before={vera.contributions.first().public_id}").content
    assert b"2025-000002" in page
    assert b"2025-000003" not in page


def test_two_hundred_contributions_cost_at_most_twenty_queries(client):
    nora = User.objects.for_email("nora@example.org")
    many_contributions(nora, 200)
    reader = enter()
    with CaptureQueriesContext(connection) as few:
        reader.get(ACCOUNT)
    assert len(few) <= 20
    for number in range(30):
        many_contributions(User.objects.for_email(f"other{number}@example.org"), 2)
    with CaptureQueriesContext(connection) as more:
        reader.get(ACCOUNT)
    assert len(more) == len(few)


def test_a_receipt_comes_with_the_same_bytes_each_time(client, pay, deliver):
    receipt = give(client, pay, deliver).receipt
    first, second = (enter().get(f"/account/receipts/{receipt.number}.pdf") for _ in range(2))
    assert (first.status_code, first["Content-Type"]) == (200, "application/pdf")
    assert first.content == second.content
    assert hashlib.sha256(first.content).hexdigest() == receipt.document.sha256
    assert f"receipt-{receipt.number}.pdf" in first["Content-Disposition"]
    assert "no-store" in first["Cache-Control"]


def test_a_receipt_that_cannot_be_printed_is_answered_with_a_sentence(client):
    """Its facts are of a release that this one cannot read any more."""
    many_contributions(User.objects.for_email("nora@example.org"), 1)
    page = enter().get("/account/receipts/2025-000001.pdf")
    assert page.status_code == 503
    assert "Your contribution has arrived" in text_of(page)


@pytest.mark.case("A3")
def test_pages_of_somebody_else_are_not_there(client, pay, deliver):
    contribution = give(client, pay, deliver)
    subscription = subscribe(client, pay, deliver)
    stranger, nobody = enter("vera@example.org"), Client()
    addresses = [f"/account/receipts/{contribution.receipt.number}.pdf"]
    addresses += [
        f"/account/subscriptions/{subscription.public_id}/{page}/"
        for page in ("amount", "stop", "stop/undo", "card")
    ]
    for address in addresses:
        assert stranger.post(address).status_code in (404, 405)
        if not address.endswith(("undo/", "card/")):
            assert stranger.get(address).status_code == 404
        assert nobody.get(address).url.startswith("/account/login/?next=/account/")
        assert nobody.post(address).url.startswith("/account/login/?next=/account/")


def test_private_pages_are_not_kept_by_browsers(client, pay, deliver):
    subscription = subscribe(client, pay, deliver)
    for path in ("", f"subscriptions/{subscription.public_id}/stop/"):
        assert "no-store" in enter().get(f"/account/{path}")["Cache-Control"]


@pytest.mark.case("A9")
def test_names_and_methods_are_text_never_markup(client):
    nora = User.objects.for_email("nora@example.org")
    many_contributions(nora, 1)
    Contribution.objects.update(method="<script>alert(1)</script>")
    assert b"<script>alert(1)" not in enter().get(ACCOUNT).content
