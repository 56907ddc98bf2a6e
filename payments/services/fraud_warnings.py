"""Early fraud warnings: kept, shown, and answered before they become disputes."""

from typing import Any
from uuid import NAMESPACE_URL, uuid5

from django.db import transaction

from payments import clock, outbox
from payments.gateway import calls, dispute_calls
from payments.gateway.objects import FraudWarningState
from payments.models import Contribution, FraudWarning, Refund
from payments.services import audit, contributions, refunds

Decision = FraudWarning.Decision


def sync(warning_id: str) -> FraudWarning:
    """Take over a warning; finance hears of one that can still be acted upon."""
    state = dispute_calls.fraud_warning(warning_id)
    contribution = contributions.of_payment(_payment(state))
    with transaction.atomic():
        contribution = Contribution.objects.select_for_update().get(pk=contribution.pk)
        row, new = FraudWarning.objects.update_or_create(
            stripe_warning_id=state.id,
            defaults={"fraud_type": state.fraud_type[:60], "actionable": state.actionable},
            create_defaults={
                "contribution": contribution,
                "fraud_type": state.fraud_type[:60],
                "actionable": state.actionable,
                "created_at": state.created_at,
            },
        )
        if new:
            audit.note("fraud warning", subject=contribution, after={"warning": state.id})
        if row.actionable:
            key = f"mail.staff_fraud_warning:{row.stripe_warning_id}"
            outbox.put("mail.staff_fraud_warning", key=key, warning_id=row.pk)
    return row


def send_back(warning: FraudWarning, *, actor: Any) -> Refund:
    """Send back all that is left, once per warning. Raises as `refunds.refund` does."""
    contribution = warning.contribution
    token = uuid5(NAMESPACE_URL, f"fraud-warning:{warning.stripe_warning_id}")
    known = contribution.refunds.filter(public_id=token).first()
    row = refunds.refund(
        contribution,
        amount=known.amount if known else refunds.refundable(contribution),
        reason="early fraud warning",
        actor=actor,
        form_token=token,
    )
    _decide(warning, Decision.REFUNDED, actor=actor)
    return row


def keep(warning: FraudWarning, *, actor: Any, reason: str) -> None:
    """Leave the money where it is, for a reason."""
    _decide(warning, Decision.KEPT, actor=actor, reason=reason)


def _decide(warning: FraudWarning, decision: Decision, *, actor: Any, reason: str = "") -> None:
    with transaction.atomic():
        row = FraudWarning.objects.select_for_update().get(pk=warning.pk)
        if row.decision:
            return
        row.decision, row.decided_by, row.decided_at = decision, actor, clock.now()
        row.save(update_fields=["decision", "decided_by", "decided_at"])
        audit.note(
            f"fraud warning: {decision.label.lower()}",
            subject=row.contribution,
            actor=actor,
            reason=reason,
        )


def _payment(state: FraudWarningState) -> str:
    return state.payment_intent_id or calls.payment_of_charge(state.charge_id)
