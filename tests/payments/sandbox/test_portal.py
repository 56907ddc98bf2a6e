"""The billing portal: configuration, session, and a page on which people help themselves."""

import urllib.parse

import pytest
import stripe

from payments.sandbox.spec import problems

HOUR, DAY = 3600, 86400
ALL = {
    "payment_method_update": {"enabled": True},
    "invoice_history": {"enabled": True},
    "customer_update": {"enabled": True, "allowed_updates": ["email"]},
    "subscription_cancel": {"enabled": True, "mode": "at_period_end"},
}


@pytest.fixture
def configuration(stripe_client):
    return stripe_client.v1.billing_portal.configurations.create(
        {
            "business_profile": {"headline": "The Harbour Courier"},
            "default_return_url": "http://newsroom.test/account/",
            "features": ALL,
        }
    )


@pytest.fixture
def subscription(subscribed):
    return subscribed()


@pytest.fixture
def portal(stripe_client, configuration, subscription):
    return stripe_client.v1.billing_portal.sessions.create({"customer": subscription.customer})


def path(session):
    return urllib.parse.urlsplit(session.url).path


def test_a_configuration_is_made_read_changed_and_listed(stripe_client, configuration, box):
    configurations = stripe_client.v1.billing_portal.configurations
    assert configuration.is_default
    assert configuration.features.subscription_cancel.mode == "at_period_end"
    changed = configurations.update(
        configuration.id, {"features": {"invoice_history": {"enabled": False}}}
    )
    assert not changed.features.invoice_history.enabled
    assert changed.features.subscription_cancel.enabled
    assert configurations.retrieve(configuration.id).business_profile.headline
    assert [one.id for one in configurations.list({"is_default": True}).data] == [configuration.id]
    assert problems("billing_portal.configuration", box.store.objects[configuration.id]) == []


def test_a_session_needs_a_customer_and_a_configuration(stripe_client, subscription):
    sessions = stripe_client.v1.billing_portal.sessions
    with pytest.raises(stripe.InvalidRequestError, match="customer"):
        sessions.create({})
    with pytest.raises(stripe.InvalidRequestError, match="default configuration"):
        sessions.create({"customer": subscription.customer})


def test_a_session_has_all_fields_and_leads_back(portal, box):
    shown = {k: v for k, v in box.store.objects[portal.id].items() if k[0] != "_"}
    assert problems("billing_portal.session", shown) == []
    assert portal.return_url == "http://newsroom.test/account/"


def test_the_page_shows_what_runs_and_its_invoices(portal, page):
    shown = page.get(path(portal)).body.decode()
    for words in ("€10.00 a month", "Next on 1 February 2026", "Another card", "/i/in_"):
        assert words in shown


def test_stopping_sets_cancel_at_and_can_be_taken_back(
    portal, page, stripe_client, subscription, box, inbox
):
    page.post(path(portal), action="stop", subscription=subscription.id)
    now = stripe_client.v1.subscriptions.retrieve(subscription.id)
    assert now.cancel_at == now["items"].data[0].current_period_end
    assert now.cancel_at_period_end is False
    assert "It ends on 1 February 2026" in page.get(path(portal)).body.decode()
    page.post(path(portal), action="go on", subscription=subscription.id)
    assert stripe_client.v1.subscriptions.retrieve(subscription.id).cancel_at is None
    page.post(path(portal), action="stop", subscription=subscription.id)
    box.advance(32 * DAY)
    assert stripe_client.v1.subscriptions.retrieve(subscription.id).status == "canceled"


def test_another_card_pays_the_next_renewal(portal, page, stripe_client, subscription, box):
    page.post(path(portal), action="card", card_number="5555555555554444", exp="11/33", cvc="123")
    now = stripe_client.v1.subscriptions.retrieve(
        subscription.id, {"expand": ["default_payment_method"]}
    )
    assert now.default_payment_method.card.last4 == "4444"
    box.advance(32 * DAY)
    assert stripe_client.v1.charges.list().data[0].payment_method_details.card.last4 == "4444"


def test_a_card_that_cannot_be_read_gets_a_sentence(portal, page):
    answer = page.post(path(portal), action="card", card_number="1234", exp="11/33", cvc="123")
    assert answer.status == 402
    assert "Not saved.</strong> Your card number is invalid." in answer.body.decode()


def test_what_the_configuration_forbids_is_neither_shown_nor_done(
    portal, page, stripe_client, configuration, subscription
):
    off = {"subscription_cancel": {"enabled": False}, "payment_method_update": {"enabled": False}}
    stripe_client.v1.billing_portal.configurations.update(configuration.id, {"features": off})
    shown = page.get(path(portal)).body.decode()
    assert "Stop at the end" not in shown
    assert "Another card" not in shown
    page.post(path(portal), action="stop", subscription=subscription.id)
    assert stripe_client.v1.subscriptions.retrieve(subscription.id).cancel_at is None


def test_a_strangers_subscription_is_not_stopped(portal, page, subscribed, stripe_client):
    other = subscribed(customer_email="ben@example.org")
    page.post(path(portal), action="stop", subscription=other.id)
    assert stripe_client.v1.subscriptions.retrieve(other.id).cancel_at is None


def test_a_link_lives_for_an_hour(portal, page, box):
    box.advance(HOUR + 1)
    assert "has expired" in page.get(path(portal)).body.decode()
    assert page.get("/p/session/bps_nothing").status == 404
