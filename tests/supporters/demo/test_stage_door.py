"""The stage door: enter as somebody of the cast, move the clock, read the mail."""

import pytest
from django.core.mail import EmailMultiAlternatives

from supporters.demo import people
from supporters.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def mailbox(settings, tmp_path):
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = str(tmp_path)

    def send(subject, *, to):
        message = EmailMultiAlternatives(subject, "In plain words: grüße.", to=[to])
        message.attach_alternative("<html><head></head><b>In bold.</b></html>", "text/html")
        message.attach("receipt.pdf", b"%PDF-1.7 \xff\x00", "application/pdf")
        message.send()

    return send


def test_a_visitor_becomes_somebody_of_the_cast_and_stands_in_their_room(client):
    people.hire()
    answer = client.post("/demo/enter/finance/")
    assert answer["Location"] == "/desk/finance/"
    finance = User.objects.get(email="finance@example.org")
    assert client.session["_auth_user_id"] == str(finance.pk)
    assert finance.in_group(["finance"])


def test_entering_as_a_reader_signs_out(client):
    people.hire()
    client.post("/demo/enter/support/")
    answer = client.post("/demo/enter/reader/")
    assert answer["Location"].startswith("/articles/")
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("address", ["/demo/enter/finance/", "/demo/clock/day/"])
def test_a_link_alone_neither_enters_nor_moves_the_clock(client, address):
    assert client.get(address).status_code == 405


@pytest.mark.parametrize("address", ["/demo/enter/editor/", "/demo/clock/century/"])
def test_nobody_else_and_no_other_step_is_known(client, address):
    assert client.post(address).status_code == 404


def test_a_forged_form_is_refused(client):
    strict = type(client)(enforce_csrf_checks=True)
    assert strict.post("/demo/enter/finance/").status_code == 403


def test_time_stands_still_where_the_sandbox_does_not_answer(client, settings):
    settings.SANDBOX_URL = "http://127.0.0.1:9"
    page = client.post("/demo/clock/day/", follow=True).content.decode()
    assert "time stands still" in page


def test_every_letter_is_listed_and_opens_with_its_document(client, mailbox):
    mailbox("Your receipt 2026-000001", to="nora@example.org")
    mailbox("Your receipt 2026-000002", to="ines@example.org")
    page = client.get("/demo/mail/").content.decode()
    assert "Your receipt 2026-000001" in page
    only = client.get("/demo/mail/", {"to": "INES@"})
    assert [line.subject for line in only.context["lines"]] == ["Your receipt 2026-000002"]
    key = only.context["lines"][0].key
    assert "In plain words: grüße." in client.get(f"/demo/mail/{key}/").content.decode()
    shown = client.get(f"/demo/mail/{key}/page/")
    assert b"<b>In bold.</b>" in shown.content
    assert "sandbox" in shown["Content-Security-Policy"]
    document = client.get(f"/demo/mail/{key}/0/")
    assert document.content == b"%PDF-1.7 \xff\x00"
    assert document["Content-Type"] == "application/pdf"
    assert client.get(f"/demo/mail/{key}/1/").status_code == 404


@pytest.mark.parametrize("key", ["missing-0", "..-0", "x"])
def test_a_letter_that_was_never_sent_is_not_found(client, mailbox, key):
    assert client.get(f"/demo/mail/{key}/").status_code == 404


def test_an_empty_mailbox_says_so(client, mailbox):
    assert "No letter has been sent yet." in client.get("/demo/mail/").content.decode()


def test_the_door_shows_the_cast_and_the_clock(client, mailbox):
    page = client.get("/demo/").content.decode()
    for title in ("Reader", "Supporter", "Finance", "Campaigns", "Support"):
        assert title in page
    assert "A month on" in page
