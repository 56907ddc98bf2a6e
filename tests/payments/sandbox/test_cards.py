"""Stripe's test cards: what each number and each test id is good for."""

import pytest
import stripe

DAY = 86400
DECLINES = {
    "pm_card_visa_chargeDeclined": ("4000000000000002", "card_declined", "generic_decline"),
    "pm_card_visa_chargeDeclinedInsufficientFunds":
        ("4000000000009995", "card_declined", "insufficient_funds"),
    "pm_card_visa_chargeDeclinedLostCard": ("4000000000009987", "card_declined", "lost_card"),
    "pm_card_visa_chargeDeclinedStolenCard": ("4000000000009979", "card_declined", "stolen_card"),
    "pm_card_chargeDeclinedExpiredCard": ("4000000000000069", "expired_card", None),
    "pm_card_chargeDeclinedIncorrectCvc": ("4000000000000127", "incorrect_cvc", None),
    "pm_card_chargeDeclinedProcessingError": ("4000000000000119", "processing_error", None),
    "pm_card_visa_chargeDeclinedVelocityLimitExceeded":
        ("4000000000006975", "card_declined", "card_velocity_exceeded"),
}  # fmt: skip
OTHERS = {
    "pm_card_visa": "4242424242424242",
    "pm_card_chargeCustomerFail": "4000000000000341",
    "pm_card_authenticationRequiredOnSetup": "4000002500003155",
    "pm_card_authenticationRequired": "4000002760003184",
    "pm_card_authenticationRequiredSetupForOffSession": "4000003800000446",
    "pm_card_authenticationRequiredChargeDeclinedInsufficientFunds": "4000008260003178",
    "pm_card_createDispute": "4000000000000259",
    "pm_card_createDisputeProductNotReceived": "4000000000002685",
    "pm_card_createDisputeInquiry": "4000000000001976",
    "pm_card_createIssuerFraudRecord": "4000000000005423",
    "pm_card_pendingRefund": "4000000000007726",
    "pm_card_refundFail": "4000000000005126",
    "pm_card_radarBlock": "4100000000000019",
    "pm_card_riskLevelHighest": "4000000000004954",
    "pm_card_riskLevelElevated": "4000000000009235",
    "pm_card_bypassPending": "4000000000000077",
}
NUMBERS = OTHERS | {id: number for id, (number, _, _) in DECLINES.items()}


@pytest.fixture
def customer(stripe_client):
    return stripe_client.v1.customers.create({"email": "nora@example.org"})


@pytest.fixture
def attached(stripe_client, customer):
    return lambda id: stripe_client.v1.payment_methods.attach(id, {"customer": customer.id}).id


@pytest.fixture
def charge(stripe_client, customer):
    """Confirms a payment with a method; on session unless told."""

    def make(method, **params):
        return stripe_client.v1.payment_intents.create({
            "amount": 1000, "currency": "eur", "confirm": True, "customer": customer.id,
            "payment_method": method, **params,
        })  # fmt: skip

    return make


@pytest.fixture
def set_up(stripe_client, customer, approve, page):
    """Sets a card up for later, its owner approving where the bank asks."""

    def make(id):
        intent = stripe_client.v1.setup_intents.create(
            {"customer": customer.id, "payment_method": id, "confirm": True}
        )
        if intent.status == "requires_action":
            url = intent.next_action.redirect_to_url.url
            page.post(url.removeprefix("http://sandbox.test"), answer="approve")
        intent = stripe_client.v1.setup_intents.retrieve(intent.id)
        assert intent.status == "succeeded"
        return intent.payment_method

    return make


@pytest.mark.parametrize(("id", "number"), NUMBERS.items())
def test_a_test_id_stands_for_its_number(stripe_client, id, number):
    method = stripe_client.v1.payment_methods.retrieve(id)
    assert (method.card.last4, method.type) == (number[-4:], "card")


@pytest.mark.parametrize(("id", "told"), DECLINES.items())
def test_a_declining_card_says_why_and_cannot_be_attached(
    charge, attached, open_session, page, stripe_client, id, told
):
    number, code, decline_code = told
    for asked in (lambda: charge(id), lambda: attached(id)):
        with pytest.raises(stripe.CardError) as caught:
            asked()
        error = caught.value.error
        assert (error.code, getattr(error, "decline_code", None)) == (code, decline_code)
    assert page.pay(open_session(), card=number).status == 402
    failed = stripe_client.v1.charges.list({"limit": 1}).data[0]
    assert (failed.failure_code, failed.outcome.type) == (code, "issuer_declined")


def test_a_card_may_be_attached_and_decline_each_charge(attached, charge):
    method = attached("pm_card_chargeCustomerFail")
    for _ in range(2):
        with pytest.raises(stripe.CardError):
            charge(method, off_session=True)


def test_a_card_asks_until_it_was_set_up(attached, charge, set_up):
    id = "pm_card_authenticationRequiredOnSetup"
    assert charge(id).status == "requires_action"
    with pytest.raises(stripe.CardError) as caught:
        charge(attached(id), off_session=True)
    assert caught.value.code == "authentication_required"
    assert charge(set_up(id), off_session=True).status == "succeeded"


def test_a_card_whose_owner_refuses_is_not_set_up(stripe_client, customer, page):
    intent = stripe_client.v1.setup_intents.create({
        "customer": customer.id, "payment_method": "pm_card_authenticationRequired",
        "confirm": True,
    })  # fmt: skip
    url = intent.next_action.redirect_to_url.url
    page.post(url.removeprefix("http://sandbox.test"), answer="refuse")

    intent = stripe_client.v1.setup_intents.retrieve(intent.id)
    assert intent.status == "requires_payment_method"
    assert intent.last_setup_error.code == "setup_intent_authentication_failure"
    assert stripe_client.v1.customers.payment_methods.list(customer.id).data == []


def test_an_approval_that_comes_after_the_page_has_expired_saves_nothing(
    stripe_client, customer, page, box
):
    session = stripe_client.v1.checkout.sessions.create({
        "mode": "setup", "currency": "eur", "customer": customer.id,
        "success_url": "http://x.example/",
    })  # fmt: skip
    asked = page.pay(session, card="4000002500003155").headers["Location"]
    box.advance(2 * DAY)

    shown = page.post(asked.removeprefix("http://sandbox.test"), answer="approve")
    assert "has expired" in shown.body.decode()
    assert stripe_client.v1.checkout.sessions.retrieve(session.id).status == "expired"
    assert stripe_client.v1.customers.payment_methods.list(customer.id).data == []


def test_a_card_may_ask_each_time(charge, set_up):
    method = set_up("pm_card_authenticationRequired")
    assert charge(method).status == "requires_action"
    with pytest.raises(stripe.CardError) as caught:
        charge(method, off_session=True)
    assert caught.value.code == "authentication_required"


def test_a_card_may_ask_on_session_only(attached, charge):
    method = attached("pm_card_authenticationRequiredSetupForOffSession")
    assert charge(method).status == "requires_action"
    assert charge(method, off_session=True).status == "succeeded"


@pytest.mark.parametrize(("id", "reason", "status"), [
    ("pm_card_createDispute", "fraudulent", "needs_response"),
    ("pm_card_createDisputeProductNotReceived", "product_not_received", "needs_response"),
    ("pm_card_createDisputeInquiry", "general", "warning_needs_response"),
])  # fmt: skip
def test_a_card_may_be_disputed_at_once(charge, stripe_client, box, id, reason, status):
    paid = charge(id)
    box.advance(10)

    [dispute] = stripe_client.v1.disputes.list({"payment_intent": paid.id}).data
    assert (dispute.reason, dispute.status) == (reason, status)


def test_a_blocked_card_never_reaches_its_bank(charge, stripe_client):
    with pytest.raises(stripe.CardError) as caught:
        charge("pm_card_radarBlock")
    assert caught.value.error.decline_code == "fraudulent"
    [failed] = stripe_client.v1.charges.list().data
    assert (failed.outcome.type, failed.outcome.network_status) == (
        "blocked",
        "not_sent_to_network",
    )


@pytest.mark.parametrize(("id", "level"), [
    ("pm_card_riskLevelHighest", "highest"), ("pm_card_riskLevelElevated", "elevated"),
    ("pm_card_visa", "normal"),
])  # fmt: skip
def test_a_charge_says_how_risky_it_is(charge, stripe_client, id, level):
    charge(id)
    [paid] = stripe_client.v1.charges.list().data
    assert paid.outcome.risk_level == level


def test_money_may_be_there_at_once(charge, stripe_client, box):
    charge("pm_card_bypassPending")
    box.advance(10)
    [available] = stripe_client.v1.balance.retrieve().available
    assert available.amount == 960
    box.advance(DAY)
    [payout] = stripe_client.v1.payouts.list().data
    assert payout.amount == 960
