"""Functions of few directions, and functions near them: what low-rank theorems are about."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from zotheory import require
from zotheory.elementary import Array, namespace
from zotheory.protocols import Known, Smooth


@dataclass(frozen=True, eq=False)
class Embedded:
    """f(x) = g(A'x): g a function of k variables, A (n, k) with orthonormal columns.

    The minimisers fill an affine space of n - k dimensions; the one stated is nearest to x0, so that R is |A'x0 - u*|,
    u* the minimiser of g. Q is that of g, although f is not strongly convex where k < n. The domain is all of R^n.

    Parameters
    ----------
    problem : a deterministic problem g on R^k
    A : array (n, k)
    x0 : array (n,), optional
        Default: A times the start of g.
    true_d : int, optional
        n, where the problem is written in reduced coordinates.

    Raises
    ------
    ValueError
        Naming the argument, if A has not k columns, has more of them than rows, or they are not orthonormal to 1e-8.
    """

    problem: Smooth
    A: np.ndarray
    x0: Any = None
    true_d: int | None = None

    L0 = None
    radius = None

    def __post_init__(self) -> None:
        k = len(self.problem.minimiser)
        A = require.points("A", self.A, k)
        if A.ndim != 2 or A.shape[0] < k:
            raise ValueError(f"A must have shape (n, {k}) with n >= {k}, got {A.shape}")
        if not np.allclose(A.T @ A, np.eye(k), atol=1e-8):
            raise ValueError("A must have orthonormal columns")
        start = A @ self.problem.x0 if self.x0 is None else self.x0
        object.__setattr__(self, "A", A)
        object.__setattr__(self, "x0", require.points("x0", start, len(A)))

    def __call__(self, x: Array) -> Array:
        """f at points (..., n)."""
        return self.problem(x @ namespace(x).asarray(self.A))

    def gradient(self, x: np.ndarray) -> np.ndarray:
        """Gradient at points (..., n)."""
        return self.problem.gradient(x @ self.A) @ self.A.T

    @property
    def d(self) -> int:  # noqa: D102
        return self.true_d or len(self.A)

    @property
    def minimiser(self) -> np.ndarray:  # noqa: D102
        return self.x0 - self.A @ (self.A.T @ self.x0 - self.problem.minimiser)

    @property
    def R(self) -> float:  # noqa: D102
        return float(np.linalg.norm(self.x0 - self.minimiser))

    @property
    def f_star(self) -> float:  # noqa: D102
        return self.problem.f_star

    @property
    def L1(self) -> float | None:  # noqa: D102
        return self.problem.L1

    @property
    def mu(self) -> float | None:  # noqa: D102
        return self.problem.mu if self.A.shape[0] == self.A.shape[1] else 0.0

    @property
    def Q(self) -> float | None:  # noqa: D102
        return self.problem.Q


@dataclass(frozen=True, eq=False)
class Perturbed:
    """f(x) = g(x) + delta h(x), |h| <= 1: h need be neither convex nor continuous.

    Keeps d, x0, minimiser, R and Q of the problem g. h is -1 at the minimiser, so f_star is that of g less delta.

    Parameters
    ----------
    problem : a deterministic problem g
    h : callable, points (..., d) -> values (...) in [-1, 1]; `square_wave` and `cliffs` make some
    delta : float, >= 0

    Raises
    ------
    ValueError
        If delta < 0, or h is not -1 at the minimiser.
    """

    problem: Known
    h: Callable[[Array], Array]
    delta: float

    L0 = None
    L1 = None
    mu = None
    radius = None

    def __post_init__(self) -> None:
        require.nonnegative(delta=self.delta)
        if float(self.h(self.minimiser)) != -1:
            raise ValueError(f"h must be -1 at the minimiser, got {float(self.h(self.minimiser))}")

    def __call__(self, x: Array) -> Array:
        """f at points (..., d)."""
        return self.problem(x) + self.delta * self.h(x)

    @property
    def f_star(self) -> float:  # noqa: D102
        return self.problem.f_star - self.delta

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


def square_wave(centre: np.ndarray, period: float) -> Callable[[Array], Array]:
    """Make h, -1 or 1 in turns as |x|^2 moves away from |centre|^2: rank n, discontinuous, -1 at the centre.

    A function of |x| alone, so that it can be written in reduced coordinates.

    Raises
    ------
    ValueError
        Unless period > 0.
    """
    require.positive(period=period)
    level = float(centre @ centre)

    def h(x: Array) -> Array:
        xp = namespace(x)
        turns = (xp.vecdot(x, x) - level) / period
        return 1 - 2 * (xp.round(turns) % 2 == 0)

    return h


def cliffs(*points: np.ndarray, width: float = 1e-9) -> Callable[[Array], Array]:
    """Make h, -1 within `width` of the points and 1 elsewhere: at the minimiser and x0, the worst case for a step.

    Raises
    ------
    ValueError
        Unless width > 0.
    """
    require.positive(width=width)

    def h(x: Array) -> Array:
        xp = namespace(x)
        near = [xp.vecdot(x - xp.asarray(p), x - xp.asarray(p)) <= width**2 for p in points]
        return 1 - 2 * xp.any(xp.stack(near), axis=0)

    return h
