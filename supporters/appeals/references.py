"""The signed reference in an appeal's form: where the wish to give came from (PRODUCT A7).

Opaque to readers, compact, the same text for the same source, so that cached pages keep their
ETag. It says nothing of the reader. Pages built once and kept for weeks carry it, hence the
long life. Anybody can copy one; nobody can make one.
"""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import asdict, astuple, dataclass
from datetime import UTC, datetime, timedelta

from django.core.signing import BadSignature, Signer

from payments import clock

KEPT = timedelta(days=90)
# How far the clocks of two machines may differ.
AHEAD = timedelta(hours=2)
LONGEST = 1000
SALT = "appeal.source.1"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Source:
    """One ask: which words, where and when. Section and author as the page tells them."""

    campaign: str
    appeal: str
    variant: str
    placement: str
    article: str
    hour: datetime
    sticky: bool = False
    section: str = ""
    author: str = ""

    def __post_init__(self) -> None:
        """The hour is a whole one: finer would tell readers apart."""
        object.__setattr__(self, "hour", whole_hour(self.hour))

    def columns(self) -> dict[str, object]:
        """As `payments.models.Source` names them."""
        named = asdict(self)
        named["asked_at"] = named.pop("hour")
        return named


def sign(source: Source) -> str:
    """The reference for a page's link or form: letters, digits and `-_.` only."""
    values = list(astuple(source))
    values[5] = (source.hour - EPOCH) // HOUR
    values[6] = int(source.sticky)
    payload = json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode()
    return _signer().sign(urlsafe_b64encode(payload).decode().rstrip("="))


def read(text: str) -> Source | None:
    """What a reference says; None where it is forged, cut, expired or of a later time."""
    if len(text) > LONGEST:
        return None
    try:
        payload = _signer().unsign(text)
        values = json.loads(urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    except (BadSignature, ValueError):
        return None
    values[5] = EPOCH + values[5] * HOUR
    values[6] = bool(values[6])
    source = Source(*values)
    return source if -AHEAD <= clock.now() - source.hour <= KEPT else None


def whole_hour(moment: datetime) -> datetime:
    """The hour, in UTC, in which a moment falls."""
    return moment.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


def _signer() -> Signer:
    return Signer(salt=SALT, sep=".")
