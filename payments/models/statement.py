"""Stripe's side of the books: its balance transactions as listed, and how far they were read."""

from datetime import datetime, timedelta

from django.db import models

from payments.models.kept import found
from payments.money import Money


class BalanceLine(models.Model):
    """One balance transaction as Stripe lists it. Append-only: Stripe never changes one.

    `amount_minor`, `fee_minor` and `net_minor` are in the currency in which it settled; where that
    is not the currency of the charge, `exchange_rate` says how it was converted.
    """

    stripe_balance_transaction_id = models.CharField(max_length=255, unique=True)
    type = models.CharField(max_length=60, help_text="Stripe's word, as it came.")
    category = models.CharField(max_length=60, blank=True)
    amount_minor = models.BigIntegerField()
    fee_minor = models.BigIntegerField()
    net_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    exchange_rate = models.CharField(max_length=32, blank=True)
    stripe_source_id = models.CharField(max_length=255, blank=True, db_index=True)
    livemode = models.BooleanField(default=False)
    created_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.stripe_balance_transaction_id

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.currency)

    @property
    def kept(self) -> Money:
        return Money(self.net_minor, self.currency)


class ReadingPlace(models.Model):
    """How far one of Stripe's lists was read, so that nothing is read twice and none is missed.

    Stripe lists the newest first. A reading under way stands at `after_id`; everything up to
    `complete_until` was read whole. Both are Stripe's own moments, never this machine's.
    """

    name = models.CharField(max_length=60)
    livemode = models.BooleanField(default=False)
    complete_until = models.DateTimeField(null=True)
    after_id = models.CharField(max_length=255, blank=True)
    newest_at = models.DateTimeField(null=True, help_text="The newest row of this reading.")
    rows = models.BigIntegerField(default=0)
    opening = models.JSONField(
        null=True, help_text="What Stripe held beyond the rows that were read, by currency."
    )
    succeeded_at = models.DateTimeField(null=True, help_text="When Stripe last answered.")
    due_at = models.DateTimeField(null=True, help_text="When to read again; claimed by moving it.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["name", "livemode"], name="reading_place_once")
        ]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def of(cls, name: str, *, livemode: bool) -> "ReadingPlace":
        """The place in one of the lists; a new one where nothing was read yet."""
        place = found(cls, name=name, livemode=livemode)
        return place or cls.objects.get_or_create(name=name, livemode=livemode)[0]

    def claim(self, *, now: datetime, pause: timedelta) -> bool:
        """Take the next reading for this worker alone; False where it is not due."""
        free = models.Q(due_at=None) | models.Q(due_at__lte=now)
        rows = ReadingPlace.objects.filter(free, pk=self.pk)
        return rows.update(due_at=now + pause) == 1
