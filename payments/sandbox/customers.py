"""Customers."""

from payments.sandbox import agreements, errors, lists, made, methods, render
from payments.sandbox.spec import blank

FIELDS = (
    "address", "description", "email", "name", "individual_name", "business_name", "phone",
    "preferred_locales", "shipping", "tax_exempt", "balance",
)  # fmt: skip


def make(box, *, email=None, name=None, metadata=None, **fields):
    """A new customer, announced."""
    prefix = "".join(box.store.random.choices("ABCDEFGHJKLMNPQRSTUVWXYZ23456789", k=8))
    customer = made.make(
        box, "customer", prefix="cus", address=None, balance=0, currency=None, default_source=None,
        delinquent=False, email=email, invoice_prefix=prefix, name=name, next_invoice_sequence=1,
        phone=None, preferred_locales=[], tax_exempt="none", test_clock=None,
        invoice_settings=blank("customer", "invoice_settings"), metadata=metadata or {},
    )  # fmt: skip
    made.change(box, customer, changes=fields)
    box.emit("customer.created", customer)
    return customer


def create(call):
    box, params = call.box, call.params
    if "test_clock" in params:
        box.store.get("test_helpers.test_clock", id=params["test_clock"], param="test_clock")
    fields = made.emptied(params, names=(*FIELDS, "test_clock"))
    customer = make(box, metadata=params.get("metadata"), **fields)
    _set_method(box, customer=customer, params=params)
    return customer


def _set_method(box, *, customer, params):
    if "payment_method" in params:
        method = methods.resolve(box, id=params["payment_method"], param="payment_method")
        methods.attach_by_hand(box, method=method, customer=customer["id"])
    settings = params.get("invoice_settings") or {}
    changed = made.emptied(
        settings, names=("default_payment_method", "footer", "custom_fields", "rendering_options")
    )
    if changed.get("default_payment_method"):
        param = "invoice_settings[default_payment_method]"
        id = changed["default_payment_method"]
        method = methods.attached(box, id=id, customer=customer["id"], param=param)
        changed["default_payment_method"] = method["id"]
    if changed:
        merged = {**customer["invoice_settings"], **changed}
        made.change(box, customer, changes={"invoice_settings": merged})


def retrieve(call):
    return call.box.store.get("customer", id=call.id)


def update(call):
    box, params = call.box, call.params
    customer = _living(call)
    changes = made.emptied(params, names=(*FIELDS, "metadata"))
    change(box, customer=customer, changes=changes, params=params)
    return customer


def change(box, *, customer, changes, params=None):
    """Set fields of a customer, announced when anything is another."""
    before = render.snapshot(customer)
    _set_method(box, customer=customer, params=params or {})
    made.change(box, customer, changes=changes)
    if render.snapshot(customer) != before:
        box.emit("customer.updated", customer, before=before)


def _living(call):
    customer = call.box.store.get("customer", id=call.id)
    if customer.get("deleted"):
        raise errors.missing("customer", id=call.id)
    return customer


def delete(call):
    """Deleting a customer cancels its subscriptions at once; nothing more is taken."""
    box = call.box
    customer = _living(call)
    for subscription in list(box.store.newest("subscription", customer=customer["id"])):
        if subscription["status"] not in agreements.ENDED:
            agreements.end(box, subscription=subscription)
    for invoice in box.store.newest("invoice", customer=customer["id"], status="draft"):
        made.change(box, invoice, changes={"auto_advance": False, "next_payment_attempt": None})
    box.emit("customer.deleted", customer)
    gone = {"id": customer["id"], "object": "customer", "deleted": True}
    customer.clear()
    customer.update(gone)
    box.store.put(customer)
    return customer


def index(call):
    found = call.box.store.newest(
        "customer", email=call.params.get("email"), test_clock=call.params.get("test_clock")
    )
    found = (customer for customer in found if not customer.get("deleted"))
    found = lists.in_range(found, field="created", wanted=call.params.get("created"))
    return lists.Listing(found, url="/v1/customers")
