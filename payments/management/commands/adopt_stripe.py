"""`manage.py adopt_stripe`: take over an account that had customers and a history before us."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from payments.adoption import adopt
from payments.adoption.scope import ALL, NONE, Scope
from payments.gateway.errors import GatewayError


class Command(BaseCommand):
    help = (
        "Take over the Stripe account's supporters, subscriptions and history. Nobody gets mail, "
        "no receipt is numbered, nothing is changed at Stripe. Stopped at any point, it goes on "
        "where it was; what was read is not read again."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--dry-run", action="store_true", help="Read and report; book nothing, make nobody."
        )
        parser.add_argument(
            "--product",
            action="append",
            default=[],
            metavar="prod_…",
            help="Only subscriptions to this product; may be given several times.",
        )
        parser.add_argument(
            "--gifts",
            default=NONE,
            metavar=f"{ALL}|{NONE}|KEY=VALUE",
            help="Which single payments are contributions: all, none, or those with this metadata.",
        )
        parser.add_argument(
            "--forget", action="store_true", help="Drop what was read of charges, when all is done."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["forget"]:
            self.stdout.write(f"{adopt.forget()} rows dropped")
            return
        gifts = options["gifts"]
        if gifts not in {ALL, NONE} and "=" not in gifts:
            raise CommandError("--gifts is all, none, or KEY=VALUE of the payments' metadata.")
        scope = Scope(products=frozenset(options["product"]), gifts=gifts)
        work = adopt.rehearse if options["dry_run"] else adopt.adopt
        try:
            report = work(scope, say=self.stdout.write)
        except GatewayError as error:
            raise CommandError(
                f"Stripe did not answer ({error}). What was read is kept: call this again."
            ) from error
        self._tell(report)

    def _tell(self, report: adopt.Report) -> None:
        for reason, number in report.parked:
            self.stdout.write(f"parked: {number}, {reason}")
        for what, number in report.doubles.items():
            self.stdout.write(f"doubles: {number} {what}")
        for total in report.totals:
            self.stdout.write(str(total))
        if not report.ties:
            raise CommandError("The control total does not tie: call this again, or look closer.")
