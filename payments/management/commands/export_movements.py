"""Writes the movements of a period to standard output, as the desk's download does."""

from argparse import ArgumentParser
from datetime import date

from django.core.management.base import BaseCommand, CommandError

from payments.exports.columns import MOVEMENTS
from payments.exports.rows import movements_table
from payments.exports.writers import csv_lines
from payments.reports.questions import Question


class Command(BaseCommand):
    help = "Write every movement of money of a period to standard output."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--from", dest="first", required=True, metavar="D", help="first day, as in 2026-03-01"
        )
        parser.add_argument(
            "--to", dest="last", required=True, metavar="D", help="last day; it counts too"
        )
        parser.add_argument("--format", choices=["csv"], default="csv")

    def handle(self, *, first: str, last: str, **options: object) -> None:
        """Rows go to standard output, the control totals to standard error."""
        try:
            question = Question(first_day=_day("--from", first), last_day=_day("--to", last))
        except ValueError as refusal:
            raise CommandError(f"That period cannot be exported: {refusal}.") from refusal
        if hasattr(self.stdout, "reconfigure"):
            self.stdout.reconfigure(encoding="utf-8", newline="")
        with movements_table(question) as table:
            for lines in csv_lines(MOVEMENTS, table.rows):
                self.stdout.write(lines, ending="")
            for total in table.totals:
                self.stderr.write(f"{total.currency}: {total.control}", style_func=str)


def _day(option: str, text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise CommandError(
            f"{option} {text!r} is not a day; write it as year-month-day, such as 2026-03-31."
        ) from None
