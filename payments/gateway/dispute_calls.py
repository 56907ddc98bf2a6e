"""The calls about disputes and early fraud warnings."""

from typing import Any

from payments.gateway import objects, reading
from payments.gateway.client import api
from payments.gateway.errors import translated


def dispute(dispute_id: str) -> objects.DisputeState:
    with translated("dispute"):
        return reading.dispute(api().disputes.retrieve(dispute_id))


def disputes_of(payment_intent_id: str) -> list[objects.DisputeState]:
    """All disputes of a payment, oldest first."""
    query: Any = {"payment_intent": payment_intent_id, "limit": 100}
    with translated("disputes_of"):
        found = api().disputes.list(query)
        return [reading.dispute(raw) for raw in found.auto_paging_iter()][::-1]


def keep_evidence(dispute_id: str, *, key: str, evidence: dict[str, str]) -> objects.DisputeState:
    """Lay down an answer at Stripe without handing it in."""
    return _update(dispute_id, {"evidence": evidence, "submit": False}, key=key)


def submit_evidence(dispute_id: str, *, key: str, evidence: dict[str, str]) -> objects.DisputeState:
    """Hand the answer in to the bank. A card dispute can be answered once."""
    return _update(dispute_id, {"evidence": evidence, "submit": True}, key=key)


def accept_loss(dispute_id: str, *, key: str) -> objects.DisputeState:
    with translated("accept_loss"):
        return reading.dispute(api().disputes.close(dispute_id, {}, {"idempotency_key": key}))


def fraud_warning(warning_id: str) -> objects.FraudWarningState:
    with translated("fraud_warning"):
        return reading.fraud_warning(api().radar.early_fraud_warnings.retrieve(warning_id))


def _update(dispute_id: str, params: Any, *, key: str) -> objects.DisputeState:
    with translated("update_dispute"):
        return reading.dispute(api().disputes.update(dispute_id, params, {"idempotency_key": key}))
