"""Bank debits that came back: while on their way, or weeks after they had arrived."""

from django.db import transaction

from payments import clock
from payments.gateway import calls
from payments.gateway.objects import CHECKOUT_KEY, BalanceTransaction, Payment
from payments.models import Checkout, Contribution, Refund, RefundNote
from payments.services import audit, contributions, ledger, notes
from payments.services.parked import Foreign


def record(payment_intent_id: str) -> None:
    """Book Stripe's payment_failure_refund, whatever state the contribution is in.

    A debit that had arrived is sent back as far as the supporter and the receipt are concerned;
    of one that never had, both halves pass through the books. Raises Foreign for one not ours.
    """
    payment = calls.payment(payment_intent_id)
    if payment.failure_balance is None:
        return
    if payment.status == "succeeded":
        _returned(contributions.of_payment(payment.id), payment.failure_balance)
    else:
        _passed_through(payment)


def _returned(contribution: Contribution, balance: BalanceTransaction) -> None:
    with transaction.atomic():
        contribution = Contribution.objects.select_for_update().get(pk=contribution.pk)
        row, new = Refund.objects.get_or_create(
            stripe_balance_transaction_id=balance.id,
            defaults={
                "contribution": contribution,
                "amount_minor": contribution.charged.minor,
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


def _passed_through(payment: Payment) -> None:
    contribution = _failed(payment)
    with transaction.atomic():
        for balance in (payment.balance, payment.failure_balance):
            if balance:
                ledger.passed_through(contribution, balance, charge_id=payment.charge_id)


def _failed(payment: Payment) -> Contribution | None:
    """The contribution that failed with the debit; a renewal that never was paid has none.

    Recorded first where its own event is still to come: the books end the same in any order.
    """
    if CHECKOUT_KEY in payment.metadata:
        public_id = payment.metadata[CHECKOUT_KEY]
        checkout = Checkout.objects.filter(public_id=public_id).first()
        if checkout is None:
            raise Foreign("a checkout that this installation does not know")
        return contributions.record_failure(checkout, payment)
    invoice = calls.invoice_of_payment(payment.id)
    if invoice is None or CHECKOUT_KEY not in invoice.metadata:
        raise Foreign("a returned debit without our checkout's id")
    return None
