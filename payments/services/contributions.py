"""Recording money that arrived. Whatever event speaks first, the rows end the same."""

from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction

from payments import clock, outbox
from payments.crash import crash_here
from payments.gateway import calls
from payments.gateway.objects import (
    CHECKOUT_KEY,
    COVER_KEY,
    FOLLOWS_KEY,
    BalanceTransaction,
    Invoice,
    Payment,
)
from payments.models import Checkout, Contribution, Subscription
from payments.receipts.issue import issue
from payments.services import after_end, audit, corrections, failed_renewals, ledger, mirror
from payments.services.parked import Foreign, Unsettled

Kind, Status = Contribution.Kind, Contribution.Status


def record_payment(payment_intent_id: str) -> Contribution | None:
    """Record what a PaymentIntent brought, whether it paid a one-off gift or an invoice.

    Returns None while no money has come. Raises Foreign for a payment that is not ours.
    """
    known = Contribution.objects.filter(stripe_payment_intent_id=payment_intent_id).first()
    if known and known.status == Status.PAID and known.fee_minor is not None:
        return known
    payment = calls.payment(payment_intent_id)
    if CHECKOUT_KEY in payment.metadata:
        return _record_gift(payment)
    invoice_id = calls.invoice_of_payment(payment_intent_id)
    if not invoice_id:
        raise Foreign("a payment without our checkout's id")
    return _record_cycle(calls.invoice(invoice_id), payment)


def record_invoice(invoice_id: str) -> Contribution | None:
    """Record what an invoice of a subscription brought; None where nothing was paid."""
    known = Contribution.objects.filter(stripe_invoice_id=invoice_id).first()
    if known and known.status == Status.PAID and known.fee_minor is not None:
        return known
    invoice = calls.invoice(invoice_id)
    if invoice.status != "paid" or not invoice.amount_paid_minor:
        return None
    if not invoice.payment_intent_id:
        raise Unsettled("a paid invoice whose payment is not listed yet")
    return _record_cycle(invoice, calls.payment(invoice.payment_intent_id))


def settle_charge(charge_id: str) -> Contribution | None:
    """Book the fee of a charge once Stripe has said it."""
    known = Contribution.objects.filter(stripe_charge_id=charge_id).first()
    if known and known.fee_minor is not None:
        return known
    payment_intent_id = (
        known.stripe_payment_intent_id if known else calls.payment_of_charge(charge_id)
    )
    if not payment_intent_id:
        raise Foreign("a charge without a payment intent")
    return record_payment(payment_intent_id)


def of_payment(payment_intent_id: str) -> Contribution:
    """The contribution of a payment, recorded first where its own event is still to come.

    Raises Foreign where the payment is not ours, or brought nothing.
    """
    known = Contribution.objects.filter(stripe_payment_intent_id=payment_intent_id).first()
    if known and known.status == Status.PAID:
        return known
    recorded = record_payment(payment_intent_id) if payment_intent_id else None
    if recorded is None or recorded.status != Status.PAID:
        raise Foreign("about a payment that is not ours")
    return recorded


def record_failure(checkout: Checkout, payment: Payment) -> Contribution:
    """A bank debit that came back: what was on its way has failed. No money moved."""
    with transaction.atomic():
        checkout = Checkout.objects.select_for_update().get(pk=checkout.pk)
        contribution = _locked(payment, checkout, None, _gift_facts(checkout, payment))
        _move_checkout(checkout, Checkout.Status.FAILED)
        if contribution.move(Status.FAILED):
            contribution.save(update_fields=["status"])
            crash_here("contribution.failed")
            audit.note("contribution failed", subject=contribution)
    return contribution


def _record_gift(payment: Payment) -> Contribution | None:
    checkout = Checkout.objects.filter(public_id=payment.metadata[CHECKOUT_KEY]).first()
    if checkout is None:
        raise Foreign("a checkout that this installation does not know")
    if payment.status not in {"succeeded", "processing"}:
        return None
    facts = _gift_facts(checkout, payment)
    return _record(payment, checkout=checkout, subscription=None, facts=facts)


def _gift_facts(checkout: Checkout, payment: Payment) -> dict[str, Any]:
    cover = checkout.cover_minor if payment.amount_minor == checkout.charged.minor else 0
    return {
        "kind": Kind.GIFT,
        "frequency": checkout.frequency,
        "gift_minor": payment.amount_minor - cover,
        "cover_minor": cover,
        "name": payment.name or checkout.name,
        "email": (payment.email or checkout.email).lower(),
        **checkout.source,
    }


def _is_ours(invoice: Invoice) -> bool:
    """By our ids on the subscription, or because it was taken over with an account's history."""
    if {CHECKOUT_KEY, FOLLOWS_KEY} & set(invoice.metadata):
        return bool(invoice.subscription_id)
    adopted = Subscription.objects.filter(stripe_subscription_id=invoice.subscription_id)
    return bool(invoice.subscription_id) and adopted.exists()


def _record_cycle(invoice: Invoice, payment: Payment) -> Contribution | None:
    if not _is_ours(invoice):
        raise Foreign("an invoice without our checkout's id")
    if payment.status != "succeeded":
        return None
    subscription = mirror.known(invoice.subscription_id)
    first = invoice.billing_reason == "subscription_create"
    cover = min(int(invoice.metadata.get(COVER_KEY) or 0), payment.amount_minor - 1)
    return _record(
        payment,
        checkout=subscription.checkout if first else None,
        subscription=subscription,
        facts={
            "kind": Kind.FIRST if first else Kind.RENEWAL,
            "frequency": subscription.frequency,
            "gift_minor": payment.amount_minor - cover,
            "cover_minor": cover,
            "name": payment.name or invoice.name,
            "email": (payment.email or invoice.email).lower(),
            "stripe_invoice_id": invoice.id,
            **subscription.source,
        },
        invoice=invoice,
    )


def _record(
    payment: Payment,
    *,
    checkout: Checkout | None,
    subscription: Subscription | None,
    facts: dict[str, Any],
    invoice: Invoice | None = None,
) -> Contribution:
    """One transaction: checkout, contribution, ledger, receipt, audit, outbox."""
    crash_here("contribution.read")
    with transaction.atomic():
        if checkout:
            checkout = Checkout.objects.select_for_update().get(pk=checkout.pk)
        if subscription:
            subscription = Subscription.objects.select_for_update().get(pk=subscription.pk)
        contribution = _locked(payment, checkout, subscription, facts)
        crash_here("contribution.row_written")
        if payment.status == "processing":
            _move_checkout(checkout, Checkout.Status.PROCESSING)
            return contribution
        if contribution.move(Status.PAID):
            _paid(contribution, payment)
        _move_checkout(checkout, Checkout.Status.PAID)
        if payment.balance:
            _settle(contribution, payment.balance)
        if subscription and invoice:
            _follow_up(subscription, invoice)
        crash_here("contribution.before_commit")
    crash_here("contribution.committed")
    return contribution


def _follow_up(subscription: Subscription, invoice: Invoice) -> None:
    """A renewal that had failed is recovered; one that came after the end goes back."""
    failed_renewals.paid(invoice)
    after_end.look(subscription)


def _locked(
    payment: Payment,
    checkout: Checkout | None,
    subscription: Subscription | None,
    facts: dict[str, Any],
) -> Contribution:
    """The contribution of a payment, made where there is none, held under lock."""
    found, _ = Contribution.objects.get_or_create(
        stripe_payment_intent_id=payment.id,
        defaults={
            "status": Status.PENDING,
            "supporter": _supporter(checkout, subscription, facts),
            "checkout": checkout,
            "subscription": subscription,
            "currency": payment.currency,
            "created_at": clock.now(),
            "livemode": payment.livemode,
            "stripe_customer_id": payment.customer_id,
            "method": payment.method,
            **facts,
        },
    )
    return Contribution.objects.select_for_update().get(pk=found.pk)


def _supporter(
    checkout: Checkout | None, subscription: Subscription | None, facts: dict[str, Any]
) -> Any:
    """Whose it is: the subscription's supporter, the signed-in one, else by the address."""
    if subscription:
        return subscription.supporter
    if checkout and checkout.supporter:
        return checkout.supporter
    email = facts["email"]
    return get_user_model().objects.for_email(email, name=facts["name"]) if email else None


def _paid(contribution: Contribution, payment: Payment) -> None:
    contribution.received_at = payment.received_at
    contribution.method = payment.method
    contribution.country = payment.country
    contribution.stripe_charge_id = payment.charge_id or None
    contribution.save()
    ledger.received(contribution)
    crash_here("contribution.booked")
    receipt = issue(contribution, now=clock.now())
    crash_here("contribution.receipt_numbered")
    audit.note(
        "contribution received",
        subject=contribution,
        after={"charged_minor": contribution.charged.minor, "currency": contribution.currency},
    )
    outbox.put("receipt.render", key=f"receipt.render:{receipt.number}", receipt_id=receipt.pk)


def _settle(contribution: Contribution, balance: BalanceTransaction) -> None:
    """Keep the fee; one that was taken in another currency is booked there, with the exchange."""
    if contribution.fee_minor is not None:
        return
    at_home = balance.currency == contribution.currency
    contribution.fee_minor = balance.fee_minor if at_home else 0
    contribution.stripe_balance_transaction_id = balance.id
    contribution.save(update_fields=["fee_minor", "stripe_balance_transaction_id"])
    if at_home:
        ledger.fee(contribution, balance)
    else:
        corrections.exchange(ledger.root_of(contribution), balance)
    crash_here("contribution.fee_booked")


def _move_checkout(checkout: Checkout | None, status: Checkout.Status) -> None:
    if checkout and checkout.move(status):
        checkout.finished_at = clock.now()
        checkout.save(update_fields=["status", "finished_at"])
