"""The calls that change a subscription or settle its invoice. Each says what shall be, never by
how much it differs, so that sending it again does no harm."""

from datetime import datetime
from typing import Any

from django.conf import settings

from payments.gateway import objects, reading
from payments.gateway.client import api
from payments.gateway.errors import translated
from payments.money import Money


def set_amount(
    subscription_id: str,
    *,
    key: str,
    item_id: str,
    amount: Money,
    interval: str,
    metadata: dict[str, str],
) -> None:
    """Let the next renewal charge `amount`; nothing is prorated."""
    item = {"id": item_id, "price_data": _price(amount, interval)}
    params = {"items": [item], "proration_behavior": "none", "metadata": metadata}
    _update(subscription_id, params, key=key)


def set_next_charge(subscription_id: str, *, key: str, at: datetime) -> None:
    """Charge next at `at`, and on that day of the month from then on."""
    params = {"trial_end": int(at.timestamp()), "proration_behavior": "none"}
    _update(subscription_id, params, key=key)


def pause(subscription_id: str, *, key: str, until: datetime) -> None:
    """Make the invoices of the periods that begin before `until` void."""
    params = {"pause_collection": {"behavior": "void", "resumes_at": int(until.timestamp())}}
    _update(subscription_id, params, key=key)


def end_pause(subscription_id: str, *, key: str) -> None:
    """Charge from the next period on as before."""
    _update(subscription_id, {"pause_collection": ""}, key=key)


def resume(subscription_id: str, *, key: str) -> None:
    """Go on with one whose status is paused: a period begins and is charged now."""
    params: Any = {
        "billing_cycle_anchor": {"type": "now"},
        "payment_behavior": "resume_on_payment_success",
    }
    with translated("resume_subscription"):
        api().subscriptions.resume(subscription_id, params, {"idempotency_key": key})


def end_at_period_end(subscription_id: str, *, key: str) -> None:
    _update(subscription_id, {"cancel_at_period_end": True}, key=key)


def undo_end(state: objects.SubscriptionState, *, key: str) -> None:
    """Take back an end that lies ahead, however it was set: here, or in Stripe's portal."""
    params = {"cancel_at_period_end": False} if state.cancel_at_period_end else {"cancel_at": ""}
    _update(state.id, params, key=key)


def end_now(subscription_id: str, *, key: str) -> None:
    """End it at once; nothing is invoiced or prorated any more."""
    params: Any = {"invoice_now": False, "prorate": False}
    with translated("end_subscription"):
        api().subscriptions.cancel(subscription_id, params, {"idempotency_key": key})


def begin_later(
    *,
    key: str,
    customer_id: str,
    card_id: str,
    amount: Money,
    interval: str,
    at: datetime | None,
    metadata: dict[str, str],
) -> str:
    """Begin a subscription whose first charge is at `at`, or now; returns its id."""
    params: dict[str, Any] = {
        "customer": customer_id,
        "items": [{"price_data": _price(amount, interval)}],
        "metadata": metadata,
        "billing_mode": {"type": "flexible"},
        "proration_behavior": "none",
    }
    if card_id:
        params["default_payment_method"] = card_id
    if at:
        params["trial_end"] = int(at.timestamp())
    with translated("begin_later"):
        return api().subscriptions.create(params, {"idempotency_key": key}).id


def successor_of(customer_id: str, *, follows: str) -> str:
    """A running one of the customer that was made to follow ours; empty where there is none."""
    query: Any = {"customer": customer_id, "status": "all", "limit": 100}
    with translated("successor_of"):
        for raw in api().subscriptions.list(query).auto_paging_iter():
            mine = reading._metadata(raw).get(objects.FOLLOWS_KEY) == follows
            if mine and raw.status not in {"canceled", "incomplete_expired"}:
                return raw.id
    return ""


def stop_collecting(invoice_id: str, *, status: str, key: str) -> None:
    """Let nothing more be taken for an invoice: an open one is void, a draft stays one."""
    with translated("stop_collecting"):
        if status == "open":
            api().invoices.void_invoice(invoice_id, {}, {"idempotency_key": key})
        elif status == "draft":
            stay: Any = {"auto_advance": False}
            api().invoices.update(invoice_id, stay, {"idempotency_key": key})


def pay(invoice_id: str, *, key: str) -> None:
    """Try to take what an open invoice asks for, now. Raises Declined."""
    with translated("pay_invoice"):
        api().invoices.pay(invoice_id, {"off_session": True}, {"idempotency_key": key})


def card_given(setup_intent_id: str) -> str:
    """The payment method that a setup session brought."""
    with translated("card_given"):
        return reading._id(api().setup_intents.retrieve(setup_intent_id).payment_method)


def use_card(subscription_id: str, *, customer_id: str, card_id: str, key: str) -> None:
    """Charge a card from now on: for the subscription, and for whatever else the customer has."""
    default: Any = {"invoice_settings": {"default_payment_method": card_id}}
    with translated("use_card"):
        api().customers.update(customer_id, default, {"idempotency_key": f"{key}:customer"})
    _update(subscription_id, {"default_payment_method": card_id}, key=key)


def _price(amount: Money, interval: str) -> dict[str, Any]:
    return {
        "currency": amount.currency,
        "product": settings.STRIPE_PRODUCT_ID,
        "unit_amount": amount.minor,
        "recurring": {"interval": interval},
    }


def _update(subscription_id: str, params: Any, *, key: str) -> None:
    with translated("update_subscription"):
        api().subscriptions.update(subscription_id, params, {"idempotency_key": key})
