"""Pages that change a subscription: before and after, one button, strangers shut out."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client

from payments import clock
from payments.models import Subscription, SubscriptionChange
from supporters.models import User
from tests.builders import subscribe

pytestmark = pytest.mark.django_db
PAGES = {
    "amount": {"amount": "15"},
    "cover": {"covered": "1"},
    "frequency": {"amount": "120"},
    "day": {"choice": "7"},
    "pause": {"choice": "2"},
    "skip": {},
    "stop": {},
    "stop/now": {},
}


@pytest.fixture
def subscription(client, pay, deliver):
    return subscribe(client, pay, deliver, amount="10")


@pytest.fixture
def reader(subscription):
    """The supporter, signed in."""
    client = Client()
    client.force_login(User.objects.get(email="nora@example.org"))
    return client


@pytest.fixture
def stranger(db):
    client = Client()
    client.force_login(User.objects.create_user("stranger@example.org"))
    return client


def at(subscription, page):
    return f"/account/subscriptions/{subscription.public_id}/{page}/"


def words(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def day_of(moment):
    day = clock.local_date(moment)
    return f"{day.day} {day:%B}"


@pytest.mark.parametrize("page", [page for page in PAGES if not page.startswith("stop")])
def test_a_page_shows_the_next_payment_and_one_button(reader, subscription, page):
    answer = reader.get(at(subscription, page))
    assert answer.status_code == 200
    assert day_of(subscription.next_charge_at) in words(answer)
    html = answer.content.decode()
    main = html[html.index("<main") : html.index("</main")]
    assert main.count('<button class="button"') == 1
    assert "<script" not in main


@pytest.mark.parametrize("page", PAGES)
def test_a_wish_is_carried_out_once_however_often_it_is_sent(reader, subscription, page):
    for _ in range(2):
        assert reader.post(at(subscription, page), PAGES[page]).status_code == 303
    assert SubscriptionChange.objects.filter(status="done").count() == 1


@pytest.mark.parametrize("page", PAGES)
def test_each_wish_is_confirmed_by_mail(reader, subscription, deliver, page):
    mail.outbox.clear()
    reader.post(at(subscription, page), PAGES[page])
    deliver()
    assert [letter.to for letter in mail.outbox] == [["nora@example.org"]]


@pytest.mark.case("A3")
@pytest.mark.parametrize("page", [*PAGES, "change", "resume"])
def test_a_stranger_finds_nothing_and_changes_nothing(stranger, subscription, page):
    assert stranger.get(at(subscription, page)).status_code == 404
    assert stranger.post(at(subscription, page), PAGES.get(page, {})).status_code in {404, 405}
    assert SubscriptionChange.objects.count() == 0


@pytest.mark.parametrize("page", [*PAGES, "resume", "stop/undo"])
def test_when_stripe_is_down_the_page_says_so(reader, subscription, stripe_sandbox, page):
    if page == "resume":
        reader.post(at(subscription, "pause"), {"choice": "2"})
    if page == "stop/undo":
        reader.post(at(subscription, "stop"), {})
    stripe_sandbox.faults.add({"kind": "lost_request", "path": "/v1/*", "times": 30})
    answer = reader.post(at(subscription, page), PAGES.get(page, {}), follow=True)
    assert "Our payment service did not answer. No money has moved." in words(answer)


def test_yearly_shows_both_frequencies_and_the_way_back(reader, subscription):
    page = words(reader.get(at(subscription, "frequency")))
    assert "€10" in page
    assert f"counts until {day_of(subscription.next_charge_at)}" in page
    assert 'value="120"' in reader.get(at(subscription, "frequency")).content.decode()
    reader.post(at(subscription, "frequency"), {"amount": "120"})
    home = words(reader.get("/account/"))
    assert "You give €120 a year." in home
    assert "your €10 a month still counts; it is not taken again" in home
    assert reader.post(at(subscription, "stop/undo")).status_code == 303
    home = words(reader.get("/account/"))
    assert "You give €10 a month." in home
    assert "a year" not in home


def test_each_day_says_which_payment_would_be_the_next(reader, subscription):
    html = reader.get(at(subscription, "day")).content.decode()
    assert html.count("<option") == 28
    reader.post(at(subscription, "day"), {"choice": "7"})
    subscription.refresh_from_db()
    assert clock.local_date(subscription.upcoming).day == 7
    unbroken = day_of(subscription.upcoming).replace(" ", "\N{NO-BREAK SPACE}")
    assert f"<strong>{unbroken}" in reader.get("/account/").content.decode()


@pytest.mark.parametrize(("page", "choice"), [("day", "31"), ("day", ""), ("pause", "99")])
def test_a_choice_that_is_none_gets_a_sentence(reader, subscription, page, choice):
    answer = reader.post(at(subscription, page), {"choice": choice})
    assert answer.status_code == 422
    assert 'class="error"' in answer.content.decode()
    assert SubscriptionChange.objects.count() == 0


def test_a_pause_is_shown_and_ended_in_the_account(reader, subscription):
    assert "6 months: the next payment is on" in words(reader.get(at(subscription, "pause")))
    reader.post(at(subscription, "pause"), {"choice": "3"})
    home = reader.get("/account/")
    assert "Paused until then." in words(home)
    assert at(subscription, "resume") in home.content.decode()
    page = words(reader.get(at(subscription, "resume")))
    assert day_of(subscription.next_charge_at) in page
    assert reader.post(at(subscription, "resume")).status_code == 303
    assert "Paused" not in words(reader.get("/account/"))


def test_a_skipped_payment_moves_the_next_one_on(reader, subscription):
    reader.post(at(subscription, "skip"))
    subscription.refresh_from_db()
    assert subscription.upcoming > subscription.next_charge_at + timedelta(days=27)
    assert day_of(subscription.upcoming) in words(reader.get("/account/"))


def test_stopping_takes_no_more_pages_than_joining_and_has_gentler_ways_beside_it(
    reader, subscription
):
    """Account, Stop, button; joining is the form and Stripe's page."""
    home = reader.get("/account/").content.decode()
    assert at(subscription, "stop") in home
    page = reader.get(at(subscription, "stop")).content.decode()
    for way in ("amount", "pause", "stop/now"):
        assert at(subscription, way) in page
    assert "Give less" in page
    assert reader.post(at(subscription, "stop"), {}).status_code == 303
    subscription.refresh_from_db()
    assert subscription.ending


def test_ending_it_today_ends_it_today(reader, subscription):
    assert "Nothing more is taken" in words(reader.get(at(subscription, "stop/now")))
    assert reader.post(at(subscription, "stop/now")).status_code == 303
    subscription.refresh_from_db()
    assert subscription.status == Subscription.Status.CANCELED
    assert "Thank you for your support." in words(reader.get("/account/"))


@pytest.mark.parametrize("page", ["frequency", "day", "pause", "skip"])
def test_a_stopped_one_leads_back_with_the_reason(reader, subscription, page):
    reader.post(at(subscription, "stop"), {})
    answer = reader.get(at(subscription, page), follow=True)
    assert "This contribution has been stopped." in words(answer)


def test_a_yearly_one_can_leave_out_a_year(client, pay, deliver):
    yearly = subscribe(client, pay, deliver, frequency="year", amount="120")
    reader = Client()
    reader.force_login(yearly.supporter)
    assert "One year: the next payment is on" in words(reader.get(at(yearly, "pause")))
    assert 'value="10"' in reader.get(at(yearly, "frequency")).content.decode()
