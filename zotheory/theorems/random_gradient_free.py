"""Random gradient-free search: what is claimed.

Main theorems
-------------
Smoothing (Theorem 1). A Lipschitz function is off its Gaussian smoothing by at most `smoothing_lipschitz`, a smooth one
by at most `smoothing_smooth`.
Energy (Theorems 3 and 4, Lemma 5). The estimate of the gradient has a mean square of at most `origin_moment`,
`lipschitz_moment` (tightened by us: `lipschitz_moment_sharp`), `smooth_moment` or `smoothed_moment`.
Convergence (Theorems 6 and 8). On Lipschitz problems the weighted mean of the gaps is at most `nonsmooth` (tightened:
`nonsmooth_sharp`), on smooth ones their mean is at most `convex`, and under strong convexity the last one is at most
`strongly_convex`. Ours: on quadratics it is at most `effective_dimension`, where the trace of the Hessian takes the
place of the dimension.

Source: Nesterov, Spokoiny, "Random gradient-free minimization of convex functions", Found. Comput. Math. 17, 2017,
as recalled (the printed text was not at hand; the constants are re-derived in ``proofs/random_gradient_free.py``),
sharper constants where the same proof gives them, and a theorem of our own on quadratics.

Notation
--------
u ~ N(0, I) in R^d (the paper's n is our d); delta smoothing radius (its mu); f_delta(x) = E f(x + delta u);
g = [f(x + delta u) - f(x)]/delta u, and g_0 its limit <grad f,u> u; L0, L1 Lipschitz constants of f and of its
gradient; mu strong convexity (its tau); G length of the gradient named; h step size, `steps` = N + 1 of them;
R = |x_0 - x*|.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Annotated

import numpy as np

from zotheory.arguments import checked, steady
from zotheory.border import bound
from zotheory.elementary import Array, power_of_one_minus, rest_of_power, sqrt
from zotheory.geometry import euclidean, euclidean_ball
from zotheory.methods import Method, random_gradient_free
from zotheory.protocols import Stating
from zotheory.quantities import (
    Curvature,
    Dimension,
    Distance,
    Length,
    Number,
    Positive,
    Radius,
    Size,
    Slope,
    Steps,
    Value,
    at_most,
    nonnegative,
    positive,
)

Power = Annotated[Array, nonnegative()]
Gradient = Annotated[Array, nonnegative(Value / Length)]
Energy = Annotated[Array, (Value / Length) ** 2]
Total = Annotated[Array, positive(Length**2 / Value)]
Squares = Annotated[Array, positive(Length**4 / Value**2)]

# --- moments of the direction, smoothing -----------------------------------------------------------------------------


@bound
def power_mean(p: Power, d: Dimension) -> Annotated[Array, Number]:
    """d^(p/2): E|u|^p is at most this for p <= 2, and at least this for p >= 2."""
    return d ** (p / 2)


@bound
def norm_moment(p: Power, d: Dimension) -> Annotated[Array, Number]:
    """Lemma 1: E|u|^p <= (d + p)^(p/2), for every p >= 0."""
    return (d + p) ** (p / 2)


@bound
def smoothing_lipschitz(*, delta: Radius, L0: Slope, d: Dimension) -> Annotated[Array, Value]:
    """Theorem 1: |f_delta - f| <= delta L0 sqrt(d)."""
    return delta * L0 * sqrt(d)


@bound
def smoothing_smooth(*, delta: Radius, L1: Curvature, d: Dimension) -> Annotated[Array, Value]:
    """Theorem 1: |f_delta - f| <= delta^2 L1 d/2."""
    return delta**2 * L1 * d / 2


# --- second moments of the estimate ----------------------------------------------------------------------------------


@bound
def origin_moment(*, G: Gradient, d: Dimension) -> Energy:
    """Theorem 3: E|g_0|^2 <= (d + 4) G^2, G = |grad f|."""
    return (d + 4) * G**2


@bound
def lipschitz_moment(*, L0: Slope, d: Dimension) -> Energy:
    """Theorem 4: E|g|^2 <= (d + 4)^2 L0^2."""
    return (d + 4) ** 2 * L0**2


@bound
def lipschitz_moment_sharp(*, L0: Slope, d: Dimension) -> Energy:
    """E|g|^2 <= d (d + 2) L0^2, with equality at the kink of L0 |x|."""
    return d * (d + 2) * L0**2


@bound
def smooth_moment(*, G: Gradient, delta: Radius, L1: Curvature, d: Dimension) -> Energy:
    """Theorem 4: E|g|^2 <= 2 (d + 4) G^2 + delta^2 L1^2 (d + 6)^3/2, G = |grad f|."""
    return 2 * (d + 4) * G**2 + delta**2 * L1**2 * (d + 6) ** 3 / 2


@bound
def smoothed_moment(*, G: Gradient, delta: Radius, L1: Curvature, d: Dimension) -> Energy:
    """Lemma 5: E|g|^2 <= 4 (d + 4) G^2 + 3 delta^2 L1^2 (d + 4)^3, G = |grad f_delta|."""
    return 4 * (d + 4) * G**2 + 3 * delta**2 * L1**2 * (d + 4) ** 3


# --- convergence -----------------------------------------------------------------------------------------------------


@bound
def nonsmooth(
    total: Total, squares: Squares, *, R: Distance, L0: Slope, delta: Radius, d: Dimension
) -> Annotated[Array, Value]:
    """Theorem 6: the mean of E f(x_k) - f*, weighted by h_k, is at most

    delta L0 sqrt(d) + [R^2/2 + (d + 4)^2 L0^2 squares/2]/total,    total = sum h_k, squares = sum h_k^2.
    """
    return delta * L0 * sqrt(d) + (R**2 / 2 + (d + 4) ** 2 * L0**2 * squares / 2) / total


@bound
def nonsmooth_sharp(
    total: Total, squares: Squares, *, R: Distance, L0: Slope, delta: Radius, d: Dimension
) -> Annotated[Array, Value]:
    """Theorem 6 with d (d + 2) in place of (d + 4)^2."""
    return delta * L0 * sqrt(d) + (R**2 / 2 + d * (d + 2) * L0**2 * squares / 2) / total


@bound
def fixed_step(*, R: Radius, L0: Slope, d: Dimension, steps: Steps) -> Annotated[Array, Length**2 / Value]:
    """Theorem 6's step size for a fixed number of steps: R/((d + 4) L0 sqrt(steps))."""
    return R / ((d + 4) * L0 * sqrt(steps))


@bound
def smooth_step(*, L1: Curvature, d: Dimension) -> Annotated[Array, Length**2 / Value]:
    """Theorem 8's step size: 1/(4 (d + 4) L1)."""
    return 1 / (4 * (d + 4) * L1)


@bound
def convex(steps: Steps, *, R: Distance, L1: Curvature, delta: Radius, d: Dimension) -> Annotated[Array, Value]:
    """Theorem 8: the mean of E f(x_k) - f* over k < steps is at most

    4 (d + 4) L1 R^2/steps + (9/25) delta^2 (d + 4)^2 L1.
    """
    return 4 * (d + 4) * L1 * R**2 / steps + 9 * delta**2 * (d + 4) ** 2 * L1 / 25


def _sinking(start: Array, floor: Array, share: Array, steps: Array) -> Array:
    """Return left start + (1 - left) floor, left = (1 - share)^steps."""
    return power_of_one_minus(share, steps) * start + rest_of_power(share, steps) * floor


@bound
def strongly_convex(
    steps: Steps, *, R: Distance, L1: Curvature, mu: Annotated[Curvature, at_most("L1")], delta: Radius, d: Dimension
) -> Annotated[Array, Value]:
    """Theorem 8: E f(x_steps) - f* is at most, with D = (18/25) delta^2 (d + 4)^2 L1/mu,

    (L1/2) [D + (1 - mu/(8 (d + 4) L1))^steps (R^2 - D)].
    """
    floor = 18 * delta**2 * (d + 4) ** 2 * L1 / (25 * mu)
    return L1 / 2 * _sinking(R**2, floor, mu / (8 * (d + 4) * L1), steps)


@bound
def trace_step(*, L1: Annotated[Curvature, at_most("trace")], trace: Curvature) -> Annotated[Array, Length**2 / Value]:
    """Step size on a quadratic whose Hessian has this trace and the largest eigenvalue L1: 1/(2 L1 + trace)."""
    return 1 / (2 * L1 + trace)


@bound
def effective_dimension(
    steps: Steps,
    *,
    gap: Annotated[Array, nonnegative(Value)],
    L1: Annotated[Curvature, at_most("trace")],
    mu: Annotated[Curvature, at_most("L1")],
    trace: Curvature,
    delta: Radius,
) -> Annotated[Array, Value]:
    """On a convex quadratic, with step size 1/(2 L1 + trace), E f(x_steps) - f* is at most

        r^steps gap + (1 - r^steps) delta^2 trace (trace + 4 L1)/(8 mu),    r = 1 - mu/(2 L1 + trace),

    gap = f(x_0) - f*; of the Hessian, L1 and mu are the largest and the smallest positive eigenvalue, and trace is the
    sum of all.
    """
    floor = delta**2 * trace * (trace + 4 * L1) / (8 * mu)
    return _sinking(gap, floor, mu / (2 * L1 + trace), steps)


# --- methods with the prescribed schedules ---------------------------------------------------------------------------


def _stated(problem: Stating, *names: str) -> None:
    for name in names:
        if not getattr(problem, name, None):
            raise ValueError(f"problem must state {name} > 0, got {getattr(problem, name, None)!r}")


def _next(k: int, *, h: Callable[..., float]) -> float:
    return h(steps=k + 1)


@checked
def prescribed_nonsmooth(
    problem: Stating, *, steps: Size, delta: Positive, horizon: bool = True
) -> tuple[Method, dict[str, float]]:
    """Theorem 6: the method, on the problem's domain, and the arguments of `nonsmooth` after `steps` steps.

    Its step size is `fixed_step` for all of them or, if the horizon is not to be used, `fixed_step` of k + 1 at step k.

    Raises
    ------
    ValueError
        If the problem does not state L0 and R > 0.
    """
    _stated(problem, "L0", "R")
    h = partial(fixed_step, R=problem.R, L0=problem.L0, d=problem.d)
    sizes = np.full(steps, h(steps=steps)) if horizon else h(steps=np.arange(1, steps + 1))
    mirror = euclidean if problem.radius is None else euclidean_ball(problem.radius)
    method = random_gradient_free(
        h=steady(float(h(steps=steps))) if horizon else partial(_next, h=h), delta=delta, mirror=mirror
    )
    sums = {"total": float(np.sum(sizes)), "squares": float(np.sum(sizes**2))}
    return method, {**sums, "R": problem.R, "L0": problem.L0, "delta": delta, "d": problem.d}


@checked
def prescribed_convex(problem: Stating, *, delta: Positive, average: bool = True) -> tuple[Method, dict[str, float]]:
    """Theorem 8 on all of R^d: the method, and the arguments of `convex` but for the number of steps.

    Raises
    ------
    ValueError
        If the problem does not state L1 > 0.
    """
    _stated(problem, "L1")
    h = smooth_step(L1=problem.L1, d=problem.d)
    method = random_gradient_free(h=steady(h), delta=delta, average=average)
    return method, {"R": problem.R, "L1": problem.L1, "delta": delta, "d": problem.d}


@checked
def prescribed_strongly_convex(problem: Stating, *, delta: Positive) -> tuple[Method, dict[str, float]]:
    """Theorem 8's last iterate: the method, and the arguments of `strongly_convex` but for the number of steps.

    Raises
    ------
    ValueError
        If the problem does not state L1 and mu > 0.
    """
    _stated(problem, "mu")
    method, constants = prescribed_convex(problem, delta=delta, average=False)
    return method, {**constants, "mu": problem.mu}


@checked
def prescribed_effective_dimension(
    problem: Stating, *, trace: Positive, mu: Positive, delta: Positive
) -> tuple[Method, dict[str, float]]:
    """The step size 1/(2 L1 + trace): the method, and the arguments of `effective_dimension` but for the steps.

    `problem` is a quadratic, `trace` that of its Hessian and `mu` the smallest positive eigenvalue.

    Raises
    ------
    ValueError
        If the problem does not state L1 > 0.
    """
    _stated(problem, "L1")
    h = trace_step(L1=problem.L1, trace=trace)
    method = random_gradient_free(h=steady(h), delta=delta, average=False)
    gap = float(problem(problem.x0)) - problem.f_star
    return method, {"gap": gap, "L1": problem.L1, "mu": mu, "trace": trace, "delta": delta}
