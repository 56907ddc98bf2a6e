"""The cycle of a subscription: notice, renewal, charge, dunning, end."""

import itertools

from payments.sandbox import agreements, charging, invoices, made, render
from payments.sandbox.clock import DAY

RENEWING = ("active", "trialing", "past_due", "unpaid")


def upcoming_due(box, id):
    subscription = box.store.objects[id]
    due = agreements.ends(subscription) - box.settings.upcoming_days * DAY
    if subscription["status"] not in RENEWING or ending(subscription) or due != box.clock.now():
        return
    box.emit("invoice.upcoming", invoices.preview(box, subscription=subscription))


def ending(subscription):
    """Whether no further period follows this one."""
    cancel_at = subscription["cancel_at"]
    return cancel_at is not None and cancel_at <= agreements.ends(subscription)


def period_due(box, id):
    """The period is over: end the subscription as asked, or renew it."""
    subscription = box.store.objects[id]
    over = agreements.ends(subscription) == box.clock.now()
    if subscription["status"] not in RENEWING or not over:
        return
    if ending(subscription):
        agreements.end(box, subscription=subscription)
        return
    renew(box, subscription=subscription)


def renew(box, *, subscription):
    before = render.snapshot(subscription)
    period = agreements.starts(subscription), agreements.ends(subscription)
    if subscription["status"] == "trialing":
        subscription["status"] = "active"
    agreements.begin_period(box, subscription=subscription, start=period[1])
    invoice = invoices.make(
        box, subscription=subscription, reason="subscription_cycle", period=period
    )
    subscription["latest_invoice"] = invoice["id"]
    box.store.put(subscription)
    _issue(box, invoice=invoice, subscription=subscription)
    box.emit("customer.subscription.updated", subscription, before=before)


def restart(box, *, subscription):
    """A new anchor and a new period from now on, charged at once."""
    now = box.clock.now()
    subscription["billing_cycle_anchor"] = now
    agreements.begin_period(box, subscription=subscription, start=now)
    invoice = invoices.make(box, subscription=subscription, reason="subscription_update")
    made.change(box, subscription, changes={"latest_invoice": invoice["id"]})
    invoices.issue(box, invoice=invoice, finalises_at=None)
    invoices.finalise(box, invoice=invoice)
    collect(box, invoice=invoice)


def resume(box, *, subscription, before):
    """It goes on after a pause; `before` is its snapshot from then."""
    subscription.pop("status_details", None)
    if subscription["status"] == "paused":
        made.change(box, subscription, changes={"status": "active"})
    box.emit("customer.subscription.resumed", subscription)
    box.emit("customer.subscription.updated", subscription, before=before)


def _issue(box, *, invoice, subscription):
    paused = subscription["pause_collection"]
    invoice["_paused"] = paused and paused["behavior"]
    if invoice["_paused"] == "keep_as_draft" or subscription["status"] == "unpaid":
        invoice["auto_advance"] = False
        invoices.issue(box, invoice=invoice, finalises_at=None)
        return
    due = box.clock.now() + box.settings.draft_seconds
    invoices.issue(box, invoice=invoice, finalises_at=due)
    box.agenda.add(due, kind="finalises", id=invoice["id"])


def finalise_due(box, id):
    invoice = box.store.objects.get(id)
    if invoice is None or invoice["status"] != "draft" or not invoice["auto_advance"]:
        return
    invoices.finalise(box, invoice=invoice)
    if invoice["_paused"]:
        status = {"void": "void", "mark_uncollectible": "uncollectible"}[invoice["_paused"]]
        invoices.close(box, invoice=invoice, status=status, reason="subscription_paused")
        return
    collect(box, invoice=invoice)


def retry_due(box, id):
    invoice = box.store.objects[id]
    subscription = invoices.subscription_of(box, invoice=invoice)
    if subscription and subscription["status"] in agreements.ENDED:
        return
    if invoice["status"] == "open" and invoice["next_payment_attempt"] == box.clock.now():
        collect(box, invoice=invoice)


def collect(box, *, invoice, off_session=True, method=None, by_hand=False):
    """Try to have an open invoice paid; the outcome as `charging` names it.

    A try by hand counts as the first attempt, later ones leave the schedule of retries alone
    (https://docs.stripe.com/api/invoices/object#invoice_object-attempt_count).
    """
    if not invoice["amount_due"]:
        invoices.mark_paid(box, invoice=invoice)
        return charging.SUCCEEDED
    method = method or method_for(box, invoice=invoice)
    intent = invoices.intent_of(box, invoice=invoice)
    outcome = charging.FAILED
    if method is not None:
        outcome = charging.attempt(box, intent=intent, method=method, off_session=off_session)
    scheduled = not by_hand or not invoice["attempt_count"]
    attempts = invoice["attempt_count"] + scheduled
    made.change(box, invoice, changes={"attempt_count": attempts, "attempted": True})
    settle(box, invoice=invoice, outcome=outcome, scheduled=scheduled)
    return outcome


def settle(box, *, invoice, outcome, scheduled=True):
    """Let invoice and subscription follow what became of the attempt."""
    if outcome == charging.SUCCEEDED:
        invoices.mark_paid(box, invoice=invoice)
        recover(box, invoice=invoice)
    elif outcome in (charging.FAILED, charging.ACTION):
        _failed(box, invoice=invoice, outcome=outcome, scheduled=scheduled)


def method_for(box, *, invoice):
    """The subscription's own method wins over the customer's."""
    subscription = invoices.subscription_of(box, invoice=invoice)
    customer = box.store.objects[invoice["customer"]]
    default = customer["invoice_settings"]["default_payment_method"]
    chosen = (subscription or {}).get("default_payment_method") or default
    return box.store.objects.get(chosen)


def recover(box, *, invoice):
    """Paid after all: the subscription is active again, unless a later invoice is still open."""
    subscription = invoices.subscription_of(box, invoice=invoice)
    if subscription and _waits_for(subscription, invoice=invoice):
        resume(box, subscription=subscription, before=render.snapshot(subscription))
    if not subscription or subscription["status"] not in ("past_due", "unpaid", "incomplete"):
        return
    found = box.store.newest("invoice", _subscription=subscription["id"])
    later = itertools.takewhile(lambda one: one["id"] != invoice["id"], found)
    if not any(one["status"] == "open" for one in later):
        agreements.set_status(box, subscription=subscription, status="active")


def _waits_for(subscription, *, invoice):
    """Whether it is paused and was to be resumed as soon as this invoice is paid."""
    asked = subscription.get("_resumes_with") == invoice["id"]
    return asked and subscription["status"] == "paused"


def _failed(box, *, invoice, outcome, scheduled):
    subscription = invoices.subscription_of(box, invoice=invoice)
    first = invoice["billing_reason"] == "subscription_create"
    last = scheduled and _plan_retry(box, invoice=invoice, first=first)
    box.emit("invoice.payment_failed", invoice)
    if outcome == charging.ACTION:
        box.emit("invoice.payment_action_required", invoice)
    running = subscription and subscription["status"] not in (*agreements.ENDED, "paused")
    if scheduled and running and not first:
        _fall_behind(box, subscription=subscription, last=last)


def _plan_retry(box, *, invoice, first):
    """When it is tried again; True after the last try of the schedule."""
    gaps = box.settings.dunning_days
    last = first or invoice["attempt_count"] > len(gaps)
    due = None if last else box.clock.now() + gaps[invoice["attempt_count"] - 1] * DAY
    made.change(box, invoice, changes={"next_payment_attempt": due})
    if due:
        box.agenda.add(due, kind="retry", id=invoice["id"])
    return last


def _fall_behind(box, *, subscription, last):
    if not last or box.settings.dunning_end == "past_due":
        agreements.set_status(box, subscription=subscription, status="past_due")
    elif box.settings.dunning_end == "unpaid":
        agreements.set_status(box, subscription=subscription, status="unpaid")
    else:
        agreements.end(box, subscription=subscription, reason="payment_failed")
