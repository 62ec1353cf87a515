"""Exponents: how what was measured changes with an argument of its bound, beside how the bound does.

The exponent along values x_1..x_m is the slope of the least squares line through log x_i and log E_i, where E_i is what
experiment i measures: sum w_i log E_i with weights w_i that depend on the x_i alone. Estimates take the place of the
E_i in the slope that is printed. Its interval takes their confidence limits (`zotheory.evidence.limits`), the lower
ones where w_i > 0 and the upper ones where w_i < 0, and the other way round: each errs with probability at most
(1 - confidence)/(2 m), so that the slope of the true E_i is missed with probability at most 1 - confidence, for every
number of samples. Whether the points lie on a power law is another question: the slopes between neighbours show it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import inf, isfinite
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from zotheory.evidence.events import Always
from zotheory.evidence.findings import Evidence, Verdict
from zotheory.evidence.limits import limits
from zotheory.evidence.series import Series, every, series
from zotheory.kinds import shown
from zotheory.quantities import between

if TYPE_CHECKING:
    from matplotlib.figure import Figure


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
    """

    claim: str
    label: str
    argument: str
    confidence: float
    points: tuple[Point, ...]
    beside: tuple[str, ...] = ()

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


def rates(
    verdicts: Sequence[Verdict],
    argument: str,
    *,
    along: Sequence[str] = (),
    of: Callable[[float], float] = lambda measured: measured,
    confidence: float = 0.95,
) -> Rates:
    """Return the exponents of an argument; `Report.rate` says of what.

    Raises
    ------
    TypeError, ValueError
        As `Report.rate`.
    """
    if not isinstance(argument, str):
        raise TypeError(f"argument must be the name of an argument of the bound, got {shown(argument)}")
    if isinstance(along, str) or not all(isinstance(name, str) for name in along):
        raise TypeError(f"along must hold names of arguments, such as ('s', 'M'), got {shown(along)}")
    if not callable(of):
        raise TypeError(f"of must be a function of what was measured, got {shown(of)}")
    confidence = between(0, 1).number("confidence", confidence)
    found, left_out = series(verdicts, argument, along)
    return Rates(argument, confidence, tuple(_rate(one, argument, of, confidence) for one in found), tuple(left_out))


def exponents(verdicts: Sequence[Verdict], confidence: float = 0.95) -> Iterator[Rate]:
    """Every exponent that the experiments of these claims show, of any argument, where all its numbers are positive.

    What always holds is left out: it is measured in units of the bound already.
    Cost: a run of each experiment, of those that there are three of, with one replica.

    Examples
    --------
    >>> import zotheory as zo
    >>> from zotheory.claims import find
    >>> [(rate.argument, rate.label) for rate in exponents(zo.verify([find("gld_search.one_step")]).verdicts)]
    [('d', 'one step on a quadratic with one shallow axis')]
    """
    for argument, one in every(verdicts):
        seen = [e.observation for e in one.evidence if e.observation and not isinstance(e.observation, Always)]
        numbers = [*one.values, *(o.measured for o in seen), *(o.bound for o in seen)]
        if len(seen) == len(one.evidence) and all(0 < number < inf for number in numbers):
            yield _rate(one, argument, float, confidence)


def _rate(one: Series, argument: str, of: Callable[[float], float], confidence: float) -> Rate:
    level = (1 - confidence) / (2 * len(one.values))
    points = tuple(_point(x, e, of, level) for x, e in zip(one.values, one.evidence, strict=True))
    for point in points:
        for name in ("x", "measured", "bound"):
            if not 0 < getattr(point, name) < inf:
                raise ValueError(
                    f"{argument if name == 'x' else name} must be positive and finite for an exponent, got "
                    f"{getattr(point, name):g} at {argument} = {point.x:g} of {one.claim.id}, {point.label!r}"
                )
    return Rate(one.claim.id, one.label, argument, confidence, points, one.beside)


def _point(x: float, evidence: Evidence, of: Callable[[float], float], level: float) -> Point:
    seen = evidence.observation
    if seen is None:  # `series` takes none such
        raise ValueError(f"evidence must hold an observation, got none at {x:g}")
    found = limits(seen, level)
    measured = float(of(seen.measured))
    ends = sorted(float(of(end)) if isfinite(end) else end for end in (found.low, found.high))
    if isfinite(sum(ends)) and not ends[0] <= measured <= ends[1]:
        raise ValueError(f"of must rise or fall from limit to limit, got {ends} there and {measured:g} between them")
    basis = found.basis
    return Point(x, measured, ends[0], ends[1], float(of(seen.bound)), basis, evidence.experiment.label, seen.replicas)
