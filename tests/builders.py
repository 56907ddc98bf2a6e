"""Things that tests need, made through the public door."""

import json

from payments.models import Checkout, Contribution, Subscription

DISPUTED, INQUIRED, WARNED = "4000000000000259", "4000000000001976", "4000000000005423"
FORM = {"frequency": "once", "amount": "10", "currency": "eur", "email": "nora@example.org"}


def fill_in(client, **fields):
    """Send the contribute form; returns the answer."""
    return client.post("/contribute/", FORM | fields)


def begin(client, **fields):
    """Send a valid contribute form; returns the checkout that waits for the payer."""
    answer = fill_in(client, **fields)
    assert answer.status_code == 303, answer.content.decode()
    return Checkout.objects.latest("id")


def give(client, pay, deliver, *, card="4242424242424242", **fields):
    """Give to the end, webhooks and receipt included; returns the contribution."""
    checkout = begin(client, **fields)
    answer = pay(checkout.stripe_url, card=card, email=fields.get("email", FORM["email"]))
    assert answer.status == 303, answer.body.decode()
    deliver()
    return Contribution.objects.get(checkout=checkout)


def subscribe(client, pay, deliver, **fields):
    """Begin to give monthly; returns the subscription."""
    give(client, pay, deliver, **({"frequency": "month"} | fields))
    return Subscription.objects.latest("id")


def operate(sandbox, action, **fields):
    """Do something at the sandbox's controls, as its operator would; returns the answer."""
    body = json.dumps(fields).encode()
    headers = {"Content-Type": "application/json"}
    answer = sandbox.handle("POST", f"/sandbox/{action}", headers, body)
    assert answer.status == 200, answer.body.decode()
    return json.loads(answer.body)


def disputed(client, pay, deliver, advance, *, card=DISPUTED, **fields):
    """Give with a card whose owner goes to the bank; returns the dispute."""
    contribution = give(client, pay, deliver, card=card, **fields)
    advance(seconds=60)
    return contribution.disputes.get()
