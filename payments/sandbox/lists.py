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
        chosen = self._chosen(call, params=params, limit=limit)
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

    def _chosen(self, call, *, params, limit):
        after, before = params.get("starting_after"), params.get("ending_before")
        if after is not None and before is not None:
            raise errors.invalid(
                "You may only specify one of these parameters: ending_before, starting_after.",
                param="ending_before",
            )
        if before is not None:
            newer, _ = _split(call.box, self.objects, id=before, param="ending_before")
            return newer[-limit:] + newer[:1] * (len(newer) > limit)
        older = self.objects
        if after is not None:
            _, older = _split(call.box, older, id=after, param="starting_after")
        return list(itertools.islice(older, limit + 1))


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


def _split(box, objects, *, id, param):
    """What is newer and what is older than a cursor, which itself need not be listed any more."""
    newer, older = [], iter(objects)
    for obj in older:
        if obj["id"] == id:
            return newer, older
        newer.append(obj)
    before = _made_before(box, id=id, like=newer[:1], param=param)
    return (
        [obj for obj in newer if obj["id"] not in before],
        (obj for obj in newer if obj["id"] in before),
    )


def _made_before(box, *, id, like, param):
    """The ids of whatever of its kind was made before an object."""
    known = box.store.objects.get(id) or box.events.records.get(id)
    if known is None or any(known.get("object") != obj.get("object") for obj in like):
        raise errors.missing_reference("object", id=id, param=param)
    ids = box.store.kinds[known["object"]] if "object" in known else [*box.events.records]
    return set(ids[: ids.index(id)])


def in_range(objects, *, field, wanted):
    """Objects whose moment in `field` equals or lies within `wanted`."""
    if wanted is None:
        return objects
    if not isinstance(wanted, dict):
        wanted = {"gte": wanted, "lte": wanted}
    tests = [(COMPARE[name], limit) for name, limit in wanted.items()]
    return (
        obj for obj in objects
        if obj[field] is not None and all(test(obj[field], limit) for test, limit in tests)
    )  # fmt: skip


def filtered(call, *, kind, same=()):
    """The objects of a kind by filters that must be the same, and `created`."""
    wanted = {name: call.params[name] for name in same if name in call.params}
    objects = call.box.store.newest(kind, **wanted)
    return in_range(objects, field="created", wanted=call.params.get("created"))


def listing(call, *, kind, url, same=()):
    """The usual list."""
    return Listing(filtered(call, kind=kind, same=same), url=url)


def embedded(objects, *, url):
    """A list inside another object."""
    data = [render.plain(obj) for obj in objects]
    return {"object": "list", "data": data, "has_more": False, "url": url}
