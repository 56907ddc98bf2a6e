"""Charges of an account that is being taken over, as read from Stripe and not yet booked."""

from django.db import models


class StagedCharge(models.Model):
    """A charge that brought money before this installation was there.

    Reading is apart from booking: what was read is never asked for again, and a dry run books
    nothing. Name and address are blanked once the charge is booked.
    """

    class Outcome(models.TextChoices):
        STAGED = "staged", "Read"
        PLANNED = "planned", "To be taken over"
        ADOPTED = "adopted", "Taken over"
        KNOWN = "known", "In the books before"
        FOREIGN = "foreign", "Not ours"

    stripe_charge_id = models.CharField(max_length=255, unique=True)
    stripe_payment_intent_id = models.CharField(max_length=255, blank=True, db_index=True)
    stripe_balance_transaction_id = models.CharField(max_length=255, blank=True)
    stripe_customer_id = models.CharField(max_length=255, blank=True)
    stripe_invoice_id = models.CharField(max_length=255, blank=True)
    stripe_subscription_id = models.CharField(max_length=255, blank=True)
    billing_reason = models.CharField(max_length=60, blank=True)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    email = models.CharField(max_length=254, blank=True)
    name = models.CharField(max_length=200, blank=True)
    method = models.CharField(max_length=60, blank=True)
    country = models.CharField(max_length=2, blank=True)
    metadata = models.JSONField(default=dict)
    charged_at = models.DateTimeField()
    livemode = models.BooleanField(default=False)
    outcome = models.CharField(max_length=7, choices=Outcome, default=Outcome.STAGED)
    reason = models.CharField(max_length=120, blank=True, help_text="Why it is not ours.")

    class Meta:
        indexes = [models.Index(fields=["outcome", "id"])]

    def __str__(self) -> str:
        return self.stripe_charge_id
