"""Calls about invoices and invoice payments."""

from payments.sandbox import (
    agreements,
    charging,
    cycle,
    errors,
    intents,
    invoices,
    lists,
    made,
    methods,
    render,
)


def retrieve(call):
    return call.box.store.get("invoice", id=call.id)


def update(call):
    box = call.box
    invoice = box.store.get("invoice", id=call.id)
    before = render.snapshot(invoice)
    names = ("metadata", "description", "auto_advance", "footer", "default_payment_method")
    made.change(box, invoice, changes=made.emptied(call.params, names=names))
    box.emit("invoice.updated", invoice, before=before)
    return invoice


def index(call):
    params = call.params
    found = call.box.store.newest(
        "invoice", customer=params.get("customer"), _subscription=params.get("subscription"),
        status=params.get("status"), collection_method=params.get("collection_method"),
        customer_account=params.get("customer_account"),
    )  # fmt: skip
    for field in ("created", "due_date"):
        found = lists.in_range(found, field=field, wanted=params.get(field))
    return lists.Listing(found, url="/v1/invoices")


def lines(call):
    invoice = call.box.store.get("invoice", id=call.id)
    return lists.Listing(invoice["lines"]["data"], url=invoice["lines"]["url"])


def finalise(call):
    box = call.box
    invoice = box.store.get("invoice", id=call.id)
    if invoice["status"] != "draft":
        raise errors.refused("This invoice is already finalized.", code="invoice_not_editable")
    box.store.get("customer", id=invoice["customer"], param="customer")
    invoices.finalise(box, invoice=invoice)
    return invoice


def pay(call):
    """Charge an open invoice now; a decline is Stripe's card error."""
    box, params = call.box, call.params
    invoice = box.store.get("invoice", id=call.id)
    box.store.get("customer", id=invoice["customer"], param="customer")
    if invoice["status"] == "draft":
        invoices.finalise(box, invoice=invoice)
    if invoice["status"] == "paid":
        raise errors.refused("Invoice is already paid", code="invoice_already_paid")
    if invoice["status"] not in ("open", "uncollectible"):
        message = f"Invoice {invoice['id']} is {invoice['status']} and cannot be paid."
        raise errors.refused(message, code="invoice_not_payable")
    if params.get("paid_out_of_band"):
        invoices.mark_paid(box, invoice=invoice, off_stripe=True)
        cycle.recover(box, invoice=invoice)
        return invoice
    _collect(box, invoice=invoice, params=params)
    return invoice


def _collect(box, *, invoice, params):
    if invoices.under_way(box, invoice=invoice):
        message = f"Invoice {invoice['id']} has a payment that is processing."
        raise errors.refused(message, code="payment_intent_unexpected_state")
    method = None
    if "payment_method" in params:
        id = params["payment_method"]
        method = methods.attached(box, id=id, customer=invoice["customer"], param="payment_method")
    if method is None and cycle.method_for(box, invoice=invoice) is None:
        raise errors.refused(
            "There is no `default_payment_method` set on this Customer or Invoice.",
            code="invoice_payment_method_missing",
        )
    off_session = params.get("off_session", True)
    outcome = cycle.collect(
        box, invoice=invoice, off_session=off_session, method=method, by_hand=True
    )
    if outcome in (charging.FAILED, charging.ACTION):
        raise intents.card_error(invoices.intent_of(box, invoice=invoice))


def void(call):
    return _close(call, status="void")


def mark_uncollectible(call):
    return _close(call, status="uncollectible")


def _close(call, *, status):
    box = call.box
    invoice = box.store.get("invoice", id=call.id)
    if invoice["status"] not in ("open", "uncollectible"):
        message = f"You can only do this to an open invoice; this one is {invoice['status']}."
        raise errors.refused(message, code="invoice_not_editable")
    return invoices.close(box, invoice=invoice, status=status)


def delete(call):
    box = call.box
    invoice = box.store.get("invoice", id=call.id)
    if invoice["status"] != "draft":
        raise errors.refused("You can only delete draft invoices.", code="invoice_not_editable")
    box.store.discard(invoice)
    box.emit("invoice.deleted", invoice)
    return {"id": invoice["id"], "object": "invoice", "deleted": True}


def create_preview(call):
    box = call.box
    if "subscription" not in call.params:
        raise errors.required("subscription")
    subscription = box.store.get(
        "subscription", id=call.params["subscription"], param="subscription"
    )
    if subscription["status"] in agreements.ENDED or cycle.ending(subscription):
        raise errors.invalid(
            "No upcoming invoices for customer", code="invoice_upcoming_none", param="subscription"
        )
    return invoices.preview(box, subscription=subscription)


def retrieve_payment(call):
    return call.box.store.get("invoice_payment", id=call.id)


def list_payments(call):
    params = call.params
    payment = params.get("payment") or {}
    found = call.box.store.newest(
        "invoice_payment", invoice=params.get("invoice"), status=params.get("status"),
        _payment_intent=payment.get("payment_intent"),
    )  # fmt: skip
    found = lists.in_range(found, field="created", wanted=params.get("created"))
    return lists.Listing(found, url="/v1/invoice_payments")
