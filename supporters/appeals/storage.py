"""What may be kept on a reader's device, in one table: three modes, and nothing outside of it.

none: nothing. essential: what the reader asked for or needs in order to give; no consent is needed
(ePrivacy Directive 2002/58/EC, Article 5(3); WP29 opinion 04/2012). full: reading history for
rules and experiments, kept on the device, after the reader said yes; asked again after six months.
"""

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

NONE, ESSENTIAL, FULL = MODES = ("none", "essential", "full")
CHOICE_COOKIE = "ko_storage"
CHOICE_LASTS = timedelta(days=182)


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that may lie on the device; `place` is cookie or local (local storage)."""

    name: str
    place: str
    mode: str
    purpose: str | Promise
    lasts: str | Promise


TABLE = (
    Entry(
        "ko_supporter",
        "cookie",
        ESSENTIAL,
        _(
            "Says that a supporter uses this device, so that the appeal stays away. Some page views"
            " tell that a supporter read them, without saying who."
        ),
        _("As long as your gift deserves: a year, or while you give regularly."),
    ),
    Entry(
        "ko_pause",
        "cookie",
        ESSENTIAL,
        _("Until when you asked not to be asked."),
        _("A week, a month or three months, as you chose."),
    ),
    Entry(
        CHOICE_COOKIE,
        "cookie",
        ESSENTIAL,
        _("What you chose on this page."),
        _("Six months."),
    ),
    Entry(
        settings.SESSION_COOKIE_NAME,
        "cookie",
        ESSENTIAL,
        _("Keeps you signed in, and finds your gift again when you come back from paying."),
        _("Thirty days; set only when you give or sign in."),
    ),
    Entry(
        settings.CSRF_COOKIE_NAME,
        "cookie",
        ESSENTIAL,
        _("Protects forms against being sent by somebody else's page."),
        _("A year; set only on pages with a form."),
    ),
    Entry(
        "keepopen",
        "local",
        FULL,
        _(
            "A random number, the articles read here in the last thirty days and the times you"
            " were asked. It stays on the device: nobody is sent what you read. Some page views"
            " tell roughly how many articles it were, without saying whose. A gift only says"
            " whether this device is one of the five in a hundred that are never asked."
        ),
        _("Until you clear it; entries older than thirty days are dropped."),
    ),
)


def mode_of(request: HttpRequest) -> str:
    """The reader's own choice, else the installation's; never more than the installation allows."""
    chosen = request.COOKIES.get(CHOICE_COOKIE, "")
    return chosen if chosen in MODES else settings.APPEAL_STORAGE


def allows(mode: str, name: str) -> bool:
    """Whether something of the table may be kept in a mode."""
    needed = next(entry.mode for entry in TABLE if entry.name == name)
    return MODES.index(mode) >= MODES.index(needed)
