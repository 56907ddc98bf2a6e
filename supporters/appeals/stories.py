"""Stories to try an appeal in: what rules may ask about a page, and enough text to see it in.

The setting PREVIEW_STORIES names a function of the site's that returns `Story` values; without it
there is one neutral article.
"""

from dataclasses import dataclass

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _


@dataclass(frozen=True, slots=True)
class Story:
    """`picture` is a static file's path; `paragraphs` are plain text."""

    code: str
    headline: str
    standfirst: str = ""
    byline: str = ""
    section: str = ""
    tags: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    sensitive: bool = False
    picture: str = ""
    alt: str = ""
    paragraphs: tuple[str, ...] = ()


def stories() -> tuple[Story, ...]:
    """The site's stories, or the neutral one."""
    if not settings.PREVIEW_STORIES:
        return (_neutral(),)
    return tuple(import_string(settings.PREVIEW_STORIES)()) or (_neutral(),)


def story(code: str) -> Story:
    """The story with a code; the first one where there is none."""
    found = stories()
    return next((each for each in found if each.code == code), found[0])


def _neutral() -> Story:
    paragraph = _(
        "This is a paragraph of an article. It stands for what a reader came to read, so that the "
        "appeal is seen between lines as long and as close as yours. Its words do not matter, and "
        "they say nothing about anybody."
    )
    return Story(
        code="neutral",
        headline=_("An article of ordinary length"),
        standfirst=_("A sentence or two that say what the article is about, before it begins."),
        byline=_("A reporter"),
        section="news",
        paragraphs=(paragraph,) * 6,
    )
