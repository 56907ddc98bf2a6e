"""Things that tests need, made through the public door."""

from payments.models import Checkout, Contribution, Subscription

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
