"""The machine notices what is wrong, by the invariants alone and by the comparison of two lives."""

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.simulation.spoils import NEVER, SPOILS

ROOT = Path(__file__).resolve().parents[2]


def test_whatever_is_spoiled_is_noticed_and_named():
    """A wrong that both lives share is seen against Stripe's store, not only in comparison."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.simulation.spoils"],
        cwd=ROOT,
        env=os.environ | {"PYTHONHASHSEED": "0"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told.pop("nothing") == {"invariants": [], "comparison": []}
    assert told.keys() == SPOILS.keys()
    missed = {
        f"{name}: {look}": told[name][look][:3]
        for name, spoil in SPOILS.items()
        for look in ("invariants", "comparison")
        if (words := getattr(spoil, look)) != NEVER
        and not any(line.startswith(words) for line in told[name][look])
    }
    assert missed == {}
