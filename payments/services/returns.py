"""Bank debits that came back: while on their way, or weeks after they had arrived."""

from django.db import transaction

from payments import clock
from payments.gateway import calls
from payments.gateway.objects import CHECKOUT_KEY, BalanceTransaction, Charge, Payment
from payments.models import Checkout, Contribution, Refund, RefundNote
from payments.services import audit, contributions, ledger, notes
from payments.services.parked import Foreign


def record(charge_id: str) -> None:
    """Book Stripe's payment_failure_refund, whatever state the contribution is in.

    A debit that had arrived is sent back as far as the supporter and the receipt are concerned;
    of one that never had, both halves pass through the books, also where it was tried again
    meanwhile. Raises Foreign for one not ours.
    """
    charge = calls.charge(charge_id)
    if charge.failure_balance is None:
        return
    if not charge.payment_intent_id:
        raise Foreign("a charge without a payment intent")
    payment = calls.payment(charge.payment_intent_id)
    if payment.status == "succeeded" and payment.charge_id == charge.id:
        _returned(contributions.of_payment(payment.id), charge.failure_balance)
    else:
        _passed_through(payment, charge)


def _returned(contribution: Contribution, balance: BalanceTransaction) -> None:
    with transaction.atomic():
        contribution = Contribution.objects.select_for_update().get(pk=contribution.pk)
        row, new = Refund.objects.get_or_create(
            stripe_balance_transaction_id=balance.id,
            defaults={
                "contribution": contribution,
                "amount_minor": _taken(contribution, balance),
                "currency": contribution.currency,
                "status": Refund.Status.SUCCEEDED,
                "reason": Refund.BY_BANK,
                "created_at": balance.created_at,
            },
        )
        if not new:
            return
        ledger.refunded(row, balance)
        audit.note("returned by the bank", subject=contribution, after={"at": str(clock.now())})
        notes.correct(
            contribution,
            kind=RefundNote.Kind.RETURNED,
            amount=row.amount,
            key=f"refund:{balance.id}",
            moved_at=balance.created_at,
        )


def _taken(contribution: Contribution, balance: BalanceTransaction) -> int:
    """What the bank took, in the currency of the charge."""
    if balance.currency == contribution.currency:
        return -balance.amount_minor
    return contribution.charged.minor


def _passed_through(payment: Payment, charge: Charge) -> None:
    contribution = _of(payment)
    with transaction.atomic():
        for balance in (charge.balance, charge.failure_balance):
            if balance:
                ledger.passed_through(contribution, balance, charge_id=charge.id)


def _of(payment: Payment) -> Contribution | None:
    """The contribution of a debit that failed; of a subscription's attempts none is one's own.

    Recorded first where its own event is still to come: the books end the same in any order.
    """
    if CHECKOUT_KEY in payment.metadata:
        public_id = payment.metadata[CHECKOUT_KEY]
        checkout = Checkout.objects.filter(public_id=public_id).first()
        if checkout is None:
            raise Foreign("a checkout that this installation does not know")
        if payment.failed:
            return contributions.record_failure(checkout, payment)
        return contributions.record(payment)
    invoice = calls.invoice_of_payment(payment.id)
    if invoice is None or not contributions.is_ours(invoice):
        raise Foreign("a returned debit without our checkout's id")
    return None
