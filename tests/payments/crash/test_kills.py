"""kill -9 at every place, in a process of its own; another one goes on within a minute.

The process is forked from the test's, so that nothing has to be imported again. Its database and
its Stripe are files: what was committed outlives it, and what was not is gone.
"""

import json
import os
import pickle
import signal
import time
import traceback
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.conf import settings as live
from django.core.management import call_command
from django.db import connection

from payments import crash
from tests.payments.crash import stories
from tests.payments.crash.places import STORY_OF
from tests.payments.crash.playing import Once, at, play

pytestmark = [pytest.mark.case("F15"), pytest.mark.case("F17")]


@dataclass
class Ground:
    """A folder with a database, a Stripe, and how far the story had come."""

    folder: Path
    database: bytes

    def __post_init__(self):
        (self.folder / "books.sqlite3").write_bytes(self.database)
        self.note_step(0)

    def note_step(self, number):
        (self.folder / "step").write_text(str(number))

    def step(self):
        return int((self.folder / "step").read_text())

    def note_time(self):
        (self.folder / "time").write_text(str(time.time()))

    def moment(self):
        file = self.folder / "time"
        return float(file.read_text()) if file.exists() else stories.BEGINS.timestamp()

    def in_a_process(self, work):
        """Do the work in a child; its answer, or the signal that ended it."""
        back, forth = os.pipe()
        child = os.fork()
        if not child:
            self._be_the_child(work, forth)
        os.close(forth)
        with os.fdopen(back, "rb") as pipe:
            answer = pipe.read()
        _, status = os.waitpid(child, 0)
        if os.WIFSIGNALED(status):
            return os.WTERMSIG(status)
        outcome, value = pickle.loads(answer)
        assert outcome == "done", value
        return value

    def _be_the_child(self, work, forth):
        try:
            connection.connection = None
            connection.settings_dict["NAME"] = str(self.folder / "books.sqlite3")
            answer = "done", work(self)
        except BaseException:  # noqa: BLE001 (the child's edge: the parent shows it)
            answer = "broke", traceback.format_exc()
        with os.fdopen(forth, "wb") as pipe:
            pickle.dump(answer, pipe)
        os._exit(0)

    def stage(self, traveller):
        data = str(self.folder / "stripe.sqlite3")
        return stories.Stage(traveller, data=data, note_time=self.note_time)


def migrated(_):
    call_command("migrate", verbosity=0)
    # The last connection to close writes the log back into the file.
    connection.close()


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory, django_db_blocker):
    """A migrated SQLite file's bytes."""
    folder = tmp_path_factory.mktemp("empty")
    ground = Ground(folder, b"")
    with django_db_blocker.unblock():
        ground.in_a_process(migrated)
    return (folder / "books.sqlite3").read_bytes()


@pytest.fixture
def ground(tmp_path, empty_database, settings, django_db_blocker):
    settings.RECEIPT_PRESS = "tests.simulation.letters.typeset"
    settings.CLOCK_FILE = None
    settings.STORAGES = live.STORAGES | {
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path / "files"},
        }
    }
    with django_db_blocker.unblock():
        yield Ground(tmp_path, empty_database)


def lived(story):
    """The story from its first step to its end."""

    def work(ground):
        with at(stories.BEGINS) as traveller:
            play(ground.stage(traveller), story, before=ground.note_step)
            return json.dumps(stories.state())

    return work


def killed_at(place, story):
    """The story until the place, where the process is gone without a word."""

    def work(ground):
        once = Once(place, lambda: os.kill(os.getpid(), signal.SIGKILL))
        with at(stories.BEGINS) as traveller, crash.armed(once):
            play(ground.stage(traveller), story, before=ground.note_step)

    return work


def gone_on_with(story):
    """A new process, a little later: recovers, does the broken step again, and ends the story."""

    def work(ground):
        with at(ground.moment()) as traveller:
            stage = ground.stage(traveller)
            stage.recover()
            play(stage, story, first=ground.step())
            return json.dumps(stories.state())

    return work


ENDS = {}


@pytest.fixture
def calm(tmp_path_factory, ground):
    """How a story ends that nobody kills."""

    def end_of(story):
        if story not in ENDS:
            unharmed = Ground(tmp_path_factory.mktemp("calm"), ground.database)
            ENDS[story] = unharmed.in_a_process(lived(story))
        return json.loads(ENDS[story])

    return end_of


@pytest.mark.parametrize("place", STORY_OF)
def test_a_process_killed_at_a_place_leaves_nothing_undone_for_longer_than_a_minute(
    place, ground, calm
):
    story = STORY_OF[place]
    assert ground.in_a_process(killed_at(place, story)) == signal.SIGKILL
    ended = ground.in_a_process(gone_on_with(story))
    assert json.loads(ended) == calm(story)
