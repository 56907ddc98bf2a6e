"""Deployment mistakes, found at start: each with an id, a sentence and a hint."""

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.db import connection


@register(Tags.models)
def user_model(**_: Any) -> list[CheckMessage]:
    """This room knows of people only their model and one manager method."""
    if hasattr(get_user_model()._default_manager, "for_email"):
        return []
    return [
        Error(
            "AUTH_USER_MODEL's manager has no for_email().",
            hint="Give it for_email(email, *, name) that returns the supporter of an address.",
            id="payments.E001",
        )
    ]


@register(Tags.security)
def demonstration(**_: Any) -> list[CheckMessage]:
    """The demonstration's doors stand open, so it must never hold real money."""
    return list(_demo_mistakes()) if settings.DEMO else list(_production_mistakes())


def _demo_mistakes() -> Iterator[CheckMessage]:
    if "_live_" in settings.STRIPE_SECRET_KEY:
        yield Error(
            "DEMO is on together with a live Stripe key.",
            hint="Unset DEMO, or use the sandbox's key.",
            id="payments.E002",
        )
    if settings.SITE_URL.startswith("https://"):
        yield Error(
            "DEMO is on together with a public https SITE_URL.",
            hint="Anybody could enter as anybody. Unset DEMO.",
            id="payments.E003",
        )


def _production_mistakes() -> Iterator[CheckMessage]:
    if settings.STRIPE_API_BASE:
        yield Error(
            "STRIPE_API_BASE points away from Stripe.",
            hint="Unset it: only the demonstration and tests have a stand-in.",
            id="payments.E004",
        )
    if not settings.SITE_URL.startswith("https://"):
        yield Error(
            "SITE_URL is not https.",
            hint="Sessions and sign-in codes must not cross the network in the clear.",
            id="payments.E005",
        )
    if settings.STRIPE_SECRET_KEY.startswith("sk_test_"):
        yield Warning(
            "STRIPE_SECRET_KEY is a test key: no money will arrive.",
            hint="Use rk_live_… or sk_live_… once you are ready.",
            id="payments.W001",
        )
    if connection.vendor == "sqlite":
        yield Warning(
            "The database is SQLite.",
            hint="It is safe for one machine; several need PostgreSQL in DATABASE_URL.",
            id="payments.W002",
        )
    if settings.EMAIL_BACKEND.endswith(("console.EmailBackend", "locmem.EmailBackend")):
        yield Error(
            "Mail goes nowhere.", hint="Set EMAIL_URL to an SMTP server.", id="payments.E006"
        )
