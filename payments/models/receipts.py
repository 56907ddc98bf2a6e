"""Receipts and refund notes: numbers without gaps, frozen facts, documents. Append-only."""

from django.db import connection, models

from payments.models.contributions import Contribution
from payments.money import Money

NEXT_RECEIPTS = (
    "INSERT INTO payments_receiptcounter AS kept (year, last, last_note) VALUES (%s, %s, 0)"
    " ON CONFLICT (year) DO UPDATE SET last = kept.last + excluded.last RETURNING last"
)
NEXT_NOTE = (
    "INSERT INTO payments_receiptcounter AS kept (year, last, last_note) VALUES (%s, 0, 1)"
    " ON CONFLICT (year) DO UPDATE SET last_note = kept.last_note + 1 RETURNING last_note"
)


class ReceiptCounterManager(models.Manager["ReceiptCounter"]):
    """Takes numbers, each in one statement that locks the year's row until the commit."""

    def next_receipts(self, year: int, count: int) -> int:
        """The last of as many numbers."""
        return self._next(NEXT_RECEIPTS, year, count)

    def next_note(self, year: int) -> int:
        return self._next(NEXT_NOTE, year)

    def _next(self, statement: str, *values: int) -> int:
        with connection.cursor() as cursor:
            cursor.execute(statement, values)
            return int(cursor.fetchone()[0])


class ReceiptCounter(models.Model):
    """The last number given in a year; its row is locked while the next is taken."""

    year = models.IntegerField(primary_key=True)
    last = models.IntegerField(default=0)
    last_note = models.IntegerField(default=0, help_text="Refund notes are a series of their own.")

    objects = ReceiptCounterManager()

    def __str__(self) -> str:
        return f"{self.year}: {self.last}, {self.last_note}"


class Paper(models.Model):
    """A numbered document that prints frozen facts."""

    number = models.CharField(max_length=12, unique=True, help_text="2026-000123")
    year = models.IntegerField()
    sequence = models.IntegerField()
    facts = models.JSONField(help_text="What the document prints, frozen; see receipts.facts.")
    issued_at = models.DateTimeField()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.number


class Receipt(Paper):
    contribution = models.OneToOneField(
        Contribution, on_delete=models.PROTECT, related_name="receipt"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["year", "sequence"], name="receipt_number_once")
        ]


class RefundNote(Paper):
    """Corrects a receipt: money went back, or what went back has returned. R2026-000007."""

    class Kind(models.TextChoices):
        REFUNDED = "refunded", "Sent back"
        RETURNED = "returned", "Taken back by the bank"
        RESTORED = "restored", "Came back"

    receipt = models.ForeignKey(Receipt, on_delete=models.PROTECT, related_name="notes")
    kind = models.CharField(max_length=8, choices=Kind)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    key = models.CharField(max_length=120, unique=True, help_text="Issuing it again is refused.")

    class Meta:
        ordering = ["issued_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["year", "sequence"], name="refund_note_number_once"),
            models.CheckConstraint(
                condition=models.Q(amount_minor__gt=0), name="refund_note_amount"
            ),
        ]

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.currency)


class Document(models.Model):
    """The file made from a paper's facts, and the hash that says which bytes are right."""

    sha256 = models.CharField(max_length=64)
    file = models.FileField(upload_to="receipts/%Y")
    rendered_at = models.DateTimeField()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.sha256


class ReceiptDocument(Document):
    receipt = models.OneToOneField(Receipt, on_delete=models.PROTECT, related_name="document")


class RefundNoteDocument(Document):
    note = models.OneToOneField(RefundNote, on_delete=models.PROTECT, related_name="document")
