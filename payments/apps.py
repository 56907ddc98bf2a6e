"""The counting room."""

from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    name = "payments"

    def ready(self) -> None:
        """Register the deployment checks and the outbox's tasks."""
        from payments import checks, tasks  # noqa: F401
