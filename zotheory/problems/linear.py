"""The stochastic linear problem: the instance on which the two-point rate is tight up to a constant."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

import numpy as np

from zotheory.annotations import shape
from zotheory.arguments import checked
from zotheory.elementary import Array, namespace
from zotheory.geometry import norm
from zotheory.libraries import matching
from zotheory.oracles import expand_like
from zotheory.protocols import Generator
from zotheory.quantities import Size, nonnegative, positive, whole, within


@checked
@dataclass(frozen=True, eq=False)
class NoisyLinear:
    """F(x; X) = <x, X>, X ~ N(mean, sigma^2 I), on the ball of `radius` about the origin.

    The Gaussian linear family on which lower bounds for two evaluations rest. `true_d` as in `Quadratic`. x0 lies on
    the line through the origin and the minimiser, `start` (in [-1, 1]) times the radius away from the minimiser's side.

    Raises
    ------
    ValueError
        If mean is 0.
    """

    mean: Annotated[np.ndarray, shape("d")]
    sigma: Annotated[float, nonnegative()]
    radius: Annotated[float, positive()]
    start: Annotated[float, within(-1, 1)] = 0.0
    true_d: Size | None = None

    L1 = 0.0
    mu = 0.0
    Q = None

    def __post_init__(self) -> None:
        if not np.any(self.mean):
            raise ValueError("mean must not be zero: every point would be a minimiser")

    def __call__(self, x: Array) -> Array:
        """E F at points (..., d)."""
        return namespace(x).vecdot(x, matching(x, self.mean))

    def sample(self, rng: Generator, batch: tuple[int, ...]) -> Array:
        """Draw X, shape (*batch, d)."""
        noise = rng.standard_normal((*batch, self.d))
        return matching(noise, self.mean) + self.sigma * noise

    def at(self, xi: Array) -> Callable[[Array], Array]:
        """Return F(.; xi)."""
        return lambda x: namespace(x).vecdot(x, expand_like(xi, x, trailing=1))

    @property
    def d(self) -> int:  # noqa: D102
        return self.true_d or len(self.mean)

    @property
    def x0(self) -> np.ndarray:  # noqa: D102
        return -self.start * self.minimiser

    @property
    def minimiser(self) -> np.ndarray:  # noqa: D102
        return -self.radius * self.mean / norm(self.mean)

    @property
    def f_star(self) -> float:  # noqa: D102
        return -self.radius * float(norm(self.mean))

    @property
    def L0(self) -> float:
        """sqrt(E |X|^2)."""
        return float(np.sqrt(self.mean @ self.mean + self.sigma**2 * self.d))

    @property
    def R(self) -> float:  # noqa: D102
        return self.radius * (1 + self.start)


@checked
def tight_linear(
    d: Size,
    k: Annotated[int, whole(1)],
    *,
    c: Annotated[float, positive()] = 0.8,
    alpha: Annotated[float, positive()] = 0.25,
    width: Size | None = None,
) -> NoisyLinear:
    """The linear problem on which k steps do badly: from the far side of the ball they just fail to cross it.

    Unit noise E|X - mean|^2 = 1 beside a mean of length c sqrt(d/k)/alpha, capped at 1; the values of c and alpha are
    those of a search, ``benchmarks/tightness.py``. With `width` only so many axes are written down.
    """
    mean = np.zeros(d if width is None else width)
    mean[0] = min(c * np.sqrt(d / k) / alpha, 1.0)
    return NoisyLinear(mean, 1 / np.sqrt(d), radius=1.5, start=1.0, true_d=None if width is None else d)
