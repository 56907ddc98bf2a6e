"""Deployment mistakes are named at start."""

import os
import subprocess
import sys

import pytest
from django.db import connection

from payments import checks

GOOD = {
    "DEMO": False,
    "STRIPE_SECRET_KEY": "rk_live_x",
    "SITE_URL": "https://give.example.org",
    "STRIPE_API_BASE": "",
    "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
}


def ids(settings, **changes):
    for name, value in (GOOD | changes).items():
        setattr(settings, name, value)
    found = [message.id for message in checks.demonstration()]
    if connection.vendor == "sqlite" and not settings.DEMO:
        found.remove("payments.W002")
    return found


def test_a_sound_production_has_nothing_to_say(settings):
    assert ids(settings) == []


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"DEMO": True, "SITE_URL": "http://127.0.0.1"}, "payments.E002"),
        ({"DEMO": True, "STRIPE_SECRET_KEY": "sk_test_x"}, "payments.E003"),
        ({"STRIPE_API_BASE": "http://127.0.0.1:8420"}, "payments.E004"),
        ({"SITE_URL": "http://give.example.org"}, "payments.E005"),
        ({"STRIPE_SECRET_KEY": "sk_test_x"}, "payments.W001"),
        (
            {"EMAIL_BACKEND": "django.core.mail.backends.console.EmailBackend"},
            "payments.E006",
        ),
    ],
)
def test_each_mistake_has_an_id(settings, changes, expected):
    assert ids(settings, **changes) == [expected]


def test_the_user_model_keeps_its_promise():
    assert checks.user_model() == []


def test_production_names_every_variable_that_is_missing(tmp_path):
    env = {"PATH": os.environ["PATH"], "DATA_DIR": str(tmp_path)}
    run = subprocess.run(
        [sys.executable, "manage.py", "check"], env=env, capture_output=True, text=True
    )
    assert run.returncode != 0
    for name in (
        "SECRET_KEY",
        "SITE_URL",
        "DATABASE_URL",
        "NEWSROOM_NAME",
        "STRIPE_SECRET_KEY",
        "STRIPE_WEBHOOK_SECRETS",
        "EMAIL_URL",
    ):
        assert f"\n  {name}: " in run.stderr
