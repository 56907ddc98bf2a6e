"""A real Celery worker beside the real product: only where Redis and a server database run."""

import contextlib
import os
import signal
import subprocess
import sys
import time

import pytest
from django.conf import settings
from django.db import connection

from config.celery import app

PATIENCE_SECONDS = 30


def until(found):
    """Wait for what another process does; returns it."""
    limit = time.monotonic() + PATIENCE_SECONDS
    while not (value := found()):
        assert time.monotonic() < limit, "the worker has not done it in time"
        time.sleep(0.05)
    return value


@contextlib.contextmanager
def worker_process(product, tmp_path):
    """A worker as `make worker` starts it, on this test's database, sandbox and mailbox."""
    command = [sys.executable, "-m", "celery", "-A", "config.celery", "worker"]
    options = ["--concurrency", "1", "--loglevel", "WARNING", "--without-mingle"]
    options += ["--beat", "--schedule", str(tmp_path / "beat")]
    process = subprocess.Popen(
        [*command, *options], env=product.environment(tmp_path), start_new_session=True
    )
    try:
        until(lambda: process.poll() is not None or app.control.ping(timeout=0.2))
        assert process.poll() is None, "the worker ended by itself"
        yield process
    finally:
        end(process)


def end(process):
    """Kill a worker together with its children and its beat, as a machine that goes down does."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait(PATIENCE_SECONDS)


@pytest.fixture
def services(request):
    """Skips where the suite runs on SQLite alone."""
    if not settings.REDIS_URL or connection.vendor != "postgresql":
        pytest.skip("needs PostgreSQL and Redis: make test-services")
    app.control.purge()


@pytest.fixture
def worker(services, product, tmp_path):
    with worker_process(product, tmp_path) as process:
        yield process
