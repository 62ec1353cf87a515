"""Two functions that are as bad as a statement about one step allows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import numpy as np

from zotheory.arguments import checked
from zotheory.elementary import Array, namespace
from zotheory.geometry import norm
from zotheory.quantities import Size, positive


@checked
@dataclass(frozen=True, eq=False)
class Slope:
    """f(x) = L1 x_1^2/2 for |x_1| <= w, its tangent line beyond: the gradient changes only where the fall is used up.

    The worst case of a single short step, and of runs at a fixed radius. Starts at x_1 = R. The minimisers fill a
    hyperplane; the one stated is the origin.
    """

    d: Size
    L1: Annotated[float, positive()]
    w: Annotated[float, positive()]
    R: Annotated[float, positive()] = 1.0

    f_star = 0.0
    mu = 0.0
    Q = None
    radius = None

    def __call__(self, x: Array) -> Array:
        """f at points (..., d)."""
        xp = namespace(x)
        far = abs(x[..., 0])
        near = xp.minimum(far, far * 0 + self.w)
        return self.L1 * near * (far - near / 2)

    def gradient(self, x: np.ndarray) -> np.ndarray:
        """Gradient at points (..., d)."""
        return self.L1 * np.clip(x, -self.w, self.w) * (np.arange(self.d) == 0)

    @property
    def x0(self) -> np.ndarray:  # noqa: D102
        return self.R * np.eye(1, self.d)[0]

    @property
    def minimiser(self) -> np.ndarray:  # noqa: D102
        return np.zeros(self.d)

    @property
    def L0(self) -> float:
        """Slope of the straight part."""
        return self.L1 * self.w


@checked
@dataclass(frozen=True, eq=False)
class Cup:
    """f(x) = max(-x_1, 100 (|x| - 1 - 1e-6)), from x = 0: half of the steps of length 1 are accepted, for nothing.

    Convex, not smooth: what is true of Gaussian steps fails here for steps of fixed length.
    """

    d: Size

    f_star = -100 * (1 + 1e-6) / 101
    L0 = 100.0
    L1 = None
    mu = 0.0
    Q = None
    radius = None

    def __call__(self, x: Array) -> Array:
        """f at points (..., d)."""
        return namespace(x).maximum(-x[..., 0], 100 * (norm(x) - 1 - 1e-6))

    @property
    def x0(self) -> np.ndarray:  # noqa: D102
        return np.zeros(self.d)

    @property
    def minimiser(self) -> np.ndarray:  # noqa: D102
        return -self.f_star * np.eye(1, self.d)[0]

    @property
    def R(self) -> float:  # noqa: D102
        return -self.f_star
