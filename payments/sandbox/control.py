"""The sandbox's own controls: clock, faults, settings, deliveries."""

import json

from payments.sandbox import (
    debits,
    disputes,
    errors,
    methods,
    payouts,
    refunds,
    spec,
    webhook_endpoints,
)
from payments.sandbox.clock import DAY
from payments.sandbox.pages import layout, operator
from payments.sandbox.wire import Response

ACTIONS = {}


def action(method, path):
    def register(function):
        ACTIONS[method, path] = function
        return function

    return register


def answer(box, *, method, target, headers, body):
    function = ACTIONS.get((method, target.path.rstrip("/")))
    if function is None:
        raise errors.unknown_url(method, path=target.path)
    result = function(box, given(headers, body=body))
    if isinstance(result, Response):
        return result
    if method == "POST" and "text/html" in headers.get("accept", ""):
        return layout.redirect(f"{box.base_url}/sandbox")
    return Response(200, {"Content-Type": "application/json"}, json.dumps(result).encode())


def given(headers, *, body):
    """The fields of a JSON or form body."""
    if "json" in headers.get("content-type", ""):
        try:
            return json.loads(body or b"{}")
        except ValueError:
            raise errors.invalid("The body is not JSON.") from None
    return spec.parse_form(body.decode())


def number(fields, *, name):
    try:
        return float(fields[name])
    except (KeyError, TypeError, ValueError):
        raise errors.invalid(f"A number is needed: {name}", param=name) from None


@action("GET", "/sandbox")
def overview(box, fields):
    return operator.page(box)


@action("GET", "/sandbox/clock")
def clock(box, fields):
    return {"now": box.clock.now(), "offset": box.clock.offset}


@action("POST", "/sandbox/clock/advance")
def advance(box, fields):
    seconds = number(fields, name="seconds")
    if seconds < 0:
        raise errors.invalid("Time only moves forward.", param="seconds")
    box.advance(seconds)
    return clock(box, fields)


@action("POST", "/sandbox/clock/set")
def set_clock(box, fields):
    moment = number(fields, name="now")
    if not box.is_empty() and moment < box.clock.exact():
        raise errors.invalid("Time only moves forward.", param="now")
    box.set_clock(moment)
    return clock(box, fields)


@action("GET", "/sandbox/faults")
def list_faults(box, fields):
    return {"faults": box.faults.waiting}


@action("POST", "/sandbox/faults")
def add_fault(box, fields):
    match = fields.pop("match", None) or {}
    return box.faults.add({**fields, **match})


@action("DELETE", "/sandbox/faults")
def clear_faults(box, fields):
    box.faults.clear()
    return list_faults(box, fields)


@action("GET", "/sandbox/settings")
def settings(box, fields):
    return box.settings.values


@action("POST", "/sandbox/settings")
def change_settings(box, fields):
    box.settings.change(fields)
    return box.settings.values


@action("GET", "/sandbox/deliveries")
def deliveries(box, fields):
    return {
        "waiting": len(box.deliveries.waiting),
        "due": len(box.deliveries.due()),
        "failed": len(box.deliveries.failed),
        "events": len(box.events.records),
    }


@action("POST", "/sandbox/resend")
def resend(box, fields):
    event = fields.get("event")
    if event not in box.events.records:
        raise errors.missing_reference("event", id=event, param="event")
    box.deliveries.resend(event)
    return deliveries(box, fields)


@action("POST", "/sandbox/roll_secret")
def roll_secret(box, fields):
    """A new `secret`; the old one signs along for `overlap` seconds, a day unless told."""
    id = fields.get("endpoint")
    endpoint = box.store.get("webhook_endpoint", id=id, param="endpoint")
    if not fields.get("secret"):
        raise errors.required("secret")
    overlap = number(fields, name="overlap") if "overlap" in fields else DAY
    webhook_endpoints.roll(box, endpoint=endpoint, secret=fields["secret"], overlap=overlap)
    return {"endpoint": id}


@action("POST", "/sandbox/fail_payout")
def fail_payout(box, fields):
    payout = box.store.get("payout", id=fields.get("payout"), param="payout")
    if payout["status"] in ("failed", "canceled"):
        raise errors.invalid("This payout has failed already.", param="payout")
    payouts.fail(box, payout=payout)
    return {"payout": payout["id"], "status": payout["status"]}


@action("POST", "/sandbox/update_card")
def update_card(box, fields):
    """The network renews a card: `number`, `exp_month` and `exp_year`, as far as they are given."""
    method = box.store.get("payment_method", id=fields.get("payment_method"))
    if method["type"] != "card":
        raise errors.invalid("Only a card is renewed by its network.", param="payment_method")
    exp = None
    if "exp_year" in fields:
        exp = (int(number(fields, name="exp_month")), int(number(fields, name="exp_year")))
    methods.update_by_network(box, method=method, number=fields.get("number"), exp=exp)
    return {"payment_method": method["id"], "last4": method["card"]["last4"]}


@action("POST", "/sandbox/dispute")
def dispute(box, fields):
    charge = box.store.get("charge", id=fields.get("charge"), param="charge")
    if charge["status"] != "succeeded":
        raise errors.invalid("Only a payment that has arrived is disputed.", param="charge")
    reason = fields.get("reason", "fraudulent")
    amount = int(fields["amount"]) if fields.get("amount") else None
    opened = disputes.open_dispute(box, charge=charge, reason=reason, amount=amount)
    if opened["status"] == "prevented" and not charge["refunded"]:
        left = charge["amount"] - charge["amount_refunded"]
        refunds.make(box, charge=charge, amount=left, reason="fraudulent")
    return {"dispute": opened["id"], "status": opened["status"]}


@action("POST", "/sandbox/decide")
def decide(box, fields):
    """The bank's word about a dispute: won, lost, partly, escalated."""
    found = box.store.get("dispute", id=fields.get("dispute"), param="dispute")
    disputes.decide(box, dispute=found, outcome=fields.get("outcome"))
    return {"dispute": found["id"], "status": found["status"]}


@action("POST", "/sandbox/warn")
def warn(box, fields):
    """An early fraud warning of the card's issuer."""
    charge = box.store.get("charge", id=fields.get("charge"), param="charge")
    disputes.warn(box, charge=charge)
    return {"charge": charge["id"]}


@action("POST", "/sandbox/return_debit")
def return_debit(box, fields):
    """A bank debit that had arrived is taken back, as a dispute or as a late failure."""
    charge = box.store.get("charge", id=fields.get("charge"), param="charge")
    if fields.get("as", "dispute") == "failure":
        debits.fail_late(box, charge=charge)
    else:
        debits.return_due(box, charge["id"])
    return {"charge": charge["id"], "status": charge["status"]}


@action("POST", "/sandbox/fail_refund")
def fail_refund(box, fields):
    """The bank sends a refund back, days later."""
    refund = box.store.get("refund", id=fields.get("refund"), param="refund")
    if refund["status"] != "succeeded":
        raise errors.invalid("Only a refund that was sent can come back.", param="refund")
    refunds.fail(box, refund=refund, charge=box.store.objects[refund["charge"]])
    return {"refund": refund["id"], "status": refund["status"]}
