"""Ledger, receipts and audit refuse changes at the database."""

from django.db import migrations

from payments import triggers


def forwards(apps, editor):
    triggers.protect(editor)


def backwards(apps, editor):
    triggers.release(editor)


class Migration(migrations.Migration):
    dependencies = [("payments", "0001_initial")]

    operations = [migrations.RunPython(forwards, backwards)]
