"""`manage.py backfill`: fetch the events that an outage kept from us."""

from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from payments import clock
from payments.webhooks import backfill


class Command(BaseCommand):
    help = "Fetch events from Stripe and store those that never arrived."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--days", type=int, default=3, help="How far back; 30 at most.")

    def handle(self, *args: Any, days: int, **options: Any) -> None:
        read = backfill.pull(clock.now() - timedelta(days=min(days, 30)))
        self.stdout.write(f"{read} events read")
