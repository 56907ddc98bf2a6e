"""The doorbell: Celery wakes a worker early; the outbox and inbox tables hold the truth."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("keepopen")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["payments"], related_name="tasks")
