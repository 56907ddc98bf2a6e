"""A thin layer in front of Django: the appeal's files from memory, and the beacon.

These are asked for on every page view, so they cost no session, no cookie and no query. Everything
else under /appeals/, and whatever cannot be answered here, goes on to Django.
"""

from collections.abc import Callable, Iterable
from typing import Any

from django.db import DatabaseError

from supporters.appeals import beacon, delivery
from supporters.appeals.delivery import Answer

FOLDER, BEACON = "/appeals/", "/appeals/beacon"
READING, OURS = frozenset({"GET", "HEAD"}), "same-origin"
NOT_KEPT = ("Cache-Control", "no-store")
Application = Callable[..., Iterable[bytes]]


def in_front_of(application: Application) -> Application:
    """A WSGI application that answers what it can, and hands on everything else."""

    def front(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        path, method = environ["PATH_INFO"], environ["REQUEST_METHOD"]
        if path == BEACON and method == "POST":
            _count(environ)
            start_response("204 No Content", [NOT_KEPT])
            return []
        if path.startswith(FOLDER) and method in READING and (found := _found(path)):
            return _send(found, environ, start_response)
        return application(environ, start_response)

    return front


def _count(environ: dict[str, Any]) -> None:
    """Take what a page tells: from pages of this site, or of one that may embed its appeals."""
    elsewhere = environ.get("HTTP_SEC_FETCH_SITE", OURS) != OURS
    if elsewhere and not delivery.allowed(environ.get("HTTP_ORIGIN", "")):
        return
    length = int(environ.get("CONTENT_LENGTH") or 0)
    if length <= beacon.LONGEST:
        beacon.take(environ["wsgi.input"].read(length), agent=environ.get("HTTP_USER_AGENT", ""))


def _found(path: str) -> Answer | None:
    try:
        return delivery.answer(path)
    except DatabaseError:
        return None


def _send(
    found: Answer, environ: dict[str, Any], start_response: Callable[..., Any]
) -> Iterable[bytes]:
    told = list(found.headers(origin=environ.get("HTTP_ORIGIN", "")).items())
    if found.etag in environ.get("HTTP_IF_NONE_MATCH", ""):
        start_response("304 Not Modified", told)
        return []
    start_response("200 OK", [*told, ("Content-Length", str(len(found.body)))])
    return [found.body] if environ["REQUEST_METHOD"] == "GET" else []
