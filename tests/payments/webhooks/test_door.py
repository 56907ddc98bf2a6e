"""The webhook's short way in: the WSGI application that a server runs."""

import io
import json

import pytest
import stripe
from django.conf import settings
from django.db import connection

from config.wsgi import application
from payments.models import StripeEvent
from payments.webhooks import door

pytestmark = pytest.mark.django_db

EVENT = json.dumps(
    {
        "id": "evt_door",
        "type": "invoice.paid",
        "api_version": settings.STRIPE_API_VERSION,
        "livemode": False,
        "created": 1_790_000_000,
        "data": {"object": {"id": "in_1"}},
    }
).encode()


def signed(body):
    return stripe.WebhookSignature.generate_signature_header(
        body.decode(), settings.STRIPE_WEBHOOK_SECRETS[0]
    )


def send(body, *, signature=None, method="POST", path="/stripe/webhook/"):
    """Call the application as a server does; the status line and the body."""
    said = []
    environ = {
        "REQUEST_METHOD": method,
        "PATH_INFO": path,
        "SERVER_NAME": "testserver",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": "testserver",
        "HTTP_STRIPE_SIGNATURE": signed(body) if signature is None else signature,
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": io.StringIO(),
        "wsgi.url_scheme": "http",
    }
    answer = application(environ, lambda status, headers: said.append(status))
    text = b"".join(answer)
    getattr(answer, "close", bool)()
    return said[0], text


def test_an_event_is_stored_once_without_a_page_around_the_answer():
    assert send(EVENT) == ("200 OK", b"")
    assert send(EVENT) == ("200 OK", b"")
    assert bytes(StripeEvent.objects.get().payload) == EVENT


@pytest.mark.case("F10")
def test_a_forged_or_altered_event_is_refused_and_not_stored():
    assert send(EVENT, signature="t=1,v1=00")[0] == "400 Bad Request"
    assert send(EVENT + b" ", signature=signed(EVENT))[0] == "400 Bad Request"
    assert not StripeEvent.objects.exists()


@pytest.mark.case("A20")
def test_a_giant_body_is_read_only_up_to_the_limit(settings):
    settings.WEBHOOK_MAX_BYTES = 100
    assert send(EVENT)[0].startswith("413")


@pytest.mark.case("F21")
def test_a_connection_that_died_while_idle_is_replaced(product):
    if connection.vendor != "postgresql":
        pytest.skip("a database in the process has no connection to lose")
    send(EVENT)
    connection.connection.close()
    assert send(EVENT.replace(b"evt_door", b"evt_next")) == ("200 OK", b"")
    assert StripeEvent.objects.filter(stripe_event_id__in=["evt_door", "evt_next"]).count() == 2


def test_everything_else_is_handed_on_to_django():
    handed_on = []
    front = door.in_front_of(lambda environ, _: handed_on.append(environ) or [b"page"])
    for method, path in (("GET", "/stripe/webhook/"), ("POST", "/contribute/")):
        assert front({"REQUEST_METHOD": method, "PATH_INFO": path}, None) == [b"page"]
    assert len(handed_on) == 2
