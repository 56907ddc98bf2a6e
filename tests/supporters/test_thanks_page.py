"""The page after Stripe's: five true states, a way on from each, and nothing told to strangers."""

import re

import pytest
from django.test import Client

from payments.models import Checkout, Receipt
from supporters.models import User
from tests.builders import begin, fill_in, give

pytestmark = pytest.mark.django_db

ACCOUNT_THAT_SETTLES, ACCOUNT_THAT_FAILS = "DE89370400440532013000", "DE62370400440532013001"


def words(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def ways(answer):
    """Where the page's links lead."""
    return re.findall(r'<a[^>]* href="([^"]*)"', answer.content.decode().replace("&amp;", "&"))


def thanks(client, checkout):
    return client.get(f"/contribute/thanks/{checkout.public_id}/")


def test_paid_says_what_arrived_and_when_more_is_taken(client, pay, deliver):
    contribution = give(client, pay, deliver, frequency="month", amount="10", name="Nora Reader")
    page = words(thanks(client, contribution.checkout))
    assert "Thank you, Nora." in page
    assert "The next €10 is taken on" in page
    assert "Visa ending 4242" in page
    assert contribution.receipt.number in page


def test_a_gift_is_said_to_be_taken_once_and_may_become_monthly(client, pay, deliver):
    contribution = give(client, pay, deliver, amount="10")
    answer = thanks(client, contribution.checkout)
    assert "It was taken once and will not be taken again." in words(answer)
    assert "/contribute/?frequency=month&currency=eur" in ways(answer)


def test_a_name_is_shown_to_the_browser_that_gave_and_to_no_other(client, pay, deliver):
    contribution = give(client, pay, deliver, amount="10", name="Nora Reader")
    assert "Nora" not in words(thanks(Client(), contribution.checkout))


def test_the_document_is_linked_for_its_owner_only(client, pay, deliver):
    contribution = give(client, pay, deliver, amount="10")
    document = f"/account/receipts/{Receipt.objects.get().number}.pdf"
    assert document not in ways(thanks(client, contribution.checkout))
    client.force_login(User.objects.get(email="nora@example.org"))
    assert document in ways(thanks(client, contribution.checkout))


def test_what_is_not_paid_yet_leads_back_to_the_same_payment(client, stripe_sandbox):
    checkout = begin(client)
    answer = thanks(client, checkout)
    assert "is not finished yet: no money has moved." in words(answer)
    assert checkout.stripe_url in ways(answer)


def test_a_bank_debit_is_on_its_way(client, pay, deliver):
    checkout = begin(client)
    pay(checkout.stripe_url, payment_kind="sepa_debit", account=ACCOUNT_THAT_SETTLES)
    assert "Your contribution is on its way" in words(thanks(client, checkout))


def test_after_a_failure_the_form_is_as_it_was(client, pay, deliver, advance):
    checkout = begin(client, amount="12.50", message="Good work", name="Nora Reader")
    pay(checkout.stripe_url, payment_kind="sepa_debit", account=ACCOUNT_THAT_FAILS)
    advance(days=10)
    answer = thanks(client, checkout)
    assert "No money has moved." in words(answer)
    form = client.get(next(way for way in ways(answer) if way.startswith("/contribute/?checkout")))
    filled = form.context["form"]
    assert [filled[name].value() for name in ("amount", "message", "name", "email")] == [
        "12.50",
        "Good work",
        "Nora Reader",
        "nora@example.org",
    ]


def test_an_expired_page_leads_to_the_same_sum_even_in_another_browser(client, deliver, advance):
    checkout = begin(client, frequency="month", amount="15")
    advance(days=2)
    answer = thanks(Client(), checkout)
    assert Checkout.objects.get().status == "expired"
    assert "This payment page has closed" in words(answer)
    form = Client().get(next(way for way in ways(answer) if way.startswith("/contribute/?")))
    assert form.context["form"]["amount"].value() == "15"
    assert form.context["form"]["email"].value() in {None, ""}


def test_who_came_from_an_article_is_led_back_to_it(client, pay, deliver):
    contribution = give(client, pay, deliver, article="skerrin-ferry")
    assert "/articles/skerrin-ferry/" in ways(thanks(client, contribution.checkout))


@pytest.mark.parametrize("state", ["paid", "open", "expired", "failed", "processing"])
def test_no_link_of_any_state_leads_nowhere(client, stripe_sandbox, state):
    checkout = begin(client)
    Checkout.objects.update(status=state, stripe_checkout_session_id=None)
    assert "" not in ways(thanks(client, checkout))


def test_the_same_again_within_minutes_is_asked_first_and_can_be_meant(client, pay, deliver):
    give(client, pay, deliver, amount="10")
    asked = fill_in(client, amount="10")
    assert "Give it again?" in words(asked)
    assert Checkout.objects.count() == 1
    (again,) = re.findall(r'name="again" value="([^"]*)"', asked.content.decode())
    assert fill_in(client, amount="10", again=again).status_code == 303


@pytest.mark.case("F29")
def test_when_stripe_is_down_the_form_says_so_and_keeps_what_was_written(client, stripe_sandbox):
    stripe_sandbox.faults.add({"kind": "lost_request", "path": "/v1/*", "times": 20})
    answer = fill_in(client, amount="12.50", message="Good work")
    assert answer.status_code == 503
    assert "We cannot take contributions just now. No money has moved." in words(answer)
    assert answer.context["form"]["message"].value() == "Good work"
