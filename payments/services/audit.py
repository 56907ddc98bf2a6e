"""Writing down who changed what. Called inside the transaction of the change."""

from typing import Any

from payments import clock
from payments.models import AuditEntry
from payments.models.kept import insert


def note(
    action: str,
    *,
    subject: object,
    actor: Any = None,
    reason: str = "",
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    """One line of the audit; `actor` None is Stripe or the clock, not a person."""
    insert(
        AuditEntry(
            at=clock.now(),
            actor=actor,
            action=action,
            subject=f"{type(subject).__name__.lower()}:{subject}",
            reason=reason[:200],
            before=before or {},
            after=after or {},
        )
    )
