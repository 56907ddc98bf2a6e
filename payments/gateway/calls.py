"""One function for each call that we make to Stripe. Ids go in, our own objects come out."""

from datetime import UTC, datetime
from typing import Any

from django.conf import settings

from payments.gateway import objects, reading
from payments.gateway.client import api, listed, read
from payments.gateway.errors import Misconfigured, translated
from payments.gateway.memory import remembered
from payments.money import Money

BALANCES = ["latest_charge.balance_transaction", "latest_charge.failure_balance_transaction"]
METHODS = ["card", "link", "sepa_debit"]
# Languages of ours that Stripe's page speaks too; for others it looks at the browser.
SPOKEN = {"en", "fr", "de", "es"}


def create_session(
    *,
    key: str,
    amount: Money,
    interval: str | None,
    metadata: dict[str, str],
    email: str,
    customer_id: str,
    language: str,
    success_url: str,
    cancel_url: str,
) -> objects.Session:
    """Open a Checkout Session for one sum; `interval` month or year makes it recurring."""
    price: dict[str, Any] = {
        "currency": amount.currency,
        "unit_amount": amount.minor,
        "product": settings.STRIPE_PRODUCT_ID,
    }
    params: dict[str, Any] = {
        "line_items": [{"quantity": 1, "price_data": price}],
        "client_reference_id": metadata[objects.CHECKOUT_KEY],
        "metadata": metadata,
        "success_url": success_url,
        "cancel_url": cancel_url,
        "locale": language if language in SPOKEN else "auto",
        "submit_type": "donate",
        "adaptive_pricing": {"enabled": False},
        "allowed_payment_method_types": METHODS,
    }
    if customer_id:
        params["customer"] = customer_id
    elif email:
        params["customer_email"] = email
    if interval:
        price["recurring"] = {"interval": interval, "interval_count": 1}
        params |= {
            "mode": "subscription",
            "subscription_data": {"metadata": metadata, "billing_mode": {"type": "flexible"}},
        }
    else:
        params |= {"mode": "payment", "payment_intent_data": {"metadata": metadata}}
    with translated("create_session"):
        return reading.session(api().checkout.sessions.create(params, {"idempotency_key": key}))


def create_card_session(
    *, key: str, subscription_id: str, customer_id: str, currency: str, return_url: str
) -> objects.Session:
    """Open a session in which a supporter gives a new card for a subscription."""
    metadata = {objects.SUBSCRIPTION_KEY: subscription_id}
    params: dict[str, Any] = {
        "mode": "setup",
        "currency": currency,
        "customer": customer_id,
        "success_url": return_url,
        "cancel_url": return_url,
        "metadata": metadata,
        "setup_intent_data": {"metadata": metadata},
    }
    with translated("create_card_session"):
        return reading.session(api().checkout.sessions.create(params, {"idempotency_key": key}))


@remembered
def session(session_id: str) -> objects.Session:
    with translated("session"):
        return reading.session(read("checkout", "sessions", session_id))


def expire_session(session_id: str, *, key: str) -> objects.Session:
    with translated("expire_session"):
        return reading.session(
            api().checkout.sessions.expire(session_id, {}, {"idempotency_key": key})
        )


@remembered
def payment(payment_intent_id: str) -> objects.Payment:
    with translated("payment"):
        return reading.payment(read("payment_intents", payment_intent_id, expand=BALANCES))


@remembered
def payment_of_charge(charge_id: str) -> str:
    """The PaymentIntent that a charge belongs to; empty for one made without."""
    with translated("payment_of_charge"):
        return reading._id(read("charges", charge_id).payment_intent)


def charge(charge_id: str) -> objects.Charge:
    """One attempt of a payment, also where another followed it."""
    expand = ["balance_transaction", "failure_balance_transaction"]
    with translated("charge"):
        return reading.charge(read("charges", charge_id, expand=expand))


def payment_of_dispute(dispute_id: str) -> str:
    """The PaymentIntent that a dispute is about; empty for a charge made without."""
    with translated("payment_of_dispute"):
        return reading._id(read("disputes", dispute_id).payment_intent)


@remembered
def invoice(invoice_id: str) -> objects.Invoice:
    with translated("invoice"):
        return reading.invoice(read("invoices", invoice_id, expand=["payments"]))


def tried_invoice(invoice_id: str) -> objects.Invoice:
    """An invoice with its attempts: why the last one failed, or that one is under way."""
    expand = ["payments.data.payment.payment_intent"]
    with translated("tried_invoice"):
        return reading.invoice(read("invoices", invoice_id, expand=expand))


@remembered
def invoice_of_payment(payment_intent_id: str) -> objects.Invoice | None:
    """The invoice that a PaymentIntent paid, without its list of payments; None without one."""
    payment = {"type": "payment_intent", "payment_intent": payment_intent_id}
    with translated("invoice_of_payment"):
        found = read("invoice_payments", payment=payment, expand=["data.invoice"]).data
    return reading.invoice(found[0].invoice) if found else None


@remembered
def subscription(subscription_id: str) -> objects.SubscriptionState:
    seen_at = datetime.now(UTC)
    with translated("subscription"):
        expand = ["customer", "default_payment_method"]
        raw = read("subscriptions", subscription_id, expand=expand)
    return reading.subscription(raw, seen_at=seen_at)


def create_refund(
    *, key: str, payment_intent_id: str, amount: Money, metadata: dict[str, str]
) -> objects.RefundState:
    params: Any = {
        "payment_intent": payment_intent_id,
        "amount": amount.minor,
        "reason": "requested_by_customer",
        "metadata": metadata,
        "expand": ["balance_transaction"],
    }
    with translated("create_refund"):
        return reading.refund(api().refunds.create(params, {"idempotency_key": key}))


@remembered
def refund(refund_id: str) -> objects.RefundState:
    expand = ["balance_transaction", "failure_balance_transaction"]
    with translated("refund"):
        return reading.refund(read("refunds", refund_id, expand=expand))


@remembered
def refunds_of(payment_intent_id: str) -> list[objects.RefundState]:
    """All refunds of a payment, oldest first."""
    expand = ["data.balance_transaction", "data.failure_balance_transaction"]
    query: Any = {"payment_intent": payment_intent_id, "limit": 100, "expand": expand}
    with translated("refunds_of"):
        return [reading.refund(raw) for raw in listed("refunds", **query)][::-1]


@remembered
def payout(payout_id: str) -> objects.PayoutState:
    with translated("payout"):
        expand = ["balance_transaction", "failure_balance_transaction"]
        return reading.payout(read("payouts", payout_id, expand=expand))


@remembered
def payout_content(payout_id: str) -> list[objects.BalanceTransaction]:
    """Every balance transaction inside an automatic payout, its own among them."""
    query: Any = {"payout": payout_id, "limit": 100}
    with translated("payout_content"):
        rows = listed("balance_transactions", **query)
        return [found for raw in rows if (found := reading.balance_transaction(raw))]


def balance_held() -> dict[str, int]:
    """What Stripe holds for the account by currency, available and pending, in minor units."""
    with translated("balance_held"):
        found = api().balance.retrieve()
    held: dict[str, int] = {}
    for part in (*found.available, *found.pending):
        held[part.currency] = held.get(part.currency, 0) + part.amount
    return held


def ensure_product() -> None:
    """Make the product that prices hang on, where the account has none yet."""
    params: Any = {
        "id": settings.STRIPE_PRODUCT_ID,
        "name": f"Contribution to {settings.NEWSROOM_NAME}",
    }
    try:
        with translated("ensure_product"):
            api().products.create(params)
    except Misconfigured as error:
        if error.code != "resource_already_exists":
            raise


def create_webhook_endpoint(*, url: str, types: list[str]) -> str:
    """Subscribe to events in our API version; returns the signing secret, shown only once."""
    params: Any = {
        "url": url,
        "enabled_events": types,
        "api_version": settings.STRIPE_API_VERSION,
    }
    with translated("create_webhook_endpoint"):
        return api().webhook_endpoints.create(params).secret or ""
