"""Calls about events: read one, list by type, time and delivery."""

import fnmatch
import itertools

from payments.sandbox import errors, lists

MOST_TYPES = 20


def retrieve(call):
    record = call.box.events.records.get(call.id)
    if record is None:
        raise errors.missing("event", id=call.id)
    return call.box.events.shown(record)


def index(call):
    box, params = call.box, call.params
    types = params.get("types") or ([params["type"]] if "type" in params else None)
    if types and len(types) > MOST_TYPES:
        raise errors.invalid("You may list at most 20 types.", param="types")
    wanted = params.get("created")
    found = lists.in_range(_newest(box, wanted=wanted), field="created", wanted=wanted)
    if types:
        found = (one for one in found if _named(one["type"], types=types))
    if "delivery_success" in params:
        pending, wanted = box.deliveries.pending_count, not params["delivery_success"]
        found = (one for one in found if (pending(one["id"]) > 0) is wanted)
    return lists.Listing(found, url="/v1/events", shown=box.events.shown)


def _newest(box, *, wanted):
    """Events newest first, no further back than asked for; test clocks alone date them in turns."""
    records = reversed(box.events.records.values())
    since = wanted.get("gte") if isinstance(wanted, dict) else None
    if since is None or "test_helpers.test_clock" in box.store.kinds:
        return records
    return itertools.takewhile(lambda one: one["created"] >= since, records)


def _named(type, *, types):
    """Types by name or by a pattern such as `invoice.*`."""
    return type in types or any(
        fnmatch.fnmatchcase(type, wanted) for wanted in types if "*" in wanted
    )
