"""Accelerated random search: Nesterov's fast gradient method on differences of two values.

Source: Nesterov, Spokoiny, "Random gradient-free minimization of convex functions", Found. Comput. Math. 17, 2017,
method FG_mu, as recalled; the baseline "ARS" of Golovin et al. (2020):

    alpha_k  > 0 with alpha_k^2/theta = (1 - alpha_k) gamma_k + alpha_k tau = gamma_{k+1}
    lambda_k = alpha_k tau/gamma_{k+1},   beta_k = alpha_k gamma_k/(gamma_k + alpha_k tau)
    y_k      = (1 - beta_k) x_k + beta_k v_k
    x_{k+1}  = y_k - h g_mu(y_k)
    v_{k+1}  = (1 - lambda_k) v_k + lambda_k y_k - (theta/alpha_k) g_mu(y_k)

Notation: the paper's mu is our smoothing radius delta, its n our d; tau strong convexity (our mu elsewhere).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from math import inf
from operator import attrgetter
from typing import Annotated, NamedTuple

from zotheory import estimators, require
from zotheory.arguments import checked
from zotheory.directions import Law, gaussian
from zotheory.elementary import Array, half
from zotheory.methods import Method
from zotheory.protocols import Source
from zotheory.quantities import Length, Value, at_most, no_less, nonnegative, positive

Rate = Annotated[float, positive(Length**2 / Value)]


class State(NamedTuple):
    """Iterate x = x_k (..., d), second sequence v = v_k (..., d), and the number gamma = gamma_k."""

    x: Array
    v: Array
    gamma: Array


def init(f: Callable[[Array], Array], x0: Array, *, gamma0: Array) -> State:
    """x_0 = v_0 = x0. Cost: 0 evaluations."""
    return State(x0, x0, gamma0)


def draw(rng: Source, state: State, d: int, *, law: Law) -> Array:
    """u_k, one direction a replica: array (..., d)."""
    return law.draw(rng, tuple(state.x.shape[:-1]), d)


def weight(gamma: Array, *, theta: Array, tau: Array) -> Array:
    """alpha > 0 with alpha^2/theta = (1 - alpha) gamma + alpha tau."""
    slope = theta * (gamma - tau)
    root = (slope**2 + 4 * theta * gamma) ** half(gamma)  # a plain number stays one: any array library takes it
    return 2 * theta * gamma / (slope + root)


def step(
    f: Callable[[Array], Array], state: State, u: Array, *, h: Array, theta: Array, tau: Array, delta: Array
) -> State:
    """One step. Cost: 2 evaluations."""
    x, v, gamma = state
    a = weight(gamma, theta=theta, tau=tau)
    after = (1 - a) * gamma + a * tau
    b = a * gamma / (gamma + a * tau)
    y = (1 - b) * x + b * v
    g = estimators.two_point(f, y, u, delta)
    return State(y - h * g, v + a * tau / after * (y - v) - theta / a * g, after)


@checked
def accelerated_random_search(
    *,
    h: Rate,
    theta: Annotated[Rate, at_most(lambda tau: 1 / tau if tau > 0 else inf, "1/tau")],
    tau: Annotated[float, nonnegative(Value / Length**2)],
    delta: Annotated[float, positive(Length)],
    gamma0: Annotated[float, positive(Value / Length**2), no_less("tau")] | None = None,
    law: Law = gaussian,
) -> Method:
    """Accelerated random search.

    Parameters
    ----------
    h, theta : float, > 0
        Step sizes; Theorem 9's are h = 1/(4 (d+4) L1) and theta = 1/(16 (d+4)^2 L1), see
        `zotheory.theorems.accelerated_random_search`. Beyond theta = 1/tau no weight alpha_k is at most 1.
    tau : float, >= 0
        Strong convexity, as far as it is known.
    delta : float, > 0
        Smoothing radius.
    gamma0 : float, optional
        gamma_0 > 0, at least tau. Default: tau; where tau = 0, theta/h^2, which is L1 for Theorem 9's steps: then
        gamma_0 |x_0 - x*|^2/2 bounds the gap at the start, and is not many times larger.
    law : Law
        Isotropic law of directions; the paper's is Gaussian.

    Returns
    -------
    Method
        Cost: 2 evaluations a step.

    Raises
    ------
    ValueError
        Where theta/h^2, taken for gamma_0, is not positive and finite, or theta gamma_0 is 0 in floating point.

    Examples
    --------
    >>> import zotheory as zo
    >>> f = zo.problems.golovin_family(1, 8, 5)
    >>> method = zo.accelerated_random_search(h=1 / (36 * 8), theta=1 / (16 * 81 * 8), tau=1, delta=1e-6)
    >>> result = zo.run(method, f, steps=1500, seed=1)
    >>> bool(result.values[-1] - f.f_star < 1e-6)
    True
    """
    if gamma0 is None:
        gamma0 = tau if tau > 0 else theta / h / h
        require.positive(gamma0=gamma0)
    if theta * gamma0 == 0:
        raise ValueError(
            f"gamma0 (or tau) must leave theta gamma0 above 0 as a float, got {gamma0} and theta = {theta}"
        )
    return Method(
        name="accelerated_random_search",
        init=partial(init, gamma0=gamma0),
        draw=partial(draw, law=law),
        step=partial(step, h=h, theta=theta, tau=tau, delta=delta),
        output=attrgetter("x"),
        calls=(0, 2),
        vectors=("x", "v"),
    )
