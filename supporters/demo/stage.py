"""What a demo's folder holds: nothing, a year half lived, or a year that can be resumed."""

import shutil
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.db import connection

from payments import clock
from payments.models import OutboxTask

MARK = "seed"
BEGUN, DONE = "begun", "done"
OURS = ("keepopen.sqlite3", "keepopen.sqlite3-wal", "keepopen.sqlite3-shm", "clock")
OURS_TOO = ("sandbox.sqlite3", "sandbox.sqlite3-wal", "sandbox.sqlite3-shm", "mail", "files")
# A worker prints a receipt and sends it in half of this; what happens live is never far behind.
PACE = timedelta(seconds=0.15)


class NotOurs(RuntimeError):
    """The database holds something that the demo did not put there."""


def is_set() -> bool:
    """Whether the year has been lived to its end."""
    return _mark().exists() and _mark().read_text().strip() == DONE


def clear() -> None:
    """Begin from nothing: remove what a seed that was cut off has left. Raises NotOurs."""
    if not _mark().exists() and _has_tables():
        raise NotOurs("the database is not empty, and no demo has made it")
    connection.close()
    for name in (*OURS, *OURS_TOO):
        path = settings.DATA_DIR / name
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
    if _has_tables():
        raise NotOurs("a demo was cut off in this database; empty it, or name another")
    _mark().write_text(BEGUN)


def finish() -> None:
    """Remember that the year is whole."""
    _mark().write_text(DONE)


def space_out_the_letters() -> None:
    """Hand the year's documents and letters to the worker one after the other."""
    due = clock.now()
    waiting = OutboxTask.objects.filter(done_at=None, dead_at=None).order_by("created_at", "pk")
    tasks = list(waiting)
    for task in tasks:
        due += PACE
        task.due_at = due
    OutboxTask.objects.bulk_update(tasks, ["due_at"], batch_size=500)


def _mark() -> Path:
    return settings.DATA_DIR / MARK


def _has_tables() -> bool:
    """An empty file is made by merely looking, and counts as nothing."""
    return bool(connection.introspection.table_names())
