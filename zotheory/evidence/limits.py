"""Confidence limits of what an observation measured: its own tests, inverted.

A lower limit at a level is the largest bound that the samples refute at that level, an upper limit the smallest that
they support. So each errs with at most this probability, for every number of samples and every law that the experiment
declared; where nothing is declared that a test could rest on, there is no limit, and the reason is told.

A variance may be declared by way of a second moment: Var X <= V (E X)^2 wherever E X reaches the bound B, since
E X^2 <= (1 + V) B^2. Below B that allows V_b = (1 + V) (B/b)^2 - 1 to a mean of b, which is larger than V and hence
true where V is. It is what the upper limit rests on there.
"""

from __future__ import annotations

from collections.abc import Callable
from math import exp, inf, log
from typing import NamedTuple

import numpy as np
import scipy  # loads its parts when they are asked for

from zotheory.evidence import declared, statistics
from zotheory.evidence.events import Frequency, Quantile
from zotheory.evidence.expectations import AtLeast, Mean
from zotheory.evidence.observations import Observation, Value

FARTHEST = 1e12  # times the mean, or over it, beyond which a limit is not looked for
CLOSE = 1e-6  # relative, to which it is found


class Limits(NamedTuple):
    """Limits of the measured number, and what they rest on; from "none" on it says why there is no pair of them."""

    low: float
    high: float
    basis: str


def limits(seen: Observation, level: float) -> Limits:
    """Return a lower and an upper limit of what was measured, each of which errs with probability at most `level`.

    Parameters
    ----------
    seen : Observation
    level : float in (0, 1)

    Examples
    --------
    >>> from zotheory.evidence.observations import Frequency
    >>> [round(float(limit), 3) for limit in limits(Frequency(50, 100, 0.3), 0.025)[:2]]
    [0.398, 0.602]
    """
    if isinstance(seen, Value):
        size = seen.error * abs(seen.measured)
        return Limits(seen.measured - size, seen.measured + size, seen.basis)
    if isinstance(seen, Frequency):
        return _frequency(seen, level)
    if isinstance(seen, Quantile):
        return _quantile(seen, level)
    if isinstance(seen, Mean | AtLeast):
        return _mean(seen, level)
    return Limits(-inf, inf, f"none: the samples of {type(seen).__name__} estimate no number")


def _frequency(seen: Frequency, level: float) -> Limits:
    """Clopper and Pearson's."""
    hits, misses = seen.successes, seen.trials - seen.successes
    low = float(scipy.stats.beta.ppf(level, hits, misses + 1)) if hits else 0.0
    high = float(scipy.stats.beta.isf(level, hits + 1, misses)) if misses else 1.0
    return Limits(low, high, "binomial")


def _quantile(seen: Quantile, level: float) -> Limits:
    """Samples above which too many, or too few, others lie for the quantile to be there."""
    if seen.basis.startswith("none"):
        return Limits(-inf, inf, seen.basis)
    x, counts = np.unique(seen.samples, return_counts=True)
    above = seen.replicas - np.cumsum(counts)
    refuted = scipy.stats.binom.sf(above - 1, seen.replicas, seen.tail) <= level
    supported = (scipy.stats.binom.cdf(above, seen.replicas, seen.tail) <= level) & np.isfinite(x)
    low = float(x[refuted][-1]) if refuted.any() else -inf
    high = float(x[supported][0]) if supported.any() else inf
    few = "none: too few samples for this quantile at this level"
    return Limits(low, high, "binomial" if refuted.any() and supported.any() else few)


def _mean(seen: Mean | AtLeast, level: float) -> Limits:
    x, floor, ceiling = seen.samples, seen.floor, seen.ceiling
    if unfit := declared.unfit(x):
        return Limits(-inf, inf, unfit)
    low = _above(x, floor, level)
    if isinstance(seen, AtLeast):
        return Limits(low, _below(x, seen.ceiling, level), "finite-sample, bounded")
    basis = "finite-sample, bounded" if seen.basis.startswith("trivial") else seen.basis
    by_variance = seen.variance is not None and (ceiling is None or bool(seen.because))
    tests = int(ceiling is not None) + int(by_variance)
    if not tests:
        return Limits(low, inf, seen.basis)
    highs = [_below(x, ceiling, level / tests)] if ceiling is not None else []
    highs += [_below_by_variance(seen, level / tests)] if by_variance else []
    high = min(highs)
    return Limits(low, high, basis if high < inf else "none: too few samples for their variance at this level")


def _above(x: np.ndarray, floor: float, level: float) -> float:
    """The largest bound of E X that the samples refute; the floor where they refute none."""
    size = float(np.mean(x)) - floor
    if size <= 0:
        return floor
    factor = _farthest(lambda factor: float(statistics.mean_above(x, floor + size / factor, floor)) <= level)
    return floor + (0.0 if factor == inf else size / factor)


def _below(x: np.ndarray, ceiling: float, level: float) -> float:
    """`_above`, mirrored."""
    return -_above(-x, -ceiling, level)


def _below_by_variance(seen: Mean, level: float) -> float:
    size, room, variance = seen.measured - seen.floor, seen.bound - seen.floor, float(seen.variance or 0)

    def excluded(factor: float) -> bool:
        b = factor * size
        allowed = (1 + variance) * max(1.0, room / b) ** 2 - 1
        return float(statistics.mean_below_by_variance(seen.samples, seen.floor + b, allowed, seen.floor)) <= level

    return seen.floor + size * _farthest(excluded) if size > 0 else inf


def _farthest(excluded: Callable[[float], bool]) -> float:
    """The smallest factor above 1 from which on all are excluded, from its outer side; inf where none is."""
    step, inner = 1e-3, 0.0
    while not excluded(exp(inner + step)):
        inner, step = inner + step, 2 * step
        if inner + step > log(FARTHEST):
            return inf
    outer = inner + step
    while outer - inner > CLOSE * max(outer, 1e-3):
        middle = (inner + outer) / 2
        inner, outer = (inner, middle) if excluded(exp(middle)) else (middle, outer)
    return exp(outer)
