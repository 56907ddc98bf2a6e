"""From the SDK's objects to ours. Unknown fields and values are let through, never fatal."""

import json
import re
from datetime import UTC, datetime
from typing import Any

from payments.gateway import objects

BRANDS = {"amex": "American Express", "mastercard": "Mastercard", "visa": "Visa"}
ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
# What we write under our names.
FORMS = {
    objects.CHECKOUT_KEY: ID,
    objects.REFUND_KEY: ID,
    objects.FOLLOWS_KEY: ID,
    objects.COVER_KEY: re.compile(r"[0-9]{1,12}"),
}


def moment(epoch: int | None) -> datetime | None:
    """Epoch seconds as an aware moment in UTC."""
    return None if epoch is None else datetime.fromtimestamp(epoch, UTC)


def session(raw: Any) -> objects.Session:
    details = raw.customer_details
    return objects.Session(
        id=raw.id,
        mode=raw.mode,
        status=raw.status or "",
        payment_status=raw.payment_status or "",
        url=raw.url or "",
        metadata=_metadata(raw),
        livemode=raw.livemode,
        expires_at=datetime.fromtimestamp(raw.expires_at, UTC),
        customer_id=_id(raw.customer),
        payment_intent_id=_id(raw.payment_intent),
        subscription_id=_id(raw.subscription),
        invoice_id=_id(raw.invoice),
        setup_intent_id=_id(raw.setup_intent),
        email=_text(details, "email"),
        name=_text(details, "name"),
    )


def payment(raw: Any) -> objects.Payment:
    """Both balance transactions of `latest_charge` must have been expanded."""
    charge = raw.latest_charge
    billing = getattr(charge, "billing_details", None)
    method, country = _method(getattr(charge, "payment_method_details", None))
    return objects.Payment(
        id=raw.id,
        status=raw.status,
        amount_minor=raw.amount_received or raw.amount,
        currency=raw.currency,
        metadata=_metadata(raw),
        livemode=raw.livemode,
        created_at=datetime.fromtimestamp(raw.created, UTC),
        customer_id=_id(raw.customer),
        charge_id=_id(charge),
        charged_at=moment(getattr(charge, "created", None)),
        failed=raw.status in {"requires_payment_method", "canceled"},
        method=method,
        country=country,
        email=_text(billing, "email"),
        name=_text(billing, "name"),
        balance=balance_transaction(getattr(charge, "balance_transaction", None)),
        failure_balance=balance_transaction(getattr(charge, "failure_balance_transaction", None)),
    )


def charge(raw: Any) -> objects.Charge:
    """Both balance transactions must have been expanded."""
    return objects.Charge(
        id=raw.id,
        payment_intent_id=_id(raw.payment_intent),
        balance=balance_transaction(raw.balance_transaction),
        failure_balance=balance_transaction(getattr(raw, "failure_balance_transaction", None)),
    )


def invoice(raw: Any) -> objects.Invoice:
    """`payments` must have been expanded: it is absent from webhooks and lists."""
    failure, tried = _failure(raw)
    parent = getattr(raw.parent, "subscription_details", None) if raw.parent else None
    return objects.Invoice(
        id=raw.id,
        status=raw.status or "",
        billing_reason=raw.billing_reason or "",
        subscription_id=_id(getattr(parent, "subscription", None)),
        metadata=_metadata(parent),
        amount_due_minor=raw.amount_due,
        amount_paid_minor=raw.amount_paid,
        currency=raw.currency,
        finalized_at=moment(raw.status_transitions.finalized_at),
        paid_at=moment(raw.status_transitions.paid_at),
        payment_intent_id=_paid_by(raw),
        email=raw.customer_email or "",
        name=raw.customer_name or "",
        attempts=raw.attempt_count,
        failure=failure,
        tried=tried,
        under_way=any(intent.status == "processing" for intent in _intents(raw)),
        next_attempt_at=moment(raw.next_payment_attempt),
        hosted_url=raw.hosted_invoice_url or "",
    )


def subscription(raw: Any, *, seen_at: datetime) -> objects.SubscriptionState:
    """`customer` and `default_payment_method` must have been expanded."""
    item = raw["items"].data[0]
    ends = datetime.fromtimestamp(item.current_period_end, UTC)
    cancel_at = ends if raw.cancel_at_period_end else moment(raw.cancel_at)
    card = getattr(raw.default_payment_method, "card", None)
    expires = f"{card.exp_year}-{card.exp_month:02}" if card else ""
    return objects.SubscriptionState(
        id=raw.id,
        status=raw.status,
        customer_id=_id(raw.customer),
        email=_text(raw.customer, "email"),
        name=_text(raw.customer, "name"),
        item_id=item.id,
        amount_minor=(item.price.unit_amount or 0) * (item.quantity or 1),
        currency=item.price.currency,
        interval=item.price.recurring.interval,
        metadata=_metadata(raw),
        livemode=raw.livemode,
        started_at=datetime.fromtimestamp(raw.start_date, UTC),
        anchor_at=datetime.fromtimestamp(raw.billing_cycle_anchor, UTC),
        period_ends_at=ends,
        cancel_at=cancel_at,
        cancel_at_period_end=bool(raw.cancel_at_period_end),
        ended_at=moment(raw.ended_at),
        end_reason=_text(getattr(raw, "cancellation_details", None), "reason"),
        collection_paused=getattr(raw, "pause_collection", None) is not None,
        paused_until=moment(getattr(raw.pause_collection, "resumes_at", None)),
        card_id=_id(raw.default_payment_method),
        card_brand=_brand(card.brand) if card else "",
        card_last4=(card.last4 or "") if card else "",
        card_expires=expires,
        latest_invoice_id=_id(raw.latest_invoice),
        seen_at=seen_at,
        product_id=_id(getattr(item.price, "product", None)),
    )


def refund(raw: Any) -> objects.RefundState:
    """`balance_transaction` and `failure_balance_transaction` must have been expanded."""
    return objects.RefundState(
        id=raw.id,
        status=raw.status or "pending",
        amount_minor=raw.amount,
        currency=raw.currency,
        payment_intent_id=_id(raw.payment_intent),
        charge_id=_id(raw.charge),
        reason=raw.reason or "",
        metadata=_metadata(raw),
        created_at=datetime.fromtimestamp(raw.created, UTC),
        balance=balance_transaction(raw.balance_transaction),
        failure_balance=balance_transaction(getattr(raw, "failure_balance_transaction", None)),
        failure=_text(raw, "failure_reason"),
    )


def dispute(raw: Any) -> objects.DisputeState:
    """Its balance transactions are whole in every answer."""
    details = raw.evidence_details
    given = raw.evidence.to_dict() if raw.evidence else {}
    movements = map(balance_transaction, raw.balance_transactions or ())
    return objects.DisputeState(
        id=raw.id,
        status=raw.status,
        reason=raw.reason or "",
        network_reason=_text(raw, "network_reason_code"),
        amount_minor=raw.amount,
        currency=raw.currency,
        payment_intent_id=_id(raw.payment_intent),
        charge_id=_id(raw.charge),
        refundable=bool(raw.is_charge_refundable),
        created_at=datetime.fromtimestamp(raw.created, UTC),
        due_at=moment(getattr(details, "due_by", None)),
        submissions=getattr(details, "submission_count", 0) or 0,
        evidence={name: text for name, text in given.items() if text and isinstance(text, str)},
        movements=tuple(found for found in movements if found),
    )


def fraud_warning(raw: Any) -> objects.FraudWarningState:
    return objects.FraudWarningState(
        id=raw.id,
        charge_id=_id(raw.charge),
        payment_intent_id=_id(getattr(raw, "payment_intent", None)),
        fraud_type=raw.fraud_type or "",
        actionable=bool(raw.actionable),
        created_at=datetime.fromtimestamp(raw.created, UTC),
    )


def payout(raw: Any) -> objects.PayoutState:
    """Both balance transactions must have been expanded."""
    return objects.PayoutState(
        id=raw.id,
        status=raw.status,
        amount_minor=raw.amount,
        currency=raw.currency,
        arrives_at=datetime.fromtimestamp(raw.arrival_date, UTC),
        created_at=datetime.fromtimestamp(raw.created, UTC),
        complete=raw.reconciliation_status == "completed",
        balance=balance_transaction(raw.balance_transaction),
        failure_balance=balance_transaction(getattr(raw, "failure_balance_transaction", None)),
        automatic=raw.automatic,
        livemode=raw.livemode,
        failure_code=raw.failure_code or "",
    )


def balance_transaction(raw: Any) -> objects.BalanceTransaction | None:
    """None where Stripe has not made it yet, or it was not expanded."""
    if raw is None or isinstance(raw, str):
        return None
    return objects.BalanceTransaction(
        id=raw.id,
        amount_minor=raw.amount,
        fee_minor=raw.fee,
        net_minor=raw.net,
        currency=raw.currency,
        type=raw.type,
        created_at=datetime.fromtimestamp(raw.created, UTC),
        category=_text(raw, "reporting_category"),
        source_id=_id(raw.source),
        exchange_rate=str(getattr(raw, "exchange_rate", None) or ""),
    )


def listed_charge(raw: Any) -> objects.ListedCharge:
    """`customer` must have been expanded."""
    billing = raw.billing_details
    method, country = _method(raw.payment_method_details)
    return objects.ListedCharge(
        id=raw.id,
        payment_intent_id=_id(raw.payment_intent),
        balance_transaction_id=_id(raw.balance_transaction),
        customer_id=_id(raw.customer),
        amount_minor=raw.amount_captured or 0,
        currency=raw.currency,
        paid=raw.status == "succeeded" and bool(raw.amount_captured),
        email=_text(billing, "email")
        or _text(raw, "receipt_email")
        or _text(raw.customer, "email"),
        name=_text(billing, "name") or _text(raw.customer, "name"),
        method=method,
        country=country,
        metadata=_metadata(raw),
        charged_at=datetime.fromtimestamp(raw.created, UTC),
    )


def invoice_payment(raw: Any) -> objects.InvoicePayment:
    """`invoice` must have been expanded."""
    parent = getattr(getattr(raw.invoice, "parent", None), "subscription_details", None)
    return objects.InvoicePayment(
        id=raw.id,
        payment_intent_id=_id(getattr(raw.payment, "payment_intent", None)),
        invoice_id=_id(raw.invoice),
        subscription_id=_id(getattr(parent, "subscription", None)),
        billing_reason=_text(raw.invoice, "billing_reason"),
    )


def listed_event(raw: Any) -> objects.Event:
    """A listed event, its body as Stripe would have posted it."""
    return objects.Event(
        id=raw.id,
        type=raw.type,
        object_id=getattr(raw.data.object, "id", "") or "",
        api_version=raw.api_version or "",
        account_id=_text(raw, "account"),
        livemode=raw.livemode,
        created_at=datetime.fromtimestamp(raw.created, UTC),
        body=json.dumps(raw).encode(),
    )


def _paid_by(raw: Any) -> str:
    """The PaymentIntent that paid an invoice, empty where there is none yet."""
    for row in getattr(getattr(raw, "payments", None), "data", ()):
        if row.status == "paid" and row.payment.type == "payment_intent":
            return _id(row.payment.payment_intent)
    return ""


def _intents(raw: Any) -> list[Any]:
    """The PaymentIntents of an invoice, where they were expanded."""
    rows = getattr(getattr(raw, "payments", None), "data", ())
    found = [getattr(row.payment, "payment_intent", None) for row in rows]
    return [intent for intent in found if intent is not None and not isinstance(intent, str)]


def _failure(raw: Any) -> tuple[str, str]:
    """Why the last attempt on an invoice failed, and its charge; needs the intents expanded."""
    for intent in _intents(raw):
        error = getattr(intent, "last_payment_error", None)
        if error is not None:
            code = _text(error, "decline_code") or _text(error, "code")
            return code, _id(intent.latest_charge)
    return "", ""


def _method(details: Any) -> tuple[str, str]:
    """How it was paid, as a person says it, and the country of the card or bank."""
    kind = getattr(details, "type", "") or ""
    part = getattr(details, kind, None) if kind else None
    last4 = _text(part, "last4")
    if kind == "card":
        return f"{_brand(part.brand)} ending {last4}", _text(part, "country")
    if kind.endswith("_debit"):
        return f"Bank account ending {last4}", _text(part, "country")
    return kind.replace("_", " ").capitalize(), ""


def _brand(brand: str | None) -> str:
    plain = re.sub("_", " ", brand or "card")
    return BRANDS.get(plain, plain.capitalize())


def _id(value: Any) -> str:
    """An expandable field's id, whether it was expanded or not."""
    return value if isinstance(value, str) else getattr(value, "id", "") or ""


def _text(raw: Any, field: str) -> str:
    return getattr(raw, field, None) or ""


def _metadata(raw: Any) -> dict[str, str]:
    """What stands on an object. Another product's words under our names are left out."""
    told = getattr(raw, "metadata", None)
    found = dict(told.to_dict()) if told else {}
    for name, form in FORMS.items():
        if name in found and not form.fullmatch(found[name]):
            del found[name]
    return found
