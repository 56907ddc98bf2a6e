"""Rows about money. Each module holds one subject; other rooms import from here."""

from payments.models.adoption import StagedCharge
from payments.models.audit import AuditEntry
from payments.models.changes import Consent, Notice, SubscriptionChange
from payments.models.checkouts import Checkout, Frequency, Recognition, Source
from payments.models.contributions import Contribution, Refund
from payments.models.differences import Difference, Reconciliation
from payments.models.disputes import Dispute, FraudWarning
from payments.models.events import StripeEvent
from payments.models.failed_renewals import FailedRenewal
from payments.models.ledger import Account, LedgerEntry, LedgerLine
from payments.models.outbox import OutboxTask
from payments.models.payouts import Payout, PayoutItem
from payments.models.receipts import (
    Receipt,
    ReceiptCounter,
    ReceiptDocument,
    RefundNote,
    RefundNoteDocument,
)
from payments.models.statement import BalanceLine, ReadingPlace
from payments.models.subscriptions import Subscription

__all__ = [
    "Account",
    "AuditEntry",
    "BalanceLine",
    "Checkout",
    "Consent",
    "Contribution",
    "Difference",
    "Dispute",
    "FailedRenewal",
    "FraudWarning",
    "Frequency",
    "LedgerEntry",
    "LedgerLine",
    "Notice",
    "OutboxTask",
    "Payout",
    "PayoutItem",
    "ReadingPlace",
    "Receipt",
    "ReceiptCounter",
    "ReceiptDocument",
    "Recognition",
    "Reconciliation",
    "Refund",
    "RefundNote",
    "RefundNoteDocument",
    "Source",
    "StagedCharge",
    "StripeEvent",
    "Subscription",
    "SubscriptionChange",
]
