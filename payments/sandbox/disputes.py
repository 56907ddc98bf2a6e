"""Disputes: opened by the cards that say so, fought with evidence, closed."""

from payments.sandbox import balance, errors, lists, made, render
from payments.sandbox.clock import DAY
from payments.sandbox.spec import blank

FEE = 2000
CLOSED = ("won", "lost", "warning_closed", "prevented")


def open_due(box, id):
    charge = box.store.objects[id]
    if charge["_warning"]:
        warn(box, charge=charge)
    if charge["_dispute"] and not charge["disputed"]:
        open_dispute(box, charge=charge, reason=charge["_dispute"])


def warn(box, *, charge):
    warning = made.make(
        box, "radar.early_fraud_warning", prefix="issfr", actionable=True, charge=charge["id"],
        fraud_type="made_with_stolen_card", payment_intent=charge["payment_intent"],
    )  # fmt: skip
    box.emit("radar.early_fraud_warning.created", warning)


def open_dispute(box, *, charge, reason):
    """An inquiry moves no money; every other dispute takes it at once."""
    inquiry = reason == "inquiry"
    dispute = made.make(
        box, "dispute", prefix="du", amount=charge["amount"], balance_transactions=[],
        charge=charge["id"], currency=charge["currency"], enhanced_eligibility_types=[],
        evidence=blank("dispute", "evidence"),
        evidence_details=blank("dispute", "evidence_details")
        | {"due_by": box.clock.now() + 9 * DAY, "submission_count": 0,
           "submission_method": "manual"},
        is_charge_refundable=inquiry, metadata={}, payment_intent=charge["payment_intent"],
        payment_method_details={"type": "card", "card": {
            "brand": "visa", "network": "visa",
            "case_type": "inquiry" if inquiry else "chargeback",
            "network_reason_code": "10.4"}},
        reason="general" if inquiry else reason,
        status="warning_needs_response" if inquiry else "needs_response",
    )  # fmt: skip
    before = render.snapshot(charge)
    made.change(box, charge, changes={"disputed": True})
    box.emit("charge.dispute.created", dispute)
    box.emit("charge.updated", charge, before=before)
    if not inquiry:
        _move(box, dispute=dispute, sign=-1, fee=FEE, type="charge.dispute.funds_withdrawn")
    return dispute


def _move(box, *, dispute, sign, fee, type):
    transaction = balance.record(
        box, type="adjustment", amount=sign * dispute["amount"], currency=dispute["currency"],
        source=dispute["id"], fee=fee, fee_description="Dispute fee",
        category="dispute" if sign < 0 else "dispute_reversal", delay_days=0,
        description=f"Chargeback {'withdrawal' if sign < 0 else 'reversal'} for"
        f" {dispute['charge']}",
    )  # fmt: skip
    before = render.snapshot(dispute)
    shown = render.plain(transaction)
    both = [*dispute["balance_transactions"], shown]
    made.change(box, dispute, changes={"balance_transactions": both})
    box.emit(type, dispute, before=before)


def finish(box, *, dispute, status):
    before = render.snapshot(dispute)
    made.change(box, dispute, changes={"status": status})
    box.emit("charge.dispute.updated", dispute, before=before)
    box.emit("charge.dispute.closed", dispute)
    if status == "won":
        _move(box, dispute=dispute, sign=1, fee=-FEE, type="charge.dispute.funds_reinstated")


def retrieve(call):
    return call.box.store.get("dispute", id=call.id)


def index(call):
    same = ("charge", "payment_intent")
    return lists.listing(call, kind="dispute", url="/v1/disputes", same=same)


def _open(call):
    dispute = call.box.store.get("dispute", id=call.id)
    if dispute["status"] in CLOSED:
        raise errors.invalid("This dispute is already closed.")
    return dispute


def update(call):
    """Evidence words decide: winning_evidence, losing_evidence, escalate_inquiry_evidence."""
    box, params = call.box, call.params
    dispute = _open(call)
    before = render.snapshot(dispute)
    evidence = {**dispute["evidence"], **(params.get("evidence") or {})}
    made.change(box, dispute, changes={
        "evidence": evidence, **made.emptied(params, names=("metadata",))})  # fmt: skip
    dispute["evidence_details"]["has_evidence"] = True
    box.emit("charge.dispute.updated", dispute, before=before)
    if params.get("submit", True):
        _judge(box, dispute=dispute, word=evidence.get("uncategorized_text"))
    return dispute


def _judge(box, *, dispute, word):
    dispute["evidence_details"]["submission_count"] += 1
    inquiry = dispute["status"].startswith("warning")
    if word == "winning_evidence":
        finish(box, dispute=dispute, status="warning_closed" if inquiry else "won")
    elif word == "losing_evidence":
        finish(box, dispute=dispute, status="lost")
    elif word == "escalate_inquiry_evidence" and inquiry:
        made.change(box, dispute, changes={"status": "needs_response"})
        _move(box, dispute=dispute, sign=-1, fee=FEE, type="charge.dispute.funds_withdrawn")
    else:
        status = "warning_under_review" if inquiry else "under_review"
        made.change(box, dispute, changes={"status": status})


def close(call):
    """Accept the loss."""
    dispute = _open(call)
    finish(call.box, dispute=dispute, status="lost")
    return dispute


def retrieve_warning(call):
    return call.box.store.get("radar.early_fraud_warning", id=call.id)


def list_warnings(call):
    same = ("charge", "payment_intent")
    return lists.listing(
        call, kind="radar.early_fraud_warning", url="/v1/radar/early_fraud_warnings", same=same
    )
