"""Strictly increasing transforms: they change every value and no comparison."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from zotheory import require
from zotheory.arguments import checked
from zotheory.elementary import Array, arctan, exp, log_plus_one, sqrt
from zotheory.kinds import shown
from zotheory.protocols import Known


def _flat(y: Array) -> Array:
    return -exp(-sqrt(y))


def _cube(y: Array) -> Array:
    return y**3


TRANSFORMS: dict[str, Callable[[Array], Array]] = {  # of values that are not negative
    "-exp(-sqrt y)": _flat,
    "y^3": _cube,
    "arctan y": arctan,
    "log(y + 1)": log_plus_one,
}


@checked
@dataclass(frozen=True, eq=False)
class Increasing:
    """g(f(x)) for a strictly increasing g.

    Keeps d, x0, minimiser, R, Q and radius of the problem, and the coordinates it is written in; f_star becomes
    g(f_star); L0, L1 and mu are lost (None).

    Parameters
    ----------
    problem : a deterministic problem
    g : callable, values (...) -> (...)

    Raises
    ------
    ValueError
        If g does not increase strictly on 65 values from f_star to f(x0), or is not finite there.
    """

    problem: Known
    g: Callable[[Array], Array]

    L0 = None
    L1 = None
    mu = None

    def __post_init__(self) -> None:
        grid = np.linspace(self.problem.f_star, float(self.problem(self.problem.x0)), 65)
        values = require.values("g", self.g, grid, grid.shape)
        if not np.all(np.isfinite(values)) or not np.all(np.diff(values) > 0):
            raise ValueError(f"g must increase strictly and be finite on [{grid[0]}, {grid[-1]}], got {shown(self.g)}")

    def __call__(self, x: Array) -> Array:
        """g(f) at points (..., d)."""
        return self.g(self.problem(x))

    def __getattr__(self, name: str) -> Any:
        if name != "frame":  # which only a problem in reduced coordinates has
            raise AttributeError(name)
        inner: Any = self.problem
        return inner.frame

    @property
    def f_star(self) -> float:  # noqa: D102
        return float(self.g(np.asarray(self.problem.f_star)))

    @property
    def d(self) -> int:  # noqa: D102
        return self.problem.d

    @property
    def x0(self) -> np.ndarray:  # noqa: D102
        return self.problem.x0

    @property
    def minimiser(self) -> np.ndarray:  # noqa: D102
        return self.problem.minimiser

    @property
    def R(self) -> float:  # noqa: D102
        return self.problem.R

    @property
    def Q(self) -> float | None:  # noqa: D102
        return self.problem.Q

    @property
    def radius(self) -> float | None:  # noqa: D102
        return self.problem.radius
