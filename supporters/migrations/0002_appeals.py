"""Campaigns, appeals, their versions, mutes, claims, origins and samples."""

import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("supporters", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Appeal",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.SlugField(max_length=80, unique=True)),
                (
                    "placement",
                    models.CharField(
                        choices=[
                            ("article-top", "Top of the article"),
                            ("in-article", "Inside the article"),
                            ("article-end", "End of the article"),
                            ("banner", "Slim banner"),
                        ],
                        default="article-end",
                        max_length=12,
                    ),
                ),
                (
                    "paragraph",
                    models.PositiveSmallIntegerField(
                        default=3,
                        help_text="Inside the article: after this paragraph.",
                        validators=[django.core.validators.MinValueValidator(1)],
                    ),
                ),
                (
                    "priority",
                    models.PositiveSmallIntegerField(
                        default=100,
                        help_text="Of several whose rules fit, the highest number is shown.",
                    ),
                ),
                ("rules", models.JSONField(blank=True, default=list)),
                ("starts_at", models.DateTimeField(blank=True, null=True)),
                ("ends_at", models.DateTimeField(blank=True, null=True)),
                (
                    "sensitive",
                    models.CharField(
                        choices=[("hide", "Not shown"), ("show", "Shown")],
                        default="hide",
                        max_length=4,
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("review", "Waiting for approval"),
                            ("approved", "Approved"),
                            ("published", "Published"),
                            ("down", "Taken down"),
                            ("archived", "Archived"),
                        ],
                        default="draft",
                        max_length=9,
                    ),
                ),
                ("published_at", models.DateTimeField(blank=True, null=True)),
                ("created_at", models.DateTimeField()),
            ],
            options={
                "ordering": ["placement", "-priority", "code"],
            },
        ),
        migrations.CreateModel(
            name="AppealVersion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                ("content", models.JSONField()),
                ("at", models.DateTimeField()),
                (
                    "appeal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="versions",
                        to="supporters.appeal",
                    ),
                ),
                (
                    "author",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-number"],
            },
        ),
        migrations.CreateModel(
            name="AppealApproval",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField()),
                (
                    "author",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "version",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="approval",
                        to="supporters.appealversion",
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="appeal",
            name="live",
            field=models.OneToOneField(
                blank=True,
                help_text="What readers see; null while nothing is.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="live_for",
                to="supporters.appealversion",
            ),
        ),
        migrations.CreateModel(
            name="Campaign",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "code",
                    models.SlugField(
                        help_text="As it stands in the books.", max_length=80, unique=True
                    ),
                ),
                ("name", models.CharField(max_length=120)),
                ("starts_on", models.DateField()),
                ("ends_on", models.DateField(blank=True, null=True)),
                ("goal_minor", models.BigIntegerField(blank=True, null=True)),
                ("currency", models.CharField(max_length=3)),
                (
                    "status",
                    models.CharField(
                        choices=[("open", "Open"), ("closed", "Closed"), ("archived", "Archived")],
                        default="open",
                        max_length=8,
                    ),
                ),
            ],
            options={
                "ordering": ["-starts_on", "code"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ends_on", None),
                            ("ends_on__gte", models.F("starts_on")),
                            _connector="OR",
                        ),
                        name="campaign_days",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("goal_minor", None), ("goal_minor__gt", 0), _connector="OR"
                        ),
                        name="campaign_goal",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="appeal",
            name="campaign",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="appeals",
                to="supporters.campaign",
            ),
        ),
        migrations.CreateModel(
            name="Claim",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("phrase", models.CharField(max_length=200, unique=True)),
                (
                    "source",
                    models.CharField(
                        help_text="A document, an address, a person's word.", max_length=400
                    ),
                ),
                ("expires_on", models.DateField()),
                (
                    "checked_at",
                    models.DateTimeField(help_text="When somebody last looked at the source."),
                ),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["expires_on", "phrase"],
            },
        ),
        migrations.CreateModel(
            name="Mute",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("story", "One story"),
                            ("tag", "Every story with a tag"),
                            ("site", "The whole site"),
                            ("switch", "Everything off"),
                        ],
                        max_length=6,
                    ),
                ),
                (
                    "value",
                    models.CharField(
                        blank=True, help_text="The story's or tag's code.", max_length=120
                    ),
                ),
                ("reason", models.CharField(max_length=200)),
                ("begins_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField(blank=True, null=True)),
                ("lifted_at", models.DateTimeField(blank=True, null=True)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "lifted_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="Origin",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("origin", models.CharField(max_length=200, unique=True)),
                ("added_at", models.DateTimeField()),
                ("removed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "added_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["origin"],
            },
        ),
        migrations.CreateModel(
            name="PageViewSample",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("hour", models.DateTimeField(help_text="The full hour, in UTC.")),
                ("article", models.CharField(blank=True, default="", max_length=120)),
                ("section", models.CharField(blank=True, default="", max_length=80)),
                ("tags", models.JSONField(default=list)),
                ("authors", models.JSONField(default=list)),
                ("language", models.CharField(blank=True, default="", max_length=10)),
                ("country", models.CharField(blank=True, default="", max_length=2)),
                ("device", models.CharField(blank=True, default="", max_length=10)),
                (
                    "referrer",
                    models.CharField(blank=True, default="", help_text="Its class.", max_length=20),
                ),
                (
                    "standing",
                    models.CharField(
                        choices=[
                            ("reader", "Not known to support"),
                            ("lapsed", "Supported once"),
                            ("supporter", "Supports"),
                        ],
                        default="reader",
                        max_length=9,
                    ),
                ),
                ("paused", models.BooleanField(default=False)),
                ("read", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("sensitive", models.BooleanField(default=False)),
            ],
            options={
                "indexes": [models.Index(fields=["hour"], name="supporters__hour_75dd06_idx")],
            },
        ),
        migrations.CreateModel(
            name="Variant",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.SlugField(max_length=80)),
                ("heading", models.CharField(blank=True, max_length=200)),
                ("body", models.TextField(blank=True, max_length=2000)),
                (
                    "button",
                    models.CharField(
                        blank=True,
                        help_text="Empty: the sum, as in “Give €10 a month”.",
                        max_length=60,
                    ),
                ),
                (
                    "amounts",
                    models.JSONField(
                        blank=True,
                        default=dict,
                        help_text='Minor units per frequency: {"month": [500, 1000]}.',
                    ),
                ),
                (
                    "colours",
                    models.JSONField(
                        blank=True,
                        default=dict,
                        help_text='{"light": {"brand": "#0b4f6c"}, "dark": {}}.',
                    ),
                ),
                (
                    "share",
                    models.PositiveSmallIntegerField(
                        default=100,
                        help_text="Per cent of readers; the variants of an appeal add up to 100.",
                        validators=[django.core.validators.MaxValueValidator(100)],
                    ),
                ),
                (
                    "appeal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="variants",
                        to="supporters.appeal",
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
            },
        ),
        migrations.AddConstraint(
            model_name="appealversion",
            constraint=models.UniqueConstraint(
                fields=("appeal", "number"), name="appeal_version_number"
            ),
        ),
        migrations.AddConstraint(
            model_name="appealapproval",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("author", None),
                    models.Q(("author", models.F("by")), _negated=True),
                    _connector="OR",
                ),
                name="approval_by_a_second_person",
            ),
        ),
        migrations.AddConstraint(
            model_name="appeal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("ends_at", None),
                    ("starts_at", None),
                    ("ends_at__gt", models.F("starts_at")),
                    _connector="OR",
                ),
                name="appeal_schedule",
            ),
        ),
        migrations.AddConstraint(
            model_name="appeal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status__in", ["down", "archived"]), _negated=True),
                    ("live", None),
                    _connector="OR",
                ),
                name="appeal_down_shows_nothing",
            ),
        ),
        migrations.AddConstraint(
            model_name="appeal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status", "published"), _negated=True),
                    ("live__isnull", False),
                    _connector="OR",
                ),
                name="appeal_published_shows_something",
            ),
        ),
        migrations.AddConstraint(
            model_name="appeal",
            constraint=models.CheckConstraint(
                condition=models.Q(("paragraph__gte", 1)), name="appeal_paragraph_counts_from_one"
            ),
        ),
        migrations.AddConstraint(
            model_name="claim",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("phrase", ""), _negated=True), models.Q(("source", ""), _negated=True)
                ),
                name="claim_has_a_source",
            ),
        ),
        migrations.AddConstraint(
            model_name="mute",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["story", "tag"]), ("value", ""), _connector="XOR"),
                name="mute_names_what_it_silences",
            ),
        ),
        migrations.AddConstraint(
            model_name="mute",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("kind", "switch"), ("expires_at__isnull", False), _connector="OR"
                ),
                name="mute_ends_unless_it_is_the_switch",
            ),
        ),
        migrations.AddConstraint(
            model_name="mute",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True), name="mute_has_a_reason"
            ),
        ),
        migrations.AddConstraint(
            model_name="variant",
            constraint=models.UniqueConstraint(fields=("appeal", "code"), name="variant_code"),
        ),
        migrations.AddConstraint(
            model_name="variant",
            constraint=models.CheckConstraint(
                condition=models.Q(("share__lte", 100)), name="variant_share"
            ),
        ),
    ]
