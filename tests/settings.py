"""The demonstration's settings, on a database and services of the test run's own."""

import os
import socket
import tempfile
from pathlib import Path

os.environ["DEMO"] = "1"
os.environ.setdefault("DATA_DIR", tempfile.mkdtemp(prefix="keepopen-test-"))
os.environ.setdefault("NEWSROOM_NAME", "The Harbour Courier")
# Two processes of a run must not empty each other's cache or take each other's bells.
if os.environ.get("REDIS_URL") and (worker := os.environ.get("PYTEST_XDIST_WORKER")):
    server, _, number = os.environ["REDIS_URL"].rpartition("/")
    os.environ["REDIS_URL"] = f"{server}/{int(number) + 1 + int(worker.removeprefix('gw'))}"
# Each process of the run has a sandbox's port of its own; tests/product.py listens there.
with socket.socket() as probe:
    probe.bind(("127.0.0.1", 0))
    os.environ["SANDBOX_PORT"] = str(probe.getsockname()[1])

from config.settings import *  # noqa: F403
from config.settings import DATA_DIR, env

if not env.text("DATABASE_URL"):
    DATABASES["default"]["NAME"] = ":memory:"
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STRIPE_READS_PER_SECOND = 1000
STRIPE_PAUSE_SECONDS = 0.001
STRIPE_HTTP_CLIENT = "tests.stripe_transport.SandboxTransport"
CLOCK_FILE = Path(DATA_DIR) / "clock"
ALLOWED_HOSTS = ["testserver", "127.0.0.1", "localhost"]
STATIC_ROOT = Path(DATA_DIR) / "static"
STATIC_ROOT.mkdir(exist_ok=True)
APPEAL_COUNTS_SECONDS = 0
