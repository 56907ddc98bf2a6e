"""Cursor lists: newest first, `starting_after`/`ending_before`, created ranges, `has_more`."""

import itertools

from payments.sandbox import errors, render

LONGEST = 100
COMPARE = {
    "gt": lambda value, limit: value > limit,
    "gte": lambda value, limit: value >= limit,
    "lt": lambda value, limit: value < limit,
    "lte": lambda value, limit: value <= limit,
}


class Listing:
    """Objects newest first and the address they are listed at; `shown` renders one."""

    def __init__(self, objects, *, url, shown=None):
        self.objects = objects
        self.url = url
        self.shown = shown

    def page(self, call):
        params = call.params
        limit = page_size(params)
        chosen = self._chosen(params, limit=limit)
        paths = item_paths(call.expand)
        return {
            "object": "list",
            "data": [self._show(call, obj=obj, paths=paths) for obj in chosen[:limit]],
            "has_more": len(chosen) > limit,
            "url": self.url,
        }

    def _show(self, call, *, obj, paths):
        if self.shown is not None:
            return self.shown(obj)
        return render.expanded(call.box, obj=obj, paths=paths)

    def _chosen(self, params, *, limit):
        objects = self.objects
        after, before = params.get("starting_after"), params.get("ending_before")
        if after is not None:
            objects = _after(objects, id=after)
        if before is not None:
            return _nearest_before(objects, id=before, limit=limit)
        return list(itertools.islice(objects, limit + 1))


def page_size(params):
    limit = params.get("limit", 10)
    if not 1 <= limit <= LONGEST:
        raise errors.invalid("Limit must be between 1 and 100.", param="limit")
    return limit


def item_paths(paths):
    for path in paths:
        if not path.startswith("data."):
            raise errors.invalid(
                f"This property cannot be expanded ({path}). You may want to try expanding"
                f" 'data.{path}' instead.",
                param="expand",
            )
    return [path.removeprefix("data.") for path in paths]


def _after(objects, *, id):
    iterator = iter(objects)
    for obj in iterator:
        if obj["id"] == id:
            return iterator
    raise errors.missing_reference("object", id=id, param="starting_after")


def _nearest_before(objects, *, id, limit):
    newer = list(itertools.takewhile(lambda obj: obj["id"] != id, objects))
    return newer[-limit:] + newer[:1] * (len(newer) > limit)


def in_range(objects, *, field, wanted):
    """Objects whose moment in `field` equals or lies within `wanted`."""
    if wanted is None:
        return objects
    if not isinstance(wanted, dict):
        wanted = {"gte": wanted, "lte": wanted}
    tests = [(COMPARE[name], limit) for name, limit in wanted.items()]
    return (obj for obj in objects if all(test(obj[field], limit) for test, limit in tests))


def listing(call, *, kind, url, same=()):
    """The usual list: filters that must be the same, and `created`."""
    wanted = {name: call.params[name] for name in same if name in call.params}
    objects = call.box.store.newest(kind, **wanted)
    objects = in_range(objects, field="created", wanted=call.params.get("created"))
    return Listing(objects, url=url)


def embedded(objects, *, url):
    """A list inside another object."""
    data = [render.plain(obj) for obj in objects]
    return {"object": "list", "data": data, "has_more": False, "url": url}
