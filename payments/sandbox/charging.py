"""One attempt to take money: what the card says, the charge, the intent's new state."""

from payments.sandbox import balance, cards, made, methods, render
from payments.sandbox.clock import DAY
from payments.sandbox.spec import blank

SUCCEEDED, FAILED, ACTION, PROCESSING = "succeeded", "failed", "requires_action", "processing"
DOCS = "https://stripe.com/docs/error-codes/"
AUTHENTICATION = ("authentication_required", "authentication_required")
REFUSED = ("payment_intent_authentication_failure", None)
MESSAGES = {
    "authentication_required": "The bank asks the card's owner to authenticate the payment.",
    "payment_intent_authentication_failure": (
        "We are unable to authenticate your payment method. Please choose a different payment"
        " method and try again."
    ),
}


def attempt(box, *, intent, method, off_session=False, authenticated=False):
    """Try to take the intent's amount from `method`; one of the four outcomes above."""
    made.change(box, intent, changes={"payment_method": method["id"], "next_action": None})
    card = methods.card_of(method)
    if card is None:
        return _begin_debit(box, intent=intent, method=method)
    if not authenticated and asks(card, method=method, off_session=off_session):
        return _ask(box, intent=intent, off_session=off_session)
    if methods.expired(method, now=box.clock.now()):
        return _fail(box, intent=intent, method=method, reason=("expired_card", None))
    if card.decline and not (card.later and not method["_set_up"]):
        return _fail(box, intent=intent, method=method, reason=card.decline)
    return _succeed(box, intent=intent, method=method, authenticated=authenticated)


def asks(card, *, method, off_session):
    """Whether the bank wants to see the card's owner now."""
    if card.authentication == cards.ALWAYS:
        return True
    if card.authentication == cards.ON_SESSION:
        return not off_session
    if card.authentication == cards.UNTIL_SET_UP:
        return not (off_session and method["_set_up"])
    return False


def _ask(box, *, intent, off_session):
    action = {
        "type": "redirect_to_url",
        "redirect_to_url": {"return_url": None, "url": f"{box.base_url}/3ds/{intent['id']}"},
    }
    changes = {"status": ACTION, "next_action": action}
    if off_session:
        code, decline_code = AUTHENTICATION
        changes["last_payment_error"] = error_of(None, code=code, decline_code=decline_code)
    made.change(box, intent, changes=changes)
    box.emit("payment_intent.requires_action", intent)
    return ACTION


def refuse_authentication(box, *, intent):
    """The card's owner said no, or could not prove who they are."""
    code, decline_code = REFUSED
    method = box.store.objects[intent["payment_method"]]
    error = error_of(method, code=code, decline_code=decline_code)
    _return_to_start(box, intent=intent, error=error)


def error_of(method, *, code, decline_code, charge=None):
    message = MESSAGES.get(code) or cards.decline_message(code, decline_code=decline_code)
    error = {"code": code, "doc_url": DOCS + code.replace("_", "-"), "message": message,
             "type": "card_error"}  # fmt: skip
    if decline_code:
        error["decline_code"] = decline_code
    if charge:
        error["charge"] = charge
    if method:
        error["payment_method"] = render.plain(method)
    return error


def _fail(box, *, intent, method, reason):
    code, decline_code = reason
    charge = make_charge(box, intent=intent, method=method, status="failed", reason=reason)
    box.emit("charge.failed", charge)
    error = error_of(method, code=code, decline_code=decline_code, charge=charge["id"])
    made.change(box, intent, changes={"latest_charge": charge["id"]})
    _return_to_start(box, intent=intent, error=error)
    return FAILED


def _return_to_start(box, *, intent, error):
    changes = {
        "status": "requires_payment_method", "last_payment_error": error, "next_action": None,
        "payment_method": None,
    }  # fmt: skip
    made.change(box, intent, changes=changes)
    box.emit("payment_intent.payment_failed", intent)


def _succeed(box, *, intent, method, authenticated):
    charge = make_charge(box, intent=intent, method=method, status="succeeded")
    if authenticated:
        charge["payment_method_details"]["card"]["three_d_secure"] = authentication()
    made.change(box, intent, changes={"latest_charge": charge["id"]})
    finish(box, intent=intent, charge=charge)
    if method["customer"]:
        made.change(box, method, changes={"_set_up": True})
    return SUCCEEDED


def finish(box, *, intent, charge):
    """The money is there: announce charge and intent, plan what follows."""
    changes = {
        "status": SUCCEEDED, "amount_received": intent["amount"], "next_action": None,
        "last_payment_error": None, "processing": None,
    }  # fmt: skip
    made.change(box, intent, changes=changes)
    box.emit("charge.succeeded", charge)
    box.emit("payment_intent.succeeded", intent)
    now, settings = box.clock.exact(), box.settings
    box.agenda.add(now + settings.balance_seconds, kind="balance", id=charge["id"])
    if charge["_dispute"] or charge["_warning"]:
        box.agenda.add(now + settings.balance_seconds + 1, kind="dispute_opens", id=charge["id"])


def authentication():
    """What a charge says of the 3-D Secure challenge that came before it."""
    shown = blank("charge", "payment_method_details", "card", "three_d_secure")
    return shown | {
        "authentication_flow": "challenge", "result": "authenticated", "version": "2.2.0",
        "electronic_commerce_indicator": "05",
    }  # fmt: skip


def _begin_debit(box, *, intent, method):
    charge = make_charge(box, intent=intent, method=method, status="pending")
    changes = {"status": PROCESSING, "latest_charge": charge["id"],
               "payment_method_types": [method["type"]]}  # fmt: skip
    made.change(box, intent, changes=changes)
    box.emit("charge.pending", charge)
    box.emit("payment_intent.processing", intent)
    if box.settings.debits_book_early:
        balance.attach(box, charge=charge)
    due = box.clock.now() + box.settings.debit_days * DAY
    box.agenda.add(due, kind="debit_settles", id=intent["id"])
    return PROCESSING


def settle_debit(box, *, intent):
    """The bank's answer to a debit, days later: True when the money came."""
    method = box.store.objects[intent["payment_method"]]
    charge = box.store.objects[intent["latest_charge"]]
    if method["_number"] != methods.FAILING_ACCOUNT:
        made.change(box, charge, changes={"status": "succeeded", "paid": True})
        finish(box, intent=intent, charge=charge)
        return True
    code = "insufficient_funds"
    _fail_debit(box, charge=charge, code=code, message=cards.MESSAGES[code])
    error = error_of(method, code="payment_method_provider_decline",
                     decline_code=code, charge=charge["id"])  # fmt: skip
    _return_to_start(box, intent=intent, error=error)
    return False


def call_back_debit(box, *, intent):
    """A debit under way is given up together with its intent."""
    charge = box.store.objects[intent["latest_charge"]]
    message = "The payment was canceled before the bank had answered."
    _fail_debit(box, charge=charge, code="charge_canceled", message=message)


def _fail_debit(box, *, charge, code, message):
    if charge["balance_transaction"] is not None:
        balance.take_back(box, charge=charge)
    changes = {"status": "failed", "paid": False, "failure_code": code, "failure_message": message}
    made.change(box, charge, changes=changes)
    box.emit("charge.failed", charge)


def make_charge(box, *, intent, method, status, reason=None):
    card = methods.card_of(method)
    amount, succeeded = intent["amount"], status == "succeeded"
    code, decline_code = reason or (None, None)
    charge = made.make(
        box, "charge", prefix="ch" if card else "py", amount=amount, amount_refunded=0,
        amount_captured=amount if status != "failed" else 0,
        billing_details=_billing(box, intent=intent, method=method),
        calculated_statement_descriptor="KEEPOPEN SANDBOX", captured=status != "failed",
        currency=intent["currency"], customer=intent["customer"],
        description=intent["description"], failure_code=code,
        failure_message=code and cards.decline_message(code, decline_code=decline_code),
        fraud_details={}, metadata=dict(intent["metadata"]),
        outcome=outcome(card, status=status, decline_code=decline_code or code),
        paid=succeeded, payment_intent=intent["id"], payment_method=method["id"],
        payment_method_details=details(method, amount=amount),
        receipt_email=intent["receipt_email"], status=status,
        _dispute=card and card.dispute, _warning=bool(card and card.warning),
        _refund=card and card.refund, _at_once=bool(card and card.at_once),
    )  # fmt: skip
    if succeeded:
        made.change(box, charge, changes={"receipt_url": f"{box.base_url}/r/{charge['id']}"})
    return charge


def _billing(box, *, intent, method):
    """The method's billing details, completed from the customer."""
    customer = box.store.objects.get(intent["customer"]) or {}
    billing = dict(method["billing_details"])
    for name in ("email", "name"):
        billing[name] = billing[name] or customer.get(name)
    return billing


def outcome(card, *, status, decline_code):
    risk = card.risk if card else "not_assessed"
    if status != "failed":
        return {
            "advice_code": None, "network_advice_code": None, "network_decline_code": None,
            "network_status": "approved_by_network", "reason": None, "risk_level": risk,
            "risk_score": 20, "seller_message": "Payment complete.", "type": "authorized",
        }  # fmt: skip
    blocked = bool(card and card.blocked)
    return {
        "advice_code": "try_again_later", "network_advice_code": None,
        "network_decline_code": "01",
        "network_status": "not_sent_to_network" if blocked else "declined_by_network",
        "reason": "highest_risk_level" if blocked else decline_code, "risk_level": risk,
        "risk_score": 20, "seller_message": "The bank did not return any further details.",
        "type": "blocked" if blocked else "issuer_declined",
    }  # fmt: skip


def details(method, *, amount):
    """What a charge says of the method that paid it."""
    kind = method["type"]
    known = blank("charge", "payment_method_details", kind)
    known |= {name: value for name, value in method[kind].items() if name in known}
    if kind == "card":
        known |= {
            "amount_authorized": amount, "authorization_code": "123456",
            "fingerprint": method["card"]["fingerprint"], "network": known["brand"],
            "network_transaction_id": "123456789012345",
        }  # fmt: skip
    elif "mandate" in known:
        known["mandate"] = "mandate_" + method["id"][3:]
    return {"type": kind, kind: known}
