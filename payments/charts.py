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


@dataclass(frozen=True, slots=True)
class Span:
    """An interval in a picture: from where to where, and where its middle is.

    `cut` where it goes on beyond the picture.
    """

    start: float
    width: float
    middle: float
    cut: bool


def spans(rows: Sequence[tuple[float, float, float]], *, most: float) -> tuple[Scale, list[Span]]:
    """Low, middle and high of each row, around zero and cut at plus and minus `most`."""
    kept = [tuple(min(max(value, -most), most) for value in row) for row in rows]
    reach = max([abs(value) for row in kept for value in row], default=0) or most
    fits = Scale(-reach, reach)
    return fits, [_span(fits, row, cut) for row, cut in zip(rows, kept, strict=True)]


def _span(fits: Scale, row: tuple[float, float, float], kept: Sequence[float]) -> Span:
    low, middle, high = (fits.place(value) for value in kept)
    return Span(low, round(high - low, 3), middle, cut=tuple(kept) != row)


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
