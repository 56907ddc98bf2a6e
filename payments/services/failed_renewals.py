"""Renewals that did not go through: kept, told for each attempt, counted when they come after all.

When it is tried again is Stripe's to say (`next_attempt_at`); no calendar of ours stands beside it.
"""

from datetime import UTC, datetime

from django.db import transaction

from payments import clock, outbox
from payments.gateway import calls
from payments.gateway.objects import Invoice
from payments.models import FailedRenewal, Subscription
from payments.models.kept import held, save
from payments.services import mirror

Status = FailedRenewal.Status
CLOSED = {"void", "uncollectible"}


def failed(stripe_subscription_id: str, invoice_id: str) -> FailedRenewal:
    """A charge was declined or waits for the bank: show it, and write once for each attempt."""
    seen_at = datetime.now(UTC)
    invoice = calls.tried_invoice(invoice_id)
    subscription = mirror.sync(stripe_subscription_id)
    with transaction.atomic():
        row = _locked(subscription, invoice, seen_at)
        _take_over(row, invoice, seen_at)
        if row.status == Status.OPEN:
            outbox.put(
                "mail.payment_failed",
                key=f"mail.payment_failed:{invoice.id}:{invoice.attempts}:{invoice.tried}",
                failed_renewal_id=row.pk,
            )
    return row


def closed(invoice_id: str) -> None:
    """An invoice was made void or given up: what had failed of it is over."""
    if FailedRenewal.objects.filter(stripe_invoice_id=invoice_id, status=Status.OPEN).exists():
        subscription = calls.invoice(invoice_id).subscription_id
        failed(subscription, invoice_id)


def paid(invoice: Invoice) -> None:
    """Count what had failed and came after all. Called inside the transaction that books it."""
    row = held(FailedRenewal, stripe_invoice_id=invoice.id)
    if row and row.move(Status.RECOVERED):
        _recovered(row, invoice)
        save(row)


def _locked(subscription: Subscription, invoice: Invoice, seen_at: datetime) -> FailedRenewal:
    row, _ = FailedRenewal.objects.get_or_create(
        stripe_invoice_id=invoice.id,
        defaults={
            "subscription": subscription,
            "amount_minor": invoice.amount_due_minor,
            "currency": invoice.currency,
            "failed_at": invoice.finalized_at or clock.now(),
            "seen_at": seen_at,
        },
    )
    return FailedRenewal.objects.select_for_update().select_related("subscription").get(pk=row.pk)


def _take_over(row: FailedRenewal, invoice: Invoice, seen_at: datetime) -> None:
    """An older reading never replaces a newer one."""
    if seen_at < row.seen_at:
        return
    row.attempts = invoice.attempts
    row.failure = invoice.failure[:60] or row.failure
    row.next_attempt_at = invoice.next_attempt_at
    row.hosted_url = invoice.hosted_url
    row.seen_at = seen_at
    ended = row.subscription.status in Subscription.FINAL
    if invoice.status == "paid" and row.move(Status.RECOVERED):
        _recovered(row, invoice)
    elif invoice.status in CLOSED or (invoice.status == "open" and ended):
        row.move(Status.GIVEN_UP)
    row.save()


def _recovered(row: FailedRenewal, invoice: Invoice) -> None:
    row.attempts = invoice.attempts
    row.recovered_at = invoice.paid_at or clock.now()
    row.next_attempt_at = None
