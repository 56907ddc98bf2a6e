"""Front of house."""

from typing import Any

from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate


class SupportersConfig(AppConfig):
    name = "supporters"

    def ready(self) -> None:
        """Register what is laid out in a new database, and what is looked at each minute."""
        from payments import sweep
        from supporters import checks  # noqa: F401
        from supporters.appeals import experiments, page_views

        post_migrate.connect(_lay_out_appeals, sender=self)
        sweep.ALSO += [experiments.end_due, page_views.trim]


def _lay_out_appeals(*, using: str, **_: Any) -> None:
    """A fresh or an emptied database begins with the appeals of the house."""
    # Models cannot be imported before the applications are ready.
    from supporters.appeals import defaults

    if "supporters_appealapproval" in connections[using].introspection.table_names():
        defaults.lay_out()
