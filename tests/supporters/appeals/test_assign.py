"""Assignment by hash: published vectors, fair shares, and no arm that another salt predicts."""

import secrets
from itertools import pairwise

import pytest

from supporters.appeals import assign
from supporters.appeals.rules import Candidate


@pytest.mark.parametrize(
    ("text", "value"), [("", 0x811C9DC5), ("a", 0xE40C292C), ("foobar", 0xBF9CF968)]
)
def test_the_hash_is_fnv_1a_as_published(text, value):
    assert assign.fnv1a(text) == value


def test_shares_are_kept_whatever_they_add_up_to():
    shares = (("a", 1), ("b", 0), ("c", 2))
    arms = [assign.arm_at(number << 20, shares) for number in range(4096)]
    assert abs(arms.count("a") - 4096 / 3) < 2
    assert arms.count("b") == 0
    assert all(before <= after for before, after in pairwise(arms))


def test_without_any_share_there_is_nothing_to_show():
    with pytest.raises(ValueError, match="share above zero"):
        assign.arm_at(0, (("a", 0),))


def salt(tested):
    return Candidate("spring", "article-end", (("a", 1), ("b", 1)), tested=tested).salt


@pytest.mark.parametrize(
    ("one", "other"),
    [("holdout", "spring"), (salt(0), salt(1)), (salt(1), salt(2)), (salt(1), salt(11))],
)
def test_two_salts_split_the_same_visitors_independently(one, other):
    """Chi-square of a 4 × 4 table, 9 degrees of freedom: 33.7 is passed once in 10,000.

    A test that follows another of the same appeal inherits nothing from its arms.
    """
    table = [[0] * 4 for _ in range(4)]
    for _ in range(8000):
        visitor = secrets.token_hex(8)
        table[assign.point(one, visitor) >> 30][assign.point(other, visitor) >> 30] += 1
    expected = 8000 / 16
    assert sum((cell - expected) ** 2 / expected for row in table for cell in row) < 45
