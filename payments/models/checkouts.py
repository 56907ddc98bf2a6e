"""A checkout: one attempt to give, before there is money."""

import uuid
from typing import Any

from django.conf import settings
from django.db import models

from payments.models.states import Stateful
from payments.money import Money


class Frequency(models.TextChoices):
    ONCE = "once", "Once"
    MONTH = "month", "Monthly"
    YEAR = "year", "Yearly"


class Recognition(models.TextChoices):
    """How a supporter is named on the supporters' page."""

    NONE = "none", "Not at all"
    FIRST = "first", "First name"
    FULL = "full", "Full name"


class Source(models.Model):
    """Where the wish to give came from: plain values, carried on to contributions and renewals.

    Frozen when the checkout opens. A link may say the CODES openly; `asked_at` and what follows
    come only from an appeal's signed reference, so that its being there says who was asked.
    """

    CODES = ("campaign", "appeal", "variant", "placement", "article")
    FIELDS = (*CODES, "section", "author", "asked_at", "sticky", "holdout")

    class Holdout(models.TextChoices):
        """Whether the device belongs to the few that are never asked; empty where unknown."""

        ASKED = "asked", "Asked"
        HELD = "held", "Held out"

    campaign = models.CharField(max_length=80, blank=True, default="")
    appeal = models.CharField(max_length=80, blank=True, default="")
    variant = models.CharField(max_length=80, blank=True, default="")
    placement = models.CharField(max_length=40, blank=True, default="")
    article = models.CharField(max_length=120, blank=True, default="")
    section = models.CharField(max_length=80, blank=True, default="")
    author = models.CharField(max_length=120, blank=True, default="")
    asked_at = models.DateTimeField(null=True, help_text="The hour in which the appeal was set.")
    sticky = models.BooleanField(
        default=False, help_text="The variant was the reader's own, not the page view's."
    )
    holdout = models.CharField(max_length=5, choices=Holdout, blank=True, default="")

    class Meta:
        abstract = True

    @property
    def source(self) -> dict[str, Any]:
        """The source's columns by name, to be carried on."""
        return {field: getattr(self, field) for field in self.FIELDS}


class Checkout(Stateful, Source):
    class Status(models.TextChoices):
        CREATING = "creating", "Being created at Stripe"
        OPEN = "open", "Waiting for the payer"
        PROCESSING = "processing", "On its way"
        PAID = "paid", "Paid"
        FAILED = "failed", "Failed"
        EXPIRED = "expired", "Expired"

    TRANSITIONS = {
        Status.CREATING: frozenset(
            {Status.OPEN, Status.PROCESSING, Status.PAID, Status.FAILED, Status.EXPIRED}
        ),
        Status.OPEN: frozenset({Status.PROCESSING, Status.PAID, Status.FAILED, Status.EXPIRED}),
        Status.PROCESSING: frozenset({Status.PAID, Status.FAILED}),
        Status.FAILED: frozenset({Status.PAID}),
        Status.EXPIRED: frozenset({Status.PAID, Status.PROCESSING}),
        Status.PAID: frozenset(),
    }

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    form_token = models.UUIDField(db_index=True, help_text="One filled-in form.")
    terms_key = models.CharField(
        max_length=64,
        unique=True,
        help_text="The form's token and terms: the same is not done twice.",
    )
    attempt = models.PositiveSmallIntegerField(
        default=1, help_text="Part of Stripe's idempotency key; a new one is a new session."
    )
    status = models.CharField(max_length=12, choices=Status, default=Status.CREATING)
    supporter = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="checkouts"
    )
    frequency = models.CharField(max_length=5, choices=Frequency)
    currency = models.CharField(max_length=3)
    gift_minor = models.BigIntegerField()
    cover_minor = models.BigIntegerField(default=0)
    email = models.EmailField(blank=True)
    name = models.CharField(max_length=200, blank=True)
    message = models.TextField(max_length=2000, blank=True)
    dedication = models.CharField(max_length=200, blank=True)
    recognition = models.CharField(max_length=5, choices=Recognition, default=Recognition.NONE)
    language = models.CharField(max_length=10, default="en")
    consent_text = models.TextField(blank=True, help_text="What was agreed to, word for word.")
    stripe_checkout_session_id = models.CharField(max_length=255, null=True, unique=True)
    stripe_url = models.TextField(blank=True)
    livemode = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(gift_minor__gt=0), name="checkout_gift"),
            models.CheckConstraint(condition=models.Q(cover_minor__gte=0), name="checkout_cover"),
        ]

    def __str__(self) -> str:
        return str(self.public_id)

    @property
    def gift(self) -> Money:
        return Money(self.gift_minor, self.currency)

    @property
    def cover(self) -> Money:
        return Money(self.cover_minor, self.currency)

    @property
    def charged(self) -> Money:
        """Gift and cover: what Stripe is asked to take."""
        return Money(self.gift_minor + self.cover_minor, self.currency)

    @property
    def recurring(self) -> bool:
        return self.frequency != Frequency.ONCE
