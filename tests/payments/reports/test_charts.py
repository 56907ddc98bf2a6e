"""Bars start at zero, gains to one side and losses to the other, and nothing leaves the picture."""

from hypothesis import given
from hypothesis import strategies as st

from payments import charts


def test_parts_are_stacked_from_zero():
    zero, rows = charts.bars([(60, 40), (50, 0)])
    assert zero == 0
    assert [(part.series, part.start, part.width) for part in rows[0]] == [(0, 0, 60), (1, 60, 40)]
    assert [(part.series, part.start, part.width) for part in rows[1]] == [(0, 0, 50)]


def test_a_loss_lies_on_the_other_side_of_zero():
    zero, rows = charts.bars([(75, -25)])
    assert zero == 25
    assert [(part.start, part.width) for part in rows[0]] == [(25, 75), (0, 25)]


def test_nothing_at_all_is_an_empty_picture():
    assert charts.bars([]) == (0, [])
    assert charts.bars([(0, 0)]) == (0, [[]])


@given(st.lists(st.tuples(st.integers(-(10**9), 10**9), st.integers(-(10**9), 10**9)), max_size=20))
def test_every_part_lies_inside_the_picture(rows):
    zero, drawn = charts.bars(rows)
    assert 0 <= zero <= 100
    for part in (part for row in drawn for part in row):
        assert part.start >= 0
        assert part.start + part.width <= 100.01
