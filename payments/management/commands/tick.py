"""`manage.py tick`: do what is due, with no broker at all."""

import time
from typing import Any

import structlog
from django.core.management.base import BaseCommand, CommandParser
from django.db import InterfaceError, OperationalError, close_old_connections

from payments import tasks
from payments.sweep import sweep

log = structlog.get_logger()

SWEEP_SECONDS = 15.0


class Command(BaseCommand):
    help = "Apply stored events, do what the outbox holds, and sweep up what stood still."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--forever", action="store_true", help="Go on until stopped.")
        parser.add_argument(
            "--events", action="store_true", help="Only apply stored events; leave the outbox be."
        )
        parser.add_argument("--pause", type=float, default=0.5, help="Seconds between rounds.")

    def handle(self, *args: Any, forever: bool, pause: float, events: bool, **options: Any) -> None:
        if events:
            self.stdout.write(f"{tasks.apply_events()} applied")
            return
        if not forever:
            self.stdout.write(f"{tasks.drain() + sweep() + tasks.drain()} done")
            return
        swept = 0.0
        while True:
            try:
                tasks.drain()
                if not swept or time.monotonic() - swept > SWEEP_SECONDS:
                    sweep()
                    swept = time.monotonic()
            except (OperationalError, InterfaceError) as error:
                # It restarts, or is switched over: what was claimed is due again in a minute.
                log.warning("tick_without_database", error=type(error).__name__)
            close_old_connections()
            time.sleep(pause)
