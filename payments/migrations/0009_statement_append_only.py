"""Stripe's balance transactions, once taken over, are never changed."""

from django.db import migrations

from payments import triggers

TABLES = ("payments_balanceline",)


def forwards(apps, editor):
    triggers.protect(editor, TABLES)


def backwards(apps, editor):
    triggers.release(editor, TABLES)


class Migration(migrations.Migration):
    dependencies = [("payments", "0008_both_sides_of_the_books")]

    operations = [migrations.RunPython(forwards, backwards)]
