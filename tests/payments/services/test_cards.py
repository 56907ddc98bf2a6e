"""A new card: Stripe's page for it, the link that leads there, and what follows."""

from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.core import signing

from payments import clock
from payments.models import SubscriptionChange
from payments.services import card_links, cards, subscriptions
from payments.services.card_links import LinkDead
from payments.services.changes import ChangeRefused
from tests.builders import subscribe

pytestmark = pytest.mark.django_db
BACK = "http://testserver/account/"


@pytest.fixture
def monthly(client, pay, deliver):
    return subscribe(client, pay, deliver, amount="10")


def signed(subscription):
    return card_links.address(subscription).rstrip("/").rpartition("/")[2]


@pytest.mark.case("S5")
def test_a_link_lasts_three_weeks_and_no_longer(monthly):
    link, now = signed(monthly), clock.now()
    with time_machine.travel(now + timedelta(days=21, minutes=-2)):
        assert card_links.subscription_of(link) == monthly
    with time_machine.travel(now + timedelta(days=21, minutes=2)), pytest.raises(LinkDead):
        card_links.subscription_of(link)


@pytest.mark.case("S5")
@pytest.mark.parametrize("content", [[uuid4().hex, 0], ["no-id", 0], [uuid4().hex], 5])
def test_a_link_that_was_signed_for_something_else_leads_nowhere(db, content):
    with pytest.raises(LinkDead):
        card_links.subscription_of(signing.dumps(content, salt=card_links.SALT))


def test_pressing_twice_within_a_minute_leads_to_one_page_of_stripes(monthly, stripe_sandbox):
    start = clock.now().replace(second=0, microsecond=0) + timedelta(minutes=1)
    urls = []
    for seconds in (0, 59, 60):
        with time_machine.travel(start + timedelta(seconds=seconds), tick=False):
            urls.append(cards.start_card_change(monthly, return_url=BACK))
    assert urls[0] == urls[1] != urls[2]


def test_who_has_given_a_card_and_comes_back_at_once_gets_a_fresh_page(monthly, pay, deliver):
    with time_machine.travel(clock.now(), tick=False):
        first = cards.start_card_change(monthly, return_url=BACK)
        pay(first, card="5555555555554444")
        deliver()
        assert cards.start_card_change(monthly, return_url=BACK) != first


def test_an_ended_one_gets_no_page_for_a_new_card(monthly):
    ended = subscriptions.cancel_now(monthly, reason="", actor=None)
    with pytest.raises(ChangeRefused) as refusal:
        cards.start_card_change(ended, return_url=BACK)
    assert refusal.value.code == "ended"


def test_a_card_given_after_the_end_is_refused_with_the_reason(monthly, pay, deliver):
    url = cards.start_card_change(monthly, return_url=BACK)
    ended = subscriptions.cancel_now(monthly, reason="", actor=None)
    pay(url, card="5555555555554444")
    deliver()
    change = SubscriptionChange.objects.get(kind="card")
    assert change.status == "refused"
    assert change.note
    ended.refresh_from_db()
    assert (ended.status, ended.card_last4) == ("canceled", "4242")
