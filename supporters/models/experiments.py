"""Experiments: what is to be found out, declared before the first reader sees it."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models

from payments.models.states import Stateful
from supporters.models.appeals import CODE_LENGTH, Appeal, AppealVersion


class Metric(models.TextChoices):
    """From the top of the funnel down: the further down, the more readers a test needs."""

    CLICKS = "clicks", "Clicks"
    STARTS = "starts", "Checkouts begun"
    COMPLETIONS = "completions", "Gifts"
    VALUE = "value", "Value of a gift"
    RECURRING = "recurring", "Recurring share"


class Guardrail(models.TextChoices):
    """What must not get worse."""

    DISMISSALS = "dismissals", "Dismissals"
    PAUSES = "pauses", "Pauses"
    REFUNDS = "refunds", "Gifts sent back"


class ExperimentQuerySet(models.QuerySet["Experiment"]):
    def open(self) -> "ExperimentQuerySet":
        """Those that are planned or run."""
        return self.filter(status__in=[Experiment.Status.PLANNED, Experiment.Status.RUNNING])

    def counting(self, now: datetime) -> "ExperimentQuerySet":
        """Those whose first hour has come and whose end has not."""
        return self.filter(status=Experiment.Status.RUNNING, starts_at__lte=now)


class Experiment(Stateful):
    class Status(models.TextChoices):
        PLANNED = "planned", "Planned"
        RUNNING = "running", "Running"
        ENDED = "ended", "Ended"
        STOPPED = "stopped", "Stopped"

    class Unit(models.TextChoices):
        """What falls into an arm, and what is counted."""

        READER = "reader", "Readers, on devices that keep their variant"
        PAGE = "page", "Page views, each with a variant of its own"

    class Ending(models.TextChoices):
        SIZE = "size", "It had as many readers as planned."
        DATE = "date", "Its last day was over."
        CHANGED = "changed", "The appeal was changed or taken down."
        BY_HAND = "by_hand", "Somebody stopped it."

    TRANSITIONS = {
        Status.PLANNED: frozenset({Status.RUNNING, Status.STOPPED}),
        Status.RUNNING: frozenset({Status.ENDED, Status.STOPPED}),
        Status.ENDED: frozenset(),
        Status.STOPPED: frozenset(),
    }

    code = models.SlugField(max_length=CODE_LENGTH, unique=True)
    appeal = models.ForeignKey(Appeal, on_delete=models.PROTECT, related_name="experiments")
    question = models.CharField(max_length=300, help_text="What is expected, and why.")
    metric = models.CharField(max_length=11, choices=Metric)
    guardrails = models.JSONField(default=list)
    unit = models.CharField(max_length=6, choices=Unit)
    status = models.CharField(max_length=7, choices=Status, default=Status.PLANNED)
    # Rates in millionths and sums in minor units: what was expected when the test was planned, by
    # measure. The intervals are tuned for it, so it never changes.
    expected = models.JSONField()
    lift_percent = models.PositiveSmallIntegerField()
    per_arm = models.PositiveIntegerField(help_text="Units that the smallest arm needs.")
    days = models.PositiveSmallIntegerField(help_text="The longest that it may run.")
    currency = models.CharField(max_length=3, help_text="In which gifts are compared.")
    # Frozen at the beginning: the version that readers see, and its variants' shares.
    version = models.ForeignKey(
        AppealVersion, null=True, on_delete=models.PROTECT, related_name="experiments"
    )
    shares = models.JSONField(default=list, help_text="[[code, share], …]; the first is control.")
    starts_at = models.DateTimeField(null=True, help_text="A whole hour.")
    ended_at = models.DateTimeField(null=True, help_text="A whole hour; nothing later counts.")
    ending = models.CharField(max_length=7, choices=Ending, blank=True, default="")
    reason = models.CharField(max_length=200, blank=True, help_text="Of whoever stopped it.")
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )

    objects = ExperimentQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["appeal"],
                condition=models.Q(status__in=["planned", "running"]),
                name="experiment_one_at_a_time",
            ),
            models.CheckConstraint(
                condition=models.Q(status="planned")
                | models.Q(status="stopped", starts_at=None)
                | models.Q(starts_at__isnull=False, version__isnull=False),
                name="experiment_begun_has_a_version",
            ),
            models.CheckConstraint(
                condition=~models.Q(status__in=["ended", "stopped"]) | ~models.Q(ending=""),
                name="experiment_over_says_why",
            ),
            models.CheckConstraint(
                condition=models.Q(lift_percent__gt=0, per_arm__gt=0, days__gt=0),
                name="experiment_plan",
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def over(self) -> bool:
        return self.status in {self.Status.ENDED, self.Status.STOPPED}

    @property
    def sticky(self) -> bool:
        """Whether its counts are those of devices that keep their variant."""
        return self.unit == self.Unit.READER

    @property
    def ends_at(self) -> datetime | None:
        """When its last day is over; None before it has begun."""
        return self.starts_at + timedelta(days=self.days) if self.starts_at else None
