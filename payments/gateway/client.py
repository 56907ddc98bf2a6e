"""The one Stripe client: pinned version, short timeouts, retries with the same key."""

import json
import os
from collections.abc import Iterator
from functools import cache
from http import HTTPStatus
from typing import Any
from urllib.parse import quote, urlencode

import stripe
from django.conf import settings
from django.db import connection
from django.utils.module_loading import import_string
from stripe._encode import _api_encode
from stripe._request_options import merge_options
from stripe._v1_services import V1Services

stripe.enable_telemetry = False
CONNECT_SECONDS, READ_SECONDS = 3, 15
RETRIES = 2


class InsideTransaction(RuntimeError):
    """Stripe was called while rows were locked: a slow answer would hold everybody up."""


@cache
def _client() -> stripe.StripeClient:
    stripe.set_app_info("Keepopen", url=settings.SITE_URL)
    transport = (
        import_string(settings.STRIPE_HTTP_CLIENT)()
        if settings.STRIPE_HTTP_CLIENT
        else stripe.RequestsClient(timeout=(CONNECT_SECONDS, READ_SECONDS))
    )
    base = {"api": settings.STRIPE_API_BASE} if settings.STRIPE_API_BASE else {}
    return stripe.StripeClient(
        settings.STRIPE_SECRET_KEY,
        stripe_version=settings.STRIPE_API_VERSION,
        max_network_retries=RETRIES,
        base_addresses=base,
        http_client=transport,
    )


# A connection that two processes read from gives one of them the other's answer: a process that is
# forked makes its own.
os.register_at_fork(after_in_child=_client.cache_clear)


@cache
def _head(requestor: Any) -> dict[str, str]:
    """The headers of a reading: key, version, and who asks."""
    return dict(requestor.request_headers("get", "V1", merge_options(requestor._options, None)))


class Told(dict[str, Any]):
    """An object as Stripe told it: fields by name, as on the SDK's objects."""

    def __getattr__(self, name: str) -> Any:
        try:
            return self[name]
        except KeyError as error:
            raise AttributeError(name) from error

    def to_dict(self) -> dict[str, Any]:
        return self


def api() -> V1Services:
    """Stripe's API; refuses to be reached from inside a transaction."""
    _refuse_inside_transaction()
    return _client().v1


def read(*path: str, **query: Any) -> Told:
    """Read what lies at a path, named part by part: an id cannot lead elsewhere.

    The SDK's transport, retries and errors serve, but not its objects: making those costs six
    times as much CPU as the rest of the call. Nor is every call's head made anew.
    """
    _refuse_inside_transaction()
    requestor = _client()._requestor
    base = requestor._options.base_addresses["api"]
    address = "/".join(quote(part, safe="") for part in path)
    asked = f"?{urlencode(list(_api_encode(query)))}" if query else ""
    body, status, headers = requestor._get_http_client().request_with_retries(
        "get",
        f"{base}/v1/{address}{asked}",
        _head(requestor),
        max_network_retries=RETRIES,
    )
    try:
        told = json.loads(body, object_hook=Told)
    except ValueError:
        told = None
    if told is None or status != HTTPStatus.OK:
        # Raises the SDK's error.
        requestor._interpret_response(body, status, headers, "V1")
    return told or Told()


def listed(path: str, **query: Any) -> Iterator[Told]:
    """Every object of a list, page by page."""
    page = read(path, **query)
    yield from page.data
    while page.has_more:
        page = read(path, **query, starting_after=page.data[-1].id)
        yield from page.data


def _refuse_inside_transaction() -> None:
    if any(not block._from_testcase for block in connection.atomic_blocks):
        raise InsideTransaction


def livemode() -> bool:
    """Whether the configured key moves real money."""
    return "_live_" in settings.STRIPE_SECRET_KEY
