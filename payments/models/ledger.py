"""The ledger: balanced entries, one or more per movement of money. Append-only by trigger.

Signs: a line is positive where an account gains (debit) and negative where it gives (credit), so
that the lines of an entry sum to zero per currency. `gross`, `fee` and `net` on the entry are
signed as Stripe signs a balance transaction: money coming to the newsroom is positive, a fee is
a positive cost, and net = gross - fee.
"""

from django.db import models
from django.db.models import F, Q

from payments.models.contributions import Contribution, Refund
from payments.models.disputes import Dispute
from payments.money import Money


class Account(models.TextChoices):
    STRIPE = "stripe", "Money held by Stripe"
    CONTRIBUTIONS = "contributions", "Contributions received"
    FEES = "fees", "Payment fees"
    DISPUTES = "disputes", "Money taken back by banks"
    DISPUTE_FEES = "dispute_fees", "Fees of disputes"
    BANK = "bank", "Bank"
    EXCHANGE = "exchange", "Exchange of currencies"
    OTHER = "other", "Corrections and other money"


class LedgerEntry(models.Model):
    class Kind(models.TextChoices):
        GIFT = "gift", "Gift"
        FIRST = "first", "First contribution"
        RENEWAL = "renewal", "Renewal"
        REFUND = "refund", "Refund"
        REFUND_FAILED = "refund_failed", "Refund failed"
        DISPUTE = "dispute", "Dispute"
        DISPUTE_WON = "dispute_won", "Dispute won"
        FEE = "fee", "Fee"
        ADJUSTMENT = "adjustment", "Adjustment"
        PAYOUT = "payout", "Payout"
        PAYOUT_BACK = "payout_back", "Payout that came back"
        EXCHANGE = "exchange", "Exchange"

    # Money of our own on its way between Stripe and the bank: no movement of the newsroom's.
    TRANSFERS = (Kind.PAYOUT, Kind.PAYOUT_BACK)

    key = models.CharField(max_length=120, unique=True, help_text="Booking it again is refused.")
    kind = models.CharField(max_length=13, choices=Kind)
    occurred_at = models.DateTimeField(db_index=True)
    recorded_at = models.DateTimeField()
    currency = models.CharField(max_length=3)
    gross_minor = models.BigIntegerField()
    fee_minor = models.BigIntegerField(default=0)
    net_minor = models.BigIntegerField()
    # A contribution's fee is known minutes after the money: its entry points at the first one.
    settles = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="settlements"
    )
    contribution = models.ForeignKey(
        Contribution, null=True, on_delete=models.PROTECT, related_name="ledger_entries"
    )
    refund = models.ForeignKey(
        Refund, null=True, on_delete=models.PROTECT, related_name="ledger_entries"
    )
    dispute = models.ForeignKey(
        Dispute, null=True, on_delete=models.PROTECT, related_name="ledger_entries"
    )
    stripe_charge_id = models.CharField(max_length=255, blank=True, default="")
    stripe_balance_transaction_id = models.CharField(max_length=255, null=True, unique=True)

    class Meta:
        ordering = ["occurred_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(net_minor=F("gross_minor") - F("fee_minor")), name="ledger_entry_net"
            )
        ]

    def __str__(self) -> str:
        return self.key

    @property
    def moved(self) -> Money:
        return Money(self.gross_minor, self.currency)


class LedgerLine(models.Model):
    entry = models.ForeignKey(LedgerEntry, on_delete=models.PROTECT, related_name="lines")
    account = models.CharField(max_length=13, choices=Account)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(amount_minor=0), name="ledger_line_not_zero")
        ]

    def __str__(self) -> str:
        return f"{self.account} {self.amount_minor} {self.currency}"
