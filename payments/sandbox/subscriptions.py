"""Calls about subscriptions: begin, read, list, cancel, pause, resume."""

from payments.sandbox import (
    agreements,
    catalog,
    cycle,
    errors,
    invoices,
    lists,
    made,
    methods,
    render,
    subscription_changes,
)
from payments.sandbox.clock import DAY, HOUR

INCOMPLETE_LASTS = 23 * HOUR


def begin(box, *, subscription, intent=None, free=False, paid=True):
    """Announce a new subscription and its first invoice; `intent` has paid it already.

    With `paid` false the invoice stays open, to be settled by a debit or a later payment.
    """
    invoice = invoices.make(
        box, subscription=subscription, reason="subscription_create", amount_off=free
    )
    made.change(box, subscription, changes={"latest_invoice": invoice["id"]})
    box.emit("customer.subscription.created", subscription)
    invoices.issue(box, invoice=invoice, finalises_at=None)
    invoices.finalise(box, invoice=invoice, intent=intent)
    if not invoice["amount_due"] or (intent and paid):
        made.change(box, invoice, changes={"attempt_count": int(intent is not None)})
        invoices.mark_paid(box, invoice=invoice)
    return invoice


def retrieve(call):
    return call.box.store.get("subscription", id=call.id)


def index(call):
    """Canceled ones are hidden unless asked for."""
    params = call.params
    wanted = params.get("status")
    same = ("collection_method", "customer", "customer_account", "test_clock")
    found = lists.filtered(call, kind="subscription", same=same)
    found = (one for one in found if _has_item(one, params=params))
    if wanted is None:
        found = (item for item in found if item["status"] != "canceled")
    elif wanted == "ended":
        found = (item for item in found if item["status"] in agreements.ENDED)
    elif wanted != "all":
        found = (item for item in found if item["status"] == wanted)
    return lists.Listing(found, url="/v1/subscriptions")


def _has_item(subscription, *, params):
    """Whether the filters on price, period and tax let it through."""
    tax = (params.get("automatic_tax") or {}).get("enabled")
    if tax not in (None, subscription["automatic_tax"]["enabled"]):
        return False
    found = subscription["items"]["data"]
    for field in ("current_period_start", "current_period_end"):
        found = lists.in_range(found, field=field, wanted=params.get(field))
    return any(
        params.get("price") in (None, item["price"]["id"])
        and params.get("plan") in (None, item["plan"]["id"])
        for item in found
    )


def cancel(call):
    box, params = call.box, call.params
    subscription = subscription_changes.changeable(call)
    for name in ("invoice_now", "prorate"):
        if params.get(name):
            raise errors.prorates(name)
    details = made.emptied(params.get("cancellation_details") or {}, names=("comment", "feedback"))
    return agreements.end(box, subscription=subscription, details=details)


def create(call):
    """A subscription without Checkout: its first invoice is charged at once."""
    box, params = call.box, call.params
    for name in ("customer", "items"):
        if name not in params:
            raise errors.required(name)
    customer = box.store.get("customer", id=params["customer"], param="customer")
    prices = [
        (catalog.recurring_price_of(box, item=item, param=f"items[{place}]"),
         item.get("quantity", 1), item.get("metadata"))
        for place, item in enumerate(params["items"])
    ]  # fmt: skip
    method = params.get("default_payment_method")
    if method:
        method = methods.attached(
            box, id=method, customer=customer["id"], param="default_payment_method"
        )["id"]
    trial_end = None if params.get("trial_end") == "now" else params.get("trial_end")
    subscription = agreements.make(
        box, customer=customer["id"], prices=prices, method=method, status="incomplete",
        metadata=params.get("metadata"), trial_end=trial_end,
        description=params.get("description"),
    )  # fmt: skip
    invoice = begin(box, subscription=subscription, free=bool(trial_end))
    if invoice["status"] == "open" and params.get("payment_behavior") != "default_incomplete":
        cycle.collect(box, invoice=invoice)
    if subscription["status"] == "incomplete":
        box.agenda.add(box.clock.now() + INCOMPLETE_LASTS, kind="incomplete_ends", id=invoice["id"])
    return subscription


def incomplete_due(box, id):
    """A first invoice that nobody has paid in time ends what never began."""
    invoice = box.store.objects[id]
    subscription = invoices.subscription_of(box, invoice=invoice)
    if subscription["status"] != "incomplete":
        return
    if invoices.under_way(box, invoice=invoice):
        box.agenda.add(box.clock.now() + DAY, kind="incomplete_ends", id=id)
        return
    invoices.close(box, invoice=invoice, status="void")
    agreements.set_status(
        box, subscription=subscription, status="incomplete_expired", ended_at=box.clock.now()
    )


def resume(call):
    """Go on after a pause: a new period, charged at once; or once that charge has succeeded."""
    box = call.box
    subscription = box.store.get("subscription", id=call.id)
    if subscription["status"] != "paused":
        raise errors.refused(
            "You can only resume a paused subscription.", code="subscription_not_paused"
        )
    before = render.snapshot(subscription)
    if call.params.get("payment_behavior") != "resume_on_payment_success":
        made.change(box, subscription, changes={"status": "active"})
    cycle.restart(box, subscription=subscription)
    if subscription["status"] != "paused" or _is_paid(box, subscription=subscription):
        cycle.resume(box, subscription=subscription, before=before)
        return subscription
    made.change(box, subscription, changes={"_resumes_with": subscription["latest_invoice"]})
    box.emit("customer.subscription.updated", subscription, before=before)
    return subscription


def _is_paid(box, *, subscription):
    return box.store.objects[subscription["latest_invoice"]]["status"] == "paid"


def pause(call):
    """Neither invoices nor new periods until it is resumed."""
    box = call.box
    subscription = subscription_changes.changeable(call)
    if subscription["status"] == "paused":
        message = "You cannot pause a subscription that is paused already."
        raise errors.refused(message, code="subscription_paused")
    before = render.snapshot(subscription)
    details = {"type": "subscription", "subscription": {"type": "pause_requested"},
               "transitioned_at": box.clock.now()}  # fmt: skip
    made.change(box, subscription, changes={
        "status": "paused", "status_details": {"paused": details}})  # fmt: skip
    box.emit("customer.subscription.paused", subscription)
    box.emit("customer.subscription.updated", subscription, before=before)
    return subscription


def list_items(call):
    box = call.box
    if "subscription" not in call.params:
        raise errors.required("subscription")
    subscription = box.store.get(
        "subscription", id=call.params["subscription"], param="subscription"
    )
    return lists.Listing(subscription["items"]["data"], url="/v1/subscription_items")
