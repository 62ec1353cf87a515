"""GLD-Search: try one random point at every scale, keep the best.

Source: Golovin, Karro, Kochanski, Lee, Song, Zhang, "Gradientless Descent: High-Dimensional Zeroth-Order
Optimization", ICLR 2020 (arXiv:1911.06317), algorithm GLD-Search:

    K = log(R/r)
    for t = 0..T-1:
        for k = 0..K:  r_k = 2^-k R,  v_k ~ r_k D
        x_{t+1} = argmin of f over {x_t} and {x_t + v_k : k}

Notation: x point; v displacement; R, r largest and smallest radius; K + 1 radii. The paper's n is our d.

Departures from the print, and why
- log is base 2 and K = ceil(log2(R/r)): the radii must reach r by halving, and a floor can miss it by one.
- D is an isotropic law times an explicit `scale`, the standard deviation of one coordinate of v_k / r_k. The analysis
  draws v_k from the ball of radius r_k/sqrt(d), which is law `ball` at scale 1/sqrt(d (d+2)): the default.
- Ties keep x_t.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from math import ceil, inf, log2, sqrt
from operator import attrgetter
from typing import Annotated, NamedTuple

import numpy as np

from zotheory.arguments import checked
from zotheory.directions import Law, ball
from zotheory.elementary import Array
from zotheory.methods import Method
from zotheory.protocols import Source
from zotheory.quantities import Length, below, positive
from zotheory.values import argmin, beside, where

Largest = Annotated[float, positive(Length)]
Smallest = Annotated[float, positive(Length), below("R")]
Scale = Annotated[float, positive()]


class State(NamedTuple):
    """Point x (..., d) and its value fx (...)."""

    x: Array
    fx: Array


@checked
def radii(R: Largest, r: Smallest) -> np.ndarray:
    """r_k = 2^-k R for k = 0..K, K = ceil(log2(R/r))."""
    octaves = log2(R / r) if R / r < inf else log2(R) - log2(r)
    return np.ldexp(float(R), -np.arange(ceil(octaves) + 1))


def analysed_scale(d: int) -> float:
    """Scale at which isotropic `ball` becomes the ball of radius 1/sqrt(d), as in the paper's Theorem 7."""
    return 1 / sqrt(d * (d + 2))


def init(f: Callable[[Array], Array], x0: Array) -> State:
    """Start at x0. Cost: 1 evaluation."""
    return State(x0, f(x0))


def draw(rng: Source, state: State, d: int, *, radii: np.ndarray, law: Law, scale: float | None) -> Array:
    """v_k ~ r_k D for every k: array (..., K+1, d)."""
    shape = (*state.x.shape[:-1], len(radii))
    return law.draw(rng, shape, d, (analysed_scale(d) if scale is None else scale) * radii)


def step(f: Callable[[Array], Array], state: State, v: Array) -> State:
    """x_{t+1} = argmin of f over {x_t} and {x_t + v_k : k}. Cost: K+1 evaluations."""
    x, fx = state
    y = x[..., None, :] + v
    best, fbest = argmin(y, f(y))
    lower = fbest < fx
    return State(where(beside(lower), best, x), where(lower, fbest, fx))


@checked
def gld_search(*, R: Largest, r: Smallest, law: Law = ball, scale: Scale | None = None) -> Method:
    """GLD-Search with radii from R down to r.

    Parameters
    ----------
    R, r : float
        Largest and smallest radius, 0 < r < R, in units of x.
    law : Law
        Isotropic law of directions.
    scale : float, optional
        Standard deviation of a coordinate of v_k in units of r_k; default 1/sqrt(d (d+2)), the scale of the analysis.
        1/sqrt(d) gives steps of length r_k, 1 the N(0, r_k^2 I) of most public code.

    Returns
    -------
    Method
        Cost: 1 evaluation, then K+1 a step, K = ceil(log2(R/r)).

    Examples
    --------
    >>> import zotheory as zo
    >>> f = zo.problems.golovin_family(1, 8, 10)
    >>> result = zo.run(zo.gld_search(R=3.0, r=1e-3), f, steps=2000, seed=1)
    >>> bool(result.values[-1] - f.f_star < 1e-4)
    True
    """
    grid = radii(R, r)
    return Method(
        name="gld_search",
        init=init,
        draw=partial(draw, radii=grid, law=law, scale=scale),
        step=step,
        output=attrgetter("x"),
        calls=(1, len(grid)),
        vectors=("x",),
        selects=True,
        value=attrgetter("fx"),
        compares=True,
    )
