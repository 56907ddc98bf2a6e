"""`manage.py reconcile`: compare the books with Stripe now, and print what stands open."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from payments.gateway.client import livemode
from payments.gateway.errors import GatewayError
from payments.models import Difference, Reconciliation
from payments.money import Money
from payments.reconcile import repairs, run


class Command(BaseCommand):
    help = "Compare the books with Stripe. Ends with 1 where they do not tie."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--repair", action="store_true", help="Repair what has a repair, then compare again."
        )

    def handle(self, *args: Any, repair: bool, **options: Any) -> None:
        done = self._compare()
        if repair and not done.ties:
            for row in _open():
                self._repair(row)
            done = self._compare()
        for row in _open():
            self.stdout.write(f"{row.get_kind_display()}: {row.subject}  {row.ours} / {row.theirs}")
        for sums in done.sums:
            names = ("ours", "explained", "open", "waiting", "stripe", "left")
            said = (f"{name} {Money(sums[name], sums['currency']).format()}" for name in names)
            self.stdout.write(f"{sums['currency']}: " + ", ".join(said))
        if not done.ties:
            raise CommandError(f"The books do not tie: {done.found} differences stand open.")
        self.stdout.write(
            f"The books tie: {done.entries} movements, {done.lines} lines of Stripe's."
        )

    def _compare(self) -> Reconciliation:
        try:
            return run.run_now()
        except (GatewayError, run.Busy) as error:
            raise CommandError(f"The comparison broke off: {error}. Call it again.") from error

    def _repair(self, row: Difference) -> None:
        try:
            repairs.repair(row, actor=None)
        except repairs.RepairRefused as refusal:
            self.stdout.write(f"not repaired: {row.subject}: {refusal}")


def _open():
    return Difference.objects.filter(livemode=livemode(), status=Difference.Status.OPEN)
