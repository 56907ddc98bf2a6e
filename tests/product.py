"""The whole product for a test: a web server, the sandbox as a process, a database of its own.

Nothing is simulated between them: requests, calls to Stripe and its notifications are HTTP. The
waiting work (stored events, the outbox) is done when a test says so, in `settle`.
"""

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from dataclasses import dataclass
from datetime import timedelta
from email.utils import getaddresses

import requests
from django.conf import settings
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.db import connection, connections

from config.wsgi import application
from payments import tasks
from payments.gateway import calls, client
from payments.models import OutboxTask, StripeEvent
from supporters.demo import mailbox, sandbox

PATIENCE_SECONDS = 30
# An account with funds enough: refunds go through at once.
RICH = {"refunds_need_funds": False}


@dataclass
class Product:
    """What a test holds: the public address, and the hand on time and on the waiting work."""

    url: str

    def __str__(self):
        return self.url

    def settle(self):
        """Deliver, apply and do until nothing that is due is left, on either side."""
        limit = time.monotonic() + PATIENCE_SECONDS
        while tasks.drain() or self._stripe_has_something_to_say():
            assert time.monotonic() < limit, "the product does not come to rest"
            time.sleep(0.02)
        notes = StripeEvent.objects.filter(status="failed").values_list("type", "note")
        assert not notes, list(notes)
        undone = OutboxTask.objects.filter(done_at=None).exclude(note="")
        assert not undone, list(undone.values_list("name", "note"))

    def advance(self, *, days):
        """Move the sandbox's time and ours on, and let everything that fell due be done."""
        sandbox.advance(timedelta(days=days).total_seconds())
        self.settle()

    def letters(self, *, to):
        """The letters to one address, newest first."""
        lines = mailbox.lines(to=to)
        return [mailbox.find(line.key) for line in lines if to in _addresses(line.to)]

    def environment(self, folder):
        """For another process of the product on this test's database, sandbox and mailbox."""
        there = connection.settings_dict
        server = f"{there['USER']}@{there['HOST']}:{there['PORT'] or 5432}"
        urls = {
            "sqlite": f"sqlite:///{there['NAME']}",
            "postgresql": f"postgresql://{server}/{there['NAME']}",
        }
        return os.environ | {
            "DEMO": "1",
            "DATABASE_URL": urls[connection.vendor],
            "EMAIL_URL": f"filemail:///{settings.EMAIL_FILE_PATH}",
            "DATA_DIR": str(folder),
            "SANDBOX_PORT": str(settings.SANDBOX_PORT),
            "DJANGO_SETTINGS_MODULE": "config.settings",
        }

    def _stripe_has_something_to_say(self):
        return _told("deliveries")["due"] > 0


@contextlib.contextmanager
def running(template, *, days_ago=0):
    """The product on addresses of its own, until the test has ended."""
    begin = time.time() - days_ago * 86_400
    with template.copied(), _web() as url, _sandbox_process(url, begin), _http_to_stripe():
        settings.SITE_URL = url
        requests.post(
            f"{settings.SANDBOX_URL}/sandbox/settings", json=RICH, timeout=PATIENCE_SECONDS
        )
        calls.ensure_product()
        sandbox.keep_pace()
        yield Product(url)


class SqliteTemplate:
    """The migrated database, kept aside before any test has begun; each test gets a copy."""

    def __init__(self, folder):
        self.file = folder / "template.sqlite3"
        with connection.cursor() as cursor:
            cursor.execute("VACUUM INTO %s", [str(self.file)])

    @contextlib.contextmanager
    def copied(self):
        copy = self.file.with_name("product.sqlite3")
        for path in self.file.parent.glob("product.*"):
            path.unlink()
        shutil.copy(self.file, copy)
        with _connected_to(str(copy)):
            yield

    def drop(self):
        """The folder is the test run's own."""


class PostgresTemplate:
    """The same on a PostgreSQL server, which copies databases by itself."""

    def __init__(self, folder):
        source = connection.settings_dict["NAME"]
        self.name, self.copy = f"{source}_template", f"{source}_product"
        connection.close()  # nobody may look on while a database is copied
        self._copy(source, self.name)

    @contextlib.contextmanager
    def copied(self):
        self._copy(self.name, self.copy)
        with _connected_to(self.copy):
            yield
        self._run(f'DROP DATABASE "{self.copy}" WITH (FORCE)')

    def drop(self):
        self._run(f'DROP DATABASE "{self.name}" WITH (FORCE)')

    def _copy(self, source, target):
        self._run(f'DROP DATABASE IF EXISTS "{target}" WITH (FORCE)')
        self._run(f'CREATE DATABASE "{target}" TEMPLATE "{source}"')

    def _run(self, statement):
        with connection._nodb_cursor() as cursor:
            cursor.execute(statement)


@contextlib.contextmanager
def _connected_to(name):
    """Let every thread use another database; this thread's usual connection is put aside."""
    usual = connections["default"]
    before, usual.settings_dict["NAME"] = usual.settings_dict["NAME"], name
    del connections["default"]
    try:
        yield
    finally:
        connections["default"].close()
        usual.settings_dict["NAME"] = before
        connections["default"] = usual


class _Quiet(WSGIRequestHandler):
    def log_message(self, *args):
        """The test's own output says what went wrong."""


class _Server(ThreadedWSGIServer):
    """Closing lets what is being answered be answered, and then nobody holds the database."""

    daemon_threads = False

    def __init__(self, *args):
        super().__init__(*args)
        self.accepted = []

    def process_request(self, request, client_address):
        self.accepted.append(request)
        super().process_request(request, client_address)

    def server_close(self):
        for request in self.accepted:
            with contextlib.suppress(OSError):
                request.shutdown(socket.SHUT_RD)
        super().server_close()


@contextlib.contextmanager
def _web():
    server = _Server(("127.0.0.1", 0), _Quiet)
    server.set_app(application)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextlib.contextmanager
def _sandbox_process(url, begin):
    start = ("--start", str(begin))
    hook = ("--webhook-url", f"{url}/stripe/webhook/")
    secret = ("--webhook-secret", settings.STRIPE_WEBHOOK_SECRETS[0])
    port = ("--port", str(settings.SANDBOX_PORT))
    command = [sys.executable, "-m", "payments.sandbox", *port, *start, *hook, *secret]
    process = subprocess.Popen(command)
    try:
        _wait_for(f"{settings.SANDBOX_URL}/sandbox/clock", process)
        yield
    finally:
        process.terminate()
        process.wait(PATIENCE_SECONDS)


def _wait_for(address, process):
    limit = time.monotonic() + PATIENCE_SECONDS
    while True:
        assert process.poll() is None, "the sandbox ended by itself"
        assert time.monotonic() < limit, "the sandbox does not answer"
        with contextlib.suppress(OSError), urllib.request.urlopen(address, timeout=5):
            return
        time.sleep(0.02)


@contextlib.contextmanager
def _http_to_stripe():
    """Take away the in-process stand-in: calls go out over HTTP, as in production."""
    settings.STRIPE_HTTP_CLIENT = ""
    client._client.cache_clear()
    try:
        yield
    finally:
        client._client()._requestor._client.close()
        client._client.cache_clear()


def _told(what):
    """What the sandbox's own controls say."""
    return requests.get(f"{settings.SANDBOX_URL}/sandbox/{what}", timeout=PATIENCE_SECONDS).json()


def _addresses(header):
    return [address for _, address in getaddresses([header])]
