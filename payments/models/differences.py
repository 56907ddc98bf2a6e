"""Reconciliations, and the differences between our books and Stripe's that they found."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from payments.models.contributions import Contribution
from payments.models.ledger import LedgerEntry
from payments.models.payouts import Payout
from payments.models.subscriptions import Subscription
from payments.money import Money


class Reconciliation(models.Model):
    """One comparison of the books with Stripe, whole or still under way."""

    day = models.DateField(help_text="The newsroom's day that it closes.")
    number = models.PositiveIntegerField(
        default=0, help_text="0 is the night's own; further ones were asked for at the desk."
    )
    livemode = models.BooleanField(default=False)
    started_at = models.DateTimeField()
    busy_until = models.DateTimeField(help_text="A worker that died is no longer waited for.")
    finished_at = models.DateTimeField(null=True)
    entries = models.BigIntegerField(default=0, help_text="Movements of ours that were compared.")
    lines = models.BigIntegerField(default=0, help_text="Balance transactions compared.")
    found = models.IntegerField(default=0, help_text="Differences that stand open.")
    explained = models.IntegerField(default=0)
    sums = models.JSONField(default=list, help_text="Both sides, per currency.")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["day", "number", "livemode"], name="reconciliation_of_a_day_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.number}"

    @property
    def ties(self) -> bool:
        """Nothing stands open, and the sums of both sides meet to the last minor unit."""
        whole = not any(row["left"] for row in self.sums)
        return self.finished_at is not None and not self.found and whole


class Difference(models.Model):
    """Something that our books and Stripe say differently, kept until it is settled."""

    class Kind(models.TextChoices):
        MISSING_CHARGE = "missing_charge", "Contribution not in the books"
        MISSING_FEE = "missing_fee", "Fee not in the books"
        WRONG_AMOUNT = "wrong_amount", "Another sum at Stripe"
        WRONG_FEE = "wrong_fee", "Another fee at Stripe"
        WRONG_CURRENCY = "wrong_currency", "Another currency at Stripe"
        EXCHANGED = "exchanged", "Settled in another currency"
        MISSING_REFUND = "missing_refund", "Refund not in the books"
        REFUND_FAILED = "refund_failed", "Refund that came back, unseen"
        DISPUTE = "dispute", "Dispute not in the books"
        DISPUTE_WON = "dispute_won", "Dispute won, unseen"
        DEBIT_RETURNED = "debit_returned", "Bank debit returned, unseen"
        MISSING_PAYOUT = "missing_payout", "Payout not in the books"
        PAYOUT_RETURNED = "payout_returned", "Payout that came back, unseen"
        PAYOUT_STATE = "payout_state", "Payout stands otherwise at Stripe"
        PAYOUT_CONTENT = "payout_content", "Payout whose content does not add up"
        ACCOUNT_FEE = "account_fee", "Fee of the account, not in the books"
        ADJUSTMENT = "adjustment", "Correction by Stripe, not in the books"
        FOREIGN = "foreign", "Money of another product"
        OTHER_MODE = "other_mode", "Test and live money mixed"
        DUPLICATE = "duplicate", "Booked twice"
        NO_COUNTERPART = "no_counterpart", "In the books, not at Stripe"
        UNBALANCED = "unbalanced", "Entry that does not add up"
        UNBOOKED = "unbooked", "Paid, but not in the books"
        OVER_REFUNDED = "over_refunded", "More sent back than came in"
        NO_RECEIPT = "no_receipt", "Contribution without a receipt"
        RECEIPT_ALONE = "receipt_alone", "Receipt without money"
        SUBSCRIPTION_STATE = "subscription_state", "Subscription stands otherwise at Stripe"
        SUBSCRIPTION_AMOUNT = "subscription_amount", "Subscription of another amount at Stripe"
        SUBSCRIPTION_ENDED = "subscription_ended", "Subscription ended at Stripe, unseen"
        SUBSCRIPTION_UNKNOWN = "subscription_unknown", "Subscription that only Stripe knows"
        SUBSCRIPTION_GONE = "subscription_gone", "Subscription that Stripe does not know"
        SUBSCRIPTION_TWICE = "subscription_twice", "Two that were to follow each other both go on"
        RENEWAL_MISSED = "renewal_missed", "Renewal that was due and not made"
        BALANCE = "balance", "Stripe holds another sum"

    class Status(models.TextChoices):
        OPEN = "open", "Open"
        REPAIRED = "repaired", "Repaired"
        EXPLAINED = "explained", "Explained"

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(max_length=20, choices=Kind)
    subject = models.CharField(max_length=255, help_text="The id that names it, once per kind.")
    status = models.CharField(max_length=9, choices=Status, default=Status.OPEN)
    livemode = models.BooleanField(default=False)
    stripe_object_id = models.CharField(max_length=255, blank=True)
    stripe_balance_transaction_id = models.CharField(max_length=255, blank=True)
    contribution = models.ForeignKey(Contribution, null=True, on_delete=models.PROTECT)
    subscription = models.ForeignKey(Subscription, null=True, on_delete=models.PROTECT)
    payout = models.ForeignKey(Payout, null=True, on_delete=models.PROTECT)
    entry = models.ForeignKey(LedgerEntry, null=True, on_delete=models.PROTECT)
    currency = models.CharField(max_length=3, blank=True)
    amount_minor = models.BigIntegerField(
        default=0, help_text="Stripe's net less ours: what the books lack."
    )
    # Only where ours and Stripe's currencies differ: what the books lack in ours.
    other_currency = models.CharField(max_length=3, blank=True)
    other_minor = models.BigIntegerField(default=0)
    ours = models.CharField(max_length=120, blank=True, help_text="What our books say.")
    theirs = models.CharField(max_length=120, blank=True, help_text="What Stripe says.")
    happened_at = models.DateTimeField(null=True)
    found_at = models.DateTimeField()
    seen_at = models.DateTimeField(help_text="When a reconciliation last met it.")
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="differences"
    )
    settled_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    note = models.CharField(
        max_length=300, blank=True, help_text="The explanation, or why a repair did not work."
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "subject", "livemode"],
                condition=Q(status="open"),
                name="difference_open_once",
            )
        ]
        indexes = [models.Index(fields=["status", "kind"])]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}"

    @property
    def amount(self) -> Money | None:
        """Stripe's net less ours; None where the difference is not one of money."""
        return Money(self.amount_minor, self.currency) if self.currency else None
