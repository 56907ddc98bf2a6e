"""What readers did with an appeal: sums per hour, never a row per view and never a person."""

from django.db import models


class AppealCount(models.Model):
    class Kind(models.TextChoices):
        VIEW = "view", "Views"
        # A device that keeps its variant says so once for each appeal: the unit of a test.
        READER = "reader", "Readers met"
        GHOST = "ghost", "Views by the holdout, who were not asked"
        CLICK = "click", "Clicks"
        START = "start", "Checkouts begun"
        DISMISS = "dismiss", "Dismissals"
        PAUSE = "pause", "Pauses"

    hour = models.DateTimeField(db_index=True, help_text="The whole hour, in UTC.")
    appeal = models.CharField(max_length=80)
    variant = models.CharField(max_length=80, blank=True, default="")
    placement = models.CharField(max_length=40, blank=True, default="")
    article = models.CharField(max_length=120, blank=True, default="")
    kind = models.CharField(max_length=7, choices=Kind)
    sticky = models.BooleanField(default=False, help_text="Whether the device keeps its variant.")
    count = models.PositiveBigIntegerField(help_text="Each signal with the weight of its sampling.")
    signals = models.PositiveBigIntegerField(help_text="How many were received.")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["hour", "appeal", "variant", "placement", "article", "kind", "sticky"],
                name="appeal_count_once_an_hour",
            )
        ]
        indexes = [
            models.Index(fields=["appeal", "kind", "hour"], name="appeal_count_of_an_appeal")
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.appeal} at {self.hour:%Y-%m-%d %H}"
