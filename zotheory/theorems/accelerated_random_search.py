"""Accelerated random search: what is claimed.

Main theorems
-------------
Lemma. The estimate of the gradient has a mean square of at most `second_moment`, sharper than the paper's Lemma 5.
Theorem 9. With the step sizes `steps`, or `steps_recalled`, the expected gap after k steps is at most `mean_gap`. Ours:
with `steps_sharp`, about twice as long, it is at most `mean_gap_sharp`.

Source: Nesterov, Spokoiny, "Random gradient-free minimization of convex functions", Found. Comput. Math. 17, 2017,
Theorem 9, as recalled (the printed text was not at hand; everything is re-derived in
``proofs/accelerated_random_search.py``), and results of our own.

As recalled, the method's theta is 1/(16 (n+1)^2 L1), while the proof, which bounds E|g_mu|^2 by the paper's Lemma 5,
closes with (n+4)^2 only. `mean_gap` is claimed for both: for (n+4)^2 by that proof, for (n+1)^2 by way of
`second_moment`.

Notation
--------
n dimension; delta smoothing radius (the paper's mu); tau >= 0 strong convexity as far as it is known, kappa = tau/L1;
f_delta(x) = E f(x + delta u), u Gaussian; gap = f(x_0) - f*, R = |x_0 - x*|; psi_k and C_k as in `decay` and
`accumulation`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from zotheory.arguments import checked
from zotheory.border import bound
from zotheory.elementary import Array, maximum, minimum, power_of_one_minus, sqrt
from zotheory.geometry import norm
from zotheory.kinds import shown
from zotheory.methods import Method, accelerated_random_search
from zotheory.protocols import Stating
from zotheory.quantities import (
    Curvature,
    Dimension,
    Distance,
    Factor,
    Flatness,
    Length,
    Number,
    Positive,
    Radius,
    Steps,
    Value,
    at_most,
    nonnegative,
    positive,
)
from zotheory.theorems.random_gradient_free import smooth_step

Momentum = Annotated[Array, positive(Length**2 / Value)]
Convexity = Annotated[Flatness, at_most("L1"), at_most("gamma0")]
Allowance = Annotated[Array, nonnegative(Value)]


@bound
def second_moment(
    *,
    n: Dimension,
    gradient: Annotated[Array, nonnegative(Value / Length)],
    L1: Flatness,
    delta: Radius,
    a: Factor = 1,
) -> Annotated[Array, (Value / Length) ** 2]:
    """E|g|^2 <= (1 + a)(n + 2) gradient^2 + (1 + 1/a) delta^2 L1^2 n (2n^2 + 5n + 4)/2, gradient = |grad f_delta|."""
    return (1 + a) * (n + 2) * gradient**2 + (1 + 1 / a) * delta**2 * L1**2 * n * (2 * n**2 + 5 * n + 4) / 2


# --- step sizes ------------------------------------------------------------------------------------------------------


def steps(*, n: Array, L1: Array) -> tuple[Array, Array]:
    """Theorem 9, corrected: h = 1/(4(n+4) L1) and theta = 1/(16 (n+4)^2 L1)."""
    h = smooth_step(L1=L1, d=n)
    return h, L1 * h * h


def steps_recalled(*, n: Array, L1: Array) -> tuple[Array, Array]:
    """Theorem 9, as recalled: the same h, but theta = 1/(16 (n+1)^2 L1)."""
    return smooth_step(L1=L1, d=n), momentum_recalled(n=n, L1=L1)


def steps_sharp(*, n: Array, L1: Array) -> tuple[Array, Array]:
    """Ours, about twice as long: h = 1/(2(n+2) L1) and theta = 1/(4 (n+2)^2 L1)."""
    h = sharp_step(n=n, L1=L1)
    return h, L1 * h * h


@bound
def momentum_recalled(*, n: Dimension, L1: Curvature) -> Momentum:
    """theta = 1/(16 (n+1)^2 L1)."""
    return 1 / (16 * (n + 1) ** 2 * L1)


@bound
def sharp_step(*, n: Dimension, L1: Curvature) -> Momentum:
    """Step size h = 1/(2(n+2) L1)."""
    return 1 / (2 * (n + 2) * L1)


# --- the gap ---------------------------------------------------------------------------------------------------------


@bound
def decay(
    k: Steps,
    *,
    theta: Momentum,
    tau: Annotated[Flatness, at_most(lambda theta: 1 / theta, "1/theta")],
    gamma0: Curvature,
) -> Annotated[Array, Number]:
    """psi_k <= (1 - sqrt(theta tau))^k and psi_k <= (1 + k sqrt(theta gamma0)/2)^-2, psi_k = prod (1 - alpha_i)."""
    return minimum(power_of_one_minus(sqrt(theta * tau), k), (1 + k * sqrt(theta * gamma0) / 2) ** -2)


@bound
def accumulation(k: Steps, *, theta: Momentum, tau: Flatness) -> Annotated[Array, Number]:
    """C_k <= k and, for tau > 0, C_k <= 1/sqrt(theta tau): C_{k+1} = (1 - alpha_k) C_k + 1, C_0 = 0."""
    return 1 / maximum(1 / k, sqrt(theta * tau))


@bound
def mean_gap(
    k: Steps,
    *,
    n: Dimension,
    L1: Curvature,
    tau: Convexity,
    gamma0: Curvature,
    delta: Radius,
    R: Distance,
    gap: Allowance,
) -> Annotated[Array, Value]:
    """Theorem 9: with the steps above (either theta), E f(x_k) - f* is at most

        psi_k [gap + gamma0 R^2/2] + delta^2 L1 (n + 3(n+8)/16 C_k),

    psi_k the smaller of (1 - sqrt(kappa)/(4(n+4)))^k and (1 + k/(8(n+4)) sqrt(gamma0/L1))^-2, C_k the smaller of k and
    4(n+4)/sqrt(kappa).
    """
    _, theta = steps(n=n, L1=L1)
    psi, C = decay(k, theta=theta, tau=tau, gamma0=gamma0), accumulation(k, theta=theta, tau=tau)
    return psi * (gap + gamma0 * R**2 / 2) + delta**2 * L1 * (n + 3 * (n + 8) * C / 16)


@bound
def mean_gap_sharp(
    k: Steps,
    *,
    n: Dimension,
    L1: Curvature,
    tau: Convexity,
    gamma0: Curvature,
    delta: Radius,
    R: Distance,
    gap: Allowance,
) -> Annotated[Array, Value]:
    """Ours: with `steps_sharp`, E f(x_k) - f* is at most

        psi_k [gap + gamma0 R^2/2] + delta^2 L1 n (1 + C_k/2),

    psi_k the smaller of (1 - sqrt(kappa)/(2(n+2)))^k and (1 + k/(4(n+2)) sqrt(gamma0/L1))^-2, C_k the smaller of k and
    2(n+2)/sqrt(kappa).
    """
    _, theta = steps_sharp(n=n, L1=L1)
    psi, C = decay(k, theta=theta, tau=tau, gamma0=gamma0), accumulation(k, theta=theta, tau=tau)
    return psi * (gap + gamma0 * R**2 / 2) + delta**2 * L1 * n * (1 + C / 2)


@checked
def prescribed(
    problem: Stating,
    *,
    delta: Positive,
    tau: Annotated[float, nonnegative()] | None = None,
    steps: Callable[..., tuple[Array, Array]] = steps,
) -> tuple[Method, dict[str, float]]:
    """Accelerated random search with Theorem 9's steps on a problem, and the arguments of the bound.

    Parameters
    ----------
    problem : with d, L1, mu, x0, minimiser and f_star, unconstrained
        A stochastic problem is meant as its expectation: run ``problem.__call__``.
    delta : float
        Smoothing radius.
    tau : float, optional
        Strong convexity to rely on, at most the problem's, which is the default.
    steps : callable
        `steps`, `steps_recalled` or `steps_sharp`.

    Returns
    -------
    method : Method
        With the default gamma_0: tau, or L1 where tau = 0.
    constants : dict
        Pass them with k to `mean_gap`, or to `mean_gap_sharp` for `steps_sharp`.

    Raises
    ------
    ValueError
        If the problem has no L1, or tau exceeds its mu.
    """
    if not problem.L1:
        raise ValueError(f"problem must state L1 > 0, got {problem.L1!r}")
    if problem.mu is None:
        raise ValueError("problem must state mu, at least 0, got None")
    tau = problem.mu if tau is None else tau
    if tau > problem.mu:
        raise ValueError(f"tau must be at most the problem's mu = {problem.mu!r}, got {tau!r}")
    n, L1 = problem.d, problem.L1
    try:
        h, theta = steps(n=n, L1=L1)
    except (TypeError, ValueError) as error:
        raise TypeError(f"steps must be a function of n and L1 that gives h and theta, got {shown(steps)}") from error
    gamma0 = tau or L1
    method = accelerated_random_search(h=h, theta=theta, tau=tau, delta=delta, gamma0=gamma0)
    gap = float(problem(problem.x0)) - problem.f_star
    R = float(norm(problem.x0 - problem.minimiser))
    return method, {"n": n, "L1": L1, "tau": tau, "gamma0": gamma0, "delta": delta, "R": R, "gap": max(gap, 0.0)}
