"""Receipts: a number without gaps, frozen facts, and the document made from them. Append-only."""

from django.db import models

from payments.models.contributions import Contribution


class ReceiptCounter(models.Model):
    """The last number given in a year; its row is locked while the next is taken."""

    year = models.IntegerField(primary_key=True)
    last = models.IntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.year}: {self.last}"


class Receipt(models.Model):
    number = models.CharField(max_length=12, unique=True, help_text="2026-000123")
    year = models.IntegerField()
    sequence = models.IntegerField()
    contribution = models.OneToOneField(
        Contribution, on_delete=models.PROTECT, related_name="receipt"
    )
    facts = models.JSONField(help_text="What the document prints, frozen; see receipts.facts.")
    issued_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["year", "sequence"], name="receipt_number_once")
        ]

    def __str__(self) -> str:
        return self.number


class ReceiptDocument(models.Model):
    receipt = models.OneToOneField(Receipt, on_delete=models.PROTECT, related_name="document")
    sha256 = models.CharField(max_length=64)
    file = models.FileField(upload_to="receipts/%Y")
    rendered_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.sha256
