"""What is live now: the published appeals as the deciding rules want them, and as they are told.

`build` reads the rows; `current` keeps the result in this process for a few seconds, so that a
page costs no query. Publishing and muting call `forget`; other processes follow by themselves.
"""

import json
import time
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock_time
from functools import lru_cache
from hashlib import sha256
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import DatabaseError
from django.utils.translation import get_language

from payments import clock
from supporters.appeals import claims, content, figures, rules, seal, wording
from supporters.appeals.content import Content, Wording
from supporters.appeals.figures import Figures
from supporters.models import Appeal, Campaign, Experiment, Mute, Origin, Placement

# With the seconds that caches may keep the file (delivery.py) the kill switch acts within 60.
KEPT_SECONDS = 15
ZONE_DAYS = 400
# Tried in this order against "?query address", where the site itself is called "internal:".
REFERRERS = (
    ("newsletter", r"utm_medium=(e-?mail|newsletter)"),
    ("direct", r" $"),
    ("internal", r" internal:"),
    ("search", r"//([^/]*\.)?(google|bing|duckduckgo|ecosia|qwant|yahoo|startpage|brave)\."),
    (
        "social",
        r"//([^/]*\.)?(facebook|instagram|linkedin|reddit|threads|twitter|t|x|bsky|youtube)\.\w+/",
    ),
)


@dataclass(frozen=True, slots=True)
class Published:
    """A live appeal: how it is decided and how each of its variants is told."""

    candidate: rules.Candidate
    content: Content
    campaign: Campaign
    figures: Figures
    wordings: tuple[Wording, ...]


@dataclass(frozen=True, slots=True)
class Live:
    """Everything that readers can meet. `problems` say, by code, why an appeal is not shown.

    `pages` and `answers` keep what was made of it: HTML per place and page, bytes per path.
    """

    bundle: rules.Bundle
    published: dict[str, Published]
    origins: frozenset[str]
    problems: dict[str, list[str]]
    at: int
    pages: dict[Any, str] = field(default_factory=dict)
    answers: dict[str, Any] = field(default_factory=dict)


def device_data(bundle: rules.Bundle, placement: str) -> dict[str, Any]:
    """What a device decides by, with what only some installations or rules need."""
    found = bundle.data(placement)
    if settings.APPEAL_STORAGE != "essential":
        found["mode"] = settings.APPEAL_STORAGE
    if settings.APPEAL_VIEW_SAMPLE > 1:
        found["sample"] = settings.APPEAL_VIEW_SAMPLE
    if settings.SHARED_COOKIE_DOMAIN:
        found["domain"] = settings.SHARED_COOKIE_DOMAIN
    named = {each.field for one in bundle.at(placement) for each in one.rules}
    if "referrer" in named:
        found["from"] = [list(each) for each in REFERRERS]
    if "schedule" not in named:
        found["zone"] = []
    return found


def build(now: datetime) -> Live:
    """Read what is published and not muted at a moment."""
    published: dict[str, Published] = {}
    problems: dict[str, list[str]] = {}
    ledger = claims.ledger(clock.local_date(now))
    tested = dict(Experiment.objects.counting(now).values_list("appeal", "id"))
    for appeal in Appeal.objects.live():
        try:
            said = content.of_version(appeal.live)  # type: ignore[arg-type]
            made = told(appeal, said, ledger=ledger, now=now)
            if test := tested.get(appeal.pk):
                made = replace(made, candidate=replace(made.candidate, tested=test))
            published[appeal.code] = made
        except rules.RuleError as error:
            problems[appeal.code] = error.sentences
    bundle = rules.Bundle(
        appeals=tuple(each.candidate for each in published.values()),
        mutes=tuple(_mutes(now)),
        zone=zone_changes(clock.local_date(now), settings.TIME_ZONE),
        per_page=settings.APPEAL_BUDGET[0],
        per_week=settings.APPEAL_BUDGET[1],
        killed=Mute.objects.current(now).filter(kind=Mute.Kind.SWITCH).exists(),
    )
    origins = Origin.objects.filter(removed_at=None).values_list("origin", flat=True)
    return Live(bundle, published, frozenset(origins), problems, _epoch(now))


def told(appeal: Appeal, said: Content, *, ledger: claims.Ledger, now: datetime) -> Published:
    """An appeal as it would be live with this content; raises RuleError."""
    counted = figures.of_campaign(appeal.campaign)
    words = counted.words(get_language() or "en")
    wordings = wording.shown(said, words=words, ledger=ledger)
    candidate = rules.Candidate(
        code=appeal.code,
        placement=said.placement,
        arms=_arms(wordings),
        priority=said.priority,
        rules=rules.parse(said.rules),
        starts=_epoch(said.starts_at) if said.starts_at else 0,
        ends=_epoch(said.ends_at) if said.ends_at else 0,
        sensitive=said.sensitive == Appeal.Sensitive.SHOW,
        campaign=_campaign(appeal.campaign, counted, now),
    )
    return Published(candidate, said, appeal.campaign, counted, wordings)


@dataclass(slots=True)
class Kept:
    """The bundle of this process, and until when it is taken as it is."""

    live: Live | None = None
    until: float = 0.0


KEPT = Kept()


def current() -> Live:
    """The live bundle, at most a few seconds old; an older one while the database is away."""
    if KEPT.live is None or time.monotonic() >= KEPT.until:
        try:
            KEPT.live = build(clock.now())
        except DatabaseError:
            if KEPT.live is None:
                raise
        KEPT.until = time.monotonic() + KEPT_SECONDS
    return KEPT.live


def forget() -> None:
    """Build anew at the next call: something was published, taken down or muted."""
    KEPT.until = 0.0


def rules_file(live: Live) -> bytes:
    """rules.json: for each placement what a device decides by, and the conditions in words."""
    places = {name: device_data(live.bundle, name) for name in Placement.values}
    data: dict[str, Any] = {"version": 1, "hour": live.at // 3600, "places": places}
    data["from"] = [list(each) for each in REFERRERS]
    data["words"] = {
        each.code: [condition.words() for condition in each.conditions]
        for each in live.bundle.appeals
    }
    text = as_json(data)
    sealed = f'"key":"{seal.key_id()}","signature":"{seal.sign(text.encode())}"'
    return f'{{"data":{text},{sealed}}}'.encode()


def as_json(data: Any) -> str:
    """Compact, and the same text as JavaScript's JSON.stringify makes of it: no fractions."""
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"))


def etag(body: bytes) -> str:
    """A strong entity tag of the bytes."""
    return f'"{sha256(body).hexdigest()[:20]}"'


@lru_cache(maxsize=2)
def zone_changes(day: date, zone: str) -> tuple[tuple[int, int], ...]:
    """How far a zone is from UTC on a day, and from each change in the year to come."""
    start = datetime.combine(day, clock_time.min, UTC)
    changes: list[tuple[int, int]] = []
    for hours in range(ZONE_DAYS * 24):
        moment = start + timedelta(hours=hours)
        ahead = int((moment.astimezone(ZoneInfo(zone)).utcoffset() or timedelta()).total_seconds())
        if not changes or changes[-1][1] != ahead:
            changes.append((_epoch(moment) if changes else 0, ahead))
    return tuple(changes)


def _arms(wordings: Iterable[Wording]) -> tuple[tuple[str, int], ...]:
    """Shares per code: variants that are told in plain words share one."""
    shares: dict[str, int] = {}
    for each in wordings:
        shares[each.code] = shares.get(each.code, 0) + each.share
    if not any(shares.values()):
        raise rules.RuleError(["None of its variants has a share."])
    return tuple(shares.items())


def _campaign(campaign: Campaign, counted: Figures, now: datetime) -> tuple[int, int, bool]:
    ends = _midnight(campaign.ends_on + timedelta(days=1)) if campaign.ends_on else 0
    if campaign.status != Campaign.Status.OPEN:
        ends = min(ends or _epoch(now), _epoch(now))
    return _midnight(campaign.starts_on), ends, counted.reached


def _mutes(now: datetime) -> Iterable[tuple[str, str, int]]:
    for each in Mute.objects.current(now).exclude(kind=Mute.Kind.SWITCH):
        if each.expires_at:
            yield each.kind, each.value.lower(), _epoch(each.expires_at)


def _midnight(day: date) -> int:
    return _epoch(datetime.combine(day, clock_time.min, clock.newsroom_zone()))


def _epoch(moment: datetime) -> int:
    return int(moment.timestamp())
