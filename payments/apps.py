"""The counting room."""

from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    name = "payments"

    def ready(self) -> None:
        """Register the deployment checks and the outbox's tasks."""
        from payments import checks, tasks  # noqa: F401
        from payments.receipts import tasks as receipt_tasks  # noqa: F401
        from payments.services import letters  # noqa: F401
