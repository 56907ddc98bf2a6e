"""The doorbell: Celery wakes a worker early; the outbox and inbox tables hold the truth."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("keepopen")
app.config_from_object("django.conf:settings", namespace="CELERY")
# Two beats at once do no harm: rows are claimed with a lease, and effects have keys.
app.conf.beat_schedule = {
    "drain": {"task": "payments.drain", "schedule": 5.0, "options": {"expires": 5}},
    "sweep": {"task": "payments.sweep_up", "schedule": 15.0, "options": {"expires": 15}},
}
app.autodiscover_tasks(["payments"], related_name="tasks")
