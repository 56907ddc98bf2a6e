"""Appeals, their wordings, and the versions that readers see.

An Appeal and its Variants are the working copy of the desk. Readers see `appeal.live`, an
AppealVersion: what a second person approved, word for word, until it is replaced or taken down.
"""

from datetime import datetime

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from payments.models.states import Stateful
from supporters.models.campaigns import Campaign

# Codes travel in links and in the books, where the columns have these lengths.
CODE_LENGTH = 80


class Placement(models.TextChoices):
    TOP = "article-top", "Top of the article"
    INSIDE = "in-article", "Inside the article"
    END = "article-end", "End of the article"
    SLIM = "banner", "Slim banner"


class AppealQuerySet(models.QuerySet["Appeal"]):
    def live(self) -> "AppealQuerySet":
        """Those that have a version in front of readers, whenever its schedule lets it show."""
        return self.filter(live__isnull=False).select_related("live", "campaign")


class Appeal(Stateful):
    class Status(models.TextChoices):
        DRAFT = "draft", "Draft"
        REVIEW = "review", "Waiting for approval"
        APPROVED = "approved", "Approved"
        PUBLISHED = "published", "Published"
        DOWN = "down", "Taken down"
        ARCHIVED = "archived", "Archived"

    class Sensitive(models.TextChoices):
        """On a story that the newsroom marks as sensitive, such as a death."""

        HIDE = "hide", "Not shown"
        SHOW = "show", "Shown"

    # The state is the working copy's. A published appeal that is edited is a draft again, while
    # readers go on seeing the version that was approved.
    TRANSITIONS = {
        Status.DRAFT: frozenset({Status.REVIEW, Status.DOWN, Status.ARCHIVED}),
        Status.REVIEW: frozenset({Status.DRAFT, Status.APPROVED, Status.DOWN}),
        Status.APPROVED: frozenset({Status.DRAFT, Status.PUBLISHED, Status.DOWN}),
        Status.PUBLISHED: frozenset({Status.DRAFT, Status.DOWN}),
        Status.DOWN: frozenset({Status.DRAFT, Status.PUBLISHED, Status.ARCHIVED}),
        Status.ARCHIVED: frozenset(),
    }

    code = models.SlugField(max_length=CODE_LENGTH, unique=True)
    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="appeals")
    placement = models.CharField(max_length=12, choices=Placement, default=Placement.END)
    paragraph = models.PositiveSmallIntegerField(
        default=3,
        validators=[MinValueValidator(1)],
        help_text="Inside the article: after this paragraph.",
    )
    priority = models.PositiveSmallIntegerField(
        default=100, help_text="Of several whose rules fit, the highest number is shown."
    )
    rules = models.JSONField(default=list, blank=True)
    starts_at = models.DateTimeField(null=True, blank=True)
    ends_at = models.DateTimeField(null=True, blank=True)
    sensitive = models.CharField(max_length=4, choices=Sensitive, default=Sensitive.HIDE)
    status = models.CharField(max_length=9, choices=Status, default=Status.DRAFT)
    live = models.OneToOneField(
        "AppealVersion",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="live_for",
        help_text="What readers see; null while nothing is.",
    )
    published_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()

    objects = AppealQuerySet.as_manager()

    class Meta:
        ordering = ["placement", "-priority", "code"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_at=None)
                | models.Q(starts_at=None)
                | models.Q(ends_at__gt=models.F("starts_at")),
                name="appeal_schedule",
            ),
            models.CheckConstraint(
                condition=~models.Q(status__in=["down", "archived"]) | models.Q(live=None),
                name="appeal_down_shows_nothing",
            ),
            models.CheckConstraint(
                condition=~models.Q(status="published") | models.Q(live__isnull=False),
                name="appeal_published_shows_something",
            ),
            models.CheckConstraint(
                condition=models.Q(paragraph__gte=1), name="appeal_paragraph_counts_from_one"
            ),
        ]

    def __str__(self) -> str:
        return self.code


class Variant(models.Model):
    """One wording. Empty words mean the house's own, in the reader's language."""

    appeal = models.ForeignKey(Appeal, on_delete=models.CASCADE, related_name="variants")
    code = models.SlugField(max_length=CODE_LENGTH)
    heading = models.CharField(max_length=200, blank=True)
    body = models.TextField(max_length=2000, blank=True)
    button = models.CharField(
        max_length=60, blank=True, help_text="Empty: the sum, as in “Give €10 a month”."
    )
    amounts = models.JSONField(
        default=dict, blank=True, help_text='Minor units per frequency: {"month": [500, 1000]}.'
    )
    colours = models.JSONField(
        default=dict, blank=True, help_text='{"light": {"brand": "#0b4f6c"}, "dark": {}}.'
    )
    share = models.PositiveSmallIntegerField(
        default=100,
        validators=[MaxValueValidator(100)],
        help_text="Per cent of readers; the variants of an appeal add up to 100.",
    )

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["appeal", "code"], name="variant_code"),
            models.CheckConstraint(condition=models.Q(share__lte=100), name="variant_share"),
        ]

    def __str__(self) -> str:
        return self.code


class AppealVersion(models.Model):
    """An appeal with its variants as somebody saved it. Append-only; see appeals.content."""

    appeal = models.ForeignKey(Appeal, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    content = models.JSONField()
    # Null: laid out with the installation, by no person.
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField()

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["appeal", "number"], name="appeal_version_number")
        ]

    def __str__(self) -> str:
        return f"{self.appeal} {self.number}"


class AppealApproval(models.Model):
    """A second person's yes to one version. Append-only."""

    version = models.OneToOneField(AppealVersion, on_delete=models.PROTECT, related_name="approval")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(author=None) | ~models.Q(author=models.F("by")),
                name="approval_by_a_second_person",
            )
        ]

    def __str__(self) -> str:
        return str(self.version)


class MuteQuerySet(models.QuerySet["Mute"]):
    def current(self, now: datetime) -> "MuteQuerySet":
        """Those in force at a moment."""
        lasting = models.Q(expires_at=None) | models.Q(expires_at__gt=now)
        return self.filter(lasting, begins_at__lte=now, lifted_at=None)


class Mute(models.Model):
    """No appeals on a story, on a tag or anywhere, for a reason and until a moment."""

    class Kind(models.TextChoices):
        STORY = "story", "One story"
        TAG = "tag", "Every story with a tag"
        SITE = "site", "The whole site"
        # The kill switch: no end of its own, lifted by hand.
        SWITCH = "switch", "Everything off"

    kind = models.CharField(max_length=6, choices=Kind)
    value = models.CharField(max_length=120, blank=True, help_text="The story's or tag's code.")
    reason = models.CharField(max_length=200)
    begins_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = MuteQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=["story", "tag"]) ^ models.Q(value=""),
                name="mute_names_what_it_silences",
            ),
            models.CheckConstraint(
                condition=models.Q(kind="switch") | models.Q(expires_at__isnull=False),
                name="mute_ends_unless_it_is_the_switch",
            ),
            models.CheckConstraint(condition=~models.Q(reason=""), name="mute_has_a_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.kind}:{self.value}" if self.value else self.kind
