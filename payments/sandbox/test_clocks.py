"""Test clocks: customers and subscriptions with a time of their own, moved on by calls."""

import contextlib

from payments.sandbox import agreements, errors, jobs, lists, made, render
from payments.sandbox.clock import DAY

KIND = "test_helpers.test_clock"
MOST_INTERVALS = 2


@contextlib.contextmanager
def time_of(box, *, ids):
    """Work in the time of the test clock that one of the named objects lives by, if any."""
    clock = next(filter(None, (clock_of(box, id=id) for id in ids)), None)
    if clock is None:
        yield
        return
    with box.clock.standing_at(clock["frozen_time"], name=clock["id"]):
        yield


def clock_of(box, *, id):
    obj = box.store.objects.get(id) if isinstance(id, str) else None
    if obj is None:
        return None
    name = obj.get("test_clock")
    if name is None and obj["object"] != "customer":
        customer = box.store.objects.get(obj.get("customer")) or {}
        name = customer.get("test_clock")
    return box.store.objects.get(name)


def create(call):
    box, params = call.box, call.params
    return made.make(
        box, KIND, prefix="clock", frozen_time=params["frozen_time"], name=params.get("name"),
        deletes_after=box.clock.now() + 30 * DAY, status="ready",
    )  # fmt: skip


def advance(call):
    """Everything due is done at once; the answer says `advancing`, the next reading `ready`."""
    box, moment = call.box, call.params["frozen_time"]
    clock = box.store.get(KIND, id=call.id)
    if moment <= clock["frozen_time"]:
        message = "The new frozen time must be after the current one."
        raise errors.invalid(message, param="frozen_time")
    _check_step(box, clock=clock, moment=moment)
    made.change(box, clock, changes={"status": "advancing"})
    box.emit("test_helpers.test_clock.advancing", clock)
    answer = render.snapshot(clock)
    jobs.run_due(box, until=moment, clock=clock["id"])
    made.change(box, clock, changes={"status": "ready", "frozen_time": moment})
    box.emit("test_helpers.test_clock.ready", clock)
    return answer


def _check_step(box, *, clock, moment):
    for subscription in box.store.newest("subscription", test_clock=clock["id"]):
        if subscription["status"] in agreements.ENDED:
            continue
        if moment > agreements.ends_after(subscription, periods=MOST_INTERVALS):
            raise errors.invalid(
                "A test clock advances by at most two intervals of its shortest subscription.",
                param="frozen_time",
            )


def delete(call):
    """Its customers and their subscriptions stay readable but nothing more falls due."""
    box = call.box
    clock = box.store.get(KIND, id=call.id)
    box.store.discard(clock)
    return {"id": clock["id"], "object": KIND, "deleted": True}


def retrieve(call):
    return call.box.store.get(KIND, id=call.id)


def index(call):
    return lists.listing(call, kind=KIND, url="/v1/test_helpers/test_clocks")
