"""Logistic regression, on real data: smooth, strongly convex, stochastic by rows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files
from typing import Annotated

import numpy as np

from zotheory.annotations import shape
from zotheory.arguments import checked
from zotheory.elementary import Array, namespace
from zotheory.geometry import norm
from zotheory.libraries import matching, taken
from zotheory.oracles import expand_like
from zotheory.protocols import Generator
from zotheory.quantities import positive


@checked
@dataclass(frozen=True, eq=False)
class Logistic:
    """f(x) = (1/n) sum_i log(1 + exp(-b_i <a_i, x>)) + ridge |x|^2/2.

    F(x; i) is the i-th summand with the ridge, i uniform on the rows.

    Parameters
    ----------
    features : array (n, d), rows a_i
    labels : array (n,), each -1 or +1
    ridge : float, > 0
    radius : float, optional
        Of the domain, a ball about the origin that holds the minimiser.

    Raises
    ------
    ValueError
        For labels other than -1 and +1, or a minimiser outside the domain.

    Notes
    -----
    `minimiser` comes from Newton's method, stopped when |grad f| <= 1e-13; then f - f_star <= |grad f|^2/(2 ridge).
    """

    features: Annotated[np.ndarray, shape("n", "d")]
    labels: Annotated[np.ndarray, shape("n")]
    ridge: Annotated[float, positive()]
    radius: Annotated[float, positive()] | None = None

    def __post_init__(self) -> None:
        if not np.all(np.abs(self.labels) == 1):
            raise ValueError("labels must be -1 or +1")
        if self.radius is not None:
            reach = float(norm(self.minimiser))
            if reach > self.radius:
                raise ValueError(f"radius must be at least {reach}, the length of the minimiser, got {self.radius}")

    @cached_property
    def _signed(self) -> np.ndarray:
        return self.labels[:, None] * self.features

    def _loss(self, x: Array, rows: Array) -> Array:
        xp = namespace(x)
        margin = xp.vecdot(xp.expand_dims(x, axis=-2), rows)
        loss = xp.log1p(xp.exp(-xp.abs(margin))) + xp.maximum(-margin, xp.zeros_like(margin))
        return xp.mean(loss, axis=-1) + self.ridge / 2 * xp.vecdot(x, x)

    def __call__(self, x: Array) -> Array:
        """f at points (..., d)."""
        return self._loss(x, matching(x, self._signed))

    def sample(self, rng: Generator, batch: tuple[int, ...]) -> Array:
        """Draw one row, signed by its label: shape (*batch, 1, d)."""
        return taken(self._signed, rng.integers(0, len(self.labels), (*batch, 1)))

    def at(self, xi: Array) -> Callable[[Array], Array]:
        """Return F(.; row)."""
        return lambda x: self._loss(x, expand_like(xi, x, trailing=2))

    def gradient(self, x: np.ndarray) -> np.ndarray:
        """Gradient at points (..., d)."""
        from scipy.special import expit

        weight = expit(-(x @ self._signed.T)) / len(self.labels)
        return self.ridge * x - weight @ self._signed

    def hessian(self, x: np.ndarray) -> np.ndarray:
        """Hessian (d, d) at a point (d,)."""
        from scipy.special import expit

        p = expit(self._signed @ x)
        return (self.features.T * (p * (1 - p) / len(self.labels))) @ self.features + self.ridge * np.eye(self.d)

    @cached_property
    def minimiser(self) -> np.ndarray:  # noqa: D102
        x = np.zeros(self.d)
        for _ in range(100):
            g = self.gradient(x)
            if np.linalg.norm(g) <= 1e-13:
                return x
            direction = np.linalg.solve(self.hessian(x), g)
            size = 1.0
            while self(x - size * direction) > self(x) and size > 1e-6:
                size /= 2
            x = x - size * direction
        raise ArithmeticError(f"Newton's method stopped at |grad f| = {np.linalg.norm(g)}, wanted 1e-13")

    @cached_property
    def f_star(self) -> float:  # noqa: D102
        return float(self(self.minimiser))

    @property
    def d(self) -> int:  # noqa: D102
        return self.features.shape[1]

    @property
    def x0(self) -> np.ndarray:  # noqa: D102
        return np.zeros(self.d)

    @property
    def mu(self) -> float:  # noqa: D102
        return self.ridge

    @cached_property
    def _norms(self) -> np.ndarray:
        return np.linalg.norm(self.features, axis=1)

    @property
    def L1(self) -> float:
        """Square root of the mean of (|a_i|^2/4 + ridge)^2: the L(P) of the summands, and so a bound for f."""
        return float(np.sqrt(np.mean((self._norms**2 / 4 + self.ridge) ** 2)))

    @cached_property
    def smoothness(self) -> float:
        """Lipschitz constant of grad f itself: lambda_max(A'A)/(4n) + ridge."""
        return float(np.linalg.norm(self.features, 2) ** 2 / (4 * len(self.labels)) + self.ridge)

    @property
    def Q(self) -> float:
        """Bound on the condition number of f, smoothness/ridge."""
        return self.smoothness / self.ridge

    @property
    def L0(self) -> float | None:
        """Square root of the mean of (|a_i| + ridge radius)^2: bounds sqrt(E |grad F|^2) on the domain."""
        if self.radius is None:
            return None
        return float(np.sqrt(np.mean((self._norms + self.ridge * self.radius) ** 2)))

    @property
    def R(self) -> float:  # noqa: D102
        return float(norm(self.minimiser))


def tumours() -> np.ndarray:
    """Return the data of 569 breast tumours, shape (569, 31): 30 measurements, and 1 for benign, 0 for malignant."""
    text = files("zotheory.problems").joinpath("data/breast_cancer.csv").read_text(encoding="utf-8")
    return np.loadtxt(text.splitlines(), delimiter=",", skiprows=1)


@checked
def breast_cancer(
    *, ridge: Annotated[float, positive()] = 0.1, radius: Annotated[float, positive()] | None = None
) -> Logistic:
    """Diagnose 569 breast tumours from 30 measurements (Wolberg, Mangasarian, Street 1993; CC BY 4.0).

    Features are standardised and scaled by 1/sqrt(30), so that a typical row has norm 1. The data ship with the
    package; see ``zotheory/problems/data/README.md``.
    """
    table = tumours()
    raw, benign = table[:, :-1], table[:, -1]
    features = (raw - raw.mean(axis=0)) / raw.std(axis=0) / np.sqrt(raw.shape[1])
    return Logistic(features, 2 * benign - 1, ridge, radius)
