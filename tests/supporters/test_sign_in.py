"""Signing in: a code in the mail, no passwords, and nothing that tells strangers who gives."""

import re
import time
from datetime import datetime, timedelta

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.core.cache import cache
from django.test import Client

from supporters.models import User

pytestmark = pytest.mark.django_db

LOGIN = "/account/login/"
CODE = "/account/login/code/"


@pytest.fixture(autouse=True)
def _fresh_limits():
    cache.clear()


@pytest.fixture
def nora() -> User:
    """A supporter as money makes one: no password, no proof of the address yet."""
    return User.objects.for_email("nora@example.org", name="Nora")


def ask(client: Client, email: str, **more: str):
    return client.post(LOGIN, {"login": email, **more})


def code_in_mail() -> str:
    found = re.search(r"^\s+([0-9]{6})$", mail.outbox[-1].body, re.MULTILINE)
    assert found, mail.outbox[-1].body
    return found[1]


def signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def without_tokens(body: bytes, email: str) -> bytes:
    hidden = re.sub(rb'name="csrfmiddlewaretoken" value="[^"]+"', b"", body)
    return hidden.replace(email.encode(), b"")


def test_a_code_from_the_mail_signs_in_and_leads_to_the_account(client, nora):
    assert ask(client, "nora@example.org").url == CODE
    answer = client.post(CODE, {"code": code_in_mail()})
    assert (answer.status_code, answer.url) == (302, "/account/")
    assert client.get("/account/").status_code == 200


def test_the_address_may_be_typed_in_capitals_and_goes_to_the_stored_one(client, nora):
    ask(client, "  Nora@EXAMPLE.org ")
    assert mail.outbox[-1].to == ["nora@example.org"]
    client.post(CODE, {"code": code_in_mail()})
    assert signed_in(client)


@pytest.mark.case("A6")
def test_the_first_code_proves_the_address_of_a_person_made_by_money(client, nora):
    assert not EmailAddress.objects.exists()
    ask(client, "nora@example.org")
    assert not EmailAddress.objects.filter(verified=True).exists()
    client.post(CODE, {"code": code_in_mail()})
    proved = EmailAddress.objects.get()
    assert (proved.user, proved.email, proved.verified, proved.primary) == (
        nora,
        "nora@example.org",
        True,
        True,
    )


@pytest.mark.case("A7")
def test_known_and_unknown_addresses_get_the_same_answers(client, nora):
    known, unknown = "nora@example.org", "vera@example.org"
    other = Client()
    first, second = ask(client, known), ask(other, unknown)
    assert (first.status_code, first.url) == (second.status_code, second.url)
    pages = client.get(CODE), other.get(CODE)
    assert without_tokens(pages[0].content, known) == without_tokens(pages[1].content, unknown)
    wrong = client.post(CODE, {"code": "1"}), other.post(CODE, {"code": "1"})
    assert without_tokens(wrong[0].content, known) == without_tokens(wrong[1].content, unknown)


@pytest.mark.case("A7")
def test_the_message_to_an_unknown_address_tells_the_truth_and_makes_nobody(client):
    ask(client, "vera@example.org")
    assert mail.outbox[-1].to == ["vera@example.org"]
    assert "No contribution has been made with it" in mail.outbox[-1].body
    assert not User.objects.exists()


def test_an_inactive_person_is_answered_like_an_unknown_one(client, nora):
    User.objects.update(is_active=False)
    assert ask(client, "nora@example.org").url == CODE
    assert "No contribution has been made with it" in mail.outbox[-1].body


@pytest.mark.case("A6")
@pytest.mark.parametrize(
    "path",
    [
        "signup/",
        "signup/passkey/",
        "password/change/",
        "password/set/",
        "password/reset/",
        "password/reset/done/",
        "password/reset/key/1-abc/",
        "reauthenticate/",
        "email/",
        "confirm-email/",
    ],
)
def test_pages_for_passwords_and_sign_up_do_not_exist(client, nora, path):
    client.force_login(nora)
    assert client.get(f"/account/{path}").status_code == 404
    assert client.post(f"/account/{path}", {"email": "x@example.org"}).status_code == 404


@pytest.mark.case("A6")
def test_a_planted_password_opens_nothing(client):
    victim = User.objects.create_user("victim@example.org", "planted-by-an-attacker")
    answer = ask(client, "victim@example.org", password="planted-by-an-attacker")
    assert answer.url == CODE
    assert not signed_in(client)
    client.post("/admin/login/", {"username": victim.email, "password": "planted-by-an-attacker"})
    assert not signed_in(client)


@pytest.mark.case("A6")
def test_no_form_of_signing_in_has_a_password_field(client, nora):
    pages = client.get(LOGIN), ask(client, "nora@example.org", follow="1"), client.get(CODE)
    assert all(b'type="password"' not in page.content for page in pages)


def test_a_wrong_code_is_said_plainly_and_three_wrong_ones_end_the_attempt(client, nora):
    ask(client, "nora@example.org")
    right = code_in_mail()
    wrong = "000000" if right != "000000" else "111111"
    assert b"This is not the code" in client.post(CODE, {"code": wrong}).content
    client.post(CODE, {"code": wrong})
    ended = client.post(CODE, {"code": wrong}, follow=True)
    assert b"Too many tries" in ended.content
    client.post(CODE, {"code": right})
    assert not signed_in(client)


def test_a_code_is_good_for_ten_minutes(client, nora, time_machine):
    start = datetime.fromtimestamp(time.time())
    time_machine.move_to(start)
    ask(client, "nora@example.org")
    code = code_in_mail()
    time_machine.move_to(start + timedelta(minutes=10, seconds=5))
    client.post(CODE, {"code": code})
    assert not signed_in(client)


def test_a_code_works_once_and_only_in_the_browser_that_asked(client, nora):
    ask(client, "nora@example.org")
    code = code_in_mail()
    thief = Client()
    thief.post(CODE, {"code": code})
    assert not signed_in(thief)
    client.post(CODE, {"code": code})
    client.post("/account/logout/")
    client.post(CODE, {"code": code})
    assert not signed_in(client)


@pytest.mark.case("A8")
@pytest.mark.parametrize("email", ["nora@example.org", "vera@example.org"])
def test_an_inbox_gets_three_codes_a_minute_and_no_more(nora, email):
    pages = [ask(Client(), email) for _ in range(5)]
    assert len(mail.outbox) == 3
    assert b"Too many tries" in pages[-1].content


@pytest.mark.case("A5")
def test_a_forged_host_does_not_get_into_the_mail(client, settings, nora):
    settings.SITE_URL = "https://give.courier.example"
    for email in ("nora@example.org", "vera@example.org"):
        answer = client.post(LOGIN, {"login": email}, headers={"host": "evil.example"})
        assert answer.status_code == 400
        Client().post(LOGIN, {"login": email}, headers={"x-forwarded-host": "evil.example"})
    assert all("evil" not in message.body for message in mail.outbox)
    assert "https://give.courier.example/account/login/" in mail.outbox[-1].body


def test_a_page_that_needs_a_sign_in_is_reached_after_it(client, nora):
    sent = client.get("/account/?before=x")
    assert sent.url == "/account/login/?next=/account/%3Fbefore%3Dx"
    answer = ask(client, "nora@example.org", next="/account/?before=x")
    ended = client.post(answer.url, {"code": code_in_mail()})
    assert ended.url == "/account/?before=x"


@pytest.mark.case("A4")
@pytest.mark.parametrize(
    "target",
    ["//evil.example", "https://evil.example/", "javascript:alert(1)", r"/\evil.example", "///x.y"],
)
def test_signing_in_leads_nowhere_else(client, nora, target):
    answer = ask(client, "nora@example.org", next=target)
    assert client.post(answer.url, {"code": code_in_mail()}).url == "/account/"


@pytest.mark.case("A4")
def test_signing_out_leads_nowhere_else(client, nora):
    client.force_login(nora)
    assert client.post("/account/logout/", {"next": "//evil.example"}).url == "/"


def test_signing_out_asks_first_and_needs_a_post(client, nora):
    client.force_login(nora)
    assert b"Sign out?" in client.get("/account/logout/").content
    assert signed_in(client)
    client.post("/account/logout/")
    assert not signed_in(client)


@pytest.mark.case("A15")
@pytest.mark.parametrize("path", [LOGIN, "/account/logout/"])
def test_posts_from_another_site_are_refused(nora, path):
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(path, {"login": "nora@example.org"}).status_code == 403


@pytest.mark.parametrize("typed", ["", "nora", "nora@", "a" * 300 + "@example.org"])
def test_what_is_no_address_is_said_and_sends_nothing(client, typed):
    page = ask(client, typed)
    assert page.status_code == 200
    assert b"Please type an e-mail address" in page.content
    assert not mail.outbox


def test_pages_of_signing_in_are_not_kept_by_browsers(client, nora):
    assert "no-store" in client.get(LOGIN)["Cache-Control"]
    ask(client, "nora@example.org")
    assert "no-store" in client.get(CODE)["Cache-Control"]
