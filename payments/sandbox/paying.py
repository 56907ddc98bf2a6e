"""What happens when a person submits the hosted page."""

from payments.sandbox import (
    agreements,
    charging,
    customers,
    intents,
    made,
    methods,
    periods,
    setup_intents,
    subscriptions,
)


def submit(box, *, session, method, email, name):
    """Try to complete an open session with `method`; the outcome as `charging` names it."""
    session["_payer"] = {"email": email, "name": name, "method": method["id"]}
    box.store.put(session)
    if not session["amount_total"]:
        return _submit_setup(box, session=session, method=method)
    intent = _intent(box, session=session, method=method)
    outcome = charging.attempt(box, intent=intent, method=method)
    if outcome in (charging.SUCCEEDED, charging.PROCESSING):
        complete(box, session=session, intent=intent, paid=outcome == charging.SUCCEEDED)
    return outcome


def authenticated(box, *, session, approved):
    """The answer of the 3-D Secure page for the session's waiting intent."""
    if not session["amount_total"]:
        intent = box.store.objects[session["_setup"]]
        if not approved:
            setup_intents.refuse(box, intent=intent)
            return charging.FAILED
        setup_intents.succeed(box, intent=intent)
        complete(box, session=session)
        return charging.SUCCEEDED
    intent = box.store.objects[session["_intent"]]
    if not approved:
        charging.refuse_authentication(box, intent=intent)
        return charging.FAILED
    method = box.store.objects[intent["payment_method"]]
    outcome = charging.attempt(box, intent=intent, method=method, authenticated=True)
    if outcome == charging.SUCCEEDED:
        complete(box, session=session, intent=intent)
    return outcome


def _intent(box, *, session, method):
    """The session's payment intent: made at the first submit, kept over declines."""
    customer = _customer(box, session=session, method=method)
    known = box.store.objects.get(session.get("_intent"))
    if known is not None:
        _save_method(box, session=session, method=method, customer=customer)
        return made.change(box, known, changes={"customer": customer})
    recurring = session["mode"] == "subscription"
    data = dict(session["_intent_data"])
    if recurring:
        data = {"description": "Subscription creation", "setup_future_usage": "off_session"}
    intent = intents.make(
        box, amount=session["amount_total"], currency=session["currency"], customer=customer,
        hidden={"_session": session["id"]},
        **{name: data[name] for name in intents.SETTABLE if name in data},
    )  # fmt: skip
    changes = {"_intent": intent["id"]}
    if not recurring:
        changes["payment_intent"] = intent["id"]
    made.change(box, session, changes=changes)
    _save_method(box, session=session, method=method, customer=customer)
    return intent


def _will_fail(method):
    card = methods.card_of(method)
    return bool(card and card.decline and not card.later)


def _customer(box, *, session, method):
    """The session's customer, made at the first submit that can succeed; or none, for guests."""
    if session["customer"] or session["customer_creation"] not in ("always", None):
        return session["customer"]
    if _will_fail(method):
        return None
    payer = session["_payer"]
    customer = customers.make(box, email=payer["email"], name=payer["name"])
    made.change(box, session, changes={"customer": customer["id"]})
    return customer["id"]


def _save_method(box, *, session, method, customer):
    """Attach the method where it will be charged again."""
    again = session["mode"] != "payment" or session["_intent_data"].get("setup_future_usage")
    if customer and again and not _will_fail(method):
        methods.attach(box, method=method, customer=customer)


def _submit_setup(box, *, session, method):
    data = session["_setup_data"]
    customer = _customer(box, session=session, method=method)
    intent = box.store.objects.get(session.get("_setup"))
    if intent is None:
        intent = setup_intents.make(
            box, customer=customer, metadata=data.get("metadata"),
            description=data.get("description"),
        )  # fmt: skip
        made.change(box, intent, changes={"_session": session["id"]})
        made.change(box, session, changes={"_setup": intent["id"]})
        if session["mode"] == "setup":
            session["setup_intent"] = intent["id"]
    outcome = setup_intents.attempt(box, intent=intent, method=method)
    if outcome == charging.SUCCEEDED:
        complete(box, session=session)
    return outcome


def complete(box, *, session, intent=None, paid=True):
    """Close the session, with a subscription where one was bought, and announce it."""
    method = box.store.objects[session["_payer"]["method"]]
    customer = _customer(box, session=session, method=method)
    _save_method(box, session=session, method=method, customer=customer)
    _update_customer(box, session=session)
    changes = {"status": "complete", "url": None, "customer_details": _details(box, session)}
    changes["payment_status"] = "paid" if intent and paid else "unpaid"
    if intent is None:
        changes["payment_status"] = "no_payment_required"
    if session["mode"] == "subscription":
        changes |= _subscribe(box, session=session, method=method, intent=intent, paid=paid)
    made.change(box, session, changes=changes)
    box.emit("checkout.session.completed", session)


def _update_customer(box, *, session):
    """`customer_update[name]=auto`: a known customer takes the name typed in."""
    name = session["_payer"]["name"]
    if session["_customer_update"].get("name") == "auto" and name:
        customer = box.store.objects[session["customer"]]
        customers.change(box, customer=customer, changes={"name": name})


def _details(box, session):
    payer = session["_payer"]
    customer = box.store.objects.get(session["customer"]) or {}
    return {
        "address": methods.address(None), "business_name": None, "individual_name": None,
        "email": payer["email"] or customer.get("email"), "phone": None,
        "name": payer["name"] or customer.get("name"), "tax_exempt": "none", "tax_ids": [],
    }  # fmt: skip


def _subscribe(box, *, session, method, intent, paid):
    data = session["_subscription_data"]
    prices = [(box.store.objects[line["price"]["id"]], line["quantity"], None)
              for line in session["_lines"]]  # fmt: skip
    names = ("description", "billing_cycle_anchor_config")
    subscription = agreements.make(
        box, customer=session["customer"], prices=prices, method=method["id"],
        metadata=data.get("metadata"), trial_end=trial_end(box, data=data),
        anchor=anchor(box, data=data),
        **{name: data[name] for name in names if name in data},
    )  # fmt: skip
    invoice = subscriptions.begin(
        box, subscription=subscription, intent=intent, free=intent is None, paid=paid
    )
    return {"subscription": subscription["id"], "invoice": invoice["id"]}


def trial_end(box, *, data):
    if "trial_period_days" in data:
        return box.clock.now() + data["trial_period_days"] * 86400
    return data.get("trial_end")


def anchor(box, *, data):
    """When the first whole period begins, where the session says so."""
    config = data.get("billing_cycle_anchor_config")
    if config:
        return periods.next_day_of_month(box.clock.now(), **config)
    return data.get("billing_cycle_anchor")


def settled(box, *, intent, paid):
    """A delayed payment of a completed session has settled or failed."""
    session = box.store.objects.get(intent.get("_session"))
    if session is None:
        return
    word = "succeeded" if paid else "failed"
    if paid:
        made.change(box, session, changes={"payment_status": "paid"})
    box.emit(f"checkout.session.async_payment_{word}", session)
