"""The tests' settings for a life in memory: its own Stripe, no paper, no noise."""

from tests.settings import *  # noqa: F403

STRIPE_HTTP_CLIENT = "tests.simulation.wire.Wire"
EMAIL_BACKEND = "tests.simulation.letters.LetterBox"
RECEIPT_PRESS = "tests.simulation.letters.typeset"
CLOCK_FILE = None
# The clock is virtual: nobody waits for Stripe to be less busy.
STRIPE_READS_PER_SECOND, STRIPE_PAUSE_SECONDS = 1_000_000, 0
REDIS_URL = ""
NOTHING = {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}
CACHES = {"default": NOTHING, "spare": NOTHING}
STORAGES = {
    **STORAGES,
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
}
LOGGING = {"version": 1, "root": {"handlers": [], "level": "CRITICAL"}}
