"""The one `now()`. In the demonstration the clock can be moved; elsewhere it is the machine's."""

from datetime import date, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone


def now() -> datetime:
    """The moment in UTC, moved by the demonstration's clock where one is set."""
    return timezone.now() + offset()


def offset() -> timedelta:
    """How far the demonstration's clock stands from the machine's."""
    if settings.CLOCK_FILE is None:
        return timedelta()
    try:
        return timedelta(seconds=int(settings.CLOCK_FILE.read_text()))
    except (FileNotFoundError, ValueError):
        return timedelta()


def set_offset(seconds: int) -> None:
    """Move the demonstration's clock, for every process at once."""
    if settings.CLOCK_FILE is None:
        raise RuntimeError("only the demonstration has a clock that moves")
    settings.CLOCK_FILE.parent.mkdir(parents=True, exist_ok=True)
    fresh = settings.CLOCK_FILE.with_suffix(".new")
    fresh.write_text(str(seconds))
    fresh.replace(settings.CLOCK_FILE)


def newsroom_zone() -> tzinfo:
    """The zone in which the newsroom's days and years begin."""
    return ZoneInfo(settings.TIME_ZONE)


def local_date(moment: datetime) -> date:
    """The newsroom's calendar day of a moment."""
    return moment.astimezone(newsroom_zone()).date()
