"""A subscription: the agreement to contribute every month or year, as Stripe last told it."""

import uuid
from datetime import datetime, timedelta

from django.conf import settings
from django.db import models

from payments import clock, periods
from payments.models.checkouts import Checkout, Source
from payments.money import Money

# Stripe leaves a renewal's invoice a draft for about an hour before it takes the money (contract,
# section 1); an answer of the bank may take a little longer.
TAKING = timedelta(hours=2)


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
    follows = models.ForeignKey(
        "self",
        null=True,
        on_delete=models.PROTECT,
        related_name="followers",
        help_text="The one that ends where this one begins: monthly became yearly, or back.",
    )
    status = models.CharField(max_length=18, choices=Status)
    frequency = models.CharField(max_length=5)
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField(help_text="What each renewal charges, cover included.")
    cover_minor = models.BigIntegerField(default=0)
    started_at = models.DateTimeField()
    anchor_at = models.DateTimeField(help_text="From which Stripe counts the periods.")
    next_charge_at = models.DateTimeField(null=True, help_text="When the present period ends.")
    cancel_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    end_reason = models.CharField(max_length=40, blank=True, help_text="In Stripe's words.")
    collection_paused = models.BooleanField(default=False)
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
                # Staff may let somebody go on for nothing, by a price of zero in the dashboard.
                condition=models.Q(cover_minor__gte=0, amount_minor__gt=models.F("cover_minor"))
                | models.Q(cover_minor=0, amount_minor=0),
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
    def cover(self) -> Money:
        return Money(self.cover_minor, self.currency)

    @property
    def ending(self) -> bool:
        """Will end by itself at `cancel_at`; until then that can be undone."""
        return self.cancel_at is not None and self.status not in self.FINAL

    @property
    def running(self) -> bool:
        return self.status in self.RUNNING

    @property
    def card_valid_to(self) -> str:
        """The card's last month as it stands on the card: 04/2028."""
        year, _, month = self.card_expires.partition("-")
        return f"{month}/{year}" if month else ""

    @property
    def paused(self) -> bool:
        """Stripe takes nothing for now: periods pass without a charge, or none begins."""
        return self.running and (self.collection_paused or self.status == self.Status.PAUSED)

    @property
    def overdue(self) -> bool:
        """The last charge was tried and has not been paid."""
        return self.status in (self.Status.PAST_DUE, self.Status.UNPAID)

    @property
    def upcoming(self) -> datetime | None:
        """The moment of the next charge, None where none will come or nobody knows when."""
        if not self.running or self.ending:
            return None
        if not self.paused:
            return self.next_charge_at
        if self.status == self.Status.PAUSED or self.paused_until is None:
            return None
        return self.charge_after(self.paused_until)

    @property
    def charge_under_way(self) -> bool:
        """A period has begun and its charge is being taken: an end does not hold it back."""
        if not self.running or self.paused or self.overdue or self.next_charge_at is None:
            return False
        now = clock.now()
        if self.next_charge_at <= now:  # Stripe has not told us yet that the next period began.
            return not self.ending
        if self.charge_after(now - TAKING) > now:
            return False
        return not self.contributions.filter(stripe_invoice_id=self.latest_invoice_id).exists()

    def charge_after(self, moment: datetime, *, periods_on: int = 0) -> datetime:
        """The first day of charge from `moment` on, or the one that many periods later."""
        return periods.after(
            self.anchor_at, frequency=self.frequency, moment=moment, periods=periods_on
        )

    @property
    def successor(self) -> "Subscription | None":
        """The one that takes over where this one ends, None where there is none running."""
        return self.followers.filter(status__in=self.RUNNING).first()

    @property
    def successors(self) -> list["Subscription"]:
        """All that are to follow, the last first, also behind one that has ended meanwhile."""
        found: list[Subscription] = []
        for each in self.followers.order_by("pk"):
            found += [*each.successors, each] if each.running else each.successors
        return found
