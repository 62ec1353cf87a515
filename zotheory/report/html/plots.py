"""Where the marks of small pictures lie: how near measurements came to bounds, and how both grow with the dimension.

The page draws them as SVG, in its own colours; every number that is drawn stands in the table beside it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from math import ceil, floor, log10
from typing import Any, NamedTuple

STRIP = 88, 14  # width and height, in pixels, of the line that a ratio is drawn on
LEAST = 1e-4  # ratio at its left end, where smaller ones end too
PANEL = 340, 190
MARGINS = 40, 104, 12, 30  # left, right, above, below: for the numbers at the axes, and the names of the curves
APART = 14  # pixels between two of these names
TICKS = 5  # at most, on an axis


class Axis(NamedTuple):
    """A logarithmic axis, from 10^low to 10^high, drawn from one place to another."""

    low: int
    high: int
    begin: float
    end: float

    def __call__(self, value: float) -> float:
        """Return the place of a number; one beyond an end is drawn there."""
        return self._at(min(max(log10(value), self.low), self.high) if value > 0 else self.low)

    def _at(self, exponent: float) -> float:
        return round(self.begin + (self.end - self.begin) * (exponent - self.low) / (self.high - self.low), 1)

    @property
    def ticks(self) -> list[tuple[int, float]]:
        """Exponents of ten, and their places."""
        step = ceil((self.high - self.low) / (TICKS - 1))
        return [(k, self._at(k)) for k in range(self.low, self.high + 1) if k % step == 0]


def axis(values: Iterable[float], begin: float, end: float) -> Axis:
    """Return an axis of whole decades that holds these positive numbers."""
    exponents = [log10(value) for value in values]
    low, high = floor(min(exponents)), ceil(max(exponents))
    return Axis(low, max(high, low + 1), begin, end)


def ratios(evidence: Sequence[dict[str, Any]]) -> Axis:
    """Return the axis that the ratios of a claim are drawn on, each on a strip of its own; it holds the bound, at 1."""
    shown = [max(e["ratio"], LEAST) for e in evidence if e["ratio"] is not None]
    return axis([0.1, 1.0, *shown], 4, STRIP[0] - 4)


class Growth(NamedTuple):
    """What was measured in several dimensions, and the bound there.

    Attributes
    ----------
    label : what was measured, in words
    points : dimension, measured, bound
    exponents : of the dimension in what was measured, and in the bound
    x, y : axes
    """

    label: str
    points: tuple[tuple[float, float, float], ...]
    exponents: tuple[float, float]
    x: Axis
    y: Axis

    def curve(self, column: int) -> list[tuple[float, float]]:
        """Return the places of the points of what was measured (1) or of the bound (2)."""
        return [(self.x(point[0]), self.y(point[column])) for point in self.points]

    @property
    def names(self) -> tuple[float, float]:
        """Heights of the names beside the two curves' ends, which do not cover each other."""
        measured, bound = (self.curve(column)[-1][1] for column in (1, 2))
        if abs(measured - bound) >= APART:
            return measured, bound
        middle, up = (measured + bound) / 2, APART / 2 if measured < bound else -APART / 2
        return middle - up, middle + up


def growths(evidence: Sequence[dict[str, Any]]) -> list[Growth]:
    """Return the experiments that differ in dimension alone, in three dimensions or more, all of positive numbers."""
    found = []
    for label, group in groupby(sorted(evidence, key=lambda e: (e["label"], e["d"])), key=lambda e: e["label"]):
        points = tuple((float(e["d"]), e["measured"], e["bound"]) for e in group if e["measured"] and e["bound"])
        if len(points) > 2 and all(min(point) > 0 for point in points):
            d, measured, bound = zip(*points, strict=True)
            (width, height), (left, right, above, below) = PANEL, MARGINS
            x, y = axis(d, left, width - right), axis((*measured, *bound), height - below, above)
            found.append(Growth(label, points, (slope(d, measured), slope(d, bound)), x, y))
    return found


def slope(x: Sequence[float], y: Sequence[float]) -> float:
    """Return the slope of the line through points in logarithms that is nearest in least squares.

    Examples
    --------
    >>> slope([1, 10, 100], [3, 30, 300])
    1.0
    """
    u, v = ([log10(value) for value in values] for values in (x, y))
    mean = sum(u) / len(u)
    return sum((a - mean) * b for a, b in zip(u, v, strict=True)) / sum((a - mean) ** 2 for a in u)
