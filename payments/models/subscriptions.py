"""A subscription: the agreement to contribute every month or year, as Stripe last told it."""

import uuid
from datetime import datetime

from django.conf import settings
from django.db import models

from payments.models.checkouts import Checkout, Source
from payments.money import Money


class SubscriptionQuerySet(models.QuerySet):
    def running(self) -> "SubscriptionQuerySet":
        """Those that Stripe still charges or tries to charge."""
        return self.filter(status__in=Subscription.RUNNING)


class Subscription(Source):
    class Status(models.TextChoices):
        """Stripe's own words (https://docs.stripe.com/billing/subscriptions/overview)."""

        INCOMPLETE = "incomplete", "Waiting for the first payment"
        INCOMPLETE_EXPIRED = "incomplete_expired", "Never paid"
        TRIALING = "trialing", "Waiting for the next date"
        ACTIVE = "active", "Active"
        PAST_DUE = "past_due", "Payment overdue"
        UNPAID = "unpaid", "Unpaid"
        PAUSED = "paused", "Paused"
        CANCELED = "canceled", "Ended"

    RUNNING = (Status.TRIALING, Status.ACTIVE, Status.PAST_DUE, Status.UNPAID, Status.PAUSED)
    FINAL = (Status.CANCELED, Status.INCOMPLETE_EXPIRED)

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    supporter = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="subscriptions"
    )
    checkout = models.OneToOneField(
        Checkout, null=True, on_delete=models.PROTECT, related_name="subscription"
    )
    status = models.CharField(max_length=18, choices=Status)
    frequency = models.CharField(max_length=5)
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField(help_text="What each renewal charges, cover included.")
    cover_minor = models.BigIntegerField(default=0)
    started_at = models.DateTimeField()
    next_charge_at = models.DateTimeField(null=True)
    cancel_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    paused_until = models.DateTimeField(null=True)
    card_brand = models.CharField(max_length=30, blank=True)
    card_last4 = models.CharField(max_length=4, blank=True)
    card_expires = models.CharField(max_length=7, blank=True, help_text="2028-04")
    stripe_subscription_id = models.CharField(max_length=255, unique=True)
    stripe_item_id = models.CharField(max_length=255)
    stripe_customer_id = models.CharField(max_length=255, db_index=True)
    latest_invoice_id = models.CharField(max_length=255, blank=True)
    seen_at = models.DateTimeField(help_text="When the reading of Stripe that stands here began.")
    livemode = models.BooleanField(default=False)

    objects = SubscriptionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(cover_minor__gte=0, amount_minor__gt=models.F("cover_minor")),
                name="subscription_amounts",
            )
        ]

    def __str__(self) -> str:
        return str(self.public_id)

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.currency)

    @property
    def gift(self) -> Money:
        return Money(self.amount_minor - self.cover_minor, self.currency)

    @property
    def ending(self) -> bool:
        """Will end by itself at `cancel_at`; until then that can be undone."""
        return self.cancel_at is not None and self.status not in self.FINAL

    @property
    def running(self) -> bool:
        return self.status in self.RUNNING

    @property
    def upcoming(self) -> datetime | None:
        """The moment of the next charge, None where none will come."""
        return self.next_charge_at if self.running and not self.ending else None
