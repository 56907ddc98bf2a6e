"""`manage.py demo`: the whole product on one machine, in one process group."""

import signal
import sys
from types import FrameType
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from supporters.demo import books, sandbox, seed, stage, year
from supporters.demo.processes import Children, Ended, is_free
from supporters.demo.progress import Bar

SCALES = {"": 1, "small": 1, "large": 10}
YEAR_SECONDS = year.DAYS * year.DAY
WEB_WORKERS = "2"


class Command(BaseCommand):
    help = "Seed a year of life, then run web, worker and sandbox until Ctrl-C."

    def handle(self, *args: Any, **options: Any) -> None:
        self._refuse()
        for ending in (signal.SIGTERM, signal.SIGHUP):
            signal.signal(ending, _leave)
        self.children = Children()
        try:
            self._open()
            self.children.watch()
        except (Ended, stage.NotOurs, books.Untied, sandbox.Unreachable) as error:
            raise CommandError(str(error) or "The sandbox does not answer.") from error
        except KeyboardInterrupt:
            self.stderr.write("")
        finally:
            self.children.stop_all()

    def _refuse(self) -> None:
        if not settings.DEMO:
            raise CommandError("This runs only where DEMO=1 is set; `make demo` sets it.")
        if settings.DEMO_SEED not in SCALES:
            raise CommandError("SEED is small (or left out) or large.")
        for name in ("PORT", "SANDBOX_PORT"):
            if not is_free(getattr(settings, name)):
                port = getattr(settings, name)
                raise CommandError(f"Port {port} is in use. Choose another one with {name}=…")

    def _open(self) -> None:
        """Seed where nothing is, start everything, and say so."""
        if not stage.is_set():
            self._seed()
        call_command("migrate", verbosity=0)
        self._start_sandbox("--webhook-url", _webhook(), "--webhook-secret", _secret())
        sandbox.tell_only(_webhook())
        sandbox.keep_pace()
        self.children.start("web", *_web())
        self.children.start("worker", "manage.py", "tick", "--forever")
        self.children.wait_for(f"http://127.0.0.1:{settings.PORT}/healthz")
        self.stdout.write(f"ready http://127.0.0.1:{settings.PORT}/")
        self.stdout.flush()

    def _seed(self) -> None:
        stage.clear()
        call_command("migrate", verbosity=0)
        self._start_sandbox("--start", str(timezone.now().timestamp() - YEAR_SECONDS))
        bar = Bar("Living a year", stream=sys.stderr)
        seed.live(year.plan(scale=SCALES[settings.DEMO_SEED]), progress=bar)
        for line in books.proved():
            self.stdout.write(line)
        self.children.stop("sandbox")
        stage.space_out_the_letters()
        stage.finish()

    def _start_sandbox(self, *options: str) -> None:
        data = str(settings.DATA_DIR / "sandbox.sqlite3")
        port = str(settings.SANDBOX_PORT)
        module = ("-m", "payments.sandbox", "--port", port, "--data", data)
        self.children.start("sandbox", *module, *options)
        self.children.wait_for(f"{settings.SANDBOX_URL}/sandbox/clock")


def _webhook() -> str:
    return f"http://127.0.0.1:{settings.PORT}/stripe/webhook/"


def _secret() -> str:
    return settings.STRIPE_WEBHOOK_SECRETS[0]


def _web() -> tuple[str, ...]:
    """One blocking thread a worker keeps the slowest answers short."""
    options = ("--interface", "wsgi", "--host", "127.0.0.1", "--port", str(settings.PORT))
    size = ("--workers", WEB_WORKERS, "--blocking-threads", "1", "--log-level", "warning")
    return ("-m", "granian", *options, *size, "config.wsgi:application")


def _leave(number: int, frame: FrameType | None) -> None:
    raise SystemExit(128 + number)
