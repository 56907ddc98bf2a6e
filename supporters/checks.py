"""Deployment mistakes of the front of house, found at start."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register
from django.utils.module_loading import import_string


@register()
def article_facts(**_: Any) -> list[CheckMessage]:
    """A name that leads nowhere would stop the first reader who wants to give."""
    if not settings.ARTICLE_FACTS:
        return []
    try:
        import_string(settings.ARTICLE_FACTS)
    except ImportError as error:
        return [
            Error(
                f"ARTICLE_FACTS cannot be imported: {error}",
                hint="Name a function by its dotted path, or unset the variable.",
                id="supporters.E001",
            )
        ]
    return []
