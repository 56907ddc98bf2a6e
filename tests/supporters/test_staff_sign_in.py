"""Staff: a code from the mail, then a second factor before the desk opens."""

import re

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.core import mail
from django.test import Client

from supporters.models import User

pytestmark = pytest.mark.django_db

ROOMS = ["/desk/", "/desk/finance/", "/admin/"]
SETTING_UP = "/account/2fa/totp/activate/"


@pytest.fixture(autouse=True)
def _enforced(settings):
    settings.STAFF_SECOND_FACTOR = True


@pytest.fixture
def fiona() -> User:
    return User.objects.create_superuser("fiona@example.org")


def sign_in(client: Client, user: User):
    client.post("/account/login/", {"login": user.email})
    code = re.search(r"^\s+([0-9]{6})$", mail.outbox[-1].body, re.MULTILINE)[1]
    return client.post("/account/login/code/", {"code": code})


def set_up(client: Client) -> str:
    """Enrol an authenticator through its page; returns its secret."""
    page = client.get(SETTING_UP)
    secret = page.context["form"].secret
    digits = totp.format_hotp_value(
        totp.hotp_value(secret, next(totp.yield_hotp_counters_from_time()))
    )
    answer = client.post(SETTING_UP, {"code": digits})
    assert answer.status_code == 302, answer.content.decode()
    return secret


@pytest.mark.parametrize("room", ROOMS)
def test_staff_without_a_second_factor_are_led_to_setting_one_up(client, fiona, room):
    sign_in(client, fiona)
    assert client.get(room).url == SETTING_UP


def test_the_pages_of_setting_up_wear_the_look(client, fiona):
    sign_in(client, fiona)
    page = client.get(SETTING_UP).content.decode()
    assert 'class="masthead"' in page
    assert 'class="button"' in page


def test_staff_with_a_second_factor_get_in_and_are_asked_for_it_next_time(client, fiona):
    sign_in(client, fiona)
    set_up(client)
    assert client.get("/admin/").status_code == 200
    later = Client()
    assert sign_in(later, fiona).url == "/account/2fa/authenticate/"
    assert "_auth_user_id" not in later.session
    assert later.get("/admin/").status_code == 302
    assert 'class="masthead"' in later.get("/account/2fa/authenticate/").content.decode()


def test_every_page_of_the_second_factor_opens(client, fiona):
    sign_in(client, fiona)
    set_up(client)
    assert Authenticator.objects.filter(user=fiona).exists()
    for page in ("", "recovery-codes/", "recovery-codes/generate/", "totp/deactivate/"):
        answer = client.get(f"/account/2fa/{page}", follow=True)
        assert answer.status_code == 200
        assert 'class="masthead"' in answer.content.decode()


@pytest.mark.case("A6")
def test_a_password_set_at_the_shell_goes_away_with_the_first_code(client):
    carl = User.objects.create_superuser("carl@example.org", "set-at-the-shell")
    sign_in(client, carl)
    carl.refresh_from_db()
    assert not carl.has_usable_password()
    assert client.get("/account/").status_code == 200
    set_up(client)


def test_readers_need_no_second_factor(client):
    nora = User.objects.for_email("nora@example.org")
    assert sign_in(client, nora).url == "/account/"


def test_the_demonstration_asks_for_none(client, fiona, settings):
    settings.STAFF_SECOND_FACTOR = False
    client.force_login(fiona)
    assert client.get("/admin/").status_code == 200
