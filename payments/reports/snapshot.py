"""One moment of the database for several reads, so that totals and rows cannot differ."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

BEGIN = {
    "postgresql": "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
    # A deferred transaction: it reads one snapshot (WAL) and never takes the writers' lock.
    "sqlite": "BEGIN DEFERRED",
}


@contextmanager
def snapshot() -> Iterator[None]:
    """Every query inside sees the same rows. Inside a transaction, that one's rules hold.

    Not `transaction.atomic`: on SQLite that would hold up every writer for as long as a slow
    client takes to download.
    """
    if connection.in_atomic_block:
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute(BEGIN[connection.vendor])
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ROLLBACK")
