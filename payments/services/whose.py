"""Whose money it is: ours, or that of another product on the same Stripe account. Reads only."""

from collections.abc import Mapping

from payments.gateway import calls
from payments.gateway.objects import CHECKOUT_KEY, FOLLOWS_KEY, Invoice
from payments.models import Checkout, Contribution, Subscription


def payment(payment_intent_id: str) -> str:
    """Why a payment is not ours; empty where it is."""
    if not payment_intent_id:
        return "a charge without a payment intent"
    if Contribution.objects.filter(stripe_payment_intent_id=payment_intent_id).exists():
        return ""
    metadata = calls.payment(payment_intent_id).metadata
    if CHECKOUT_KEY in metadata:
        return _checkout(metadata[CHECKOUT_KEY])
    found = calls.invoice_of_payment(payment_intent_id)
    return _invoice(found) if found else "a payment without our checkout's id"


def invoice(invoice_id: str) -> str:
    """Why an invoice is not ours; empty where it is."""
    return _invoice(calls.invoice(invoice_id))


def _invoice(found: Invoice) -> str:
    if not found.subscription_id:
        return "an invoice of no subscription"
    return subscription(found.subscription_id, found.metadata)


def subscription(stripe_subscription_id: str, metadata: Mapping[str, str]) -> str:
    """Why a subscription is not ours; `metadata` is its own."""
    if Subscription.objects.filter(stripe_subscription_id=stripe_subscription_id).exists():
        return ""
    if CHECKOUT_KEY in metadata:
        return _checkout(metadata[CHECKOUT_KEY])
    return "" if FOLLOWS_KEY in metadata else "a subscription without our checkout's id"


def charge(charge_id: str) -> str:
    return payment(calls.payment_of_charge(charge_id))


def refund(refund_id: str) -> str:
    return payment(calls.refund(refund_id).payment_intent_id)


def dispute(dispute_id: str) -> str:
    return payment(calls.payment_of_dispute(dispute_id))


def _checkout(public_id: str) -> str:
    known = Checkout.objects.filter(public_id=public_id).exists()
    return "" if known else "a checkout that this installation does not know"
