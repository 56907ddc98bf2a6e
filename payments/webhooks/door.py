"""The webhook's answer, and its short way in: in front of Django, which only people need."""

from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any

import structlog
from django.conf import settings
from django.db import DatabaseError

from payments.gateway.events import BadPayload, BadSignature
from payments.webhooks import inbox

log = structlog.get_logger()

PATH = "/stripe/webhook/"
Application = Callable[..., Iterable[bytes]]


def answer(body: bytes, signature: str) -> HTTPStatus:
    """Store a notification; anything but 200 makes Stripe send it again, for three days."""
    if len(body) > settings.WEBHOOK_MAX_BYTES:
        return HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    try:
        inbox.accept(body, signature)
    except (BadSignature, BadPayload) as refusal:
        log.warning("webhook_refused", reason=type(refusal).__name__)
        return HTTPStatus.BAD_REQUEST
    except DatabaseError as error:
        log.error("webhook_not_stored", error=type(error).__name__)
        return HTTPStatus.SERVICE_UNAVAILABLE
    return HTTPStatus.OK


def in_front_of(application: Application) -> Application:
    """A WSGI application that stores notifications itself and hands on everything else.

    Sessions, languages, policies and the rest of a page's way cost more than storing does.
    """

    def front(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if environ["PATH_INFO"] != PATH or environ["REQUEST_METHOD"] != "POST":
            return application(environ, start_response)
        length = min(int(environ.get("CONTENT_LENGTH") or 0), settings.WEBHOOK_MAX_BYTES + 1)
        body = environ["wsgi.input"].read(length)
        status = answer(body, environ.get("HTTP_STRIPE_SIGNATURE", ""))
        start_response(f"{status.value} {status.phrase}", [("Content-Length", "0")])
        return []

    return front
