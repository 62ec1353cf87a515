"""What laws are tried on: the sphere, or a problem of the author's; perhaps with noise."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import isfinite
from typing import Any, NamedTuple

import numpy as np

from zotheory.kinds import shown
from zotheory.testing.conformance.cases import FLOOR, Case
from zotheory.testing.conformance.subjects import Observed, Subject, Undecided


class Known(NamedTuple):
    """A function, a start (d,), and its least value."""

    f: Callable[[np.ndarray], float]
    x0: np.ndarray
    f_star: float


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


def ran(
    on: Callable[[int], Any] | None, subject: Subject, d: int, budget: int, noise: float, seed: int
) -> tuple[Known, Observed]:
    """A run, and what it was on."""
    known = Known(*sphere(d, seed), FLOOR) if on is None else known_of(on(d))
    if known.f(known.x0) <= known.f_star:
        raise Undecided(f"it must start above the least value {known.f_star:g}, got f = {known.f(known.x0):g} there")
    return known, subject.run(noisy(known.f, noise, seed), known.x0.copy(), budget, seed)


def known_of(given: Any) -> Known:
    """What an author's problem is; Undecided where it is none."""
    try:
        f, x0, f_star = given if isinstance(given, tuple) else (given, given.x0, given.f_star)
        return Known(lambda x: float(f(x)), np.array(x0, dtype=float), float(f_star))
    except (AttributeError, TypeError, ValueError) as error:
        raise Undecided(f"on must give a problem, or (f, x0, least value of f), got {shown(given)}") from error


def gap(known: Known, x: np.ndarray) -> float:
    """How far f is above its least value, of which rounding may lose a little; Undecided where that is none."""
    found = known.f(x) - known.f_star
    if found < -1e-9 * (1 + abs(known.f_star)):
        raise Undecided(f"the least value {known.f_star:g} was stated, and f is {known.f(x):g} at {x}")
    return max(found, 0.0) if isfinite(found) else np.inf


def dimensions_of(given: Sequence[int], subject: Subject) -> list[int]:
    """Those that the optimizer takes."""
    return list(dict.fromkeys(max(d, subject.variables) for d in given))
