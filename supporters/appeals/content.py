"""What an appeal says and when, as one frozen value: of the working copy or of a version."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from supporters.models import Appeal, AppealVersion

# Stands in a button's words for the sum and how often: "€10 a month".
SUM = "{amount}"


@dataclass(frozen=True, slots=True)
class Wording:
    """One variant. Empty words mean the house's own; `amounts` are minor units per frequency."""

    code: str
    heading: str
    body: str
    button: str
    amounts: dict[str, list[int]]
    colours: dict[str, dict[str, str]]
    share: int

    @property
    def text(self) -> str:
        """Everything a reader is told by it; the sum on the button is the reader's own."""
        parts = (self.heading, self.body, self.button.replace(SUM, ""))
        return "\n".join(part for part in parts if part)


@dataclass(frozen=True, slots=True)
class Content:
    """An appeal's words, rules and schedule. A schedule's end that is None stays open."""

    placement: str
    paragraph: int
    priority: int
    rules: list[Any]
    starts_at: datetime | None
    ends_at: datetime | None
    sensitive: str
    variants: tuple[Wording, ...]

    def shows_at(self, now: datetime) -> bool:
        """Whether the schedule lets it show; the last moment is the first that does not."""
        begun = self.starts_at is None or self.starts_at <= now
        return begun and (self.ends_at is None or now < self.ends_at)


PLAIN_FIELDS = ("placement", "paragraph", "priority", "rules", "sensitive")
WORDS = ("code", "heading", "body", "button", "amounts", "colours", "share")


def of_appeal(appeal: Appeal) -> Content:
    """The working copy."""
    wordings = (
        Wording(**{name: getattr(variant, name) for name in WORDS})
        for variant in appeal.variants.all()
    )
    return Content(
        **{name: getattr(appeal, name) for name in PLAIN_FIELDS},
        starts_at=appeal.starts_at,
        ends_at=appeal.ends_at,
        variants=tuple(wordings),
    )


def of_version(version: AppealVersion) -> Content:
    """What was saved as this version."""
    stored = version.content
    return Content(
        **{name: stored[name] for name in PLAIN_FIELDS},
        starts_at=_moment(stored["starts_at"]),
        ends_at=_moment(stored["ends_at"]),
        variants=tuple(Wording(**words) for words in stored["variants"]),
    )


def as_json(content: Content) -> dict[str, Any]:
    """How a version stores it."""
    stored = asdict(content)
    stored["variants"] = [asdict(words) for words in content.variants]
    for name in ("starts_at", "ends_at"):
        moment = stored[name]
        stored[name] = moment.isoformat() if moment else None
    return stored


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
