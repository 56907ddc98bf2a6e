"""Fields that exist only when expanded, and are put together on the way out."""

from payments.sandbox import lists


def includable(box, *, obj, field):
    """The value of such a field, or None where the object simply holds it."""
    make = FIELDS.get((obj.get("object"), field))
    return make and make(box, obj)


def _line_items(box, session):
    return lists.embedded(
        session["_lines"], url=f"/v1/checkout/sessions/{session['id']}/line_items"
    )


def _payments(box, invoice):
    found = box.store.newest("invoice_payment", invoice=invoice["id"])
    return lists.embedded(found, url="/v1/invoice_payments")


def _confirmation_secret(box, invoice):
    payment = next(box.store.newest("invoice_payment", invoice=invoice["id"]), None)
    if payment is None:
        return None
    intent = box.store.objects[payment["_payment_intent"]]
    return {"client_secret": intent["client_secret"], "type": "payment_intent"}


def _refunds(box, charge):
    found = box.store.newest("refund", charge=charge["id"])
    return lists.embedded(found, url=f"/v1/charges/{charge['id']}/refunds")


def _subscriptions(box, customer):
    found = box.store.newest("subscription", customer=customer["id"])
    shown = [one for one in found if one["status"] != "canceled"]
    return lists.embedded(shown, url=f"/v1/customers/{customer['id']}/subscriptions")


FIELDS = {
    ("checkout.session", "line_items"): _line_items,
    ("invoice", "payments"): _payments,
    ("invoice", "confirmation_secret"): _confirmation_secret,
    ("charge", "refunds"): _refunds,
    ("customer", "subscriptions"): _subscriptions,
}
