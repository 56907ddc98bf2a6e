"""Outbox tasks that send letters about subscriptions and refunds."""

from payments import mail, outbox
from payments.gateway import calls
from payments.models import Refund, Subscription


@outbox.task("mail.subscription_changed")
def subscription_changed(subscription_id: int) -> None:
    rows = Subscription.objects.select_related("supporter")
    mail.subscription_changed(rows.get(pk=subscription_id))


@outbox.task("mail.payment_failed")
def payment_failed(subscription_id: int, invoice_id: str) -> None:
    invoice = calls.invoice(invoice_id)
    if invoice.status != "open":
        return
    rows = Subscription.objects.select_related("supporter")
    mail.payment_failed(
        rows.get(pk=subscription_id),
        key=f"failed-{invoice_id}-{invoice.attempts}",
        hosted_url=invoice.hosted_url,
        again_on=invoice.next_attempt_at,
    )


@outbox.task("mail.refund")
def refund(refund_id: int) -> None:
    mail.refund(Refund.objects.select_related("contribution").get(pk=refund_id))
