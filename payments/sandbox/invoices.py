"""Invoices as objects: draft, finalised, paid, void, and their invoice payments."""

from payments.sandbox import agreements, intents, lists, made, render
from payments.sandbox.spec import blank

REASONS = {
    "subscription_create": "Subscription creation",
    "subscription_cycle": "Subscription update",
    "subscription_update": "Subscription update",
}


def make(box, *, subscription, reason, amount_off=False, period=None, id=None):
    """A draft invoice for the subscription's current period, not announced yet.

    `amount_off` makes every line free: trials, and the stretch before an anchor.
    """
    now = box.clock.now()
    customer = box.store.objects[subscription["customer"]]
    invoice = skeleton(box, customer=customer, currency=subscription["currency"], id=id)
    details = {"metadata": dict(subscription["metadata"]), "subscription": subscription["id"]}
    start, end = period or (now, now)
    lines = [
        line_of(box, invoice=invoice, item=item, free=amount_off)
        for item in subscription["items"]["data"]
    ]
    total = sum(line["amount"] for line in lines)
    changes = {
        "billing_reason": reason, "collection_method": "charge_automatically",
        "description": subscription["description"],
        "lines": lists.embedded(lines, url=f"/v1/invoices/{invoice['id']}/lines"),
        "parent": {"quote_details": None, "subscription_details": details,
                   "type": "subscription_details"},
        "period_start": start, "period_end": end, "_subscription": subscription["id"],
        **dict.fromkeys(
            ("amount_due", "amount_remaining", "subtotal", "subtotal_excluding_tax", "total",
             "total_excluding_tax"), total),
    }  # fmt: skip
    invoice.update(changes)
    return invoice


def skeleton(box, *, customer, currency, id=None):
    invoice = blank("invoice") | {
        "id": id or box.store.new_id("in"), "account_country": "IE", "account_name": "Sandbox",
        "amount_overpaid": 0, "amount_paid": 0, "amount_paid_off_stripe": 0, "amount_shipping": 0,
        "attempt_count": 0, "auto_advance": True, "created": box.clock.now(),
        "currency": currency, "customer": customer["id"], "customer_address": customer["address"],
        "customer_email": customer["email"], "customer_name": customer["name"],
        "customer_phone": customer["phone"], "customer_tax_exempt": "none",
        "customer_tax_ids": [], "hosted_invoice_url": None, "invoice_pdf": None, "metadata": {},
        "post_payment_credit_notes_amount": 0, "pre_payment_credit_notes_amount": 0,
        "starting_balance": 0, "status": "draft", "test_clock": customer["test_clock"],
        "total_discount_amounts": [], "total_pretax_credit_amounts": [], "total_taxes": [],
        "_subscription": None, "_paused": None,
    }  # fmt: skip
    invoice["issuer"]["type"] = "self"
    return invoice


def line_of(box, *, invoice, item, free=False):
    price = item["price"]
    amount = 0 if free else price["unit_amount"] * item["quantity"]
    product = box.store.objects[price["product"]]
    parent = {
        "invoice_item": None, "proration": False, "proration_details": {"credited_items": None},
        "subscription": item["subscription"], "subscription_item": item["id"],
    }  # fmt: skip
    return {
        **blank("line_item"), "id": box.store.new_id("il"), "object": "line_item",
        "amount": amount, "currency": price["currency"],
        "description": f"{item['quantity']} × {product['name']}", "discount_amounts": [],
        "discountable": True, "discounts": [], "invoice": invoice["id"], "livemode": False,
        "metadata": {}, "parent": {
            "invoice_item_details": None, "subscription_item_details": parent,
            "type": "subscription_item_details"},
        "period": {"start": item["current_period_start"], "end": item["current_period_end"]},
        "pretax_credit_amounts": [],
        "pricing": {"price_details": {"price": price["id"], "product": price["product"]},
                    "type": "price_details",
                    "unit_amount_decimal": price["unit_amount_decimal"]},
        "quantity": item["quantity"], "subscription": item["subscription"], "subtotal": amount,
        "taxes": [],
    }  # fmt: skip


def issue(box, *, invoice, finalises_at):
    """Put a draft into the store and announce it."""
    invoice["automatically_finalizes_at"] = finalises_at
    invoice["next_payment_attempt"] = finalises_at
    box.store.put(invoice)
    box.emit("invoice.created", invoice)


def finalise(box, *, invoice, intent=None):
    """Number the invoice and open it; money due gets a payment intent, unless one is given."""
    now = box.clock.now()
    customer = box.store.objects[invoice["customer"]]
    number = f"{customer['invoice_prefix']}-{customer['next_invoice_sequence']:04d}"
    made.change(
        box, customer, changes={"next_invoice_sequence": customer["next_invoice_sequence"] + 1}
    )
    changes = {
        "status": "open", "number": number, "effective_at": now, "ending_balance": 0,
        "automatically_finalizes_at": None,
        "hosted_invoice_url": f"{box.base_url}/i/{invoice['id']}",
        "invoice_pdf": f"{box.base_url}/i/{invoice['id']}/pdf",
        "status_transitions": {**invoice["status_transitions"], "finalized_at": now},
    }  # fmt: skip
    made.change(box, invoice, changes=changes)
    if invoice["amount_due"]:
        _add_payment(box, invoice=invoice, intent=intent)
    box.emit("invoice.finalized", invoice)


def _add_payment(box, *, invoice, intent):
    if intent is None:
        intent = intents.make(
            box, amount=invoice["amount_due"], currency=invoice["currency"],
            customer=invoice["customer"], description=REASONS.get(invoice["billing_reason"]),
            setup_future_usage="off_session",
        )  # fmt: skip
    made.change(box, intent, changes={"_invoice": invoice["id"]})
    made.make(
        box, "invoice_payment", prefix="inpay", amount_paid=None,
        amount_requested=invoice["amount_due"], currency=invoice["currency"],
        invoice=invoice["id"], is_default=True,
        payment={"payment_intent": intent["id"], "type": "payment_intent"}, status="open",
        status_transitions={"canceled_at": None, "paid_at": None}, _payment_intent=intent["id"],
    )  # fmt: skip


def payment_of(box, *, invoice):
    return next(box.store.newest("invoice_payment", invoice=invoice["id"]), None)


def intent_of(box, *, invoice):
    payment = payment_of(box, invoice=invoice)
    return payment and box.store.objects[payment["_payment_intent"]]


def under_way(box, *, invoice):
    """Whether a bank debit for it has begun whose end nobody knows yet."""
    intent = intent_of(box, invoice=invoice)
    return intent is not None and intent["status"] == "processing"


def mark_paid(box, *, invoice, off_stripe=False):
    """The money is there (or none was due): close the invoice as paid."""
    now = box.clock.now()
    payment = payment_of(box, invoice=invoice)
    if off_stripe:
        _cancel_payment(box, invoice=invoice)
    elif payment:
        changes = {
            "amount_paid": invoice["amount_due"], "status": "paid",
            "status_transitions": {"canceled_at": None, "paid_at": now},
        }  # fmt: skip
        made.change(box, payment, changes=changes)
        box.emit("invoice_payment.paid", payment)
    changes = {
        "status": "paid", "attempted": True, "amount_remaining": 0, "auto_advance": False,
        "next_payment_attempt": None, "amount_paid": 0 if off_stripe else invoice["amount_due"],
        "amount_paid_off_stripe": invoice["amount_due"] if off_stripe else 0,
        "status_transitions": {**invoice["status_transitions"], "paid_at": now},
    }  # fmt: skip
    made.change(box, invoice, changes=changes)
    box.emit("invoice.paid", invoice)
    box.emit("invoice.payment_succeeded", invoice)


def close(box, *, invoice, status, reason="user_forgiven"):
    """Void an invoice, or give it up as uncollectible for a reason."""
    moment, type = {
        "void": ("voided_at", "invoice.voided"),
        "uncollectible": ("marked_uncollectible_at", "invoice.marked_uncollectible"),
    }[status]
    transitions = {**invoice["status_transitions"], moment: box.clock.now()}
    changes = {"status": status, "auto_advance": False, "next_payment_attempt": None,
               "status_transitions": transitions}  # fmt: skip
    made.change(box, invoice, changes=changes)
    if status == "void":
        _cancel_payment(box, invoice=invoice, reason="void_invoice")
    else:
        invoice["status_details"] = {"uncollectible": {"reason": reason}}
    box.emit(type, invoice)
    return invoice


def _cancel_payment(box, *, invoice, reason=None):
    payment = payment_of(box, invoice=invoice)
    if payment is None:
        return
    now = box.clock.now()
    made.change(
        box,
        payment,
        changes={"status": "canceled", "status_transitions": {"canceled_at": now, "paid_at": None}},
    )
    intent = box.store.objects[payment["_payment_intent"]]
    if intent["status"] not in intents.TERMINAL:
        intents.give_up(box, intent=intent, reason=reason)


def subscription_of(box, *, invoice):
    return box.store.objects.get(invoice["_subscription"])


def preview(box, *, subscription, id=None):
    """The invoice the next period will bring, never stored."""
    ahead = render.snapshot(subscription)
    end = agreements.ends(ahead)
    for item in ahead["items"]["data"]:
        recurring = item["price"]["recurring"]
        item["current_period_start"] = end
        item["current_period_end"] = agreements.period_end(
            end, anchor=ahead["billing_cycle_anchor"], interval=recurring["interval"],
            count=recurring["interval_count"],
        )  # fmt: skip
    period = agreements.starts(subscription), end
    id = id or box.store.new_id("upcoming_in")
    invoice = make(box, subscription=ahead, reason="upcoming", period=period, id=id)
    invoice["next_payment_attempt"] = end + box.settings.draft_seconds
    return invoice
