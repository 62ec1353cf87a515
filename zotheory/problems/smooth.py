"""A smooth convex function at whose minimiser a one-sided difference is most biased."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from zotheory import require
from zotheory.elementary import Array, namespace


@dataclass(frozen=True, eq=False)
class HalfSquare:
    """f(x) = max(x_1 - c, 0)^2 L1/2 in d dimensions: convex, L1-smooth, flat on a half-space.

    The minimiser stated is (c, 0, ..., 0), on the edge of the flat half-space. x0 is one unit up the slope.
    """

    d: int
    L1: float = 1.0
    c: float = 0.0
    radius: float | None = None

    f_star = 0.0
    mu = 0.0
    Q = None
    R = 1.0

    def __post_init__(self) -> None:
        require.count(d=self.d)
        require.positive(L1=self.L1)

    def __call__(self, x: Array) -> Array:
        """f at points (..., d)."""
        slope = namespace(x).maximum(x[..., 0] - self.c, namespace(x).zeros_like(x[..., 0]))
        return self.L1 * slope * slope / 2

    def gradient(self, x: np.ndarray) -> np.ndarray:
        """Gradient at points (..., d)."""
        g = np.zeros_like(x)
        g[..., 0] = self.L1 * np.maximum(x[..., 0] - self.c, 0)
        return g

    @property
    def minimiser(self) -> np.ndarray:  # noqa: D102
        return self.c * np.eye(1, self.d)[0]

    @property
    def x0(self) -> np.ndarray:  # noqa: D102
        return (self.c + 1) * np.eye(1, self.d)[0]

    @property
    def L0(self) -> float | None:
        """Bound of |grad f| on the domain."""
        return None if self.radius is None else self.L1 * max(self.radius - self.c, 0.0)
