"""Making objects: every field Stripe's typed class has, null where nothing is set."""

from payments.sandbox.spec import blank


def make(box, kind, *, prefix, id=None, **fields):
    """A new object in the store, dated now."""
    known = blank(kind)
    known |= {"id": id or box.store.new_id(prefix), "object": kind, **fields}
    if "created" in known:
        known["created"] = box.clock.now()
    return box.store.put(known)


def change(box, obj, *, changes):
    """Set fields and keep the object; metadata is merged, an empty value deletes a key."""
    changes = dict(changes)
    if "metadata" in changes:
        changes["metadata"] = merged(obj.get("metadata") or {}, changes=changes["metadata"])
    obj.update(changes)
    return box.store.put(obj)


def merged(metadata, *, changes):
    """Stripe's metadata: keys merge, an empty value deletes one, an empty whole deletes all."""
    if changes in ("", None):
        return {}
    both = {**metadata, **changes}
    return {key: value for key, value in both.items() if value != ""}


def emptied(params, *, names):
    """The named parameters that were given, with Stripe's empty string read as null."""
    return {name: None if params[name] == "" else params[name] for name in names if name in params}
