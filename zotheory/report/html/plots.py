"""Where the marks of small pictures lie: how near measurements came to bounds, and how both change with an argument.

The page draws them as SVG, in its own colours; what was measured, and its bound, stand in the table beside them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import ceil, floor, inf, log10
from typing import Any, NamedTuple

from zotheory.evidence.rates import Rate

STRIP = 88, 14  # width and height, in pixels, of the line that a ratio is drawn on
LEAST = 1e-4  # ratio at its left end, where smaller ones end too
PANEL = 340, 190
MARGINS = 40, 104, 12, 30  # left, right, above, below: for the numbers at the axes, and the names of the curves
APART = 14  # pixels between two of these names
TICKS = 5  # at most, on an axis
THIN = 2.0  # pixels: a shorter bar hides behind its mark


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
    """The picture of an exponent: what was measured at increasing values of an argument, its limits, and the bound."""

    rate: Rate
    x: Axis
    y: Axis

    def curve(self, what: str) -> list[tuple[float, float]]:
        """Return the places of the points of what was "measured", or of the "bound"."""
        return [(self.x(point.x), self.y(getattr(point, what))) for point in self.rate.points]

    @property
    def bars(self) -> list[tuple[float, float, float]]:
        """Places of the limits, from below to above, where there are both and they can be told apart."""
        found = [(self.x(p.x), self.y(p.low), self.y(p.high)) for p in self.rate.points if p.low > 0 and p.high < inf]
        return [bar for bar in found if bar[1] - bar[2] > THIN]

    @property
    def names(self) -> tuple[float, float]:
        """Heights of the names beside the two curves' ends, which do not cover each other."""
        measured, bound = (self.curve(what)[-1][1] for what in ("measured", "bound"))
        if abs(measured - bound) >= APART:
            return measured, bound
        middle, up = (measured + bound) / 2, APART / 2 if measured < bound else -APART / 2
        return middle - up, middle + up


def growth(rate: Rate) -> Growth:
    """Return the picture of an exponent; limits beyond its axes end there."""
    (width, height), (left, right, above, below) = PANEL, MARGINS
    heights = [number for point in rate.points for number in (point.measured, point.bound)]
    x = axis([point.x for point in rate.points], left, width - right)
    return Growth(rate, x, axis(heights, height - below, above))
