"""The billing portal: its configurations, its short-lived sessions, and what its page changes."""

from payments.sandbox import agreements, customers, errors, lists, made, methods, render
from payments.sandbox.clock import HOUR
from payments.sandbox.spec import blank

SESSION_LASTS = HOUR


def create_configuration(call):
    box, params = call.box, call.params
    if "features" not in params:
        raise errors.required("features")
    first = next(box.store.newest("billing_portal.configuration"), None) is None
    configuration = made.make(
        box, "billing_portal.configuration", prefix="bpc", active=True, is_default=first,
        updated=box.clock.now(), metadata=dict(params.get("metadata") or {}),
        features=features(blank("billing_portal.configuration", "features"), params=params),
    )  # fmt: skip
    return _fill(box, configuration=configuration, params=params)


def update_configuration(call):
    box = call.box
    configuration = box.store.get("billing_portal.configuration", id=call.id)
    features(configuration["features"], params=call.params)
    return _fill(box, configuration=configuration, params=call.params)


def _fill(box, *, configuration, params):
    names = ("active", "default_return_url", "metadata", "name")
    changes = made.emptied(params, names=names)
    changes["business_profile"] = {
        **configuration["business_profile"], **(params.get("business_profile") or {}),
    }  # fmt: skip
    changes["updated"] = box.clock.now()
    return made.change(box, configuration, changes=changes)


def features(known, *, params):
    """The known features with what is given laid over them."""
    for name, given in (params.get("features") or {}).items():
        part = known[name]
        for field, value in given.items():
            part[field] = {**part[field], **value} if isinstance(value, dict) else value
    pause = known["subscription_pause"]["duration"]
    pause["type"] = pause["type"] or "indefinite"
    cancel = known["subscription_cancel"]
    cancel["mode"] = cancel["mode"] or "at_period_end"
    cancel["proration_behavior"] = cancel["proration_behavior"] or "none"
    update = known["subscription_update"]
    update["trial_update_behavior"] = update["trial_update_behavior"] or "end_trial"
    update["proration_behavior"] = update["proration_behavior"] or "none"
    return known


def retrieve_configuration(call):
    return call.box.store.get("billing_portal.configuration", id=call.id)


def list_configurations(call):
    same = ("active", "is_default")
    return lists.listing(
        call, kind="billing_portal.configuration", url="/v1/billing_portal/configurations",
        same=same,
    )  # fmt: skip


def create_session(call):
    box, params = call.box, call.params
    if "customer" not in params:
        raise errors.required("customer")
    box.store.get("customer", id=params["customer"], param="customer")
    configuration = _configuration(box, id=params.get("configuration"))
    id = box.store.new_id("bps")
    return made.make(
        box, "billing_portal.session", prefix="bps", id=id, customer=params["customer"],
        configuration=configuration["id"], locale=params.get("locale"),
        return_url=params.get("return_url") or configuration["default_return_url"],
        url=f"{box.base_url}/p/session/{id}", flow=_flow(params.get("flow_data")),
        _expires=box.clock.now() + SESSION_LASTS,
    )  # fmt: skip


def _configuration(box, *, id):
    if id:
        return box.store.get("billing_portal.configuration", id=id, param="configuration")
    found = next(box.store.newest("billing_portal.configuration", is_default=True), None)
    if found is None:
        raise errors.invalid(
            "No configuration provided and your test mode default configuration has not been"
            " created. Provide a configuration or create your default.",
        )
    return found


def _flow(given):
    if not given:
        return None
    parts = ("subscription_cancel", "subscription_pause", "subscription_update",
             "subscription_update_confirm")  # fmt: skip
    after = {"hosted_confirmation": None, "redirect": None, "type": "portal_homepage"}
    return {
        "type": given["type"], "after_completion": {**after, **given.get("after_completion", {})},
        **{part: given.get(part) for part in parts},
    }  # fmt: skip


def stop(box, *, subscription):
    """Cancel at the end of the period. In flexible billing the portal sets only `cancel_at`."""
    _plan_end(box, subscription=subscription, end=agreements.ends(subscription))


def go_on(box, *, subscription):
    _plan_end(box, subscription=subscription, end=None)


def _plan_end(box, *, subscription, end):
    before = render.snapshot(subscription)
    agreements.plan_end(box, subscription=subscription, end=end)
    box.emit("customer.subscription.updated", subscription, before=before)


def use_card(box, *, customer, method):
    """A new card for the person and for what runs."""
    methods.attach(box, method=method, customer=customer["id"])
    settings = {**customer["invoice_settings"], "default_payment_method": method["id"]}
    customers.change(box, customer=customer, changes={"invoice_settings": settings})
    for subscription in running(box, customer=customer):
        before = render.snapshot(subscription)
        made.change(box, subscription, changes={"default_payment_method": method["id"]})
        box.emit("customer.subscription.updated", subscription, before=before)


def running(box, *, customer):
    found = box.store.newest("subscription", customer=customer["id"])
    return [one for one in found if one["status"] not in agreements.ENDED]
