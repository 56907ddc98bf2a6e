"""Setup intents: saving a method for later without a charge."""

from payments.sandbox import charging, errors, lists, made, methods, render


def make(box, *, customer, metadata=None, description=None, usage="off_session"):
    id = box.store.new_id("seti")
    intent = made.make(
        box, "setup_intent", prefix="seti", id=id, client_secret=f"{id}_secret_sandbox",
        customer=customer, description=description, metadata=dict(metadata or {}),
        payment_method_options={}, payment_method_types=["card"],
        status="requires_payment_method", usage=usage,
    )  # fmt: skip
    box.emit("setup_intent.created", intent)
    return intent


def attempt(box, *, intent, method):
    """Set `method` up; the outcome as `charging` names it."""
    made.change(box, intent, changes={"payment_method": method["id"]})
    card = methods.card_of(method)
    if card and card.authentication:
        changes = {"status": charging.ACTION, "next_action": {
            "type": "redirect_to_url",
            "redirect_to_url": {"return_url": None, "url": f"{box.base_url}/3ds/{intent['id']}"},
        }}  # fmt: skip
        made.change(box, intent, changes=changes)
        box.emit("setup_intent.requires_action", intent)
        return charging.ACTION
    if card and card.decline and not card.later:
        _fail(box, intent=intent, method=method, reason=card.decline)
        return charging.FAILED
    succeed(box, intent=intent)
    return charging.SUCCEEDED


def refuse(box, *, intent):
    method = box.store.objects[intent["payment_method"]]
    _fail(box, intent=intent, method=method, reason=("setup_intent_authentication_failure", None))


def _fail(box, *, intent, method, reason):
    code, decline_code = reason
    error = charging.error_of(method, code=code, decline_code=decline_code)
    changes = {"status": "requires_payment_method", "last_setup_error": error,
               "payment_method": None, "next_action": None}  # fmt: skip
    made.change(box, intent, changes=changes)
    box.emit("setup_intent.setup_failed", intent)


def succeed(box, *, intent):
    method = box.store.objects[intent["payment_method"]]
    changes = {"status": "succeeded", "next_action": None, "last_setup_error": None}
    made.change(box, intent, changes=changes)
    made.change(box, method, changes={"_set_up": True})
    box.emit("setup_intent.succeeded", intent)
    if intent["customer"]:
        methods.attach(box, method=method, customer=intent["customer"])


def create(call):
    box, params = call.box, call.params
    if "customer" in params:
        box.store.get("customer", id=params["customer"], param="customer")
    intent = make(
        box, customer=params.get("customer"), metadata=params.get("metadata"),
        description=params.get("description"), usage=params.get("usage", "off_session"),
    )  # fmt: skip
    if "payment_method" in params:
        method = methods.resolve(box, id=params["payment_method"], param="payment_method")
        changes = {"payment_method": method["id"], "status": "requires_confirmation"}
        made.change(box, intent, changes=changes)
    if params.get("confirm"):
        _confirm(box, intent=intent)
    return intent


def _confirm(box, *, intent):
    if intent["payment_method"] is None:
        raise errors.refused("This SetupIntent is missing a payment method.")
    method = box.store.objects[intent["payment_method"]]
    if attempt(box, intent=intent, method=method) == charging.FAILED:
        error = intent["last_setup_error"]
        raise errors.ApiError(
            error["message"], status=402, type="card_error", kept=True, code=error["code"],
            decline_code=error.get("decline_code"), setup_intent=render.plain(intent),
        )  # fmt: skip


def confirm(call):
    box, params = call.box, call.params
    intent = box.store.get("setup_intent", id=call.id)
    if "payment_method" in params:
        method = methods.resolve(box, id=params["payment_method"], param="payment_method")
        made.change(box, intent, changes={"payment_method": method["id"]})
    _confirm(box, intent=intent)
    return intent


def cancel(call):
    box = call.box
    intent = box.store.get("setup_intent", id=call.id)
    if intent["status"] in ("succeeded", "canceled"):
        message = f"You cannot cancel this SetupIntent because it is {intent['status']}."
        raise errors.refused(message, code="setup_intent_unexpected_state")
    made.change(box, intent, changes={"status": "canceled"})
    box.emit("setup_intent.canceled", intent)
    return intent


def retrieve(call):
    return call.box.store.get("setup_intent", id=call.id)


def index(call):
    same = ("attach_to_self", "customer", "customer_account", "payment_method")
    return lists.listing(call, kind="setup_intent", url="/v1/setup_intents", same=same)
