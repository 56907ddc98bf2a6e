"""The demo newsroom asks through the desk's own services."""

import pytest

from payments import clock
from supporters.appeals import content, gate
from supporters.appeals.publishing import latest_version
from supporters.demo import asks, people
from supporters.models import Appeal, Mute, PageViewSample
from tests.payments.books import receive

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _newsroom():
    people.hire()
    asks.begin()
    receive(50_000, campaign=asks.WALL)
    asks.end()


def test_the_desk_has_appeals_in_every_state_that_matters():
    states = dict(Appeal.objects.values_list("code", "status"))
    assert states == {
        "we-need-your-help": "published",
        "report-the-next-one": "published",
        "wall-end": "published",
        "letter-inside": "review",
        "winter-slim": "draft",
    }


def test_two_people_stand_behind_every_approval():
    wall = Appeal.objects.get(code="wall-end")
    for version in wall.versions.all():
        assert version.approval.by.name == "Maeve Tarrant"
        assert version.author.name == "Ines Valloway"
    assert wall.live.number == 2


@pytest.mark.parametrize(
    ("code", "stops"), [("wall-end", 0), ("letter-inside", 0), ("winter-slim", 6)]
)
def test_the_gate_has_something_to_say_where_it_should(code, stops):
    appeal = Appeal.objects.get(code=code)
    found = gate.problems(content.of_version(latest_version(appeal)), appeal)
    assert len([problem for problem in found if problem.blocks]) == stops


def test_there_is_a_silence_and_a_day_of_readers_without_anything_personal():
    assert Mute.objects.current(clock.now()).count() == 1
    assert PageViewSample.objects.count() == asks.VIEWS
