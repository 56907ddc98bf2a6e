"""The door: authentication, faults, idempotency, then the work, then Stripe's headers."""

import base64
import binascii
import contextlib
import time
import urllib.parse

from payments.sandbox import (
    control,
    errors,
    faults,
    idempotency,
    jobs,
    lists,
    pages,
    render,
    spec,
    test_clocks,
)
from payments.sandbox.routes import find_route
from payments.sandbox.wire import API_VERSION, Call, Lost, Response

JSON_TYPE = "application/json"


def answer(box, *, method, path, headers, body):
    """Answer any request to the sandbox: API, pages, controls."""
    target = urllib.parse.urlsplit(path)
    headers = {name.lower(): value for name, value in headers.items()}
    if not target.path.startswith("/v1/"):
        return _answer_person(box, method=method, target=target, headers=headers, body=body)
    request_id = box.store.new_id("req", length=14)
    response = _answer_api(
        box, method=method, target=target, headers=headers, body=body, request=request_id
    )
    response.headers = {
        "Content-Type": JSON_TYPE,
        "Request-Id": request_id,
        "Stripe-Version": headers.get("stripe-version", API_VERSION),
        **response.headers,
    }
    if "idempotency-key" in headers:
        response.headers["Idempotency-Key"] = headers["idempotency-key"]
    return response


def _answer_person(box, *, method, target, headers, body):
    door = control if target.path.startswith("/sandbox") else pages
    with box.working():
        jobs.run_due(box, until=box.clock.exact())
        try:
            response = door.answer(box, method=method, target=target, headers=headers, body=body)
        except errors.ApiError as error:
            response = refusal(error)
    if box.settings.webhooks_first and method == "POST" and door is pages:
        box.deliver_due()
    return response


def _answer_api(box, *, method, target, headers, body, request):
    key = headers.get("idempotency-key") if method == "POST" else None
    try:
        authenticate(headers)
        with box.lock:
            fault = box.faults.for_call(method, path=target.path) or {"kind": None}
        params = parameters(method, target=target, body=body)
        call = idempotency.fingerprint(method, path=target.path, params=params)
        with _kept(box, key=key, call=call) as response:
            if response is None:
                _meet(fault)
                response = _perform(
                    box, method=method, path=target.path, params=params,
                    key=key, call=call, request=request, fault=fault["kind"],
                )  # fmt: skip
    except errors.ApiError as error:
        return refusal(error)
    if fault["kind"] == "malformed":
        response.body = response.body[: len(response.body) // 2]
    if fault["kind"] == "lost_answer":
        raise Lost("The answer was lost on its way.")
    return response


def _meet(fault):
    """Suffer a fault that strikes before the work."""
    kind = fault["kind"]
    if kind == "lost_request":
        raise Lost("The request was lost on its way.")
    if kind == "slow":
        time.sleep(fault["seconds"])
    if kind in ("401", "403", "409", "429", "500", "500-no-retry"):
        raise faults.refusal(kind)


@contextlib.contextmanager
def _kept(box, *, key, call):
    """The kept answer to a key; None for its first call, which holds the key while it works."""
    if key is None:
        yield None
        return
    with box.lock:
        answer = box.idempotency.replay(key, call=call)
        if answer is None:
            box.idempotency.running.add(key)
    try:
        yield answer
    finally:
        if answer is None:
            box.idempotency.running.discard(key)


def _perform(box, *, method, path, params, key, call, request, fault):
    with box.working():
        jobs.run_due(box, until=box.clock.exact())
        box.request = {"id": request, "idempotency_key": key}
        try:
            response, kept = _work(box, method=method, path=path, params=params)
        finally:
            box.request = {"id": None, "idempotency_key": None}
        if fault == "500-after":
            response = refusal(faults.refusal("500"))
        if key is not None and kept:
            box.idempotency.keep(key, call=call, response=response, request=request)
        return response


def _work(box, *, method, path, params):
    try:
        route, id = find_route(method, path=path)
        params = checked(route, params=params)
        expand = params.pop("expand", None) or []
        call = Call(box=box, params=params, id=id, expand=expand)
        with test_clocks.time_of(box, ids=(id, *params.values())):
            shown = present(call, result=route.handler(call))
        return Response(200, {}, render.dump(shown)), True
    except errors.ApiError as error:
        return refusal(error), error.kept


def present(call, *, result):
    """The handler's object, or page of a list, with expansions."""
    if isinstance(result, lists.Listing):
        return result.page(call)
    return render.expanded(call.box, obj=result, paths=call.expand)


def refusal(error):
    response = Response(error.status, {}, render.dump(error.body()))
    if error.status == 429:
        response.headers["Retry-After"] = "1"
    if error.final:
        response.headers["Stripe-Should-Retry"] = "false"
    return response


def parameters(method, *, target, body):
    """The call's parameters as texts, nested as their brackets say."""
    text = body.decode() if method == "POST" and body else target.query
    try:
        return spec.parse_form(text)
    except spec.ParameterError as error:
        raise errors.invalid(error.message, param=error.param, code=error.code) from None


def checked(route, *, params):
    """The parameters with the types that Stripe's library declares for the call."""
    try:
        return spec.check(route.method, route.template, params)
    except spec.ParameterError as error:
        raise errors.invalid(error.message, param=error.param, code=error.code) from None


def authenticate(headers):
    """A test key as bearer or basic user; everything else is refused."""
    scheme, _, given = headers.get("authorization", "").partition(" ")
    key = given.strip()
    if scheme.lower() == "basic":
        try:
            key = base64.b64decode(key).decode().partition(":")[0]
        except (binascii.Error, UnicodeDecodeError):
            key = ""
    if not key:
        raise errors.unauthorised("You did not provide an API key.")
    if not key.startswith(("sk_test_", "rk_test_")):
        raise errors.unauthorised(f"Invalid API Key provided: {key[:8]}***")
