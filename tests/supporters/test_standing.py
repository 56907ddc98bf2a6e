"""Whom not to ask: marks that last as long as gifts deserve, and that only money or a link sets."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.core.signing import Signer
from django.utils import timezone

from payments import clock
from payments.models import Refund
from payments.services import refunds
from supporters.models import User
from supporters.standing import (
    LONGEST,
    SUPPORTER_COOKIE,
    deserved_until,
    read_rest_token,
    rest_token,
)
from tests.builders import begin, give, subscribe

SUPPORTING = "/appeals/supporting/"
DEVICE = "/appeals/device/"
NORA = "nora@example.org"


def nora():
    return User.objects.get(email=NORA)


def days_left(supporter):
    until = deserved_until(supporter, clock.now())
    return None if until is None else round((until - clock.now()) / timedelta(days=1))


def mark(response):
    return response.cookies.get(SUPPORTER_COOKIE)


def link(letter):
    return re.search(r"http\S+(/appeals/rest/\S+)", letter.body)[1]


def test_a_gift_deserves_a_year_of_rest(client, pay, deliver, advance):
    give(client, pay, deliver)
    assert days_left(nora()) == 365
    advance(days=100)
    assert days_left(nora()) == 265


def test_a_subscription_deserves_rest_while_it_runs_and_until_its_end(client, pay, deliver):
    subscription = subscribe(client, pay, deliver)
    assert days_left(nora()) == LONGEST.days
    subscription.cancel_at = clock.now() + timedelta(days=380)
    subscription.save()
    assert days_left(nora()) == 380


def test_a_gift_that_was_sent_back_deserves_nothing(client, pay, deliver, advance):
    contribution = give(client, pay, deliver)
    refunds.refund(contribution, amount=contribution.charged, reason="asked", actor=None)
    advance(seconds=120)
    assert Refund.objects.get().status == "succeeded"
    assert days_left(nora()) is None


def test_the_thank_you_page_marks_the_device_that_gave_and_no_other(client, pay, deliver):
    checkout = begin(client)
    pay(checkout.stripe_url)
    deliver()
    address = f"/contribute/thanks/{checkout.public_id}/"
    assert mark(client.get(address))
    assert mark(type(client)().get(address)) is None


def test_a_mark_names_nobody_is_signed_and_follows_the_gift(client, pay, deliver):
    give(client, pay, deliver)
    found = mark(client.get(f"/appeals/rest/{rest_token(nora())}/"))
    expires = int(Signer(salt=SUPPORTER_COOKIE, sep=".").unsign(found.value))
    assert abs(expires - (timezone.now() + timedelta(days=365)).timestamp()) < 60
    assert found["samesite"] == "Lax"
    assert found["path"] == "/"
    assert found["max-age"] <= LONGEST.total_seconds()


def test_every_receipt_carries_the_link_that_silences_a_device(client, pay, deliver):
    give(client, pay, deliver)
    letter = next(each for each in mail.outbox if "receipt" in each.subject.lower())
    answer = type(client)().get(link(letter))
    assert answer.status_code == 200
    assert mark(answer)
    assert "Stop asking me on this device" in letter.alternatives[0][0]


@pytest.mark.parametrize("token", ["nothing", "a:b:c"])
def test_a_forged_link_marks_nothing(client, db, token):
    answer = client.get(f"/appeals/rest/{token}/")
    assert answer.status_code == 404
    assert mark(answer) is None
    assert "This link does not work" in answer.content.decode()


def test_a_link_of_somebody_who_is_gone_or_gave_long_ago_marks_nothing(
    client, pay, deliver, advance
):
    give(client, pay, deliver)
    token = rest_token(nora())
    advance(days=366)
    answer = client.get(f"/appeals/rest/{token}/")
    assert mark(answer) is None
    assert "more than a year ago" in answer.content.decode()
    stranger = User.objects.create_user("x@example.org")
    gone = rest_token(stranger)
    stranger.delete()
    assert read_rest_token(gone) is None


def test_a_known_and_an_unknown_address_get_the_same_answer_and_a_letter_each(client, pay, deliver):
    give(client, pay, deliver)
    mail.outbox.clear()
    pages = []
    for email in (NORA, "stranger@example.org"):
        answer = client.post(SUPPORTING, {"email": f" {email.upper()}"})
        pages.append(answer.content.decode().replace(email, "…"))
        assert mark(answer) is None
    assert pages[0] == pages[1]
    known, unknown = mail.outbox
    assert mark(type(client)().get(link(known)))
    assert "/appeals/rest/" not in unknown.body
    assert "We know of no gift" in unknown.body


def test_letters_to_one_address_are_limited_whoever_it_belongs_to(client, db):
    answers = [client.post(SUPPORTING, {"email": "x@example.org"}) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert len(mail.outbox) == 3


@pytest.mark.parametrize(
    ("email", "said"), [("", "the address that you gave with"), ("nora", "such as name@")]
)
def test_an_address_that_is_none_is_refused_in_words(client, db, email, said):
    page = client.post(SUPPORTING, {"email": email}).content.decode()
    assert said in page
    assert not mail.outbox


def test_a_forged_mark_tells_the_server_nothing(client, db):
    client.cookies[SUPPORTER_COOKIE] = "9999999999.forged"
    assert "carries no mark" in client.get(DEVICE).content.decode()


def test_the_device_page_says_what_is_there_and_takes_it_away(client, pay, deliver):
    give(client, pay, deliver)
    client.get(f"/appeals/rest/{rest_token(nora())}/")
    client.get("/appeals/pause/", {"for": "week"})
    assert "marked as a supporter" in client.get(DEVICE).content.decode()
    answer = client.post(f"{DEVICE}clear/")
    assert answer["Location"] == f"{DEVICE}?done=cleared"
    assert {name for name, each in answer.cookies.items() if each["max-age"] == 0} == {
        SUPPORTER_COOKIE,
        "ko_pause",
        "ko_storage",
    }
    assert "carries no mark" in client.get(DEVICE).content.decode()


def test_over_tls_clearing_reaches_local_storage_without_a_script(client, db, settings):
    settings.SECURE = True
    assert client.post(f"{DEVICE}clear/")["Clear-Site-Data"] == '"storage"'


def test_where_nothing_may_be_kept_no_mark_is_set(client, pay, deliver):
    give(client, pay, deliver)
    client.post(f"{DEVICE}choose/", {"mode": "none"})
    assert "ko_pause" not in client.get("/appeals/pause/", {"for": "week"}).cookies
    answer = client.get(f"/appeals/rest/{rest_token(nora())}/")
    assert mark(answer) is None
    assert "You chose that nothing is kept here" in answer.content.decode()


def test_an_installation_that_keeps_nothing_sets_no_mark_and_offers_no_pause(client, db, settings):
    settings.APPEAL_STORAGE = "none"
    assert not client.get("/appeals/pause/", {"for": "week"}).cookies
    assert "data-ko-pause=" not in client.get("/articles/night-bus/").content.decode()


def test_an_unknown_choice_changes_nothing(client, db):
    assert not client.post(f"{DEVICE}choose/", {"mode": "everything"}).cookies
    assert not client.get("/appeals/pause/", {"for": "ever"}).cookies
