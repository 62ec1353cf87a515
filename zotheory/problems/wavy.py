"""A function that is not convex, but whose gradient dominates its gap."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from zotheory.arguments import checked
from zotheory.elementary import Array, namespace
from zotheory.quantities import Size


@checked
@dataclass(frozen=True, eq=False)
class Wavy:
    """f(x) = f_star + sum_i (y_i^2 + 3 sin^2 y_i), y = x - c: |grad f|^2 >= 2 dominance (f - f_star), not convex.

    The example of Karimi, Nutini, Schmidt (ECML PKDD 2016). mu is None; the Q stated is L1/dominance. x0 = c + 2.1 lies
    where the curvature is negative and the gradient small.
    """

    d: Size
    c: float = 0.0
    f_star: float = 0.0

    L0 = None
    L1 = 8.0
    mu = None
    dominance = 1 / 6
    Q = 48.0
    radius = None

    def __call__(self, x: Array) -> Array:
        """f at points (..., d)."""
        xp = namespace(x)
        y = x - self.c
        s = xp.sin(y)
        return self.f_star + xp.vecdot(y, y) + 3 * xp.vecdot(s, s)

    def gradient(self, x: np.ndarray) -> np.ndarray:
        """Gradient at points (..., d)."""
        y = x - self.c
        return 2 * y + 3 * np.sin(2 * y)

    @property
    def minimiser(self) -> np.ndarray:  # noqa: D102
        return np.full(self.d, self.c)

    @property
    def x0(self) -> np.ndarray:  # noqa: D102
        return self.minimiser + 2.1

    @property
    def R(self) -> float:  # noqa: D102
        return 2.1 * float(np.sqrt(self.d))
