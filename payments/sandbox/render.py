"""How an object leaves the sandbox: without its own fields, with what was asked to be expanded."""

import json

from payments.sandbox import errors
from payments.sandbox.spec import tables

ONLY_EXPANDED = {
    "checkout.session": ("line_items",),
    "invoice": ("payments", "confirmation_secret"),
    "charge": ("refunds",),
    "customer": ("subscriptions", "sources", "tax", "tax_ids", "invoice_credit_balance"),
    "price": ("currency_options", "tiers"),
}
DEEPEST = 4


def plain(obj):
    """A copy fit for the wire, nothing expanded."""
    hidden = ONLY_EXPANDED.get(obj["object"], ())
    return {key: value for key, value in obj.items() if key[0] != "_" and key not in hidden}


def snapshot(obj):
    """A deep copy to compare with later."""
    return json.loads(json.dumps(plain(obj)))


def expanded(box, *, obj, paths):
    """`obj` for the wire with each path ("latest_charge.balance_transaction") filled in."""
    shown = plain(obj) if "object" in obj else dict(obj)
    for head, rest in grouped(paths).items():
        filled = _filled(box, obj=obj, field=head, paths=rest)
        if filled is not None or head in shown:
            shown[head] = filled
    return shown


def grouped(paths):
    groups = {}
    for path in paths:
        if sum(name != "data" for name in path.split(".")) > DEEPEST:
            raise errors.invalid(
                f"You cannot expand more than {DEEPEST} levels of a property.", param="expand"
            )
        head, _, rest = path.partition(".")
        groups.setdefault(head, [])
        if rest:
            groups[head].append(rest)
    return groups


def _filled(box, *, obj, field, paths):
    value = box.includable(obj, field=field)
    if value is None:
        value = obj.get(field)
    if value is None and field not in obj and not _known(obj, field=field):
        raise errors.invalid(
            f"This property cannot be expanded ({field}).", param="expand", code=None
        )
    return _opened(box, value=value, paths=paths)


def _known(obj, *, field):
    """Whether Stripe has the field, if not always: a refund's failure_balance_transaction."""
    return field in (tables.resource(obj.get("object")) or ())


def _opened(box, *, value, paths):
    if isinstance(value, str):
        value = box.store.objects.get(value, value)
    if isinstance(value, list):
        return [_opened(box, value=item, paths=paths) for item in value]
    if isinstance(value, dict):
        return expanded(box, obj=value, paths=paths)
    return value


def dump(value):
    return json.dumps(value).encode()
