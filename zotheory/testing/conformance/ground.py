"""What laws are tried on: the sphere, or a problem of the author's; perhaps with noise."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import isfinite
from typing import Any, NamedTuple

import numpy as np

from zotheory.kinds import shown
from zotheory.testing.conformance.cases import FLOOR, Case
from zotheory.testing.conformance.subjects import Broken, Observed, Subject, Undecided

ROUNDING = 1e-14  # of what a gap is computed from: 45 units of the last place
MISSTATED = 1e-9  # of the first gap, by which a least value may be stated too high: no measured share shows it


class Known(NamedTuple):
    """A function, a start (d,), and its least value."""

    f: Callable[[np.ndarray], float]
    x0: np.ndarray
    f_star: float

    @property
    def first(self) -> float:
        """The gap at the start."""
        return self.f(self.x0) - self.f_star


class Tried(NamedTuple):
    """A run, as it is without noise.

    Attributes
    ----------
    known : what it was on
    run : what the optimizer did and returned
    value : of f at the point that was returned
    lowest : value of f there, or where it was evaluated
    """

    known: Known
    run: Observed
    value: float
    lowest: float

    @property
    def gap(self) -> float:
        """How far f is above its least value at the point that was returned; of less than that, 0."""
        found = self.value - self.known.f_star
        return max(found, 0.0) if isfinite(found) else np.inf


def sphere(d: int, seed: int) -> tuple[Callable[[np.ndarray], float], np.ndarray]:
    """The function |x - c|^2 + `FLOOR`, and a start (d,) at distance 1 of c, in a direction that the seed decides."""
    centre = Case(d, 1, 0).centre
    away = np.random.default_rng([seed, 1]).standard_normal(d)  # a stream of its own, not the optimizer's

    def f(x: np.ndarray) -> float:
        off = np.asarray(x, dtype=float) - centre
        with np.errstate(over="ignore"):  # of an optimizer that diverges
            return float(off @ off + FLOOR)

    return f, centre + away / np.linalg.norm(away)


def noisy(f: Callable[[np.ndarray], float], deviation: float, seed: int) -> Callable[[np.ndarray], float]:
    """Add normal noise to its values, of a stream of its own."""
    rng = np.random.default_rng([seed, 2])
    return (lambda x: f(x) + deviation * rng.standard_normal()) if deviation else f


def ran(on: Callable[[int], Any] | None, subject: Subject, d: int, budget: int, noise: float, seed: int) -> Tried:
    """A run; Broken where it made more evaluations than the budget, Undecided where f fell below its least value."""
    known = Known(*sphere(d, seed), FLOOR) if on is None else known_of(on(d), d)
    if not 0 < known.first < np.inf:
        raise Undecided(
            f"it must start a finite gap above the least value {known.f_star:g}, got f = {known.f(known.x0):g} there"
        )
    values: list[float] = []

    def seen(x: np.ndarray) -> float:
        values.append(known.f(x))
        return values[-1]

    run = subject.run(noisy(seen, noise, seed), known.x0.copy(), budget, seed)
    if len(run.values) > budget:
        raise Broken(f"{len(run.values)} evaluations were made with a budget of {budget}")
    values.append(known.f(run.x))
    lowest = float(np.fmin.reduce(values))
    if lowest < known.f_star and lowest < known.f_star - MISSTATED * known.first - ROUNDING * abs(known.f_star):
        where = np.vstack([run.points, run.x])[values.index(lowest)]
        raise Undecided(f"the least value {known.f_star:g} was stated, and f is {lowest:g} at {where}")
    return Tried(known, run, values[-1], lowest)


def known_of(given: Any, d: int) -> Known:
    """What an author's problem is; Undecided where it is none in d variables."""
    try:
        f, x0, f_star = given if isinstance(given, tuple) else (given, given.x0, given.f_star)
        known = Known(lambda x: float(f(x)), np.array(x0, dtype=float), float(f_star))
    except (AttributeError, TypeError, ValueError) as error:
        raise Undecided(f"on must give a problem, or (f, x0, least value of f), got {shown(given)}") from error
    if known.x0.shape != (d,):
        raise Undecided(f"on must give a start of shape ({d},) for d = {d}, got one of shape {known.x0.shape}")
    return known


def rounding(known: Known, truth: float) -> float:
    """How far a certificate of a gap, or of the least value, may miss it by rounding; of an infinite one, not more."""
    return ROUNDING * (known.first + abs(known.f_star) + (abs(truth) if isfinite(truth) else 0))


def dimensions_of(given: Sequence[int], subject: Subject) -> list[int]:
    """Those that the optimizer takes."""
    return list(dict.fromkeys(max(d, subject.variables) for d in given))
