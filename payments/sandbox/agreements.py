"""Subscriptions as objects: items and periods, what is planned for them, and their end."""

from payments.sandbox import made, render
from payments.sandbox.clock import DAY
from payments.sandbox.periods import period_end
from payments.sandbox.spec import blank

ENDED = ("canceled", "incomplete_expired")
COPIED = (
    "billing_cycle_anchor_config", "cancel_at", "cancel_at_period_end", "description",
    "invoice_settings", "payment_settings", "trial_settings",
)  # fmt: skip


def make(box, *, customer, prices, method=None, metadata=None, trial_end=None, anchor=None,
         status="active", **fields):  # fmt: skip
    """A subscription, not announced yet. `prices` are (price, quantity, item metadata)."""
    now = box.clock.now()
    start = trial_end or anchor or now
    id = box.store.new_id("sub")
    subscription = made.make(
        box, "subscription", prefix="sub", id=id, billing_cycle_anchor=start,
        billing_mode={"flexible": {"proration_discounts": "included"}, "type": "flexible"},
        cancellation_details=blank("subscription", "cancellation_details"),
        collection_method="charge_automatically", currency=prices[0][0]["currency"],
        customer=customer, default_payment_method=method, metadata=dict(metadata or {}),
        payment_settings=blank("subscription", "payment_settings")
        | {"save_default_payment_method": "off"},
        start_date=now, status="trialing" if trial_end else status, trial_end=trial_end,
        trial_settings={"end_behavior": {"billing_cycle_anchor": None,
                                         "missing_payment_method": "create_invoice"}},
        trial_start=now if trial_end else None, test_clock=test_clock_of(box, customer),
    )  # fmt: skip
    subscription["invoice_settings"]["issuer"]["type"] = "self"
    given = {name: fields[name] for name in COPIED if fields.get(name) is not None}
    made.change(box, subscription, changes=given)
    items = [
        make_item(box, subscription=subscription, price=price, quantity=quantity, metadata=more)
        for price, quantity, more in prices
    ]
    subscription["items"] = {
        "object": "list", "data": items, "has_more": False,
        "url": f"/v1/subscription_items?subscription={id}",
    }  # fmt: skip
    begin_period(box, subscription=subscription, start=now, first_end=trial_end or anchor)
    return box.store.put(subscription)


def test_clock_of(box, customer):
    return box.store.objects[customer]["test_clock"]


def make_item(box, *, subscription, price, quantity=1, metadata=None):
    return {
        **blank("subscription_item"), "id": box.store.new_id("si", length=14),
        "object": "subscription_item", "created": box.clock.now(), "tax_rates": [],
        "metadata": dict(metadata or {}), "plan": plan_of(price), "price": render.plain(price),
        "quantity": quantity, "subscription": subscription["id"],
    }  # fmt: skip


def plan_of(price):
    """The older name of a recurring price."""
    recurring = price["recurring"]
    return {
        **blank("plan"), "id": price["id"], "object": "plan", "active": price["active"],
        "amount": price["unit_amount"], "amount_decimal": price["unit_amount_decimal"],
        "billing_scheme": "per_unit", "created": price["created"], "currency": price["currency"],
        "interval": recurring["interval"], "interval_count": recurring["interval_count"],
        "livemode": False, "metadata": {}, "product": price["product"], "usage_type": "licensed",
    }  # fmt: skip


def begin_period(box, *, subscription, start, first_end=None):
    """Set every item's period to begin at `start`, and plan what its end brings.

    An end that was asked for with the period goes with it.
    """
    for item in subscription["items"]["data"]:
        recurring = item["price"]["recurring"]
        item["current_period_start"] = start
        item["current_period_end"] = first_end or period_end(
            start, anchor=subscription["billing_cycle_anchor"],
            interval=recurring["interval"], count=recurring["interval_count"],
        )  # fmt: skip
    if subscription["cancel_at_period_end"]:
        subscription["cancel_at"] = ends(subscription)
    plan(box, subscription=subscription)
    box.store.put(subscription)


def plan_end(box, *, subscription, end, at_period_end=False):
    """Let it end at `end`, whatever becomes of its periods meanwhile; None takes it back."""
    details = {**subscription["cancellation_details"],
               "reason": "cancellation_requested" if end else None}  # fmt: skip
    made.change(box, subscription, changes={
        "cancel_at": end, "cancel_at_period_end": at_period_end, "cancellation_details": details,
        "canceled_at": box.clock.now() if end else None})  # fmt: skip
    if end:
        box.agenda.add(end, kind="subscription_ends", id=subscription["id"])


def ends(subscription):
    return min(item["current_period_end"] for item in subscription["items"]["data"])


def ends_after(subscription, *, periods):
    """The end of the period that many periods from now."""
    item = subscription["items"]["data"][0]
    recurring, end = item["price"]["recurring"], item["current_period_end"]
    for _ in range(periods - 1):
        end = period_end(
            end, anchor=subscription["billing_cycle_anchor"],
            interval=recurring["interval"], count=recurring["interval_count"],
        )  # fmt: skip
    return end


def starts(subscription):
    return min(item["current_period_start"] for item in subscription["items"]["data"])


def amount(subscription):
    return sum(
        item["price"]["unit_amount"] * item["quantity"] for item in subscription["items"]["data"]
    )


def plan(box, *, subscription):
    """Put the end of the period and the notice before it on the agenda."""
    id, end = subscription["id"], ends(subscription)
    box.agenda.add(end, kind="period_ends", id=id)
    notice = end - box.settings.upcoming_days * DAY
    if box.settings.upcoming_days and notice > box.clock.now():
        box.agenda.add(notice, kind="upcoming", id=id)


def set_status(box, *, subscription, status, **changes):
    """Move to a status and announce it, when it is another one."""
    if subscription["status"] == status and not changes:
        return
    before = render.snapshot(subscription)
    made.change(box, subscription, changes={"status": status, **changes})
    box.emit("customer.subscription.updated", subscription, before=before)


def end(box, *, subscription, reason="cancellation_requested", status="canceled", details=None):
    """The subscription is over now."""
    now = box.clock.now()
    known = subscription["cancellation_details"]
    changes = {
        "status": status, "ended_at": now, "canceled_at": subscription["canceled_at"] or now,
        "cancellation_details": {**known, "reason": known["reason"] or reason, **(details or {})},
    }  # fmt: skip
    made.change(box, subscription, changes=changes)
    box.emit("customer.subscription.deleted", subscription)
    _stop_collecting(box, subscription=subscription)
    return subscription


def _stop_collecting(box, *, subscription):
    """What is open stays open, and is not tried again by itself."""
    for invoice in box.store.newest("invoice", _subscription=subscription["id"]):
        if invoice["status"] == "open" and invoice["auto_advance"]:
            before = render.snapshot(invoice)
            changes = {"auto_advance": False, "next_payment_attempt": None}
            made.change(box, invoice, changes=changes)
            box.emit("invoice.updated", invoice, before=before)
