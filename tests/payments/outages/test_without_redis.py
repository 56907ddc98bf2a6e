"""Redis gone: giving goes on to the end, and signing in says that it cannot be just now."""

import pytest
from django.core import mail

from payments.models import Contribution, LedgerEntry
from supporters.models import User
from tests.builders import give

pytestmark = [pytest.mark.django_db, pytest.mark.case("F19")]
NOWHERE = "redis://127.0.0.1:1/0"


@pytest.fixture(autouse=True)
def _no_redis(settings):
    redis = {"LOCATION": NOWHERE, "OPTIONS": {"socket_connect_timeout": 1}}
    settings.CACHES = {
        "default": redis | {"BACKEND": "django.core.cache.backends.redis.RedisCache"},
        "spare": redis | {"BACKEND": "config.cache.SpareCache"},
    }


def test_a_gift_is_begun_paid_booked_and_receipted(client, pay, deliver, advance):
    contribution = give(client, pay, deliver)
    advance(seconds=60)
    assert Contribution.objects.get().status == "paid"
    assert sorted(LedgerEntry.objects.values_list("kind", flat=True)) == ["fee", "gift"]
    assert [letter.to for letter in mail.outbox] == [["nora@example.org"]]
    page = client.get(f"/contribute/thanks/{contribution.checkout.public_id}/", follow=True)
    assert page.status_code == 200


def test_nobody_signs_in_uncounted_and_the_page_says_why(client):
    User.objects.for_email("nora@example.org", name="Nora")
    client.raise_request_exception = False
    answer = client.post("/account/login/", {"login": "nora@example.org"})
    assert answer.status_code == 503
    page = answer.content.decode()
    assert "Signing in is not possible just now." in page
    assert "Your contributions go on." in page
    assert not mail.outbox
