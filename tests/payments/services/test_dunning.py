"""Renewals that fail: what is shown and written, the link to a new card, money recovered."""

import re
import urllib.parse
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.test import Client

from payments import clock
from payments.models import (
    AuditEntry,
    Contribution,
    FailedRenewal,
    Notice,
    Subscription,
    SubscriptionChange,
)
from payments.money import Money
from payments.services import card_links, subscriptions
from payments.sweep import sweep
from supporters.models import User
from tests.builders import subscribe

pytestmark = pytest.mark.django_db
FAILS_LATER, ASKS_EACH_TIME = "4000000000000341", "4000002760003184"
GOOD = "5555555555554444"


def link_in(letter):
    return re.search(r"http\S+/card/\S+", letter.body).group()


def path_of(url):
    return urllib.parse.urlsplit(url).path


def letters(word):
    return [letter for letter in mail.outbox if word in letter.subject]


@pytest.fixture
def on_page(stripe_sandbox):
    """Send a form to one of Stripe's pages."""

    def send(url, **fields):
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        body = urllib.parse.urlencode(fields).encode()
        return stripe_sandbox.handle("POST", path_of(url), headers, body)

    return send


@pytest.fixture
def monthly(client, pay, deliver):
    return subscribe(client, pay, deliver, amount="10", card=FAILS_LATER)


@pytest.fixture
def overdue(monthly, advance):
    """Its first renewal has been declined once."""
    advance(days=32)
    monthly.refresh_from_db()
    assert monthly.overdue
    return monthly


@pytest.fixture
def reader(overdue):
    client = Client()
    client.force_login(User.objects.get(email="nora@example.org"))
    return client


@pytest.mark.case("F34")
def test_the_letter_says_why_when_it_is_tried_again_and_what_to_do(overdue):
    row = FailedRenewal.objects.get()
    (letter,) = letters("could not take")
    assert "No money has moved." in letter.body
    assert "gave us no reason" in letter.body
    assert f"tried again on {clock.local_date(row.next_attempt_at):%-d %B %Y}" in letter.body
    assert link_in(letter)
    assert row.hosted_url in letter.body


@pytest.mark.case("F27")
def test_a_failure_heard_of_late_keeps_the_day_that_stripe_tells(monthly, stripe_sandbox, deliver):
    stripe_sandbox.advance(32 * 86400)
    clock.set_offset(60 * 86400)
    deliver()
    (invoice,) = (
        each for each in stripe_sandbox.store.newest("invoice") if each["status"] == "open"
    )
    told = invoice["status_transitions"]["finalized_at"]
    assert FailedRenewal.objects.get().failed_at.timestamp() == told


@pytest.mark.case("F34")
def test_there_is_a_letter_for_each_attempt_and_one_for_the_end(overdue, advance):
    for days in (4, 6, 8):
        advance(days=days)
    overdue.refresh_from_db()
    assert overdue.status == Subscription.Status.CANCELED
    assert overdue.end_reason == "payment_failed"
    assert len(letters("could not take")) == 3
    (ended,) = letters("has ended")
    assert "did not come through" in ended.body
    assert "/contribute/?frequency=month&amount=10&currency=eur" in ended.body
    assert FailedRenewal.objects.get().status == "given_up"


@pytest.mark.case("F34")
def test_the_account_shows_reason_next_try_and_ways(overdue, reader):
    page = reader.get("/account/").content.decode()
    row = FailedRenewal.objects.get()
    day = clock.local_date(row.next_attempt_at)
    assert "Payment failed." in page
    assert "no money has moved" in page
    assert f"<strong>{day:%-d}\N{NO-BREAK SPACE}{day:%B}" in page
    assert row.hosted_url in page
    assert f"/account/subscriptions/{overdue.public_id}/card/" in page


def test_the_bank_that_wants_to_be_asked_gets_a_letter_of_its_own(
    client, pay, deliver, advance, on_page
):
    subscription = subscribe_with_authentication(client, pay, deliver, on_page)
    advance(days=32)
    subscription.refresh_from_db()
    row = FailedRenewal.objects.get()
    assert row.needs_action
    (letter,) = letters("confirm")
    assert row.hosted_url in letter.body
    assert not letters("could not take")
    answer = on_page(row.hosted_url)
    on_page(answer.headers["Location"], answer="approve")
    deliver()
    row.refresh_from_db()
    subscription.refresh_from_db()
    assert (row.status, subscription.status) == ("recovered", "active")


def subscribe_with_authentication(client, pay, deliver, on_page):
    from tests.builders import begin

    checkout = begin(client, frequency="month")
    answer = pay(checkout.stripe_url, card=ASKS_EACH_TIME)
    on_page(answer.headers["Location"], answer="approve")
    deliver()
    return Subscription.objects.latest("id")


# --- the link to a new card ---------------------------------------------------------------------


@pytest.mark.case("S5")
def test_the_link_leads_to_a_new_card_without_signing_in_and_pays_what_is_owed(
    overdue, pay, deliver, client
):
    path = path_of(link_in(letters("could not take")[0]))
    page = client.get(path)
    assert page.status_code == 200
    assert "€10.00 that could not be taken" in page.content.decode()
    assert "nora" not in page.content.decode().lower()
    answer = client.post(path)
    assert answer.status_code == 303
    done = pay(answer.url, card=GOOD)
    assert done.status == 303
    assert path_of(done.headers["Location"]) == "/card/given/"
    assert client.get("/card/given/").status_code == 200
    deliver()
    overdue.refresh_from_db()
    assert (overdue.status, overdue.card_last4) == ("active", "4444")
    row = FailedRenewal.objects.get()
    assert (row.status, row.amount_minor) == ("recovered", 1000)
    assert Contribution.objects.filter(kind="renewal", status="paid").count() == 1


@pytest.mark.case("S5")
def test_a_used_link_leads_nowhere(overdue, pay, deliver, client):
    path = path_of(link_in(letters("could not take")[0]))
    pay(client.post(path).url, card=GOOD)
    deliver()
    for answer in (client.get(path), client.post(path)):
        assert answer.status_code == 410
        assert "This link no longer works." in answer.content.decode()


@pytest.mark.case("S5")
def test_an_old_or_altered_link_leads_nowhere(overdue, client):
    path = path_of(card_links.address(overdue))
    altered = path[:-3] + ("aa/" if path[-3:] != "aa/" else "bb/")
    assert client.get(altered).status_code == 410
    assert client.get("/card/whatever/").status_code == 410
    assert client.get(path).status_code == 200
    with time_machine.travel(clock.now() + timedelta(days=90)):
        assert client.get(path).status_code == 410


@pytest.mark.case("S5")
def test_a_link_of_one_that_has_ended_leads_nowhere(overdue, client):
    path = path_of(card_links.address(overdue))
    subscriptions.cancel_now(overdue, reason="", actor=None)
    assert client.post(path).status_code == 410


@pytest.mark.case("S5")
def test_the_address_of_the_link_names_nobody(overdue):
    address = card_links.address(overdue)
    assert "nora" not in address
    assert "example" not in address
    assert str(overdue.supporter_id) not in address


@pytest.mark.case("A15")
def test_the_link_is_not_followed_by_a_post_from_another_site(overdue):
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(path_of(card_links.address(overdue))).status_code == 403


def test_when_stripe_is_down_the_link_says_so_and_can_be_used_again(
    overdue, client, stripe_sandbox
):
    path = path_of(card_links.address(overdue))
    stripe_sandbox.faults.add({"kind": "lost_request", "path": "/v1/*", "times": 20})
    answer = client.post(path)
    assert answer.status_code == 503
    assert "did not answer" in answer.content.decode()
    stripe_sandbox.faults.clear()
    assert client.post(path).status_code == 303


def test_a_new_card_that_is_declined_too_is_told(overdue, pay, deliver, client):
    """The card stays in place; the retry that Stripe had planned is still to come."""
    planned = FailedRenewal.objects.get().next_attempt_at
    pay(client.post(path_of(card_links.address(overdue))).url, card=FAILS_LATER)
    deliver()
    row = FailedRenewal.objects.get()
    assert (row.status, row.attempts, row.next_attempt_at) == ("open", 1, planned)
    assert len(letters("could not take")) == 2


def test_a_card_session_heard_of_again_does_not_bring_back_an_older_card(
    monthly, pay, deliver, client, stripe_sandbox
):
    from payments.models import StripeEvent
    from payments.webhooks import inbox

    for card in (GOOD, "378282246310005"):
        pay(client.post(path_of(card_links.address(monthly))).url, card=card, cvc="1234")
        deliver()
        monthly.refresh_from_db()
    assert monthly.card_last4 == "0005"
    for event in StripeEvent.objects.filter(type="checkout.session.completed"):
        StripeEvent.objects.filter(pk=event.pk).update(status="received")
        inbox.again(event)
    deliver()
    monthly.refresh_from_db()
    assert monthly.card_last4 == "0005"
    assert SubscriptionChange.objects.filter(kind="card", status="done").count() == 2


# --- money recovered ----------------------------------------------------------------------------


def test_a_retry_that_goes_through_recovers_the_money(overdue, advance, stripe_sandbox):
    method = next(iter(stripe_sandbox.store.kinds["payment_method"]))
    stripe_sandbox.handle(
        "POST",
        "/sandbox/update_card",
        {"Content-Type": "application/json"},
        f'{{"payment_method": "{method}", "number": "4242424242424242"}}'.encode(),
    )
    advance(days=4)
    row = FailedRenewal.objects.get()
    assert row.status == "recovered"
    assert row.attempts == 2


def test_an_invoice_given_up_in_the_dashboard_is_no_longer_shown_as_open(overdue, deliver):
    from payments.gateway import changes

    changes.stop_collecting(overdue.latest_invoice_id, status="open", key="by-staff")
    deliver()
    assert FailedRenewal.objects.get().status == "given_up"


# --- cards that end or are renewed --------------------------------------------------------------


def test_a_card_renewed_by_its_network_is_shown_and_told(client, pay, deliver, stripe_sandbox):
    subscription = subscribe(client, pay, deliver)
    method = next(iter(stripe_sandbox.store.kinds["payment_method"]))
    mail.outbox.clear()
    answer = stripe_sandbox.handle(
        "POST",
        "/sandbox/update_card",
        {"Content-Type": "application/json"},
        f'{{"payment_method": "{method}", "exp_month": 7, "exp_year": 2038}}'.encode(),
    )
    assert answer.status == 200
    deliver()
    subscription.refresh_from_db()
    assert subscription.card_expires == "2038-07"
    (letter,) = mail.outbox
    assert "07/2038" in letter.body
    assert AuditEntry.objects.filter(action="card replaced by its network").count() == 1


def test_a_card_that_ends_before_the_next_charge_is_told_once(
    client, pay, deliver, advance, stripe_sandbox
):
    """The second charge falls after the card's last month; the first does not."""
    today = clock.local_date(clock.now())
    ends = (today.replace(day=1) + timedelta(days=32)).replace(day=1)
    subscription = subscribe(client, pay, deliver)
    method = next(iter(stripe_sandbox.store.kinds["payment_method"]))
    card = stripe_sandbox.store.objects[method]["card"]
    card |= {"exp_month": ends.month, "exp_year": ends.year}
    subscriptions.sync(subscription.stripe_subscription_id)
    sweep()
    assert not Notice.objects.exists()
    advance(days=32)
    for _ in range(3):
        sweep()
        deliver()
    (letter,) = letters("about to expire")
    assert f"{ends:%m/%Y}" in letter.body
    assert link_in(letter)
    assert Notice.objects.get().kind == "card"


# --- notices ------------------------------------------------------------------------------------


@pytest.mark.case("S10")
@pytest.mark.parametrize("lost", [False, True])
def test_a_yearly_renewal_is_announced_once_even_where_the_event_is_lost(
    client, pay, deliver, advance, stripe_sandbox, lost
):
    subscription = subscribe(client, pay, deliver, frequency="year", amount="120")
    if lost:
        stripe_sandbox.faults.add({"kind": "drop", "event": "invoice.upcoming", "times": 9})
    advance(days=340)
    sweep()
    deliver()
    advance(days=20)
    sweep()
    deliver()
    (letter,) = letters("is taken on")
    day = clock.local_date(subscription.next_charge_at)
    assert f"€120.00 is taken on {day:%-d %B %Y}" in letter.subject
    assert "Visa ending 4242" in letter.body
    assert "I give €120.00 every year until I stop it." in letter.body
    assert Contribution.objects.count() == 1


@pytest.mark.case("S10")
def test_a_monthly_agreement_is_recalled_once_a_year(client, pay, deliver, advance):
    subscribe(client, pay, deliver, amount="10")
    for _ in range(13):
        advance(days=30)
        sweep()
        deliver()
    found = letters("once a year in writing")
    assert len(found) == 1
    assert "I give €10.00 every month until I stop it." in found[0].body


def test_nobody_who_has_stopped_is_reminded(client, pay, deliver, advance):
    subscription = subscribe(client, pay, deliver, frequency="year", amount="120")
    subscriptions.cancel(subscription, reason="", actor=None)
    advance(days=345)
    sweep()
    deliver()
    assert not letters("is taken on")


def test_an_amount_in_a_notice_is_what_will_be_taken(client, pay, deliver, advance):
    subscription = subscribe(client, pay, deliver, frequency="year", amount="120")
    subscriptions.change_amount(subscription, gift=Money(15000, "eur"), actor=None)
    advance(days=350)
    sweep()
    deliver()
    (letter,) = letters("is taken on")
    assert "€150.00" in letter.subject
