"""What every template may say about the newsroom."""

from django.conf import settings
from django.http import HttpRequest


def newsroom(request: HttpRequest) -> dict[str, object]:
    """Name, address and legal lines, and whether this is the demonstration."""
    return {
        "newsroom": {
            "name": settings.NEWSROOM_NAME,
            "address": settings.NEWSROOM_ADDRESS,
            "legal_lines": settings.NEWSROOM_LEGAL_LINES,
            "contact": settings.NEWSROOM_CONTACT,
        },
        "demo": settings.DEMO,
    }
