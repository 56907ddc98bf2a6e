"""What an event sets in motion: a service, and the ids it is called with.

Each service reads the object again; the payload is only a hint at which one.
"""

import json
from collections.abc import Callable

from payments.models import StripeEvent
from payments.services import (
    cards,
    checkout,
    contributions,
    disputes,
    failed_renewals,
    fraud_warnings,
    mirror,
    notices,
    payouts,
    refunds,
    returns,
)

# The same work told by several events that are due together is done once.
Work = tuple[Callable[..., object], *tuple[str, ...]]


class Unreadable(ValueError):
    """A field of a payload is missing, or of another type than Stripe says; it will stay so."""

    def __init__(self, field: str) -> None:
        super().__init__(f"its field {field} cannot be read")


def on_checkout_session(session_id: str, _: StripeEvent) -> Work:
    return checkout.sync, session_id


def on_payment_succeeded(payment_intent_id: str, _: StripeEvent) -> Work:
    return contributions.record_payment, payment_intent_id


def on_payment_failed(payment_intent_id: str, _: StripeEvent) -> Work:
    return checkout.sync_payment, payment_intent_id


def on_charge_updated(charge_id: str, _: StripeEvent) -> Work:
    return contributions.settle_charge, charge_id


def on_subscription(subscription_id: str, _: StripeEvent) -> Work:
    return mirror.sync, subscription_id


def on_invoice_paid(invoice_id: str, _: StripeEvent) -> Work:
    return contributions.record_invoice, invoice_id


def on_invoice_payment_paid(_: str, event: StripeEvent) -> Work:
    invoice_id = _named(_shown(event), "invoice")
    if not invoice_id:
        raise Unreadable("invoice")
    return contributions.record_invoice, invoice_id


def on_invoice_payment_failed(invoice_id: str, event: StripeEvent) -> Work | None:
    subscription_id = _subscription_of(event)
    return (failed_renewals.failed, subscription_id, invoice_id) if subscription_id else None


def on_invoice_closed(invoice_id: str, _: StripeEvent) -> Work:
    return failed_renewals.closed, invoice_id


def on_invoice_upcoming(_: str, event: StripeEvent) -> Work | None:
    """The invoice's id is not a real one's: only the subscription can be read again."""
    subscription_id = _subscription_of(event)
    return (notices.upcoming, subscription_id) if subscription_id else None


def on_card_replaced(_: str, event: StripeEvent) -> Work | None:
    stripe_customer_id = _named(_shown(event), "customer")
    return (cards.replaced_by_network, stripe_customer_id) if stripe_customer_id else None


def on_refund(refund_id: str, _: StripeEvent) -> Work:
    return refunds.sync, refund_id


def on_charge_refunded(_: str, event: StripeEvent) -> Work | None:
    payment_intent_id = _named(_shown(event), "payment_intent")
    return (refunds.sync_all, payment_intent_id) if payment_intent_id else None


def on_charge_failed(charge_id: str, event: StripeEvent) -> Work | None:
    """A decline is told by the payment; here only debits count that had been booked."""
    booked = _shown(event).get("failure_balance_transaction")
    return (returns.record, charge_id) if booked else None


def on_dispute(dispute_id: str, _: StripeEvent) -> Work:
    return disputes.sync, dispute_id


def on_fraud_warning(warning_id: str, _: StripeEvent) -> Work:
    return fraud_warnings.sync, warning_id


def on_payout_moved(payout_id: str, _: StripeEvent) -> Work:
    return payouts.progress, payout_id


def on_payout_undone(payout_id: str, _: StripeEvent) -> Work:
    return payouts.sync, payout_id


def _subscription_of(event: StripeEvent) -> str:
    """The subscription that an invoice in a payload belongs to; empty for another's."""
    parent = _part(_shown(event), "parent")
    return _named(_part(parent, "subscription_details"), "subscription")


def _shown(event: StripeEvent) -> dict:
    return _part(_part(json.loads(bytes(event.payload)), "data"), "object")


def _part(whole: dict, name: str) -> dict:
    """An object within another; empty where there is none. Raises Unreadable for anything else."""
    part = whole.get(name)
    if part is not None and not isinstance(part, dict):
        raise Unreadable(name)
    return part or {}


def _named(shown: dict, name: str) -> str:
    """The id that a field names, also where the object itself stands there; empty for none."""
    told = shown.get(name)
    stripe_id = told.get("id") if isinstance(told, dict) else told
    if stripe_id is not None and not isinstance(stripe_id, str):
        raise Unreadable(name)
    return stripe_id or ""
