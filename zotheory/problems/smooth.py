"""A smooth convex function at whose minimiser a one-sided difference is most biased."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import numpy as np

from zotheory.arguments import checked
from zotheory.elementary import Array, namespace
from zotheory.quantities import Size, positive


@checked
@dataclass(frozen=True, eq=False)
class HalfSquare:
    """f(x) = L1/2 sum_{i < active} max(x_i - c, 0)^2 in d dimensions: convex, L1-smooth, flat on an orthant.

    The minimiser stated is c in the active coordinates and 0 in the others: the corner of the flat part. x0 lies one
    unit up the slope in each active coordinate. With one active coordinate, `width` written down of d dimensions is
    the reduced form, the active axis first.

    Raises
    ------
    ValueError
        Unless active <= d (active = 1 with `width`).
    """

    d: Size
    active: Size = 1
    L1: Annotated[float, positive()] = 1.0
    c: float = 0.0
    radius: Annotated[float, positive()] | None = None
    width: Size | None = None

    f_star = 0.0
    mu = 0.0
    Q = None

    def __post_init__(self) -> None:
        if self.active > (self.d if self.width is None else 1):
            raise ValueError(f"active must be at most d (1 with width), got {self.active} with d = {self.d}")

    def __call__(self, x: Array) -> Array:
        """f at points (..., d)."""
        xp = namespace(x)
        slope = x[..., : self.active] - self.c
        slope = xp.maximum(slope, xp.zeros_like(slope))
        return self.L1 / 2 * xp.vecdot(slope, slope)

    def gradient(self, x: np.ndarray) -> np.ndarray:
        """Gradient at points (..., d)."""
        g = np.zeros_like(x)
        g[..., : self.active] = self.L1 * np.maximum(x[..., : self.active] - self.c, 0)
        return g

    @property
    def _active(self) -> np.ndarray:
        return np.where(np.arange(self.width or self.d) < self.active, 1.0, 0.0)

    @property
    def minimiser(self) -> np.ndarray:  # noqa: D102
        return self.c * self._active

    @property
    def x0(self) -> np.ndarray:  # noqa: D102
        return (self.c + 1) * self._active

    @property
    def R(self) -> float:  # noqa: D102
        return float(np.sqrt(self.active))

    @property
    def L0(self) -> float | None:
        """Bound of |grad f| on the domain."""
        return None if self.radius is None else self.L1 * (self.radius + abs(self.c) * self.R)
