"""What a report is asked: days of the newsroom's calendar, and what else narrows it."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import ClassVar

from payments import clock


@dataclass(frozen=True, slots=True)
class Question:
    """Both days count; whatever is empty does not narrow."""

    OPEN: ClassVar[str] = "open"
    EARLIEST: ClassVar[date] = date(2000, 1, 1)
    LATEST: ClassVar[date] = date(2099, 12, 31)

    first_day: date | None = None
    last_day: date | None = None
    currency: str = ""
    kind: str = ""
    source: str = ""
    find: str = ""
    fees: str = ""

    def __post_init__(self) -> None:
        for day in (self.first_day, self.last_day):
            if day and not self.EARLIEST <= day <= self.LATEST:
                raise ValueError(f"{day} is not between {self.EARLIEST} and {self.LATEST}")
        if self.first_day and self.last_day and self.last_day < self.first_day:
            raise ValueError(f"the last day {self.last_day} is before the first {self.first_day}")

    def __str__(self) -> str:
        """The period, for names of files: `2026-03-01-to-2026-03-31`."""
        first = self.first_day.isoformat() if self.first_day else "the-beginning"
        last = self.last_day.isoformat() if self.last_day else "today"
        return f"{first}-to-{last}"


def moment_of(day: date) -> datetime:
    """When the newsroom's calendar day begins, in UTC."""
    return datetime.combine(day, time.min, tzinfo=clock.newsroom_zone()).astimezone(UTC)


def moment_after(day: date) -> datetime:
    """When the day is over: the first moment that no longer belongs to it."""
    return moment_of(day + timedelta(days=1))
