"""A second process that applies events while the year is lived: one core each."""

import gc
import multiprocessing
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.core.management import call_command
from django.db import connection, connections

from payments.models import StripeEvent

PAUSE_SECONDS = 0.02
# Stripe's answers make a million short-lived objects; looking for circles among them is waste.
GC_THRESHOLD = 100_000


@contextmanager
def helping() -> Iterator[None]:
    """Have a second process apply events until the block ends."""
    connections.close_all()
    process = multiprocessing.get_context("fork").Process(target=_help, args=(os.getpid(),))
    process.start()
    gc.set_threshold(GC_THRESHOLD)
    write_quickly()
    try:
        yield
    finally:
        process.terminate()
        process.join()


def apply_all() -> None:
    """Apply what is due together with the helper; return when both have finished."""
    while True:
        with open(os.devnull, "w", encoding="utf-8") as nowhere:
            call_command("tick", events=True, stdout=nowhere)
        if not StripeEvent.objects.filter(status=StripeEvent.Status.RECEIVED).exists():
            return
        time.sleep(PAUSE_SECONDS)


def write_quickly() -> None:
    """A seed that is cut off begins again from nothing, so no write needs to reach the disk."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA synchronous = OFF")
        elif connection.vendor == "postgresql":
            cursor.execute("SET synchronous_commit = off")


def _help(parent: int) -> None:
    """Apply for as long as the process that began the seed lives."""
    gc.set_threshold(GC_THRESHOLD)
    write_quickly()
    with open(os.devnull, "w", encoding="utf-8") as nowhere:
        while os.getppid() == parent:
            call_command("tick", events=True, stdout=nowhere)
            time.sleep(PAUSE_SECONDS)
