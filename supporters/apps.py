"""Front of house."""

from typing import Any

from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate


class SupportersConfig(AppConfig):
    name = "supporters"

    def ready(self) -> None:
        post_migrate.connect(_lay_out_appeals, sender=self)


def _lay_out_appeals(*, using: str, **_: Any) -> None:
    """A fresh or an emptied database begins with the appeals of the house."""
    # Models cannot be imported before the applications are ready.
    from supporters.appeals import defaults

    if "supporters_appealapproval" in connections[using].introspection.table_names():
        defaults.lay_out()
