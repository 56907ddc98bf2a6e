"""Refunds: whole, partial, several; refused ones; those that settle or fail later."""

from payments.sandbox import balance, disputes, errors, lists, made, render
from payments.sandbox.clock import DAY

REASONS = ("duplicate", "fraudulent", "requested_by_customer")


def create(call):
    box, params = call.box, call.params
    charge = _charge(box, params=params)
    amount = params.get("amount", charge["amount"] - charge["amount_refunded"])
    _check(box, charge=charge, amount=amount)
    if charge["balance_transaction"] is None:
        balance.attach(box, charge=charge)
    if params.get("reason", REASONS[0]) not in REASONS:
        raise errors.invalid(f"Invalid reason: must be one of {REASONS}", param="reason")
    return make(
        box, charge=charge, amount=amount, reason=params.get("reason"),
        metadata=params.get("metadata"),
    )  # fmt: skip


def _charge(box, *, params):
    if "charge" in params:
        return box.store.get("charge", id=params["charge"], param="charge")
    if "payment_intent" not in params:
        raise errors.invalid("One of the following params should be provided for this request:"
                             " payment_intent or charge.")  # fmt: skip
    intent = box.store.get("payment_intent", id=params["payment_intent"], param="payment_intent")
    if intent["status"] != "succeeded":
        raise errors.refused(
            f"This PaymentIntent ({intent['id']}) does not have a successful charge to refund.",
            param="payment_intent",
        )
    return box.store.objects[intent["latest_charge"]]


def _check(box, *, charge, amount):
    left = charge["amount"] - charge["amount_refunded"]
    if charge["status"] != "succeeded":
        raise errors.refused(f"Charge {charge['id']} has not succeeded.", param="charge")
    if disputes.holds(box, charge=charge):
        raise errors.refused(
            f"Charge {charge['id']} has been charged back; cannot issue a refund.",
            code="charge_disputed",
        )
    if left == 0:
        message = f"Charge {charge['id']} has already been refunded."
        raise errors.refused(message, code="charge_already_refunded")
    if amount < 1:
        raise errors.invalid(
            "This value must be greater than or equal to 1.", param="amount",
            code="parameter_invalid_integer",
        )  # fmt: skip
    if amount > left:
        message = f"Refund amount ({amount}) is greater than unrefunded amount on charge ({left})"
        raise errors.refused(message, param="amount")


def make(box, *, charge, amount, reason=None, metadata=None):
    currency = charge["currency"]
    enough = balance.covers(box, amount=amount, currency=currency)
    short = box.settings.refunds_need_funds and not enough
    pending = short or charge["_refund"] == "pending"
    kind = charge["payment_method_details"]["type"]
    refund = made.make(
        box, "refund", prefix="re" if kind == "card" else "pyr", amount=amount,
        charge=charge["id"], currency=currency, metadata=dict(metadata or {}),
        destination_details=destination(kind), payment_intent=charge["payment_intent"],
        reason=reason, status="pending" if pending else "succeeded",
    )  # fmt: skip
    if pending:
        refund["pending_reason"] = "insufficient_funds" if short else "processing"
    if not short:
        _take(box, refund=refund, kind=kind)
    _count(box, charge=charge, refund=refund)
    if pending or charge["_refund"] == "fails":
        due = box.clock.exact() + DAY
        box.agenda.add(due, kind="refund_follows", id=refund["id"])
    return refund


def destination(kind):
    if kind != "card":
        return {"type": kind, kind: {}}
    details = {"reference_status": "pending", "reference_type": "acquirer_reference_number",
               "type": "refund"}  # fmt: skip
    return {"type": "card", "card": details}


def _take(box, *, refund, kind):
    transaction = balance.record(
        box, type="refund" if kind == "card" else "payment_refund", amount=-refund["amount"],
        currency=refund["currency"], source=refund["id"], description="REFUND FOR CHARGE",
    )  # fmt: skip
    made.change(box, refund, changes={"balance_transaction": transaction["id"]})


def _count(box, *, charge, refund):
    before = render.snapshot(charge)
    refunded = charge["amount_refunded"] + refund["amount"]
    changes = {"amount_refunded": refunded, "refunded": refunded == charge["amount"]}
    made.change(box, charge, changes=changes)
    box.emit("refund.created", refund)
    box.emit("charge.refunded", charge, before=before)
    box.emit("charge.updated", charge, before=before)
    if charge["refunded"]:
        disputes.charge_refunded(box, charge=charge)


def follow_due(box, id):
    """A pending refund goes through; one of the failing card comes back."""
    refund = box.store.objects[id]
    charge = box.store.objects[refund["charge"]]
    if refund["status"] == "pending":
        _go_through(box, refund=refund, charge=charge)
    elif charge["_refund"] == "fails" and refund["status"] == "succeeded":
        fail(box, refund=refund, charge=charge)


def _go_through(box, *, refund, charge):
    if refund["balance_transaction"] is None:
        if not balance.covers(box, amount=refund["amount"], currency=refund["currency"]):
            due = box.clock.exact() + DAY
            box.agenda.add(due, kind="refund_follows", id=refund["id"])
            return
        _take(box, refund=refund, kind=charge["payment_method_details"]["type"])
    before = render.snapshot(refund)
    del refund["pending_reason"]
    made.change(box, refund, changes={"status": "succeeded"})
    if charge["_refund"] == "fails":
        box.agenda.add(box.clock.exact() + DAY, kind="refund_follows", id=refund["id"])
    box.emit("refund.updated", refund, before=before)
    box.emit("charge.refund.updated", refund, before=before)


def fail(box, *, refund, charge, reason="expired_or_canceled_card"):
    """The bank sent the refund back: the money returns to the balance."""
    transaction = balance.record(
        box, type="refund_failure", amount=refund["amount"], currency=refund["currency"],
        source=refund["id"], description="REFUND FAILURE",
    )  # fmt: skip
    before, charge_before = render.snapshot(refund), render.snapshot(charge)
    made.change(box, refund, changes={
        "status": "failed", "failure_reason": reason,
        "failure_balance_transaction": transaction["id"]})  # fmt: skip
    left = charge["amount_refunded"] - refund["amount"]
    made.change(box, charge, changes={"amount_refunded": left, "refunded": False})
    box.emit("refund.updated", refund, before=before)
    box.emit("refund.failed", refund)
    box.emit("charge.updated", charge, before=charge_before)


def retrieve(call):
    return call.box.store.get("refund", id=call.id)


def update(call):
    box = call.box
    refund = box.store.get("refund", id=call.id)
    before = render.snapshot(refund)
    made.change(box, refund, changes=made.emptied(call.params, names=("metadata",)))
    box.emit("refund.updated", refund, before=before)
    return refund


def index(call):
    same = ("charge", "payment_intent")
    return lists.listing(call, kind="refund", url="/v1/refunds", same=same)
