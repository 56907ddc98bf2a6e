"""Refund notes and their documents refuse changes at the database, as receipts do."""

from django.db import migrations

from payments import triggers

TABLES = ("payments_refundnote", "payments_refundnotedocument")


def forwards(apps, editor):
    triggers.protect(editor, TABLES)


def backwards(apps, editor):
    triggers.release(editor, TABLES)


class Migration(migrations.Migration):
    dependencies = [("payments", "0006_disputes_and_refund_notes")]

    operations = [migrations.RunPython(forwards, backwards)]
