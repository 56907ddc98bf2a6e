"""The outbox: what must still happen after a commit, once each."""

from django.db import models


class OutboxTask(models.Model):
    key = models.CharField(max_length=200, unique=True, help_text="One key, one effect.")
    name = models.CharField(max_length=60, help_text="The registered task.")
    arguments = models.JSONField(default=dict, help_text="Ids only.")
    created_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True, db_index=True, help_text="Null once settled.")
    attempts = models.IntegerField(default=0)
    done_at = models.DateTimeField(null=True)
    dead_at = models.DateTimeField(null=True)
    note = models.TextField(blank=True)

    def __str__(self) -> str:
        return self.key
