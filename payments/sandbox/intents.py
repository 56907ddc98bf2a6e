"""Payment intents: made, confirmed, cancelled; the charging itself is in `charging`."""

from payments.sandbox import charging, errors, lists, made, methods, money, render

TERMINAL = ("succeeded", "canceled")
SETTABLE = (
    "description", "metadata", "receipt_email", "setup_future_usage", "shipping",
    "statement_descriptor", "statement_descriptor_suffix",
)  # fmt: skip


def make(box, *, amount, currency, customer=None, method=None, hidden=None, **fields):
    """A payment intent waiting for a method, announced. `hidden` are our own links."""
    id = box.store.new_id("pi")
    secret = f"{id}_secret_" + box.store.new_id("s", length=23)[2:]
    intent = made.make(
        box, "payment_intent", prefix="pi", id=id, amount=amount, currency=currency,
        amount_capturable=0, amount_received=0, capture_method="automatic_async",
        client_secret=secret, confirmation_method="automatic", customer=customer,
        payment_method=method, payment_method_options={}, payment_method_types=["card"],
        status="requires_payment_method",
    )  # fmt: skip
    made.change(box, intent, changes={**fields, **(hidden or {})})
    box.emit("payment_intent.created", intent)
    return intent


def create(call):
    box, params = call.box, call.params
    for name in ("amount", "currency"):
        if name not in params:
            raise errors.required(name)
    money.check_currency(params["currency"])
    currency = params["currency"].lower()
    money.check_amount(params["amount"], currency=currency, param="amount")
    if "customer" in params:
        box.store.get("customer", id=params["customer"], param="customer")
    method = None
    if "payment_method" in params:
        method = methods.resolve(box, id=params["payment_method"], param="payment_method")["id"]
    intent = make(
        box, amount=params["amount"], currency=currency, customer=params.get("customer"),
        method=method, **made.emptied(params, names=SETTABLE),
    )  # fmt: skip
    if method:
        made.change(box, intent, changes={"status": "requires_confirmation"})
    if params.get("confirm"):
        confirm(box, intent=intent, off_session=bool(params.get("off_session")))
    return intent


def confirm(box, *, intent, off_session):
    """Charge the intent's method; a decline is raised as Stripe's card error."""
    if intent["payment_method"] is None:
        raise errors.refused(
            "You cannot confirm this PaymentIntent because it's missing a payment method.",
            code="payment_intent_unexpected_state",
        )
    method = box.store.get("payment_method", id=intent["payment_method"])
    outcome = charging.attempt(box, intent=intent, method=method, off_session=off_session)
    if outcome == charging.FAILED or (off_session and outcome == charging.ACTION):
        raise card_error(intent)


def card_error(intent):
    told = {
        name: value for name, value in intent["last_payment_error"].items()
        if name not in ("type", "message", "doc_url")
    }  # fmt: skip
    return errors.ApiError(
        intent["last_payment_error"]["message"], status=402, type="card_error", kept=True,
        payment_intent=render.plain(intent), **told,
    )  # fmt: skip


def confirm_call(call):
    box, params = call.box, call.params
    intent = box.store.get("payment_intent", id=call.id)
    refuse_terminal(intent, verb="confirm")
    if "payment_method" in params:
        method = methods.resolve(box, id=params["payment_method"], param="payment_method")
        made.change(box, intent, changes={"payment_method": method["id"]})
    confirm(box, intent=intent, off_session=bool(params.get("off_session")))
    return intent


def refuse_terminal(intent, *, verb):
    if intent["status"] in TERMINAL:
        raise errors.refused(
            f"You cannot {verb} this PaymentIntent because it has a status of {intent['status']}.",
            code="payment_intent_unexpected_state",
        )


def cancel(call):
    box = call.box
    intent = box.store.get("payment_intent", id=call.id)
    if intent["status"] in (*TERMINAL, "processing"):
        refuse_terminal({**intent, "status": "canceled"}, verb="cancel")
    return give_up(box, intent=intent, reason=call.params.get("cancellation_reason"))


def give_up(box, *, intent, reason=None):
    """Nothing will be charged any more; what a bank debit has under way comes back."""
    if intent["status"] == "processing":
        charging.call_back_debit(box, intent=intent)
    changes = {
        "status": "canceled", "canceled_at": box.clock.now(), "next_action": None,
        "cancellation_reason": reason,
    }  # fmt: skip
    made.change(box, intent, changes=changes)
    box.emit("payment_intent.canceled", intent)
    return intent


def update(call):
    box = call.box
    intent = box.store.get("payment_intent", id=call.id)
    return made.change(box, intent, changes=made.emptied(call.params, names=SETTABLE))


def retrieve(call):
    return call.box.store.get("payment_intent", id=call.id)


def index(call):
    same = ("customer", "customer_account")
    return lists.listing(call, kind="payment_intent", url="/v1/payment_intents", same=same)


def retrieve_charge(call):
    return call.box.store.get("charge", id=call.id)


def update_charge(call):
    box = call.box
    charge = box.store.get("charge", id=call.id)
    before = render.snapshot(charge)
    names = ("description", "metadata", "receipt_email")
    made.change(box, charge, changes=made.emptied(call.params, names=names))
    box.emit("charge.updated", charge, before=before)
    return charge


def list_charges(call):
    same = ("customer", "payment_intent", "transfer_group")
    return lists.listing(call, kind="charge", url="/v1/charges", same=same)
