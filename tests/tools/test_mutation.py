"""The measure of the tests is right itself: what it changes, and what it counts."""

from collections import Counter

from tests.tools import mutants
from tests.tools.mutate import _score, draw, modules
from tests.tools.mutation import NOTICED, SURVIVED, TIMED_OUT, _meaning

SOURCE = '''
"""A text of 1 module."""
LEAST = 5


def charged(gift: "Money | 3", *, fee: int = 2) -> int:
    """Returns True."""
    crash_here("asked")
    if gift < LEAST and not fee:
        note("refused", gift=-gift)
        return None
    return gift + fee


class Money:
    def __str__(self):
        return "none" if 0 else "some"
'''


def test_each_small_mistake_is_made_once_and_texts_are_left_alone(tmp_path, monkeypatch):
    monkeypatch.setattr(mutants, "ROOT", tmp_path)
    (tmp_path / "source.py").write_text(SOURCE)
    made = [(each.line, each.words) for each in mutants.mutants("source.py")]
    assert sorted(made) == [
        (3, "5 -> 6"),
        (6, "2 -> 3"),
        (9, "And -> Or"),
        (9, "Lt -> LtE"),
        (9, "Not left out"),
        (9, "condition turned round"),
        (10, "USub left out"),
        (10, "note() not called"),
        (12, "Add -> Sub"),
        (12, "returns None"),
    ]


def test_the_code_of_a_mutant_has_its_one_change(tmp_path, monkeypatch):
    monkeypatch.setattr(mutants, "ROOT", tmp_path)
    (tmp_path / "source.py").write_text("def double(x):\n    return x * 2\n")
    answers = []
    for mutant in mutants.mutants("source.py"):
        names = {}
        exec(mutant.code(), names)
        answers.append(names["double"](5))
    assert answers == [None, 2, 15]


def test_only_a_failed_test_is_a_mistake_noticed():
    assert _meaning(1) == NOTICED
    assert _meaning(0) == SURVIVED
    assert {_meaning(status) for status in range(2, 6)}.isdisjoint({NOTICED, SURVIVED})


def test_what_broke_is_not_counted_and_what_hangs_is_said():
    counted = Counter({NOTICED: 6, TIMED_OUT: 2, SURVIVED: 2, _meaning(5): 3})
    share, words = _score(counted)
    assert share == 80
    assert words == (
        "8 of 10 mutants noticed (80.0 %), 2 of them because the tests hang; 3 not judged"
    )


def test_a_sample_is_the_same_for_a_seed_and_takes_of_each_module():
    paths = [path for path in modules() if mutants.mutants(path)]
    drawn = draw(paths, sample=150, seed=7)
    assert drawn == draw(paths, sample=150, seed=7) != draw(paths, sample=150, seed=8)
    services = [each for each in drawn if each.path.startswith("payments/services/")]
    assert len(services) == 150
    large = {path for path in paths if len(mutants.mutants(path)) >= 8}
    assert large <= {each.path for each in drawn}
