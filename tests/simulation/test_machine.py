"""The machine itself, on lives short enough for every test run."""

import hashlib
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.simulation import lives

ROOT = Path(__file__).resolve().parents[2]


def test_one_seed_is_one_plan():
    terms = {"days": 200, "supporters": 30}
    assert lives.plan(seed=3, **terms) == lives.plan(seed=3, **terms)
    assert lives.plan(seed=3, **terms) != lives.plan(seed=4, **terms)


def test_no_two_things_happen_in_one_half_hour():
    moments = [act.at for act in lives.plan(seed=5, days=400, supporters=200)]
    assert len(moments) == len({moment // lives.SLOT for moment in moments})


@pytest.mark.case("F6")
def test_a_short_life_in_a_storm_ends_as_the_calm_one():
    contributions, faults, _ = lived("--days", "30", "--supporters", "6")
    assert contributions > 3
    assert faults > 20


@pytest.mark.case("F28")
def test_a_life_whose_calls_go_over_http_holds_just_the_same():
    contributions, faults, over_http = lived("--days", "40", "--supporters", "8", "--http")
    assert contributions > 8
    assert faults > 100
    assert over_http > 500


def lived(*terms):
    """Contributions, faults and calls over HTTP of a life that must hold."""
    done = subprocess.run(
        [sys.executable, "manage.py", "simulate", "--seed", "5", *terms],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    found = re.search(
        r"holds; (\d+) contributions, (\d+) faults injected, 0 minor units lost or invented,"
        r"(?: (\d+) calls over HTTP,)?",
        done.stdout,
    )
    assert found, done.stdout
    return [int(number or 0) for number in found.groups()]


def test_what_is_added_leaves_peoples_lives_as_they_were():
    """A seed that broke once must stay the life that it was, whatever is added later."""
    first = lives.people(seed=9001, days=400, supporters=200, slots=lives.Slots())
    peoples = [act for act in lives.plan(seed=9001, days=400, supporters=200) if act in first]
    told = "\n".join(f"{act.at} {act.word} {act.giver}" for act in sorted(first))
    assert hashlib.sha256(told.encode()).hexdigest()[:16] == "4b3b953a6e460292"
    assert len(peoples) == len(first)
