"""What the site says of an article: its section and its author, for reports.

The setting ARTICLE_FACTS names a function of the site's that takes an article's code and returns
its `Facts`, or None. It is asked when a checkout opens, so it must be quick.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from django.conf import settings
from django.utils.module_loading import import_string

CODE = re.compile(r"[\w./-]{0,120}")


@dataclass(frozen=True, slots=True)
class Facts:
    section: str = ""
    author: str = ""


def facts(article: str) -> Facts:
    """Empty where the site says nothing, or was not asked to."""
    if not settings.ARTICLE_FACTS or not article:
        return Facts()
    return import_string(settings.ARTICLE_FACTS)(article) or Facts()


@lru_cache(maxsize=4096)
def is_one(article: str) -> bool:
    """Whether a code can be that of an article here; empty stands for pages that are none."""
    if not CODE.fullmatch(article):
        return False
    return not article or not settings.ARTICLE_FACTS or facts(article) != Facts()
