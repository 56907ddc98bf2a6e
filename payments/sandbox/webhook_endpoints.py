"""Webhook endpoints: who is told, of what, signed with which secrets."""

from payments.sandbox import errors, lists, made, render
from payments.sandbox.clock import DAY
from payments.sandbox.wire import API_VERSION


def make(box, *, url, secret=None, enabled_events=("*",), **fields):
    secret = secret or "whsec_" + box.store.new_id("s", length=32)[2:]
    endpoint = made.make(
        box, "webhook_endpoint", prefix="we", api_version=API_VERSION, status="enabled", url=url,
        enabled_events=list(enabled_events), metadata={}, _secret=secret, _old_secrets=[],
    )  # fmt: skip
    return made.change(box, endpoint, changes=fields)


def ensure(box, *, url, secret):
    """One enabled endpoint for `url`, signed with `secret`; kept over restarts."""
    for endpoint in box.store.newest("webhook_endpoint", url=url):
        return made.change(box, endpoint, changes={"_secret": secret, "status": "enabled"})
    return make(box, url=url, secret=secret)


def create(call):
    """The only answer that shows the secret."""
    box, params = call.box, call.params
    for name in ("url", "enabled_events"):
        if name not in params:
            raise errors.required(name)
    fields = made.emptied(params, names=("description", "metadata", "api_version"))
    endpoint = make(box, url=params["url"], enabled_events=params["enabled_events"], **fields)
    return {**render.plain(endpoint), "secret": endpoint["_secret"]}


def retrieve(call):
    return call.box.store.get("webhook_endpoint", id=call.id)


def update(call):
    box, params = call.box, call.params
    endpoint = box.store.get("webhook_endpoint", id=call.id)
    changes = made.emptied(params, names=("url", "enabled_events", "description", "metadata"))
    if "disabled" in params:
        changes["status"] = "disabled" if params["disabled"] else "enabled"
    return made.change(box, endpoint, changes=changes)


def roll(box, *, endpoint, secret, overlap=DAY):
    """A new secret; the old one signs along for `overlap` seconds."""
    old = [*endpoint["_old_secrets"], [endpoint["_secret"], box.clock.now() + overlap]]
    return made.change(box, endpoint, changes={"_secret": secret, "_old_secrets": old})


def delete(call):
    box = call.box
    endpoint = box.store.get("webhook_endpoint", id=call.id)
    made.change(box, endpoint, changes={"status": "disabled", "url": ""})
    return {"id": endpoint["id"], "object": "webhook_endpoint", "deleted": True}


def index(call):
    found = (one for one in call.box.store.newest("webhook_endpoint") if one["url"])
    return lists.Listing(found, url="/v1/webhook_endpoints")
