"""Changing the amount, giving a new card, stopping and going on; errors that tell the truth."""

import re

import pytest
from django.core import mail
from django.test import Client

from payments.models import AuditEntry, Subscription
from supporters.models import User
from tests.builders import subscribe

pytestmark = pytest.mark.django_db


@pytest.fixture
def subscription(client, pay, deliver) -> Subscription:
    return subscribe(client, pay, deliver, amount="10")


@pytest.fixture
def reader(subscription) -> Client:
    """The supporter, signed in."""
    client = Client()
    client.force_login(User.objects.get(email="nora@example.org"))
    return client


def at(subscription: Subscription, page: str) -> str:
    return f"/account/subscriptions/{subscription.public_id}/{page}/"


def words(answer) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def test_before_and_after_stand_side_by_side(reader, subscription):
    page = words(reader.get(at(subscription, "amount")))
    assert "Until" in page
    assert "€10" in page
    assert "From" in page
    assert "Nothing is taken today." in page


def test_a_new_amount_counts_from_the_next_charge(reader, subscription, advance):
    answer = reader.post(at(subscription, "amount"), {"amount": "15,50"})
    assert (answer.status_code, answer.url) == (303, "/account/")
    assert "The next €15.50 is taken on" in words(reader.get("/account/"))
    advance(days=32)
    charged = subscription.contributions.order_by("id").values_list("gift_minor", flat=True)
    assert list(charged) == [1000, 1550]


def test_the_same_change_sent_twice_is_one_change(reader, subscription):
    for _ in range(2):
        assert reader.post(at(subscription, "amount"), {"amount": "15"}).status_code == 303
    assert AuditEntry.objects.filter(action="subscription amount changed").count() == 1


@pytest.mark.case("F40")
@pytest.mark.parametrize("typed", ["", "ten", "0.50", "-5", "10.555", "99999999", "١٠", "1e3"])
def test_an_amount_that_cannot_be_used_gets_a_sentence_and_changes_nothing(
    reader, subscription, typed
):
    answer = reader.post(at(subscription, "amount"), {"amount": typed})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert 'class="error"' in page
    assert 'aria-invalid="true"' in page
    subscription.refresh_from_db()
    assert subscription.amount_minor == 1000


def test_give_less_leads_to_the_change_page(reader, subscription):
    page = reader.get(at(subscription, "stop")).content.decode()
    assert "Stop my contribution" in page
    assert f'href="{at(subscription, "amount")}"' in page


def test_stopping_takes_one_page_and_says_when_it_ends(reader, subscription, advance):
    answer = reader.post(at(subscription, "stop"), {})
    assert (answer.status_code, answer.url) == (303, at(subscription, "stop"))
    page = words(reader.get(answer.url))
    assert "Stopped." in page
    assert "Nothing more will be taken." in page
    advance(days=40)
    assert subscription.contributions.count() == 1
    assert "This contribution has ended." in words(reader.get(at(subscription, "stop")))


LAST = "on its way already and"


def test_who_stops_while_a_payment_is_being_taken_is_told_that_it_is_the_last(
    reader, subscription, stripe_sandbox, deliver, advance
):
    """Stripe leaves a renewal a draft for an hour: that one is charged all the same."""
    due = subscription.next_charge_at.timestamp() - stripe_sandbox.clock.now()
    advance(seconds=int(due) - 60)
    assert LAST not in words(reader.get(at(subscription, "stop")))
    advance(seconds=120)
    assert f"The €10.00 that is due is {LAST} will be the last." in words(
        reader.get(at(subscription, "stop"))
    )
    page = words(reader.post(at(subscription, "stop"), {}, follow=True))
    assert f"The €10.00 that was due was {LAST} is the last. Nothing more will be taken." in page
    deliver()
    assert f"was {LAST} is the last." in mail.outbox[-1].body
    advance(seconds=4000)
    assert subscription.contributions.count() == 2
    assert LAST not in words(reader.get(at(subscription, "stop")))
    advance(days=40)
    assert subscription.contributions.count() == 2


def test_a_reason_is_kept_with_the_change(reader, subscription):
    reader.post(at(subscription, "stop"), {"reason": "money", "words": "Until my new job"})
    entry = AuditEntry.objects.get(action="subscription stopped")
    assert entry.reason == "money: Until my new job"
    assert entry.actor.email == "nora@example.org"


def test_stopping_twice_is_stopping_once(reader, subscription):
    for _ in range(2):
        assert reader.post(at(subscription, "stop"), {}).status_code == 303
    assert AuditEntry.objects.filter(action="subscription stopped").count() == 1


def test_what_was_stopped_goes_on_after_an_undo(reader, subscription, advance):
    reader.post(at(subscription, "stop"), {})
    assert at(subscription, "stop/undo") in reader.get("/account/").content.decode()
    assert reader.post(at(subscription, "stop/undo")).url == "/account/"
    assert "You give €10 a month." in words(reader.get("/account/"))
    advance(days=32)
    assert subscription.contributions.count() == 2


def test_an_undo_after_the_end_says_that_it_has_ended(reader, subscription, advance):
    reader.post(at(subscription, "stop"), {})
    advance(days=40)
    answer = reader.post(at(subscription, "stop/undo"), follow=True)
    assert "This contribution has ended, so there is nothing to change." in words(answer)


@pytest.mark.parametrize(("page", "fields"), [("amount", {"amount": "15"}), ("stop", {})])
def test_a_supporter_is_told_by_mail_what_changed(reader, subscription, deliver, page, fields):
    mail.outbox.clear()
    reader.post(at(subscription, page), fields)
    deliver()
    assert [message.to for message in mail.outbox] == [["nora@example.org"]]


def test_a_new_card_is_given_at_stripe_and_charged_from_then_on(reader, subscription, pay, deliver):
    answer = reader.post(at(subscription, "card"))
    assert answer.status_code == 303
    assert "/account/" not in answer.url
    assert pay(answer.url, card="5555555555554444").status == 303
    deliver()
    page = words(reader.get("/account/?card=given"))
    assert "Mastercard ending 4444" in page
    assert "Thank you. Your new card" in page


@pytest.mark.parametrize(
    ("page", "fields"), [("amount", {"amount": "15"}), ("stop", {}), ("card", {})]
)
def test_when_stripe_is_down_a_person_is_told_and_nothing_has_changed(
    reader, subscription, stripe_sandbox, page, fields
):
    stripe_sandbox.faults.add({"kind": "lost_request", "path": "/v1/*", "times": 20})
    answer = reader.post(at(subscription, page), fields, follow=True)
    assert "Our payment service did not answer. No money has moved" in words(answer)
    subscription.refresh_from_db()
    assert (subscription.amount_minor, subscription.cancel_at) == (1000, None)


@pytest.mark.parametrize("page", ["stop/undo", "card"])
def test_changes_need_a_post(reader, subscription, page):
    assert reader.get(at(subscription, page)).status_code == 405


@pytest.mark.parametrize("page", ["stop/undo", "card"])
def test_who_signs_in_on_the_way_lands_on_a_page(client, subscription, page):
    client.logout()
    assert client.post(at(subscription, page)).url == "/account/login/?next=/account/"
    stop = at(subscription, "stop")
    answer = client.post(at(subscription, page), headers={"referer": f"http://testserver{stop}"})
    assert answer.url == f"/account/login/?next={stop}"
    assert "Nothing was done" in client.get(answer.url).text


@pytest.mark.case("A15")
@pytest.mark.parametrize("page", ["amount", "stop", "stop/undo", "card"])
def test_posts_from_another_site_are_refused(subscription, page):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(subscription.supporter)
    assert strict.post(at(subscription, page), {"amount": "15"}).status_code == 403
    subscription.refresh_from_db()
    assert (subscription.amount_minor, subscription.cancel_at) == (1000, None)


def test_a_stopped_subscription_offers_no_change_of_amount(reader, subscription):
    reader.post(at(subscription, "stop"), {})
    assert reader.get(at(subscription, "amount")).url == "/account/"
