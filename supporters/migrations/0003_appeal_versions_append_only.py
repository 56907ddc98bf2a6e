"""Versions of appeals and their approvals refuse changes at the database."""

from django.db import migrations

from payments import triggers

TABLES = ("supporters_appealversion", "supporters_appealapproval")


def forwards(apps, editor):
    triggers.protect(editor, TABLES)


def backwards(apps, editor):
    triggers.release(editor, TABLES)


class Migration(migrations.Migration):
    # The tables' triggers call a function that this one makes on PostgreSQL.
    dependencies = [("supporters", "0002_appeals"), ("payments", "0002_append_only")]

    operations = [migrations.RunPython(forwards, backwards)]
