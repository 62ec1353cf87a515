"""Stochastic problems of two samples, whose noise is lost in full by methods that compare."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np

from zotheory.arguments import checked
from zotheory.elementary import Array, namespace
from zotheory.libraries import counted, matching
from zotheory.oracles import expand_like
from zotheory.quantities import Size, between, positive


@checked
@dataclass(frozen=True, eq=False)
class Targets:
    """F(x; X) = L1 |x - X|^2/2, X = a e_1 with probability p, else 0.

    One sample compares distances to one target, as F = |x - X| would: accept/reject cannot know that the mean p a e_1
    is asked for, and not the geometric median, 0 for p < 1/2. Starts at `start` a e_1.

    Parameters
    ----------
    p : float, 0 < p < 1
    size : int
        Coordinates that are written down.
    a, L1 : float, > 0
    start : float
    true_d : int, optional
        The dimension that the problem stands for, where it is written in reduced coordinates.
    """

    p: Annotated[float, between(0, 1)]
    size: Size
    a: Annotated[float, positive()] = 1.0
    L1: Annotated[float, positive()] = 1.0
    start: float = 0.0
    true_d: Size | None = None

    L0 = None
    radius = None
    Q = 1.0

    def __call__(self, x: Array) -> Array:
        """E F at points (..., d)."""
        return self._value(x, self.p, self.p)

    def _value(self, x: Array, hit: Array, square: Array) -> Array:
        return self.L1 / 2 * (namespace(x).vecdot(x, x) - 2 * self.a * hit * x[..., 0] + self.a**2 * square)

    def sample(self, rng: Any, batch: tuple[int, ...]) -> Array:
        """Whether X = a e_1."""
        return 1.0 * counted(rng.random(batch) < self.p)

    def at(self, xi: Array) -> Callable[[Array], Array]:
        """Return F(.; X)."""

        def value(x: Array) -> Array:
            hit = expand_like(xi, x)
            return self._value(x, hit, hit)

        return value

    @property
    def cases(self) -> tuple[tuple[float, float], ...]:
        """(probability, sample) of each sample."""
        return (1 - self.p, 0.0), (self.p, 1.0)

    def slopes(self, x: np.ndarray) -> np.ndarray:
        """Gradient of F(.; 0) and F(.; 1) at points on the axis, along it."""
        return self.L1 * (x[0] - self.a * np.array([0.0, 1.0]))

    def gradient(self, x: np.ndarray) -> np.ndarray:
        """Gradient of f at points (..., d)."""
        return self.L1 * (x - self.p * self.a * (np.arange(x.shape[-1]) == 0))

    @property
    def d(self) -> int:  # noqa: D102
        return self.true_d or self.size

    @property
    def mu(self) -> float:  # noqa: D102
        return self.L1

    @property
    def x0(self) -> np.ndarray:  # noqa: D102
        return self.start * self.a * np.eye(1, self.size)[0]

    @property
    def minimiser(self) -> np.ndarray:  # noqa: D102
        return self.p * self.a * np.eye(1, self.size)[0]

    @property
    def R(self) -> float:  # noqa: D102
        return self.a * abs(self.start - self.p)

    @property
    def f_star(self) -> float:  # noqa: D102
        return self.L1 * self.p * (1 - self.p) * self.a**2 / 2

    @property
    def spread(self) -> float:
        """sqrt(E|G - g|^2), at every point."""
        return float(self.L1 * self.a * np.sqrt(self.p * (1 - self.p)))


@checked
@dataclass(frozen=True, eq=False)
class Bent:
    """F(x; 0) = L1 (w x_1 + x_1^2)/2 and F(x; 1) = L1 (w x_1 - x_1 |x_1|)/2, each half of the time; starts at 0.

    There both gradients are L1 w/2. A step barely longer than w is accepted uphill by the sample that bends down, and
    rejected downhill by both: the worst case of one step in one dimension. The mean has no minimiser; a statement about
    one step needs none.
    """

    size: Size = 1
    L1: Annotated[float, positive()] = 1.0
    w: Annotated[float, positive()] = 1.0
    true_d: Size | None = None

    cases = (0.5, 0.0), (0.5, 1.0)
    L0 = None
    mu = None
    Q = None
    radius = None

    def __call__(self, x: Array) -> Array:
        """E F at points (..., d)."""
        return (self.at(matching(x, np.zeros(())))(x) + self.at(matching(x, np.ones(())))(x)) / 2

    def sample(self, rng: Any, batch: tuple[int, ...]) -> Array:
        """Which of the two."""
        return 1.0 * counted(rng.random(batch) < 0.5)

    def at(self, xi: Array) -> Callable[[Array], Array]:
        """Return F(.; X)."""

        def value(x: Array) -> Array:
            y, bends = x[..., 0], expand_like(xi, x)
            return self.L1 / 2 * (self.w * y + namespace(x).where(bends > 0, -y * abs(y), y**2))

        return value

    def slopes(self, x: np.ndarray) -> np.ndarray:
        """Gradients of both at 0, along the axis."""
        return np.full(2, self.L1 * self.w / 2)

    def gradient(self, x: np.ndarray) -> np.ndarray:
        """Gradient of f at points (..., d)."""
        y = x[..., :1]
        return self.L1 / 2 * (self.w + y - abs(y)) * (np.arange(x.shape[-1]) == 0)

    @property
    def d(self) -> int:  # noqa: D102
        return self.true_d or self.size

    @property
    def x0(self) -> np.ndarray:  # noqa: D102
        return np.zeros(self.size)
