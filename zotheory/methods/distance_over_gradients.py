"""Distance over gradients: descent along wide differences, whose steps find their own length; for values with noise.

Sources: Ivgi, Hinder, Carmon, "DoG is SGD's best friend: a parameter-free dynamic step size schedule", ICML 2023
(arXiv:2302.12022), with its averages of polynomial decay (Shamir, Zhang, ICML 2013); the prints were not at hand: as
recalled. In its notation, from x_1 and a first distance r_eps,

    rbar_t   = max(r_eps, |x_1 - x_1|, ..., |x_t - x_1|)
    x_{t+1}  = x_t - rbar_t/sqrt(|g_1|^2 + ... + |g_t|^2) g_t
    mean_t   = mean_{t-1} + (gamma + 1)/(t + gamma) (x_t - mean_{t-1})          gamma = 3 here, returned

The gradients g_t are central differences along random directions (`zotheory.estimators.central`):

    g_t      = [f(x_t + delta_t u_t) - f(x_t - delta_t u_t)]/(2 delta_t) u_t

A step needs neither a constant of f nor the deviation of the noise, as both stand in the sum of squares. The longer
delta, the less noise there is in g_t, as 1/delta, and the more of f is smoothed away, for which third derivatives
count; with noise delta_t is to fall no faster than t^(-1/6), which balances the two (Polyak, Tsybakov, Problems of
Information Transmission 26(2), 1990, as recalled).

Departures, and why
- The paper's gradients are those of samples; ours are differences. No theorem is claimed of it here.
- Where no difference was ever found there is no step; the paper divides by 0.

Notation: rbar is `far`, the root of the sum of squares `root`, u has covariance I, as everywhere.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from operator import attrgetter
from typing import Annotated, Any, NamedTuple

from zotheory import estimators
from zotheory.arguments import Schedule, at_step, checked
from zotheory.directions import Law, sphere
from zotheory.elementary import Array, maximum, namespace, norm
from zotheory.methods import Method
from zotheory.protocols import Source
from zotheory.quantities import Length, positive
from zotheory.values import beside, where

GAMMA = 3  # of the mean: x_t weighs about t^3


class State(NamedTuple):
    """Iterate x, the first of them, their mean, all (..., d); farthest distance, `root` (...); t, from 1."""

    x: Array
    first: Array
    mean: Array
    far: Array
    root: Array
    t: int


def init(f: Callable[[Array], Array], x0: Array, *, reach: float) -> State:
    """Start at x_1 = x0. Cost: 0 evaluations."""
    zero = x0[..., 0] * 0
    return State(x0, x0, x0, zero + reach, zero, 1)


def draw(rng: Source, state: State, d: int, *, law: Law) -> Array:
    """u_t, one direction a replica: array (..., d)."""
    return law.draw(rng, tuple(state.x.shape[:-1]), d)


def step(f: Callable[[Array], Array], state: State, u: Array, *, delta: Array) -> State:
    """x_{t+1} = x_t - rbar_t/sqrt(sum |g|^2) g_t. Cost: 2 evaluations."""
    x, first, mean, far, root, t = state
    g = estimators.central(f, x, u, delta)
    root = norm(namespace(g).stack([root, norm(g)], axis=-1))
    moved = x - beside(far / where(root > 0, root, root + 1)) * g
    mean = mean + (x - mean) * ((GAMMA + 1) / (t + GAMMA))
    return State(moved, first, mean, maximum(far, norm(moved - first)), root, t + 1)


def _step(f: Callable[[Array], Array], state: State, u: Array, *, delta: Schedule, **rest: Any) -> State:
    return step(f, state, u, delta=at_step("delta", delta, state.t), **rest)


@checked
def distance_over_gradients(*, delta: Schedule, reach: Annotated[float, positive(Length)], law: Law = sphere) -> Method:
    """Distance over gradients, on central differences.

    Parameters
    ----------
    delta : callable ``t -> float``
        Smoothing radius at step t = 1, 2, ..., > 0: ``lambda t: 1 / d**0.5`` looks a length of 1 ahead and back. With
        noise take about the distance to the minimum, and let it fall slowly, such as t^(-1/6).
    reach : float
        Length r_eps of the first step, > 0. Too short a one costs steps, of the order of d times the square of the
        logarithm of how much it is too short.
    law : Law
        Isotropic law of directions.

    Returns
    -------
    Method
        Cost: 2 evaluations a step.

    Raises
    ------
    TypeError, ValueError
        In a step, unless delta(t) is positive.

    Examples
    --------
    >>> import zotheory as zo
    >>> f = zo.problems.golovin_family(1, 8, 5)
    >>> noisy = zo.oracles.Fresh(zo.oracles.Noisy(f, 0.1))
    >>> method = zo.distance_over_gradients(delta=lambda t: 0.5 / t ** (1 / 6), reach=0.1)
    >>> result = zo.run(method, noisy, steps=2000, seed=1)
    >>> bool(result.values[-1] - f.f_star < 0.01)
    True
    """
    return Method(
        name="distance_over_gradients",
        init=partial(init, reach=reach),
        draw=partial(draw, law=law),
        step=partial(_step, delta=delta),
        output=attrgetter("mean"),
        calls=(0, 2),
        vectors=("x", "first", "mean"),
    )
