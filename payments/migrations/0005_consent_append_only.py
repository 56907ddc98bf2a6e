"""Consents refuse changes at the database."""

from django.db import migrations

from payments import triggers

TABLES = ("payments_consent",)


def forwards(apps, editor):
    triggers.protect(editor, TABLES)


def backwards(apps, editor):
    triggers.release(editor, TABLES)


class Migration(migrations.Migration):
    dependencies = [("payments", "0004_subscription_changes")]

    operations = [migrations.RunPython(forwards, backwards)]
