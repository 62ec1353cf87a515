"""The stochastic linear problem of the l1 ball and of the simplex: its gradients are signs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

import numpy as np

from zotheory.annotations import shape
from zotheory.arguments import checked
from zotheory.elementary import Array, namespace
from zotheory.geometry import norm
from zotheory.libraries import counted, matching
from zotheory.oracles import expand_like
from zotheory.protocols import Generator
from zotheory.quantities import positive, within

DOMAINS = ("l1 ball", "simplex")


@checked
@dataclass(frozen=True, eq=False)
class SignLinear:
    """F(x; X) = <x, X>, X_i = +1 or -1 independently with E X = mean, on |x|_1 <= radius or on the simplex.

    |X|_inf = 1 always, and |X|^2 = d: no gradient of this size in the maximum norm is longer. The minimiser is a
    vertex. x0 is the worst vertex times `start` plus (1 - start) times the centre of the domain.

    Raises
    ------
    ValueError
        Naming the argument, unless the mean makes one vertex the best, the domain is one of `DOMAINS`, and radius is 1
        for the simplex.
    """

    mean: Annotated[np.ndarray, within(-1, 1), shape("d")]
    domain: str = "l1 ball"
    radius: Annotated[float, positive()] = 1.0
    start: Annotated[float, within(0, 1)] = 0.0

    L1 = 0.0
    mu = 0.0
    Q = None
    L0_max = 1.0  # Lipschitz constant for the l1 norm: sqrt(E |X|_inf^2)

    def __post_init__(self) -> None:
        if self.domain not in DOMAINS:
            raise ValueError(f"domain must be one of {DOMAINS}, got {self.domain!r}")
        if self.domain == "simplex" and self.radius != 1:
            raise ValueError(f"radius must be 1 for the simplex, got {self.radius!r}")
        values = np.sort(self._vertices @ self.mean)
        if len(values) > 1 and values[0] == values[1]:
            raise ValueError("mean must make one vertex of the domain the best")

    def __call__(self, x: Array) -> Array:
        """E F at points (..., d)."""
        return namespace(x).vecdot(x, matching(x, self.mean))

    def sample(self, rng: Generator, batch: tuple[int, ...]) -> Array:
        """Draw X, shape (*batch, d)."""
        u = rng.random((*batch, self.d))
        return 2.0 * counted(u < matching(u, (1 + self.mean) / 2)) - 1.0

    def at(self, xi: Array) -> Callable[[Array], Array]:
        """Return F(.; xi)."""
        return lambda x: namespace(x).vecdot(x, expand_like(xi, x, trailing=1))

    @property
    def _vertices(self) -> np.ndarray:
        corners = self.radius * np.eye(self.d)
        return corners if self.domain == "simplex" else np.concatenate([corners, -corners])

    @property
    def d(self) -> int:  # noqa: D102
        return len(self.mean)

    @property
    def minimiser(self) -> np.ndarray:  # noqa: D102
        return self._vertices[np.argmin(self._vertices @ self.mean)]

    @property
    def x0(self) -> np.ndarray:  # noqa: D102
        worst = self._vertices[np.argmax(self._vertices @ self.mean)]
        return self.start * worst + (1 - self.start) * np.mean(self._vertices, axis=0)

    @property
    def f_star(self) -> float:  # noqa: D102
        return float(np.min(self._vertices @ self.mean))

    @property
    def L0(self) -> float:
        """sqrt(E |X|^2)."""
        return float(np.sqrt(self.d))

    @property
    def R(self) -> float:  # noqa: D102
        return float(norm(self.x0 - self.minimiser))
