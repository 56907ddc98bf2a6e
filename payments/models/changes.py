"""What supporters wished of their subscriptions, what they agreed to, what they were told."""

import uuid

from django.conf import settings
from django.db import models

from payments.models.states import Stateful
from payments.models.subscriptions import Subscription
from payments.money import Money


class SubscriptionChange(Stateful):
    """One wish, put down before Stripe is asked; its key at Stripe is made from this row."""

    class Kind(models.TextChoices):
        AMOUNT = "amount", "Another amount"
        COVER = "cover", "Fee cover"
        FREQUENCY = "frequency", "Monthly or yearly"
        DAY = "day", "Another day"
        PAUSE = "pause", "Paused"
        SKIP = "skip", "One skipped"
        RESUME = "resume", "Resumed"
        CANCEL = "cancel", "Stopped"
        CANCEL_NOW = "cancel_now", "Stopped at once"
        UNDO = "undo", "Stop undone"
        CARD = "card", "New card"

    ENDINGS = (Kind.CANCEL, Kind.CANCEL_NOW, Kind.FREQUENCY)

    class Status(models.TextChoices):
        ASKED = "asked", "Asked for; the outcome is not known yet"
        DONE = "done", "Done"
        REFUSED = "refused", "Refused"

    TRANSITIONS = {
        Status.ASKED: frozenset({Status.DONE, Status.REFUSED}),
        Status.DONE: frozenset(),
        Status.REFUSED: frozenset(),
    }

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    subscription = models.ForeignKey(Subscription, on_delete=models.PROTECT, related_name="changes")
    kind = models.CharField(max_length=10, choices=Kind)
    status = models.CharField(max_length=7, choices=Status, default=Status.ASKED)
    attempt = models.PositiveSmallIntegerField(
        default=1, help_text="Part of the key; a new one after Stripe stored a server error."
    )
    wanted = models.JSONField(default=dict, help_text="What Stripe is asked for.")
    before = models.JSONField(default=dict, help_text="The terms as they stood.")
    reason = models.CharField(max_length=200, blank=True)
    # Null: nobody signed in, as with a new card from a letter's link.
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT)
    note = models.CharField(max_length=200, blank=True, help_text="Why it was refused.")
    created_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["subscription"],
                condition=models.Q(status="asked") & ~models.Q(kind="card"),
                name="change_one_open_at_a_time",
            )
        ]
        indexes = [models.Index(fields=["status", "created_at"])]

    def __str__(self) -> str:
        return str(self.public_id)

    def key(self, step: str) -> str:
        """Stripe's idempotency key of one step."""
        return f"change:{self.public_id}:{step}:{self.attempt}"

    @property
    def successors(self) -> list[str]:
        """Stripe's ids of those that were to follow and that this wish ends, the last first."""
        # An undo of before November 2026 knows one.
        one = self.wanted.get("successor")
        return [*self.wanted.get("successors", ()), *([one] if one else ())]


class Consent(models.Model):
    """The words of a recurring agreement as they were read and agreed to. Append-only."""

    key = models.CharField(max_length=80, unique=True, help_text="One act of agreeing, one row.")
    subscription = models.ForeignKey(
        Subscription, on_delete=models.PROTECT, related_name="consents"
    )
    text = models.TextField()
    frequency = models.CharField(max_length=5)
    amount_minor = models.BigIntegerField(help_text="What each renewal charges.")
    currency = models.CharField(max_length=3)
    agreed_at = models.DateTimeField()

    class Meta:
        ordering = ["agreed_at", "id"]

    def __str__(self) -> str:
        return self.key

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.currency)


class Notice(models.Model):
    """That a supporter was told ahead of time: a renewal, an ending card, the yearly reminder."""

    class Kind(models.TextChoices):
        RENEWAL = "renewal", "Before a yearly renewal"
        CARD = "card", "Card about to expire"
        YEARLY = "yearly", "Yearly reminder of the agreement"

    subscription = models.ForeignKey(Subscription, on_delete=models.PROTECT, related_name="notices")
    kind = models.CharField(max_length=7, choices=Kind)
    about = models.CharField(max_length=10, help_text="The day, month or year it speaks of.")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["subscription", "kind", "about"], name="notice_once")
        ]

    def __str__(self) -> str:
        return f"{self.kind}:{self.subscription_id}:{self.about}"
