"""Exponents: how what was measured changes with an argument of its bound, beside how the bound does.

The exponent along values x_1..x_m is the slope of the least squares line through log x_i and log E_i, where E_i is what
experiment i measures: sum w_i log E_i with weights w_i that depend on the x_i alone. Estimates take the place of the
E_i in the slope that is printed. Its interval takes their confidence limits (`zotheory.evidence.limits`), the lower
ones where w_i > 0 and the upper ones where w_i < 0, and the other way round: each errs with probability at most
(1 - confidence)/(2 m), so that the slope of the true E_i is missed with probability at most 1 - confidence, for every
number of samples. Whether the points lie on a power law is another question: the slopes between neighbours show it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import isfinite
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from matplotlib.figure import Figure


FLAT = 1.05  # a factor: closer numbers than that show no rate, such as shares near 1 that are left


class Point(NamedTuple):
    """One experiment: the argument x, what was measured there, its limits and what they rest on, the bound."""

    x: float
    measured: float
    low: float
    high: float
    bound: float
    basis: str
    label: str
    replicas: int


@dataclass(frozen=True)
class Rate:
    """The exponent of an argument along one series of experiments.

    Attributes
    ----------
    claim, label, argument : whose, on what, of what
    confidence : of the interval
    points : at increasing values of the argument
    beside : other arguments of the bound that differ with it
    of : of what, in words; empty where it is what was measured, or nobody said it in words
    """

    claim: str
    label: str
    argument: str
    confidence: float
    points: tuple[Point, ...]
    beside: tuple[str, ...] = ()
    of: str = ""

    @property
    def weights(self) -> np.ndarray:
        """Of the logarithms, in the slope."""
        x = np.log([point.x for point in self.points])
        return (x - x.mean()) / np.sum((x - x.mean()) ** 2)

    @property
    def measured(self) -> float:
        """Exponent of what was measured."""
        return float(self.weights @ np.log([point.measured for point in self.points]))

    @property
    def bound(self) -> float:
        """Exponent of the bound along the same points."""
        return float(self.weights @ np.log([point.bound for point in self.points]))

    @property
    def between(self) -> tuple[float, float]:
        """Least and largest slope between neighbours: equal on a power law, but for chance."""
        x, y = (np.log([getattr(point, name) for point in self.points]) for name in ("x", "measured"))
        slopes = np.diff(y) / np.diff(x)
        return float(slopes.min()), float(slopes.max())

    @property
    def interval(self) -> tuple[float, float] | None:
        """Of the exponent of the true values; None where there is none, and `why_not` says why."""
        if self.why_not:
            return None
        lows, highs = (np.log([getattr(point, name) for point in self.points]) for name in ("low", "high"))
        rises = self.weights > 0
        return (
            float(self.weights @ np.where(rises, lows, highs)),
            float(self.weights @ np.where(rises, highs, lows)),
        )

    @property
    def why_not(self) -> str:
        """Why there is no interval; empty where there is one."""
        for point in self.points:
            if point.basis.startswith("none"):
                why = point.basis.removeprefix("none").lstrip(":, ") or "no limits are known"
                return f"{why} ({self.argument} = {point.x:g})"
            if not (point.low > 0 and isfinite(point.high)):
                return f"the samples do not show that it is positive ({self.argument} = {point.x:g})"
        return ""

    @property
    def bases(self) -> tuple[str, ...]:
        """What the interval rests on."""
        return tuple(dict.fromkeys(point.basis for point in self.points))

    @property
    def in_units_of_the_bound(self) -> bool:
        """Whether the bound is one number at all points: what was measured may be in units of it."""
        return len({point.bound for point in self.points}) == 1

    @property
    def is_flat(self) -> bool:
        """Whether all that was measured, and the bound, lie within a factor `FLAT` of one number."""
        numbers = [number for point in self.points for number in (point.measured, point.bound)]
        return max(numbers) <= FLAT**2 * min(numbers)


@dataclass(frozen=True)
class Rates:
    """The exponents of one argument along all series of experiments of a report; printed, a few lines each.

    `left_out` says which experiments take three values of it and are no series, as others differ with it.
    """

    argument: str
    confidence: float
    series: tuple[Rate, ...]
    left_out: tuple[str, ...] = ()

    def __iter__(self) -> Iterator[Rate]:
        return iter(self.series)

    def __len__(self) -> int:
        return len(self.series)

    def __getitem__(self, number: int) -> Rate:
        return self.series[number]

    def __str__(self) -> str:
        """Tell each exponent, its interval and that of the bound, in lines of at most 80 characters."""
        from zotheory.report.rates import text

        return text(self)

    def figure(self) -> Figure:
        """Draw what was measured, its limits and the bound against the argument, a series a panel."""
        from zotheory.report.rate_figure import figure

        return figure(self)

    def plot(self, path: str | PathLike[str]) -> None:
        """Write the figure, in the format that the ending of the path says: png, svg, pdf.

        Raises
        ------
        ValueError
            For an ending that is no format.
        OSError
            Where it cannot be written.
        """
        from zotheory.report.style import save

        save(self.figure(), Path(path))

    def as_dict(self) -> dict[str, Any]:
        """Plain numbers and strings, for JSON; an interval that there is not is None."""
        from zotheory.report.rates import record

        return record(self)
