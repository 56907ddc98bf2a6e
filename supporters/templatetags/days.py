"""Days as a person says them, in the newsroom's zone."""

from datetime import datetime

from babel.dates import format_date, format_skeleton
from django import template
from django.utils.translation import get_language

from payments import clock
from payments.money import babel_locale

register = template.Library()
# Babel's plain English is American; newsrooms that want "December 23" choose en-us.
ENGLISH = "en_GB"


@register.filter
def day(moment: datetime | None) -> str:
    """`23 December`, with the year where it is not the present one; day and month on one line."""
    if moment is None:
        return ""
    date = clock.local_date(moment)
    language = get_language() or "en"
    locale = ENGLISH if language == "en" else babel_locale(language)
    this_year = date.year == clock.local_date(clock.now()).year
    if this_year:
        words = format_skeleton("MMMMd", date, locale=locale)
    else:
        words = format_date(date, format="long", locale=locale)
    return words.replace(" ", "\N{NO-BREAK SPACE}", 1)
