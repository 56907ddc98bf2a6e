"""Recording money that arrived. Whatever event speaks first, the rows end the same."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.contrib.auth import get_user_model

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
from payments.models import Checkout, Contribution, LedgerEntry, Receipt, Subscription
from payments.models.kept import afterwards, found, held, one_transaction, save
from payments.receipts import issue
from payments.services import after_end, audit, failed_renewals, ledger, mirror
from payments.services.parked import Foreign, Unsettled

Kind, Status = Contribution.Kind, Contribution.Status


def record_payment(payment_intent_id: str) -> Contribution | None:
    """Record what a PaymentIntent brought, whether it paid a one-off gift or an invoice.

    Returns None while no money has come. Raises Foreign for a payment that is not ours.
    """
    if known := _settled(stripe_payment_intent_id=payment_intent_id):
        return known
    return record(calls.payment(payment_intent_id))


def record(payment: Payment) -> Contribution | None:
    """The same for a payment that was just read."""
    if CHECKOUT_KEY in payment.metadata:
        return _record_gift(payment)
    invoice = calls.invoice_of_payment(payment.id)
    if invoice is None:
        raise Foreign("a payment without our checkout's id")
    return _record_cycle(invoice, payment)


def record_invoice(invoice_id: str) -> Contribution | None:
    """Record what an invoice of a subscription brought; None where nothing was paid."""
    if known := _settled(stripe_invoice_id=invoice_id):
        return known
    invoice = calls.invoice(invoice_id)
    if invoice.status != "paid" or not invoice.amount_paid_minor:
        return None
    if not invoice.payment_intent_id:
        raise Unsettled("a paid invoice whose payment is not listed yet")
    return _record_cycle(invoice, calls.payment(invoice.payment_intent_id))


def settle_charge(charge_id: str) -> Contribution | None:
    """Book the fee of a charge once Stripe has said it."""
    if known := _settled(stripe_charge_id=charge_id):
        return known
    payment_intent_id = calls.payment_of_charge(charge_id)
    if not payment_intent_id:
        raise Foreign("a charge without a payment intent")
    return record_payment(payment_intent_id)


def of_payment(payment_intent_id: str) -> Contribution:
    """The contribution of a payment, recorded first where its own event is still to come.

    Raises Foreign where the payment is not ours, or brought nothing.
    """
    known = found(Contribution, stripe_payment_intent_id=payment_intent_id)
    if known and known.status == Status.PAID:
        return known
    recorded = record_payment(payment_intent_id) if payment_intent_id else None
    if recorded is None or recorded.status != Status.PAID:
        raise Foreign("about a payment that is not ours")
    return recorded


def record_failure(checkout: Checkout, payment: Payment) -> Contribution:
    """A bank debit that came back: what was on its way has failed. No money moved."""
    with one_transaction():
        checkout = held(Checkout, id=checkout.pk) or checkout
        contribution = _of(payment, checkout, None, _gift_facts(checkout, payment))
        _move_checkout(checkout, Checkout.Status.FAILED)
        failed = contribution.move(Status.FAILED)
        if failed or contribution._state.adding:
            save(contribution)
        if failed:
            crash_here("contribution.failed")
            audit.note("contribution failed", subject=contribution)
    return contribution


def _record_gift(payment: Payment) -> Contribution | None:
    with _booking():
        checkout = held(Checkout, public_id=payment.metadata[CHECKOUT_KEY])
        if checkout is None:
            raise Foreign("a checkout that this installation does not know")
        if payment.status not in {"succeeded", "processing"}:
            return None
        facts = _gift_facts(checkout, payment)
        return _keep(payment, checkout=checkout, subscription=None, facts=facts)


def _settled(**key: str) -> Contribution | None:
    """A contribution of which all is known, so that nothing has to be read."""
    known = found(Contribution, **key)
    return known if known and known.status == Status.PAID and known.fee_minor is not None else None


@contextmanager
def _booking() -> Iterator[None]:
    """One transaction: checkout, contribution, ledger, receipt, audit, outbox."""
    crash_here("contribution.read")
    with one_transaction() as alone:
        yield
        crash_here("contribution.before_commit")
    if alone:
        crash_here("contribution.committed")


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


def is_ours(invoice: Invoice) -> bool:
    """By our ids on the subscription, or because it was taken over with an account's history."""
    if {CHECKOUT_KEY, FOLLOWS_KEY} & set(invoice.metadata):
        return bool(invoice.subscription_id)
    adopted = Subscription.objects.filter(stripe_subscription_id=invoice.subscription_id)
    return bool(invoice.subscription_id) and adopted.exists()


def _record_cycle(invoice: Invoice, payment: Payment) -> Contribution | None:
    if not is_ours(invoice):
        raise Foreign("an invoice without our checkout's id")
    if payment.status != "succeeded":
        return None
    known = mirror.known(invoice.subscription_id)
    first = invoice.billing_reason == "subscription_create"
    with _booking():
        # The checkout before its subscription: the order in which everybody locks.
        checkout = held(Checkout, id=known.checkout_id) if first else None
        subscription = held(Subscription, id=known.pk) or known
        facts = _cycle_facts(subscription, invoice, payment)
        contribution = _keep(payment, checkout=checkout, subscription=subscription, facts=facts)
        failed_renewals.paid(invoice)
        after_end.look(subscription)
    return contribution


def _cycle_facts(subscription: Subscription, invoice: Invoice, payment: Payment) -> dict[str, Any]:
    first = invoice.billing_reason == "subscription_create"
    cover = min(int(invoice.metadata.get(COVER_KEY) or 0), payment.amount_minor - 1)
    return {
        "kind": Kind.FIRST if first else Kind.RENEWAL,
        "frequency": subscription.frequency,
        "gift_minor": payment.amount_minor - cover,
        "cover_minor": cover,
        "name": payment.name or invoice.name,
        "email": (payment.email or invoice.email).lower(),
        "stripe_invoice_id": invoice.id,
        **subscription.source,
    }


def _keep(
    payment: Payment,
    *,
    checkout: Checkout | None,
    subscription: Subscription | None,
    facts: dict[str, Any],
) -> Contribution:
    """Contribution, ledger, receipt, audit, outbox and checkout, as the payment stands.

    Called inside the transaction that has locked checkout and subscription.
    """
    contribution = _of(payment, checkout, subscription, facts)
    arrived = payment.status == "succeeded" and contribution.move(Status.PAID)
    if arrived:
        contribution.received_at = payment.received_at
        contribution.method = payment.method
        contribution.country = payment.country
        contribution.stripe_charge_id = payment.charge_id or None
    balance = payment.balance if payment.status == "succeeded" else None
    settled = balance if contribution.fee_minor is None else None
    if settled:
        at_home = settled.currency == contribution.currency
        contribution.fee_minor = settled.fee_minor if at_home else 0
        contribution.stripe_balance_transaction_id = settled.id
    if contribution._state.adding or arrived or settled:
        save(contribution)
    crash_here("contribution.row_written")
    first = _book(contribution) if arrived else None
    if settled:
        _book_fee(contribution, settled, first=first)
    paid = payment.status == "succeeded"
    _move_checkout(checkout, Checkout.Status.PAID if paid else Checkout.Status.PROCESSING)
    return contribution


def _of(
    payment: Payment,
    checkout: Checkout | None,
    subscription: Subscription | None,
    facts: dict[str, Any],
) -> Contribution:
    """The contribution of a payment, under lock; one that is not saved yet where there is none."""
    known = held(Contribution, stripe_payment_intent_id=payment.id)
    return known or Contribution(
        stripe_payment_intent_id=payment.id,
        status=Status.PENDING,
        supporter_id=_supporter_id(checkout, subscription, facts),
        checkout=checkout,
        subscription=subscription,
        currency=payment.currency,
        created_at=clock.now(),
        livemode=payment.livemode,
        stripe_customer_id=payment.customer_id,
        method=payment.method,
        **facts,
    )


def _supporter_id(
    checkout: Checkout | None, subscription: Subscription | None, facts: dict[str, Any]
) -> Any:
    """Whose it is: the subscription's supporter, the signed-in one, else by the address."""
    if subscription:
        return subscription.supporter_id
    if checkout and checkout.supporter_id:
        return checkout.supporter_id
    email = facts["email"]
    return get_user_model().objects.for_email(email, name=facts["name"]).pk if email else None


def _book(contribution: Contribution) -> LedgerEntry:
    """What follows from money that has just arrived."""
    first = ledger.received(contribution)
    crash_here("contribution.booked")
    afterwards(_number, contribution)
    audit.note(
        "contribution received",
        subject=contribution,
        after={"charged_minor": contribution.charged.minor, "currency": contribution.currency},
    )
    return first


def _number(contributions: list[Contribution]) -> None:
    """The receipts, when all else is written: their counter is a row that everybody waits for."""
    for receipt in issue.issue_all(contributions, now=clock.now()):
        crash_here("contribution.receipt_numbered")
        afterwards(_render, receipt)


def _render(receipts: list[Receipt]) -> None:
    for receipt in receipts:
        outbox.put("receipt.render", key=f"receipt.render:{receipt.number}", receipt_id=receipt.pk)


def _book_fee(
    contribution: Contribution, balance: BalanceTransaction, *, first: LedgerEntry | None
) -> None:
    """The fee; one that was taken in another currency is booked there, with the exchange."""
    if balance.currency == contribution.currency:
        ledger.fee(contribution, balance, first=first)
    else:
        ledger.exchange(first or ledger.root_of(contribution), balance)
    crash_here("contribution.fee_booked")


def _move_checkout(checkout: Checkout | None, status: Checkout.Status) -> None:
    if checkout and checkout.move(status):
        checkout.finished_at = clock.now()
        save(checkout, "status", "finished_at")
