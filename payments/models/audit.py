"""Who changed what, why, and how it stood before and after. Append-only."""

from django.conf import settings
from django.db import models


class AuditEntry(models.Model):
    at = models.DateTimeField()
    # Null: no person but Stripe or the clock.
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT)
    action = models.CharField(max_length=60)
    subject = models.CharField(max_length=120, help_text="contribution:<public id>")
    reason = models.CharField(max_length=200, blank=True)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["subject"])]

    def __str__(self) -> str:
        return f"{self.action} {self.subject}"
