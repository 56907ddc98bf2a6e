"""Checkout Sessions as an API: make, read, list, expire. Paying one is in `paying`."""

from payments.sandbox import catalog, errors, intents, lists, made, methods, money, render
from payments.sandbox.clock import DAY, MINUTE
from payments.sandbox.spec import blank

MODES = ("payment", "subscription", "setup")
KEPT = (
    "adaptive_pricing",
    "allow_promotion_codes", "billing_address_collection", "client_reference_id",
    "consent_collection", "custom_fields", "custom_text", "customer", "customer_email",
    "excluded_payment_method_types", "locale", "metadata", "name_collection",
    "payment_method_collection", "payment_method_options", "phone_number_collection",
    "redirect_on_completion", "return_url", "submit_type", "success_url", "cancel_url",
    "automatic_tax", "branding_settings", "origin_context",
)  # fmt: skip
LATER = (
    "trial_end", "trial_period_days", "billing_cycle_anchor", "billing_cycle_anchor_config",
)  # fmt: skip
DEFAULTS = {
    "adaptive_pricing": {"enabled": True}, "payment_status": "unpaid", "status": "open",
    "payment_method_options": {}, "discounts": [], "metadata": {},
    "total_details": {"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0},
}  # fmt: skip


def create(call):
    box, params = call.box, call.params
    check(box, params=params)
    lines = [_line(box, item=item, place=place)
             for place, item in enumerate(params.get("line_items", ()))]  # fmt: skip
    check_lines(params, lines=lines)
    id = box.store.new_id("cs_test", length=58)
    currency = lines[0]["currency"] if lines else params.get("currency")
    total = due_today(params, lines=lines)
    fields = {**DEFAULTS, **{name: params[name] for name in KEPT if name in params}}
    mode, ui_mode = params["mode"], params.get("ui_mode", "hosted_page")
    hosted = ui_mode == "hosted_page"
    session = made.make(
        box, "checkout.session", prefix="cs", id=id, **fields | {
            "mode": mode, "currency": currency, "amount_subtotal": total, "amount_total": total,
            "customer_creation": creation(params), "expires_at": expiry(box, params=params),
            "payment_method_types": kinds(params, currency=currency),
            "url": f"{box.base_url}/c/pay/{id}" if hosted else None, "_lines": lines,
            "client_secret": None if hosted else f"{id}_secret_sandbox",
            "after_expiration": after_expiration(params),
            "payment_method_collection": params.get("payment_method_collection", "always")
            if mode == "subscription" else params.get("payment_method_collection"),
            "_intent_data": params.get("payment_intent_data") or {},
            "_subscription_data": params.get("subscription_data") or {},
            "_customer_update": params.get("customer_update") or {},
            "_setup_data": params.get("setup_intent_data") or {},
            "ui_mode": ui_mode,
        },
    )  # fmt: skip
    box.agenda.add(session["expires_at"], kind="session_expires", id=id)
    return session


def due_today(params, *, lines):
    """The sum the session takes: nothing for a card on file, or before a first charge later."""
    if not lines:
        return None
    if starts_later(params.get("subscription_data") or {}):
        return 0
    return sum(line["amount_total"] for line in lines)


def starts_later(data):
    return any(data.get(name) for name in LATER)


def creation(params):
    if params["mode"] == "subscription" or "customer" in params:
        return None if "customer" in params else "always"
    if (params.get("payment_intent_data") or {}).get("setup_future_usage"):
        return "always"
    return params.get("customer_creation", "if_required")


def kinds(params, *, currency):
    """Which sorts of payment the page offers: asked for, or cards and the currency's debit."""
    allowed = params.get("allowed_payment_method_types") or ["card", *debit(currency)]
    barred = params.get("excluded_payment_method_types") or []
    return [kind for kind in allowed if kind not in barred]


def debit(currency):
    return [methods.DEBITS[currency]] if currency in methods.DEBITS else []


def expiry(box, *, params):
    now = box.clock.now()
    given = params.get("expires_at", now + DAY)
    if not now + 30 * MINUTE - 60 <= given <= now + DAY:
        raise errors.invalid(
            "The `expires_at` timestamp must be between 30 minutes and 24 hours from now.",
            param="expires_at",
        )
    return given


def after_expiration(params):
    recovery = (params.get("after_expiration") or {}).get("recovery")
    if not recovery:
        return None
    full = {"allow_promotion_codes": False, "expires_at": None, "url": None, **recovery}
    return {"recovery": full}


def check(box, *, params):
    """The rules that bind a session's parameters to its mode."""
    mode = params.get("mode")
    if mode is None:
        raise errors.required("mode")
    if mode not in MODES:
        raise errors.invalid(f"Invalid mode: must be one of {', '.join(MODES)}", param="mode")
    if mode != "setup" and not params.get("line_items"):
        raise errors.required("line_items")
    if mode == "setup" and "currency" not in params:
        raise errors.required("currency")
    _check_place(params)
    _check_who(box, params=params)
    _check_mode(params, mode=mode)
    _check_start(box, data=params.get("subscription_data") or {})


def _check_place(params):
    embedded = params.get("ui_mode", "hosted_page") == "embedded_page"
    needed, barred = "success_url", ("return_url", "redirect_on_completion")
    if embedded:
        needed, barred = "return_url", ("success_url", "cancel_url")
    for name in barred:
        if name in params:
            message = f"`{name}` cannot be used with this `ui_mode`."
            raise errors.invalid(message, param=name)
    if needed not in params and params.get("redirect_on_completion") != "never":
        raise errors.required(needed)


def _check_who(box, *, params):
    if "customer" in params:
        box.store.get("customer", id=params["customer"], param="customer")
        for name in ("customer_email", "customer_creation"):
            if name in params:
                message = f"You may only specify one of these parameters: customer, {name}."
                raise errors.invalid(message, param=name)
    elif "customer_update" in params:
        message = "`customer_update` can only be used with `customer`."
        raise errors.invalid(message, param="customer_update")
    email = params.get("customer_email")
    if email is not None and not plausible_email(email):
        message = f"Invalid email address: {email}"
        raise errors.invalid(message, param="customer_email", code="email_invalid")


def plausible_email(text):
    name, at, host = str(text).rpartition("@")
    return bool(name and at and "." in host and " " not in text)


def _check_mode(params, *, mode):
    only = {
        "payment_intent_data": ("payment",), "subscription_data": ("subscription",),
        "setup_intent_data": ("setup",), "customer_creation": ("payment", "setup"),
        "invoice_creation": ("payment",), "submit_type": ("payment", "subscription"),
    }  # fmt: skip
    for name, modes in only.items():
        if name in params and mode not in modes:
            message = f"You can not pass `{name}` in `{mode}` mode."
            raise errors.invalid(message, param=name)


def _check_start(box, *, data):
    """A first charge that comes later: at least two days ahead, and only one way to say when."""
    if "trial_end" in data and data["trial_end"] < box.clock.now() + 2 * DAY:
        raise errors.invalid(
            "The `trial_end` date has to be at least 2 days in the future.",
            param="subscription_data[trial_end]",
        )
    given = [name for name in LATER if name in data]
    if len(given) > 1:
        raise errors.invalid(
            f"You may only specify one of these parameters: {', '.join(given)}.",
            param=f"subscription_data[{given[0]}]",
        )
    anchored = any(name.startswith("billing_cycle_anchor") for name in given)
    if anchored and data.get("proration_behavior") != "none":
        raise errors.prorates("subscription_data[proration_behavior]")


def _line(box, *, item, place):
    param = f"line_items[{place}]"
    price = catalog.price_of(box, item=item, param=param)
    quantity = item.get("quantity")
    if quantity is None:
        raise errors.required(f"{param}[quantity]")
    product = box.store.objects[price["product"]]
    total = (price["unit_amount"] or 0) * quantity
    return {
        **blank("item"), "id": box.store.new_id("li"), "object": "item",
        "adjustable_quantity": None, "amount_discount": 0, "amount_subtotal": total,
        "amount_tax": 0, "amount_total": total, "currency": price["currency"],
        "description": product["name"], "metadata": {}, "price": render.plain(price),
        "quantity": quantity,
    }  # fmt: skip


def check_lines(params, *, lines):
    if not lines:
        return
    if len({line["currency"] for line in lines}) > 1:
        raise errors.invalid("All line items must have the same currency.", param="line_items")
    recurring = [line for line in lines if line["price"]["recurring"]]
    if params["mode"] == "payment" and recurring:
        message = "You specified `payment` mode but passed a recurring price."
        raise errors.invalid(message, param="line_items")
    if params["mode"] == "subscription" and not recurring:
        message = "You must provide at least one recurring price in `subscription` mode."
        raise errors.invalid(message, param="line_items")
    total = sum(line["amount_total"] for line in lines)
    param = "line_items[0][price_data][unit_amount]"
    money.check_amount(total, currency=lines[0]["currency"], param=param)


def retrieve(call):
    return call.box.store.get("checkout.session", id=call.id)


def update(call):
    box = call.box
    session = box.store.get("checkout.session", id=call.id)
    return made.change(box, session, changes=made.emptied(call.params, names=("metadata",)))


def index(call):
    same = (
        "customer", "customer_account", "payment_intent", "payment_link", "status", "subscription",
    )  # fmt: skip
    email = (call.params.get("customer_details") or {}).get("email")
    found = lists.filtered(call, kind="checkout.session", same=same)
    found = (one for one in found if email in (None, (one["customer_details"] or {}).get("email")))
    return lists.Listing(found, url="/v1/checkout/sessions")


def line_items(call):
    session = call.box.store.get("checkout.session", id=call.id)
    return lists.Listing(session["_lines"], url=f"/v1/checkout/sessions/{session['id']}/line_items")


def expire(call):
    box = call.box
    session = box.store.get("checkout.session", id=call.id)
    if session["status"] != "open":
        raise errors.refused(
            'Only Checkout Sessions with a status in ["open"] can be expired. This Checkout'
            f" Session has a status of {session['status']}."
        )
    close(box, session=session)
    return session


def is_recoverable(box, *, session):
    """Whether it expired with a link to another like it, and that link has not."""
    recovery = (session["after_expiration"] or {}).get("recovery") or {}
    return bool(recovery.get("url")) and recovery["expires_at"] > box.clock.now()


def recovered(box, *, session):
    """An open copy of an expired session, made when its recovery link is followed."""
    now = box.clock.now()
    id = box.store.new_id("cs_test", length=58)
    copy = {
        **session, "id": id, "created": now, "expires_at": now + DAY, "status": "open",
        "url": f"{box.base_url}/c/pay/{id}", "recovered_from": session["id"],
        "after_expiration": None, "payment_intent": None, "_intent": None,
    }  # fmt: skip
    box.agenda.add(copy["expires_at"], kind="session_expires", id=id)
    return box.store.put(copy)


def expire_due(box, id):
    session = box.store.objects[id]
    if session["status"] == "open":
        close(box, session=session)


def close(box, *, session):
    recovery = (session["after_expiration"] or {}).get("recovery")
    if recovery and recovery.get("enabled"):
        recovery["url"] = f"{box.base_url}/c/recover/{session['id']}"
        recovery["expires_at"] = box.clock.now() + 30 * DAY
    made.change(box, session, changes={"status": "expired", "url": None})
    intent = box.store.objects.get(session.get("_intent"))
    if intent is not None and intent["status"] not in intents.TERMINAL:
        intents.give_up(box, intent=intent)
    box.emit("checkout.session.expired", session)
