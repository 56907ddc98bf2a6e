"""Fixtures for every test: a Stripe of its own, a clock, deliveries through the front door."""

import urllib.parse
from dataclasses import dataclass

import pytest
from django.conf import settings
from django.core.cache import cache
from django.core.files.storage import InMemoryStorage
from django.db import connection
from hypothesis import HealthCheck
from hypothesis import settings as examples

from payments import clock, outbox
from payments.gateway import calls
from payments.models import StripeEvent
from payments.sandbox import Sandbox
from payments.webhooks import inbox
from supporters.appeals import bundle
from tests import product as products
from tests.stripe_transport import SandboxTransport

# An account with funds enough: refunds go through at once.
RICH = {"refunds_need_funds": False}
CARD = "4242424242424242"
# How long a busy machine takes over an example says nothing of what is tested.
examples.register_profile(
    "any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
examples.load_profile("any machine")


@pytest.fixture(autouse=True)
def _clean(tmp_path, settings):
    """Nothing is left over from another test: cache, files, the moved clock."""
    cache.clear()
    bundle.KEPT.live = None
    settings.CLOCK_FILE = tmp_path / "clock"
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {"BACKEND": f"{InMemoryStorage.__module__}.InMemoryStorage"},
    }


@pytest.fixture
def stripe_sandbox(db):
    """A fresh Stripe account that posts its events to this installation's webhook."""
    hooks = [("http://testserver/stripe/webhook/", settings.STRIPE_WEBHOOK_SECRETS[0])]
    SandboxTransport.current = Sandbox(
        webhooks=hooks, deliver=lambda *_: 200, seed=1, settings=RICH
    )
    calls.ensure_product()
    yield SandboxTransport.current
    SandboxTransport.current.close()
    SandboxTransport.current = None


@dataclass
class Deliver:
    """Posts what the sandbox has to say to the real webhook address, and does what is due."""

    sandbox: Sandbox
    client: object

    def __post_init__(self):
        self.sandbox.deliveries.deliver = self.post

    def post(self, url, headers, body):
        named = {name.lower(): value for name, value in headers.items()}
        answer = self.client.post(
            urllib.parse.urlsplit(url).path,
            data=body,
            content_type="application/json",
            headers={"Stripe-Signature": named["stripe-signature"]},
        )
        return answer.status_code

    def __call__(self):
        """Deliver, apply and do until nothing is left."""
        self.sandbox.deliver_due()
        while inbox.apply_due() + outbox.run_due():
            self.sandbox.deliver_due()
        notes = StripeEvent.objects.filter(status="failed").values_list("type", "note")
        assert not notes, list(notes)


@pytest.fixture
def deliver(stripe_sandbox, client):
    return Deliver(stripe_sandbox, type(client)())


@pytest.fixture
def advance(stripe_sandbox, deliver):
    """Move Stripe's clock and ours on by days, then deliver what happened."""

    def move(*, days=0, seconds=0):
        stripe_sandbox.advance(days * 86400 + seconds)
        moved = clock.offset().total_seconds() + days * 86400 + seconds
        clock.set_offset(int(moved))
        deliver()

    return move


@pytest.fixture
def pay(stripe_sandbox):
    """Fill in Stripe's page as a person would; returns the answer (303 when it went through)."""

    def fill_in(url, *, card=CARD, email="nora@example.org", name="Nora Reader", **fields):
        filled = {"card_number": card, "exp": "12/34", "cvc": "123", "email": email, "name": name}
        body = urllib.parse.urlencode(filled | fields).encode()
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        path = urllib.parse.urlsplit(url).path
        return stripe_sandbox.handle("POST", path, headers, body)

    return fill_in


@pytest.fixture(scope="session")
def _template(django_db_setup, django_db_blocker, tmp_path_factory):
    """The migrated database, kept aside for tests that run the whole product."""
    kinds = {"sqlite": products.SqliteTemplate, "postgresql": products.PostgresTemplate}
    with django_db_blocker.unblock():
        template = kinds[connection.vendor](tmp_path_factory.mktemp("product"))
    yield template
    with django_db_blocker.unblock():
        template.drop()


@pytest.fixture
def product(request, _template, db, settings, tmp_path):
    """The whole product over real HTTP, with a database of its own.

    Stripe's time begins at this moment; days ago, where a test gives their number by `indirect`.
    """
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = str(tmp_path / "mail")
    settings.SITE_URL = settings.STRIPE_HTTP_CLIENT = ""
    with products.running(_template, days_ago=getattr(request, "param", 0)) as running:
        yield running
