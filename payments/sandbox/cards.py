"""Stripe's test cards: what each number does, and the payment method ids that stand for them."""

import dataclasses

ALWAYS, ON_SESSION, UNTIL_SET_UP = "always", "on_session", "until_set_up"
MESSAGES = {
    "card_declined": "Your card was declined.",
    "insufficient_funds": "Your card has insufficient funds.",
    "expired_card": "Your card has expired.",
    "incorrect_cvc": "Your card's security code is incorrect.",
    "incorrect_number": "Your card number is incorrect.",
    "processing_error": "An error occurred while processing your card. Try again in a little bit.",
}


@dataclasses.dataclass(frozen=True)
class TestCard:
    """`decline` is (code, decline code); `later` says only charges after attaching decline."""

    number: str
    decline: tuple | None = None
    later: bool = False
    authentication: str | None = None
    dispute: str | None = None
    refund: str | None = None
    risk: str = "normal"
    blocked: bool = False
    at_once: bool = False
    warning: bool = False
    country: str = "US"

    @property
    def brand(self):
        return {"5": "mastercard", "3": "amex"}.get(self.number[0], "visa")

    @property
    def last4(self):
        return self.number[-4:]


def declines(number, decline_code, *, code="card_declined"):
    return TestCard(number, decline=(code, decline_code))


NAMED = {
    "pm_card_visa": TestCard("4242424242424242"),
    "pm_card_mastercard": TestCard("5555555555554444"),
    "pm_card_amex": TestCard("378282246310005"),
    "pm_card_visa_chargeDeclined": declines("4000000000000002", "generic_decline"),
    "pm_card_visa_chargeDeclinedInsufficientFunds": declines(
        "4000000000009995", "insufficient_funds"
    ),
    "pm_card_visa_chargeDeclinedLostCard": declines("4000000000009987", "lost_card"),
    "pm_card_visa_chargeDeclinedStolenCard": declines("4000000000009979", "stolen_card"),
    "pm_card_chargeDeclinedExpiredCard": declines("4000000000000069", None, code="expired_card"),
    "pm_card_chargeDeclinedIncorrectCvc": declines("4000000000000127", None, code="incorrect_cvc"),
    "pm_card_chargeDeclinedProcessingError": declines(
        "4000000000000119", None, code="processing_error"
    ),
    "pm_card_visa_chargeDeclinedVelocityLimitExceeded": declines(
        "4000000000006975", "card_velocity_exceeded"
    ),
    "pm_card_chargeCustomerFail": TestCard(
        "4000000000000341", decline=("card_declined", "generic_decline"), later=True
    ),
    "pm_card_authenticationRequiredOnSetup": TestCard(
        "4000002500003155", authentication=UNTIL_SET_UP
    ),
    "pm_card_authenticationRequired": TestCard("4000002760003184", authentication=ALWAYS),
    "pm_card_authenticationRequiredSetupForOffSession": TestCard(
        "4000003800000446", authentication=ON_SESSION
    ),
    "pm_card_authenticationRequiredChargeDeclinedInsufficientFunds": TestCard(
        "4000008260003178",
        authentication=ALWAYS,
        decline=("card_declined", "insufficient_funds"),
    ),
    "pm_card_createDispute": TestCard("4000000000000259", dispute="fraudulent"),
    "pm_card_createDisputeProductNotReceived": TestCard(
        "4000000000002685", dispute="product_not_received"
    ),
    "pm_card_createDisputeInquiry": TestCard("4000000000001976", dispute="inquiry"),
    "pm_card_createIssuerFraudRecord": TestCard("4000000000005423", warning=True),
    "pm_card_pendingRefund": TestCard("4000000000007726", refund="pending"),
    "pm_card_refundFail": TestCard("4000000000005126", refund="fails"),
    "pm_card_radarBlock": TestCard(
        "4100000000000019", decline=("card_declined", "fraudulent"), risk="highest", blocked=True
    ),
    "pm_card_riskLevelHighest": TestCard("4000000000004954", risk="highest"),
    "pm_card_riskLevelElevated": TestCard("4000000000009235", risk="elevated"),
    "pm_card_bypassPending": TestCard("4000000000000077", at_once=True),
}
BY_NUMBER = {card.number: card for card in NAMED.values()}
SHOWN = (
    ("4242424242424242", "succeeds"),
    ("4000000000000002", "is declined"),
    ("4000000000009995", "has insufficient funds"),
    ("4000002500003155", "asks for 3-D Secure once"),
    ("4000002760003184", "asks for 3-D Secure each time"),
    ("4000000000000341", "succeeds now, renewals decline"),
)


def known(number):
    """The test card of that number; another well-formed number behaves like 4242."""
    return BY_NUMBER.get(number) or TestCard(number)


def passes_luhn(number):
    digits = [int(digit) for digit in reversed(number)]
    doubled = [sum(divmod(digit * 2, 10)) for digit in digits[1::2]]
    return sum(digits[::2]) + sum(doubled) and (sum(digits[::2]) + sum(doubled)) % 10 == 0


def decline_message(code, *, decline_code):
    if code == "card_declined" and decline_code in MESSAGES:
        return MESSAGES[decline_code]
    return MESSAGES.get(code, MESSAGES["card_declined"])
