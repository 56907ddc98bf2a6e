"""Payouts: Stripe's transfers to the newsroom's bank, and what each one is made of."""

from django.db import models

from payments.money import Money


class Payout(models.Model):
    class Status(models.TextChoices):
        PENDING = "pending", "Prepared"
        IN_TRANSIT = "in_transit", "On its way"
        PAID = "paid", "Paid"
        FAILED = "failed", "Failed"
        CANCELED = "canceled", "Canceled"

    stripe_payout_id = models.CharField(max_length=255, unique=True)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    status = models.CharField(max_length=10, choices=Status)
    arrival_on = models.DateField()
    created_at = models.DateTimeField()
    automatic = models.BooleanField(
        default=True, help_text="Stripe lists the content only of those it makes by itself."
    )
    livemode = models.BooleanField(default=False)
    failure_code = models.CharField(max_length=60, blank=True, help_text="Stripe's word for why.")
    stripe_failure_transaction_id = models.CharField(
        max_length=255, blank=True, db_index=True, help_text="What brought the money back."
    )
    itemised_at = models.DateTimeField(null=True, help_text="When its content was read whole.")

    def __str__(self) -> str:
        return self.stripe_payout_id

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.currency)


class PayoutItem(models.Model):
    """One balance transaction inside a payout; the payout's own is not among them."""

    payout = models.ForeignKey(Payout, on_delete=models.PROTECT, related_name="items")
    stripe_balance_transaction_id = models.CharField(max_length=255, unique=True)
    net_minor = models.BigIntegerField()

    def __str__(self) -> str:
        return self.stripe_balance_transaction_id
