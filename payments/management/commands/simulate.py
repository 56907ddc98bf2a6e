"""`manage.py simulate`: live through months of faults and prove that the books stay true.

The machine itself lives beside the tests, since it may use product and sandbox alike. It runs in
a process of its own with settings of its own: it must never touch an installation's database.
"""

import os
import sys
from importlib.util import find_spec
from typing import Any

from django.core.management.base import BaseCommand, CommandError

MACHINE = "tests.simulation"


class Command(BaseCommand):
    help = "Live random lives under random faults and compare them with calm ones."

    def run_from_argv(self, argv: list[str]) -> None:
        """Everything behind the command's name belongs to the machine, `--help` too."""
        self.handle(argv[2:])

    def handle(self, *args: Any, **options: Any) -> None:
        if find_spec("tests") is None or find_spec(MACHINE) is None:
            raise CommandError("The machine is not installed: it comes with the source, in tests/.")
        given = args[0] if args else []
        os.execv(sys.executable, [sys.executable, "-m", MACHINE, *given])  # noqa: S606
