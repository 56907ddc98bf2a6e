"""Which event is applied by what. The webhook endpoint subscribes to exactly these."""

from collections.abc import Callable

from payments.models import StripeEvent
from payments.webhooks import handlers

Handler = Callable[[str, StripeEvent], handlers.Work | None]

HANDLERS: dict[str, Handler] = {
    "checkout.session.completed": handlers.on_checkout_session,
    "checkout.session.async_payment_succeeded": handlers.on_checkout_session,
    "checkout.session.async_payment_failed": handlers.on_checkout_session,
    "checkout.session.expired": handlers.on_checkout_session,
    "payment_intent.succeeded": handlers.on_payment_succeeded,
    "payment_intent.payment_failed": handlers.on_payment_failed,
    "charge.updated": handlers.on_charge_updated,
    "customer.subscription.created": handlers.on_subscription,
    "customer.subscription.updated": handlers.on_subscription,
    "customer.subscription.deleted": handlers.on_subscription,
    "customer.subscription.paused": handlers.on_subscription,
    "customer.subscription.resumed": handlers.on_subscription,
    "invoice.paid": handlers.on_invoice_paid,
    "invoice_payment.paid": handlers.on_invoice_payment_paid,
    "invoice.payment_failed": handlers.on_invoice_payment_failed,
    "invoice.payment_action_required": handlers.on_invoice_payment_failed,
    "invoice.voided": handlers.on_invoice_closed,
    "invoice.marked_uncollectible": handlers.on_invoice_closed,
    "invoice.upcoming": handlers.on_invoice_upcoming,
    "payment_method.automatically_updated": handlers.on_card_replaced,
    "refund.created": handlers.on_refund,
    "refund.updated": handlers.on_refund,
    "refund.failed": handlers.on_refund,
    "charge.refunded": handlers.on_charge_refunded,
    "charge.failed": handlers.on_charge_failed,
    "charge.dispute.created": handlers.on_dispute,
    "charge.dispute.updated": handlers.on_dispute,
    "charge.dispute.closed": handlers.on_dispute,
    "charge.dispute.funds_withdrawn": handlers.on_dispute,
    "charge.dispute.funds_reinstated": handlers.on_dispute,
    "radar.early_fraud_warning.created": handlers.on_fraud_warning,
    "radar.early_fraud_warning.updated": handlers.on_fraud_warning,
    "payout.created": handlers.on_payout_moved,
    "payout.updated": handlers.on_payout_moved,
    "payout.paid": handlers.on_payout_moved,
    "payout.failed": handlers.on_payout_undone,
    "payout.canceled": handlers.on_payout_undone,
    "payout.reconciliation_completed": handlers.on_payout_moved,
}
