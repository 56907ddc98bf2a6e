"""Where appeals are shown: pages of other origins, and a sample of the pages that were read."""

from django.conf import settings
from django.db import models


class Origin(models.Model):
    """A site that may embed appeals, such as `https://www.example.org`."""

    origin = models.CharField(max_length=200, unique=True)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    added_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["origin"]

    def __str__(self) -> str:
        return self.origin


class PageViewSample(models.Model):
    """What a rule could know of one page view. Nothing in it points at a reader."""

    class Standing(models.TextChoices):
        READER = "reader", "Not known to support"
        LAPSED = "lapsed", "Supported once"
        SUPPORTER = "supporter", "Supports"

    hour = models.DateTimeField(help_text="The full hour, in UTC.")
    article = models.CharField(max_length=120, blank=True, default="")
    section = models.CharField(max_length=80, blank=True, default="")
    tags = models.JSONField(default=list)
    authors = models.JSONField(default=list)
    language = models.CharField(max_length=10, blank=True, default="")
    country = models.CharField(max_length=2, blank=True, default="")
    device = models.CharField(max_length=10, blank=True, default="")
    referrer = models.CharField(max_length=20, blank=True, default="", help_text="Its class.")
    standing = models.CharField(max_length=9, choices=Standing, default=Standing.READER)
    paused = models.BooleanField(default=False)
    # The lower end of a bucket: 0, 1, 2, 5, 10, 20; null where the reader did not consent.
    read = models.PositiveSmallIntegerField(null=True, blank=True)
    sensitive = models.BooleanField(default=False)
    draw = models.PositiveBigIntegerField(default=0, help_text="By chance; a day's lowest stay.")

    class Meta:
        indexes = [models.Index(fields=["hour"])]

    def __str__(self) -> str:
        return f"{self.hour:%Y-%m-%d %H} {self.article}"
