"""Bank debits: what follows when the bank answers days after the promise, or weeks later."""

from payments.sandbox import (
    balance,
    cards,
    charging,
    cycle,
    disputes,
    errors,
    made,
    methods,
    paying,
    render,
)
from payments.sandbox.clock import DAY


def settle_due(box, id):
    intent = box.store.objects[id]
    if intent["status"] != "processing":
        return
    paid = charging.settle_debit(box, intent=intent)
    invoice = box.store.objects.get(intent.get("_invoice"))
    if invoice is not None:
        outcome = charging.SUCCEEDED if paid else charging.FAILED
        cycle.settle(box, invoice=invoice, outcome=outcome)
    paying.settled(box, intent=intent, paid=paid)
    method = box.store.objects.get(intent["payment_method"])
    if paid and method and method["_number"] == methods.RETURNED_ACCOUNT:
        due = box.clock.now() + box.settings.return_days * DAY
        box.agenda.add(due, kind="debit_returns", id=intent["latest_charge"])


def return_due(box, id):
    """The account's owner objects to a debit that had arrived."""
    charge = box.store.objects[id]
    if charge["status"] == "succeeded" and not charge["disputed"]:
        disputes.open_dispute(box, charge=charge, reason="debit_not_authorized")


def fail_late(box, *, charge):
    """The bank takes an arrived debit back without a dispute: payment_failure_refund."""
    if charge["payment_method_details"]["type"] == "card" or charge["status"] != "succeeded":
        raise errors.invalid("Only a bank debit that has arrived can fail late.", param="charge")
    if charge["balance_transaction"] is None:
        balance.attach(box, charge=charge)
    balance.take_back(box, charge=charge)
    before = render.snapshot(charge)
    code = "insufficient_funds"
    made.change(box, charge, changes={
        "status": "failed", "paid": False, "failure_code": code,
        "failure_message": cards.MESSAGES[code]})  # fmt: skip
    box.emit("charge.failed", charge)
    box.emit("charge.updated", charge, before=before)
