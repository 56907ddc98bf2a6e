"""Changes to a running subscription: amount, method, pause, end, date of the next charge."""

import copy

from payments.sandbox import agreements, catalog, cycle, errors, invoices, made, methods, render
from payments.sandbox.clock import DAY

PLAIN = ("description", "metadata", "days_until_due", "collection_method")
LATEST_TRIAL = 730 * DAY


def resume_collection_due(box, id):
    subscription = box.store.objects[id]
    paused = subscription["pause_collection"]
    if paused and paused["resumes_at"] == box.clock.now():
        before = render.snapshot(subscription)
        made.change(box, subscription, changes={"pause_collection": None})
        box.emit("customer.subscription.updated", subscription, before=before)


def end_due(box, id):
    """The moment of `cancel_at` has come."""
    subscription = box.store.objects[id]
    ended = subscription["status"] in agreements.ENDED
    if not ended and subscription["cancel_at"] == box.clock.now():
        agreements.end(box, subscription=subscription)


def changeable(call):
    subscription = call.box.store.get("subscription", id=call.id)
    if subscription["status"] in agreements.ENDED:
        raise errors.refused(
            f"No such subscription: {subscription['id']} (it is {subscription['status']} and"
            " can no longer be changed).",
            code="resource_missing",
            param="id",
        )
    return subscription


def update(call):
    """All that is asked for, or nothing where a part is refused."""
    box, subscription = call.box, changeable(call)
    before, whole = render.snapshot(subscription), copy.deepcopy(subscription)
    try:
        _change(box, subscription=subscription, params=call.params)
    except errors.ApiError:
        subscription.clear()
        subscription.update(whole)
        box.store.put(subscription)
        raise
    if render.snapshot(subscription) != before:
        box.emit("customer.subscription.updated", subscription, before=before)
    return subscription


def _check_proration(params):
    """Only what Stripe leaves unprorated; a change of items, date or anchor must say so."""
    moves = ("items", "trial_end", "billing_cycle_anchor")
    given = [name for name in moves if name in params and params[name] != {"type": "unchanged"}]
    if given and params.get("proration_behavior") != "none":
        raise errors.prorates(given[0])


def _change(box, *, subscription, params):
    _check_proration(params)
    made.change(box, subscription, changes=made.emptied(params, names=PLAIN))
    _change_method(box, subscription=subscription, params=params)
    for item in params.get("items", ()):
        _change_item(box, subscription=subscription, item=item)
    _change_pause(box, subscription=subscription, params=params)
    _change_end(box, subscription=subscription, params=params)
    if "trial_end" in params:
        _change_trial(box, subscription=subscription, trial_end=params["trial_end"])
    elif params.get("billing_cycle_anchor") == {"type": "now"}:
        cycle.restart(box, subscription=subscription)
    box.store.put(subscription)


def _change_method(box, *, subscription, params):
    if "default_payment_method" in params:
        method = params["default_payment_method"] or None
        if method:
            method = methods.attached(
                box, id=method, customer=subscription["customer"], param="default_payment_method"
            )["id"]
        made.change(box, subscription, changes={"default_payment_method": method})


def _change_item(box, *, subscription, item):
    items = subscription["items"]["data"]
    known = next((one for one in items if one["id"] == item.get("id")), None)
    if "id" in item and known is None:
        raise errors.missing_reference("subscription item", id=item["id"], param="items[0][id]")
    if item.get("deleted"):
        if known is None or len(items) == 1:
            message = "A subscription must have at least one active price."
            raise errors.invalid(message, param="items[0][deleted]")
        items.remove(known)
        return
    price = known and known["price"]
    if known is None or "price" in item or "price_data" in item:
        price = catalog.recurring_price_of(box, item=item, param="items[0]")
        _check_price(subscription, price=price)
    if known is None:
        known = agreements.make_item(box, subscription=subscription, price=price)
        same = ("current_period_start", "current_period_end")
        known.update({name: items[0][name] for name in same})
        items.append(known)
    known["price"], known["plan"] = render.plain(price), agreements.plan_of(price)
    known["quantity"] = item.get("quantity", known["quantity"])


def _check_price(subscription, *, price):
    if price["currency"] != subscription["currency"]:
        raise errors.invalid(
            f"The price specified is in {price['currency']}, but the subscription's currency is"
            f" {subscription['currency']}.",
            param="items[0][price_data][currency]",
        )


def _change_pause(box, *, subscription, params):
    if "pause_collection" not in params:
        return
    given = params["pause_collection"] or None
    if given:
        given = {"behavior": given["behavior"], "resumes_at": given.get("resumes_at")}
        if given["resumes_at"]:
            box.agenda.add(given["resumes_at"], kind="collection_resumes", id=subscription["id"])
    made.change(box, subscription, changes={"pause_collection": given})


def _change_end(box, *, subscription, params):
    """`cancel_at_period_end` and `cancel_at`: set, moved or taken back."""
    if "cancellation_details" in params:
        subscription["cancellation_details"] |= made.emptied(
            params["cancellation_details"], names=("comment", "feedback")
        )
    if "cancel_at_period_end" in params:
        wanted = params["cancel_at_period_end"]
        end = agreements.ends(subscription) if wanted else None
        _plan_end(box, subscription=subscription, end=end, at_period_end=wanted)
    elif "cancel_at" in params:
        wanted = params["cancel_at"]
        if isinstance(wanted, str) and wanted:
            wanted = agreements.ends(subscription)
        _plan_end(box, subscription=subscription, end=wanted or None, at_period_end=False)


def _plan_end(box, *, subscription, end, at_period_end):
    if end is not None and end <= box.clock.now():
        raise errors.invalid("The end must be in the future.", param="cancel_at")
    agreements.plan_end(box, subscription=subscription, end=end, at_period_end=at_period_end)


def _change_trial(box, *, subscription, trial_end):
    """Move the next charge to `trial_end`; until then nothing is due."""
    now = box.clock.now()
    if trial_end == "now":
        made.change(box, subscription, changes={"trial_end": now, "status": "active"})
        cycle.restart(box, subscription=subscription)
        return
    if not now < trial_end <= now + LATEST_TRIAL:
        raise errors.invalid("trial_end must be within two years from now.", param="trial_end")
    changes = {"trial_end": trial_end, "trial_start": now, "status": "trialing",
               "billing_cycle_anchor": trial_end}  # fmt: skip
    made.change(box, subscription, changes=changes)
    agreements.begin_period(box, subscription=subscription, start=now, first_end=trial_end)
    invoice = invoices.make(
        box, subscription=subscription, reason="subscription_update", amount_off=True
    )
    subscription["latest_invoice"] = invoice["id"]
    invoices.issue(box, invoice=invoice, finalises_at=None)
    invoices.finalise(box, invoice=invoice)
    invoices.mark_paid(box, invoice=invoice)
