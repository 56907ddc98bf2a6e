"""Verify and read a notification (https://docs.stripe.com/webhooks/signature)."""

import json
import time
from collections.abc import Sequence
from datetime import UTC, datetime

import stripe

from payments.gateway.objects import Event

TOLERANCE_SECONDS = 300


class BadSignature(Exception):
    """Not from Stripe, altered on the way, or signed too long ago or in the future."""


class BadPayload(Exception):
    """Signed, but not an event."""


def verify(body: bytes, header: str, secrets: Sequence[str]) -> Event:
    """Read an event whose signature fits one of the secrets and is at most 5 minutes off.

    The SDK checks one secret and the past only: a roll has two, and a clock may run ahead.
    Raises BadSignature or BadPayload.
    """
    try:
        text = body.decode()
    except UnicodeDecodeError as error:
        raise BadPayload from error
    if not any(_fits(text, header, secret) for secret in secrets):
        raise BadSignature
    if abs(time.time() - _signed_at(header)) > TOLERANCE_SECONDS:
        raise BadSignature
    return parse(body)


def parse(body: bytes) -> Event:
    """An event from its JSON. Unknown fields are kept in the body and otherwise ignored.

    It has to say which event it is and of what type; whatever else it lacks, it is kept.
    """
    try:
        raw = json.loads(body)
        names = _word(raw["id"]), _word(raw["type"])
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise BadPayload from error
    created_at = _moment(raw.get("created"))
    mode = raw.get("livemode")
    return Event(
        id=names[0],
        type=names[1],
        object_id=_object_id(raw.get("data")),
        api_version=_plain(raw.get("api_version")),
        account_id=_plain(raw.get("account")),
        livemode=mode is True,
        created_at=created_at or datetime.now(UTC),
        body=body,
        lacks="" if isinstance(mode, bool) and created_at else "its mode or its time",
    )


def _word(value: object) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= 255 or _plain(value) != value:
        raise ValueError("not a short text")
    return value


def _moment(epoch: object) -> datetime | None:
    """Seconds since 1970; None where they are none, or of no calendar."""
    if isinstance(epoch, bool) or not isinstance(epoch, int):
        return None
    try:
        return datetime.fromtimestamp(epoch, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _object_id(data: object) -> str:
    """The id of what an event is about; empty where it names none."""
    shown = data.get("object") if isinstance(data, dict) else None
    return _plain(shown.get("id")) if isinstance(shown, dict) else ""


def _plain(value: object) -> str:
    """A text that every database can hold: no NUL, no half of a character."""
    if not isinstance(value, str):
        return ""
    return value.replace("\x00", "").encode(errors="ignore").decode()


def _fits(text: str, header: str, secret: str) -> bool:
    try:
        return stripe.WebhookSignature.verify_header(text, header, secret)
    except stripe.SignatureVerificationError:
        return False


def _signed_at(header: str) -> int:
    """The header's time; `verify_header` has read the same field before."""
    parts = dict(part.split("=", 1) for part in header.split(",") if "=" in part)
    return int(parts["t"])
