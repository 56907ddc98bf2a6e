"""A sandbox per test, its client, its payment page, and the events it delivered."""

import dataclasses
import json
import urllib.parse

import pytest

from payments.sandbox import Sandbox
from tests.sandbox_client import client_for

START = 1_767_225_600  # 1 January 2026
DAY = 86400
SECRET = "whsec_sandbox"


class StillClock:
    """Wall time that stands still, so that nothing depends on the speed of the machine."""

    def __init__(self):
        self.moment = START

    def __call__(self):
        return self.moment


class Inbox:
    """A receiver of webhooks that answers as told and remembers what came."""

    def __init__(self):
        self.letters = []
        self.status = 200

    def __call__(self, url, headers, body):
        self.letters.append((url, headers, body))
        return self.status

    @property
    def events(self):
        return [json.loads(body) for _, _, body in self.letters]

    @property
    def types(self):
        return [event["type"] for event in self.events]

    def of(self, type):
        return [event for event in self.events if event["type"] == type]


@dataclasses.dataclass
class Page:
    """The hosted page of a session, filled in as a person would."""

    box: Sandbox

    def path(self, session):
        return urllib.parse.urlsplit(session.url).path

    def get(self, path):
        return self.box.handle("GET", path, {}, b"")

    def post(self, path, /, **fields):
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        return self.box.handle("POST", path, headers, urllib.parse.urlencode(fields).encode())

    def pay(self, session, *, card="4242424242424242", **fields):
        filled = {"card_number": card, "exp": "12/34", "cvc": "123", "email": "nora@example.org",
                  "name": "Nora Reader", **fields}  # fmt: skip
        return self.post(self.path(session), **filled)


@pytest.fixture
def inbox():
    return Inbox()


@pytest.fixture
def wall():
    return StillClock()


@pytest.fixture
def box(inbox, wall):
    hooks = [("http://newsroom.test/stripe/webhook/", SECRET)]
    sandbox = Sandbox(webhooks=hooks, deliver=inbox, wall=wall, seed=1)
    yield sandbox
    sandbox.close()


@pytest.fixture
def stripe_client(box):
    return client_for(box)


@pytest.fixture
def page(box):
    return Page(box)


@pytest.fixture
def product(stripe_client):
    return stripe_client.v1.products.create({"name": "Membership"})


@pytest.fixture
def open_session(stripe_client, product):
    """Makes a session: one-off, or recurring with `interval`."""

    def make(*, amount=1000, currency="eur", interval=None, **params):
        price = {"currency": currency, "unit_amount": amount, "product": product.id}
        if interval:
            price["recurring"] = {"interval": interval}
        return stripe_client.v1.checkout.sessions.create(
            {
                "mode": "subscription" if interval else "payment",
                "line_items": [{"quantity": 1, "price_data": price}],
                "success_url": "http://newsroom.test/thanks/?session={CHECKOUT_SESSION_ID}",
                "cancel_url": "http://newsroom.test/contribute/",
                **params,
            }
        )

    return make


@pytest.fixture
def subscribed(stripe_client, open_session, page):
    """Buys a subscription through the page and returns it."""

    def make(*, interval="month", card="4242424242424242", **params):
        session = open_session(interval=interval, **params)
        page.pay(session, card=card)
        session = stripe_client.v1.checkout.sessions.retrieve(session.id)
        return stripe_client.v1.subscriptions.retrieve(session.subscription)

    return make


@pytest.fixture
def approve(page, box):
    """Follows a redirect to the 3-D Secure page and answers it."""

    def answer(redirect, *, word="approve"):
        assert redirect.status == 303
        path = urllib.parse.urlsplit(redirect.headers["Location"]).path
        assert path.startswith("/3ds/")
        assert page.get(path).status == 200
        return page.post(path, answer=word)

    return answer
