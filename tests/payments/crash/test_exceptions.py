"""An exception at every place: the story ends as if nothing had been."""

import ast
from pathlib import Path

import pytest

from payments import crash
from tests.payments.crash import stories
from tests.payments.crash.places import STORY_OF
from tests.payments.crash.playing import Broken, Once, at, play, rolled_back

pytestmark = [pytest.mark.django_db, pytest.mark.case("F15"), pytest.mark.case("F16")]
PAYMENTS = Path(crash.__file__).parent


@pytest.fixture(autouse=True)
def _no_paper(settings):
    settings.RECEIPT_PRESS = "tests.simulation.letters.typeset"
    settings.CLOCK_FILE = None


ENDS = {}


@pytest.fixture
def calm():
    """How a story ends where nothing breaks: lived once, and undone."""

    def end_of(story):
        if story not in ENDS:
            with rolled_back():
                ENDS[story] = played(story)
        return ENDS[story]

    return end_of


def named_places():
    for path in PAYMENTS.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "crash_here":
                yield node.args[0].value


def played(story, *, strike=None):
    with at(stories.BEGINS) as traveller:
        stage = stories.Stage(traveller, data=":memory:")
        if strike is None:
            play(stage, story)
        else:
            with crash.armed(strike):
                play(stage, story)
        return stories.state()


def broke():
    raise Broken


def test_every_place_has_a_name_of_its_own_and_a_story():
    names = list(named_places())
    assert sorted(names) == sorted(STORY_OF)
    assert len(names) >= 25


@pytest.mark.parametrize("place", STORY_OF)
def test_a_story_that_broke_at_a_place_ends_as_one_that_did_not(place, calm):
    expected, once = calm(STORY_OF[place]), Once(place, broke)
    ended = played(STORY_OF[place], strike=once)
    assert once.passed, "the story does not pass this place"
    assert ended == expected
