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
from django.db import connections

from payments import crash
from tests.payments.crash import stories
from tests.payments.crash.places import STORY_OF
from tests.payments.crash.playing import Once, at, come_back, play

pytestmark = [pytest.mark.django_db, pytest.mark.case("F15"), pytest.mark.case("F17")]


@dataclass
class Ground:
    """A folder with Stripe's file, and how far the story had come; the database is a copy."""

    folder: Path

    def note_step(self, number):
        (self.folder / "step").write_text(str(number))

    def step(self):
        return int((self.folder / "step").read_text())

    def note_time(self):
        (self.folder / "time").write_text(str(time.time()))

    def moment(self):
        file = self.folder / "time"
        return float(file.read_text()) if file.exists() else stories.BEGINS.timestamp()

    def stage(self, traveller):
        data = str(self.folder / "stripe.sqlite3")
        return stories.Stage(traveller, data=data, note_time=self.note_time)

    def in_a_process(self, work):
        """Do the work in a child; its answer, or the signal that ended it."""
        connections["default"].close()
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
            answer = "done", work(self)
        except BaseException:  # noqa: BLE001 (the child's edge: the parent shows it)
            answer = "broke", traceback.format_exc()
        with os.fdopen(forth, "wb") as pipe:
            pickle.dump(answer, pipe)
        os._exit(0)


@pytest.fixture(scope="module")
def _warm(_template, django_db_blocker):
    """Two stories in this process, on a copy: the children need not import anything again."""
    with django_db_blocker.unblock():
        for story in (stories.refunded, stories.changed):
            with _template.copied(), at(stories.BEGINS) as traveller:
                play(stories.Stage(traveller, data=":memory:"), story)


@pytest.fixture
def _alone(_warm, settings, tmp_path, django_db_blocker):
    settings.RECEIPT_PRESS = "tests.simulation.letters.typeset"
    settings.CLOCK_FILE = None
    settings.REDIS_URL = ""
    settings.STORAGES = settings.STORAGES | {
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path / "files"},
        }
    }
    with django_db_blocker.unblock():
        yield


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
            come_back(stage)
            play(stage, story, first=ground.step())
            return json.dumps(stories.state())

    return work


ENDS = {}


@pytest.fixture
def calm(_alone, _template, tmp_path):
    """How a story ends that nobody kills."""

    def end_of(story):
        if story not in ENDS:
            folder = tmp_path / "calm"
            folder.mkdir()
            with _template.copied():
                ENDS[story] = Ground(folder).in_a_process(lived(story))
        return json.loads(ENDS[story])

    return end_of


@pytest.fixture
def template(_template):
    """Copies of the migrated database, whatever the kind."""
    return _template


@pytest.mark.parametrize("place", STORY_OF)
def test_a_process_killed_at_a_place_leaves_nothing_undone_for_longer_than_a_minute(
    place, calm, template, tmp_path
):
    story, ground = STORY_OF[place], Ground(tmp_path)
    expected = calm(story)
    with template.copied():
        assert ground.in_a_process(killed_at(place, story)) == signal.SIGKILL
        ended = ground.in_a_process(gone_on_with(story))
    assert json.loads(ended) == expected
