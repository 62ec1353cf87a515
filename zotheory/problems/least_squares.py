"""Linear regression, on real data: a quadratic with a closed form, stochastic by rows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated

import numpy as np

from zotheory.annotations import shape
from zotheory.arguments import checked
from zotheory.elementary import Array, namespace
from zotheory.geometry import norm
from zotheory.libraries import matching, taken
from zotheory.oracles import expand_like
from zotheory.problems.logistic import tumours
from zotheory.protocols import Generator


@checked
@dataclass(frozen=True, eq=False)
class LeastSquares:
    """f(x) = (1/n) sum_i (<a_i, x> - y_i)^2/2; F(x; i) is the i-th summand, i uniform on the rows.

    Parameters
    ----------
    features : array (n, d), rows a_i, of rank d
    targets : array (n,), y_i

    Raises
    ------
    ValueError
        For columns that are linearly dependent: then no solution is the one.
    """

    features: Annotated[np.ndarray, shape("n", "d")]
    targets: Annotated[np.ndarray, shape("n")]

    L0 = None
    radius = None

    def __post_init__(self) -> None:
        rank = int(np.linalg.matrix_rank(self.features))
        if rank < self.d:
            raise ValueError(f"features must have rank d = {self.d}, got rank {rank}")

    def __call__(self, x: Array) -> Array:
        """E F at points (..., d)."""
        return self._loss(x, matching(x, self.features), matching(x, self.targets))

    def _loss(self, x: Array, rows: Array, targets: Array) -> Array:
        xp = namespace(x)
        residual = xp.vecdot(xp.expand_dims(x, axis=-2), rows) - targets
        return xp.mean(residual * residual, axis=-1) / 2

    @cached_property
    def _table(self) -> np.ndarray:
        return np.column_stack([self.features, self.targets])

    def sample(self, rng: Generator, batch: tuple[int, ...]) -> Array:
        """Draw one row a_i with y_i behind it: shape (*batch, 1, d + 1)."""
        return taken(self._table, rng.integers(0, len(self.targets), (*batch, 1)))

    def at(self, xi: Array) -> Callable[[Array], Array]:
        """Return F(.; row)."""

        def loss(x: Array) -> Array:
            rows = expand_like(xi, x, trailing=2)
            return self._loss(x, rows[..., :-1], rows[..., -1])

        return loss

    def gradient(self, x: np.ndarray) -> np.ndarray:
        """Gradient of f at points (..., d)."""
        return (x @ self.features.T - self.targets) @ self.features / len(self.targets)

    @cached_property
    def minimiser(self) -> np.ndarray:
        """The closed form, by orthogonal factorisation."""
        return np.linalg.lstsq(self.features, self.targets, rcond=None)[0]

    @cached_property
    def f_star(self) -> float:  # noqa: D102
        return float(self(self.minimiser))

    @cached_property
    def curvatures(self) -> np.ndarray:
        """Eigenvalues of the Hessian A'A/n, increasing, shape (d,)."""
        return np.sort(np.linalg.svd(self.features, compute_uv=False) ** 2) / len(self.targets)

    @property
    def d(self) -> int:  # noqa: D102
        return self.features.shape[1]

    @property
    def x0(self) -> np.ndarray:  # noqa: D102
        return np.zeros(self.d)

    @property
    def mu(self) -> float:  # noqa: D102
        return float(self.curvatures[0])

    @cached_property
    def L1(self) -> float:
        """Square root of the mean of |a_i|^4: the L(P) of the summands, and so a bound for f."""
        return float(np.sqrt(np.mean(np.sum(self.features**2, axis=1) ** 2)))

    @property
    def smoothness(self) -> float:
        """Lipschitz constant of grad f itself: the largest curvature."""
        return float(self.curvatures[-1])

    @property
    def Q(self) -> float:
        """Condition number of the Hessian."""
        return self.smoothness / self.mu

    @property
    def R(self) -> float:  # noqa: D102
        return float(norm(self.minimiser))


def cell_nuclei() -> LeastSquares:
    """Predict the mean fractal dimension of the outlines of 569 tumours' cell nuclei from seven other means.

    Radius, texture, smoothness, compactness, concavity, concave points and symmetry, each standardised, as is the
    target; perimeter and area, nearly functions of the radius, are left out. Data: Street, Wolberg, Mangasarian 1993;
    CC BY 4.0; see ``zotheory/problems/data/README.md``.
    """
    means = tumours()[:, :10]
    scaled = (means - means.mean(axis=0)) / means.std(axis=0)
    return LeastSquares(scaled[:, [0, 1, 4, 5, 6, 7, 8]], scaled[:, 9])
