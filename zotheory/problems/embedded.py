"""Functions of few directions, and functions near them: what low-rank theorems are about."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any

import numpy as np

from zotheory import require
from zotheory.annotations import shape
from zotheory.arguments import checked
from zotheory.elementary import Array, namespace
from zotheory.geometry import norm
from zotheory.kinds import shown
from zotheory.libraries import counted, matching
from zotheory.problems.quadratic import orthonormal
from zotheory.protocols import Known, Smooth
from zotheory.quantities import Size, nonnegative, positive


@checked
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
    A: Annotated[np.ndarray, shape("n", "k")]
    x0: Any = None
    true_d: Size | None = None

    L0 = None
    radius = None

    def __post_init__(self) -> None:
        n, k = self.A.shape
        shape("n", "k").check("A", self.A, {"k": len(self.problem.minimiser)})
        if n < k or not orthonormal(self.A):
            raise ValueError(f"A must have orthonormal columns, at most as many as rows, got {shown(self.A)}")
        start = require.points("x0", self.A @ self.problem.x0 if self.x0 is None else self.x0)
        shape("n").check("x0", start, {"n": n})
        object.__setattr__(self, "x0", start)

    def __call__(self, x: Array) -> Array:
        """f at points (..., n)."""
        return self.problem(x @ matching(x, self.A))

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
        return float(norm(self.x0 - self.minimiser))

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


@checked
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
        If h is not -1 at the minimiser.
    """

    problem: Known
    h: Callable[[Array], Array]
    delta: Annotated[float, nonnegative()]

    L0 = None
    L1 = None
    mu = None
    radius = None

    def __post_init__(self) -> None:
        lowest = float(require.values("h", self.h, self.minimiser, ()))
        if lowest != -1:
            raise ValueError(f"h must be -1 at the minimiser, got {lowest}")

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


@checked
def square_wave(
    centre: Annotated[np.ndarray, shape("d")], period: Annotated[float, positive()]
) -> Callable[[Array], Array]:
    """Make h, -1 or 1 in turns as |x|^2 moves away from |centre|^2: rank n, discontinuous, -1 at the centre.

    A function of |x| alone, so that it can be written in reduced coordinates.
    """
    return partial(_wave, level=float(centre @ centre), period=period)


def _wave(x: Array, *, level: float, period: float) -> Array:
    xp = namespace(x)
    turns = (xp.vecdot(x, x) - level) / period
    return 1 - 2 * counted(xp.round(turns) % 2 == 0)


@checked
def cliffs(
    *points: Annotated[np.ndarray, shape("d")], width: Annotated[float, positive()] = 1e-9
) -> Callable[[Array], Array]:
    """Make h, -1 within `width` of the points and 1 elsewhere: at the minimiser and x0, the worst case for a step."""
    return partial(_steep, points=points, width=width)


def _steep(x: Array, *, points: tuple[np.ndarray, ...], width: float) -> Array:
    xp = namespace(x)
    near = [norm(x - matching(x, p)) <= width for p in points]
    return 1 - 2 * counted(xp.any(xp.stack(near), axis=0))
