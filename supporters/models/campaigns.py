"""Campaigns: dated efforts, with a goal or without."""

from datetime import date

from django.db import models

from payments.models.states import Stateful
from payments.money import Money


class Campaign(Stateful):
    class Status(models.TextChoices):
        OPEN = "open", "Open"
        CLOSED = "closed", "Closed"
        ARCHIVED = "archived", "Archived"

    class Phase(models.TextChoices):
        """How a campaign stands on a day: rules and pages ask for this."""

        COMING = "coming", "Not begun"
        RUNNING = "running", "Running"
        OVER = "over", "Over"

    TRANSITIONS = {
        Status.OPEN: frozenset({Status.CLOSED}),
        Status.CLOSED: frozenset({Status.OPEN, Status.ARCHIVED}),
        Status.ARCHIVED: frozenset(),
    }

    code = models.SlugField(max_length=80, unique=True, help_text="As it stands in the books.")
    name = models.CharField(max_length=120)
    # Days of the newsroom's calendar, both counted; without a last day it runs on.
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    goal_minor = models.BigIntegerField(null=True, blank=True)
    currency = models.CharField(max_length=3)
    status = models.CharField(max_length=8, choices=Status, default=Status.OPEN)

    class Meta:
        ordering = ["-starts_on", "code"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_on=None) | models.Q(ends_on__gte=models.F("starts_on")),
                name="campaign_days",
            ),
            models.CheckConstraint(
                condition=models.Q(goal_minor=None) | models.Q(goal_minor__gt=0),
                name="campaign_goal",
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def goal(self) -> Money | None:
        return None if self.goal_minor is None else Money(self.goal_minor, self.currency)

    def phase(self, today: date) -> "Campaign.Phase":
        """Where the campaign stands on a day of the newsroom's calendar."""
        if self.status != self.Status.OPEN or (self.ends_on and self.ends_on < today):
            return self.Phase.OVER
        return self.Phase.COMING if today < self.starts_on else self.Phase.RUNNING
