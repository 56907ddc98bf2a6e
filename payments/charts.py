"""The geometry of pictures that pages draw as SVG: lengths in per cent of the width. Pure.

Text keeps its size and bars stretch, so that a picture can be read on a phone. A picture always
stands with the table that says the same.
"""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of a bar; `series` is the place of its series, for the colour."""

    series: int
    start: float
    width: float


@dataclass(frozen=True, slots=True)
class Scale:
    """Where values lie between the ends of a picture."""

    low: float
    high: float

    def place(self, value: float) -> float:
        """Per cent from the start."""
        return round(100 * (value - self.low) / (self.high - self.low), 3)


def scale(values: Sequence[float], *, around: float = 0) -> Scale:
    """From the lowest to the highest value, `around` always in it; never empty."""
    low, high = min([around, *values]), max([around, *values])
    return Scale(low, high if high > low else low + 1)


def bars(rows: Sequence[Sequence[int]]) -> tuple[float, list[list[Segment]]]:
    """The place of zero, and each row's parts: gains are stacked to its end, losses before it."""
    gains = [sum(part for part in row if part > 0) for row in rows]
    losses = [sum(part for part in row if part < 0) for row in rows]
    fits = scale([*gains, *losses])
    return fits.place(0), [_stacked(row, fits) for row in rows]


def _stacked(row: Sequence[int], fits: Scale) -> list[Segment]:
    ends = {True: 0, False: 0}
    segments = []
    for series, part in enumerate(row):
        if not part:
            continue
        before = ends[part > 0]
        ends[part > 0] = before + part
        start, end = sorted((fits.place(before), fits.place(before + part)))
        segments.append(Segment(series, start, round(end - start, 3)))
    return segments
