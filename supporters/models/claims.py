"""The claims ledger: who answers for a number, a date or an urgent word in an appeal."""

from datetime import date

from django.conf import settings
from django.db import models


class ClaimQuerySet(models.QuerySet["Claim"]):
    def fresh(self, today: date) -> "ClaimQuerySet":
        """Those that hold on a day of the newsroom's calendar; the day of expiry counts."""
        return self.filter(expires_on__gte=today, withdrawn_at=None)


class Claim(models.Model):
    """A phrase, word for word as it stands in the copy, and where it comes from."""

    phrase = models.CharField(max_length=200, unique=True)
    source = models.CharField(max_length=400, help_text="A document, an address, a person's word.")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    expires_on = models.DateField()
    checked_at = models.DateTimeField(help_text="When somebody last looked at the source.")
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = ClaimQuerySet.as_manager()

    class Meta:
        ordering = ["expires_on", "phrase"]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(phrase="") & ~models.Q(source=""), name="claim_has_a_source"
            )
        ]

    def __str__(self) -> str:
        return str(self.pk)

    def is_fresh(self, today: date) -> bool:
        return self.withdrawn_at is None and self.expires_on >= today
