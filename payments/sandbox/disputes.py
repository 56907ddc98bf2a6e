"""Disputes: opened by the cards that say so, fought with evidence, closed."""

from payments.sandbox import balance, errors, lists, made, render
from payments.sandbox.clock import DAY
from payments.sandbox.spec import blank

FEE, DEBIT_FEE = 2000, 750
CLOSED = ("won", "lost", "warning_closed", "prevented")
# Words in the evidence that decide, and the first states of the special reasons.
OUTCOMES = {
    "winning_evidence": "won",
    "losing_evidence": "lost",
    "partly_winning_evidence": "partly",
    "escalate_inquiry_evidence": "escalated",
}
STATUS_AT_FIRST = {"inquiry": "warning_needs_response", "prevented": "prevented"}
REASON_SHOWN = {"inquiry": "general", "prevented": "fraudulent"}


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


def settle_warnings(box, *, charge):
    """Disputed or wholly refunded: the issuer's warning can no longer be acted upon."""
    for warning in box.store.newest("radar.early_fraud_warning", charge=charge["id"]):
        if warning["actionable"]:
            before = render.snapshot(warning)
            made.change(box, warning, changes={"actionable": False})
            box.emit("radar.early_fraud_warning.updated", warning, before=before)


def fee_of(charge):
    return FEE if charge["payment_method_details"]["type"] == "card" else DEBIT_FEE


def open_dispute(box, *, charge, reason, amount=None):
    """An inquiry moves no money, a prevented one is refunded; every other takes it at once.

    A bank debit that its owner objects to is lost from the start: there is nobody to convince.
    """
    status = STATUS_AT_FIRST.get(reason, "needs_response")
    if charge["payment_method_details"]["type"] != "card":
        status = "lost"
    dispute = _make(box, charge=charge, reason=reason, amount=amount, status=status)
    before = render.snapshot(charge)
    made.change(box, charge, changes={"disputed": True})
    box.emit("charge.dispute.created", dispute)
    box.emit("charge.updated", charge, before=before)
    settle_warnings(box, charge=charge)
    if status in ("needs_response", "lost"):
        _take(box, dispute=dispute, charge=charge)
    if status in CLOSED:
        box.emit("charge.dispute.closed", dispute)
    else:
        box.agenda.add(dispute["evidence_details"]["due_by"], kind="dispute_due", id=dispute["id"])
    return dispute


def _make(box, *, charge, reason, amount, status):
    left = charge["amount"] - charge["amount_refunded"]
    inquiry, card = status == "warning_needs_response", status != "lost"
    return made.make(
        box, "dispute", prefix="du", amount=amount or left or charge["amount"],
        balance_transactions=[], charge=charge["id"], currency=charge["currency"],
        enhanced_eligibility_types=[], evidence=blank("dispute", "evidence"),
        evidence_details=blank("dispute", "evidence_details")
        | {"due_by": box.clock.now() + 9 * DAY if card else None, "submission_count": 0,
           "submission_method": "manual"},
        is_charge_refundable=inquiry, metadata={}, payment_intent=charge["payment_intent"],
        payment_method_details={"type": "card", "card": {
            "brand": "visa", "network": "visa",
            "case_type": "inquiry" if inquiry else "chargeback",
            "network_reason_code": "10.4"}} if card else None,
        network_reason_code="10.4" if card else "MD06",
        reason=REASON_SHOWN.get(reason, reason), status=status,
    )  # fmt: skip


def _take(box, *, dispute, charge):
    type, fee = "charge.dispute.funds_withdrawn", fee_of(charge)
    _move(box, dispute=dispute, amount=-dispute["amount"], fee=fee, type=type)


def _move(box, *, dispute, amount, fee, type):
    transaction = balance.record(
        box, type="adjustment", amount=amount, currency=dispute["currency"],
        source=dispute["id"], fee=fee, fee_description="Dispute fee",
        category="dispute" if amount < 0 else "dispute_reversal", delay_days=0,
        description=f"Chargeback {'withdrawal' if amount < 0 else 'reversal'} for"
        f" {dispute['charge']}",
    )  # fmt: skip
    before = render.snapshot(dispute)
    shown = render.plain(transaction)
    both = [*dispute["balance_transactions"], shown]
    made.change(box, dispute, changes={"balance_transactions": both})
    box.emit(type, dispute, before=before)


def due(box, id):
    """Nobody has answered: the bank decides against the newsroom, an inquiry ends by itself."""
    dispute = box.store.objects[id]
    if dispute["status"] == "needs_response":
        finish(box, dispute=dispute, status="lost")
    elif dispute["status"] == "warning_needs_response":
        finish(box, dispute=dispute, status="warning_closed")


def finish(box, *, dispute, status, returned=None):
    """`returned`: what comes back; all and the fee when won, nothing when lost."""
    _become(box, dispute=dispute, status=status)
    box.emit("charge.dispute.closed", dispute)
    fee = 0
    if status == "won":
        returned, fee = dispute["amount"], -fee_of(box.store.objects[dispute["charge"]])
    if returned:
        type = "charge.dispute.funds_reinstated"
        _move(box, dispute=dispute, amount=returned, fee=fee, type=type)


def _become(box, *, dispute, status):
    before = render.snapshot(dispute)
    made.change(box, dispute, changes={"status": status})
    box.emit("charge.dispute.updated", dispute, before=before)


def decide(box, *, dispute, outcome):
    """The bank's word, by the operator: won, lost, partly (a half comes back), escalated."""
    if dispute["status"] in CLOSED:
        raise errors.invalid("This dispute is already closed.")
    inquiry = dispute["status"].startswith("warning")
    if outcome == "escalated" and inquiry:
        _escalate(box, dispute=dispute)
    elif outcome == "partly" and not inquiry:
        finish(box, dispute=dispute, status="lost", returned=dispute["amount"] // 2)
    elif outcome in ("won", "lost"):
        ends = "warning_closed" if inquiry and outcome == "won" else outcome
        finish(box, dispute=dispute, status=ends)
    else:
        raise errors.invalid(f"No such outcome here: {outcome}", param="outcome")
    return dispute


def _escalate(box, *, dispute):
    charge = box.store.objects[dispute["charge"]]
    made.change(box, dispute, changes={"is_charge_refundable": False})
    _become(box, dispute=dispute, status="needs_response")
    _take(box, dispute=dispute, charge=charge)


def charge_refunded(box, *, charge):
    """Money sent back in full ends an inquiry, and the issuer's warning with it."""
    settle_warnings(box, charge=charge)
    for dispute in box.store.newest("dispute", charge=charge["id"]):
        if dispute["status"] in ("warning_needs_response", "warning_under_review"):
            finish(box, dispute=dispute, status="warning_closed")


def holds(box, *, charge):
    """Whether a dispute that is more than a question stands against a refund."""
    return any(
        not dispute["status"].startswith("warning")
        for dispute in box.store.newest("dispute", charge=charge["id"])
        if dispute["status"] != "prevented"
    )


def retrieve(call):
    return call.box.store.get("dispute", id=call.id)


def index(call):
    same = ("charge", "payment_intent")
    return lists.listing(call, kind="dispute", url="/v1/disputes", same=same)


def _open(call):
    dispute = call.box.store.get("dispute", id=call.id)
    if dispute["status"] in CLOSED:
        raise errors.refused("This dispute is already closed.")
    return dispute


def update(call):
    """Evidence words decide, see OUTCOMES; any other answer is under review."""
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
    if word in OUTCOMES and (inquiry or OUTCOMES[word] != "escalated"):
        decide(box, dispute=dispute, outcome=OUTCOMES[word])
    else:
        status = "warning_under_review" if inquiry else "under_review"
        _become(box, dispute=dispute, status=status)


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
