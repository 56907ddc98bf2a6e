"""The inbox: every notification that Stripe sent, stored once, applied later."""

from django.db import models


class StripeEvent(models.Model):
    class Status(models.TextChoices):
        RECEIVED = "received", "Received"
        APPLIED = "applied", "Applied"
        IGNORED = "ignored", "Ignored"
        PARKED = "parked", "Parked"
        FAILED = "failed", "Failed"

    OPEN = (Status.RECEIVED, Status.FAILED)

    stripe_event_id = models.CharField(max_length=255, unique=True)
    type = models.CharField(max_length=100)
    object_id = models.CharField(max_length=255, blank=True)
    api_version = models.CharField(max_length=40, blank=True)
    livemode = models.BooleanField()
    created_at = models.DateTimeField(help_text="By Stripe's clock, whole seconds: no order.")
    received_at = models.DateTimeField()
    payload = models.BinaryField()
    status = models.CharField(max_length=8, choices=Status, default=Status.RECEIVED)
    note = models.TextField(blank=True, help_text="Why it was ignored, parked or failed.")
    attempts = models.IntegerField(default=0)
    due_at = models.DateTimeField(null=True, db_index=True, help_text="Null once settled.")
    applied_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.stripe_event_id
