"""Stochastic three points: look one step forward and one back along a random direction, keep the best of three.

Source: Bergou, Gorbunov, Richtárik, "Stochastic three points method for unconstrained smooth minimization",
SIAM J. Optim. 30(4), 2020 (arXiv:1902.03591), algorithm STP:

    y+ = x_k + alpha_k s_k,  y- = x_k - alpha_k s_k
    x_{k+1} = argmin of f over {x_k, y+, y-}

Notation: s direction of length 1, our u/sqrt(d) with u of covariance I; alpha the radius (`zotheory.radii`).
Departures from the print: ties keep x_k; where f is a mini-batch that the three share, its value at x_k is asked for
anew (`cached`).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from math import sqrt
from operator import attrgetter
from typing import NamedTuple

from zotheory.arguments import checked
from zotheory.directions import Law, sphere
from zotheory.elementary import Array
from zotheory.methods import Method
from zotheory.protocols import Source
from zotheory.radii import Radius, Rule, as_radius
from zotheory.values import argmin, beside, together, where


class State(NamedTuple):
    """Point x (..., d), its value fx (...), remembered radius alpha (...), and t, from 1."""

    x: Array
    fx: Array
    alpha: Array
    t: int


def init(f: Callable[[Array], Array], x0: Array, *, radius: Radius, cached: bool) -> State:
    """Start at x0. Cost: 1 evaluation if values are kept, else none."""
    zero = x0[..., 0] * 0
    return State(x0, f(x0) if cached else zero, zero + radius.first, 1)


def draw(rng: Source, state: State, d: int, *, law: Law, radius: Radius) -> Array:
    """alpha_k s_k: array (..., d)."""
    alpha = radius.draw(rng, state.alpha, state.t)
    return law.draw(rng, tuple(state.x.shape[:-1]), d, alpha / sqrt(d))


def step(f: Callable[[Array], Array], state: State, v: Array, *, radius: Radius, cached: bool = True) -> State:
    """x_{k+1} = argmin of f over x_k, x_k + v and x_k - v. Cost: 2 evaluations, 3 if the value at x_k is not kept."""
    x, fx, alpha, t = state
    here = fx if cached else f(x)
    y = together(x + v, x - v)
    best, fbest = argmin(y, f(y))
    lower = fbest < here
    return State(where(beside(lower), best, x), where(lower, fbest, here), radius.after(alpha, lower), t + 1)


@checked
def three_point(*, radius: Rule, law: Law = sphere, cached: bool = True) -> Method:
    """Stochastic three points.

    Parameters
    ----------
    radius : Radius, float or callable
        Length alpha of a step, in units of x: one of `zotheory.radii`, a number (fixed) or a function of t (decaying).
    law : Law
        Isotropic law of directions.
    cached : bool
        Whether the value at x is kept from the step that found it. False for a stochastic problem, whose next sample
        has another value there; True costs one evaluation less.

    Returns
    -------
    Method
        Cost: 1 evaluation, then 2 a step; 3 a step where values are not kept.

    Examples
    --------
    >>> import zotheory as zo
    >>> f = zo.problems.golovin_family(1, 8, 10)
    >>> result = zo.run(zo.three_point(radius=lambda k: 1 / k), f, steps=2000, seed=1)
    >>> bool(result.values[-1] - f.f_star < 1e-2)
    True
    """
    rule = as_radius(radius)
    return Method(
        name="three_point",
        init=partial(init, radius=rule, cached=cached),
        draw=partial(draw, law=law, radius=rule),
        step=partial(step, radius=rule, cached=cached),
        output=attrgetter("x"),
        calls=(1, 2) if cached else (0, 3),
        vectors=("x",),
        value=attrgetter("fx") if cached else None,
        compares=True,
    )
