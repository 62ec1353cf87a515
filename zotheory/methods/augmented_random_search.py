"""Augmented random search: the mean of differences along the best of several directions, over their deviation.

Source: Mania, Guy, Recht, "Simple random search of static linear policies is competitive for reinforcement learning",
NeurIPS 2018 (arXiv:1803.07055), algorithm ARS, version V1-t; the print was not at hand: as recalled, and as the
authors' program has it (github.com/modestyachts/ARS, `code/ars.py`). For rewards r, in iteration j,

    delta_1, ..., delta_N  ~ N(0, I),   r_{k,+-} the reward at M_j +- nu delta_k
    sort the directions by max(r_{k,+}, r_{k,-}), the largest first
    M_{j+1} = M_j + alpha/(b sigma_R) sum_{k=1..b} [r_{(k),+} - r_{(k),-}] delta_(k)

with sigma_R the standard deviation of the 2b rewards that are used. At b = N this is V1.

Notation: the paper's policy M is our point x, its rewards are -f, nu our smoothing radius delta, delta_k our direction
u_k, alpha our h, which is a length: dividing by sigma_R takes the unit of f away, and a f + c makes the same run as f
for every a > 0. At N = 1 the deviation is half the difference, and the step 2h along or against u: a comparison.

Departures, and why
- No state of the world is normalised here (V2): that is the problem's affair, `zotheory.problems.policies`.
- Of directions that are equally good the first are used; the program takes all of them. Where all 2b values are equal
  there is no step; the program divides by 0.
- The 2N values of a step share their sample. In the paper each episode has its own, in the program each pair: what a
  `zotheory.oracles.Fresh` problem has, up to one sample for all that are asked for together.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from math import sqrt
from operator import attrgetter
from typing import Annotated, NamedTuple

from zotheory.arguments import checked
from zotheory.directions import Law, gaussian
from zotheory.elementary import Array, namespace
from zotheory.geometry import norm
from zotheory.methods import Method
from zotheory.protocols import Source
from zotheory.quantities import Length, Size, at_most, positive
from zotheory.values import beside


class State(NamedTuple):
    """Point x (..., d)."""

    x: Array


def init(f: Callable[[Array], Array], x0: Array) -> State:
    """Start at x0. Cost: 0 evaluations."""
    return State(x0)


def draw(rng: Source, state: State, d: int, *, law: Law, directions: int) -> Array:
    """u_1, ..., u_N: array (..., N, d)."""
    return law.draw(rng, (*state.x.shape[:-1], directions), d)


def step(f: Callable[[Array], Array], state: State, u: Array, *, h: Array, delta: Array, best: int) -> State:
    """x - h/(b sigma) times the sum of [f(x + delta u) - f(x - delta u)] u over the b best. Cost: 2N evaluations."""
    x = state.x
    here = x[..., None, :]
    ahead, behind = f(here + delta * u), f(here - delta * u)
    used = among_least(ahead, behind, best)
    sigma = deviation(ahead, behind, used, best)
    xp = namespace(u)
    slope = xp.where(used, ahead - behind, 0 * ahead)
    way = xp.sum(beside(slope) * u, axis=-2)
    return State(x - beside(h / best / xp.where(sigma > 0, sigma, sigma + 1)) * way)


def among_least(ahead: Array, behind: Array, best: int) -> Array:
    """Whether min(f(x + delta u_k), f(x - delta u_k)) is one of the `best` least: truths (..., N)."""
    xp = namespace(ahead)
    order = xp.argsort(xp.minimum(ahead, behind), axis=-1, stable=True)
    return xp.argsort(order, axis=-1, stable=True) < best  # the rank of each


def deviation(ahead: Array, behind: Array, used: Array, best: int) -> Array:
    """Standard deviation (...) of the 2b values that are used, over 2b."""
    xp = namespace(ahead)
    both, twice = xp.concat([ahead, behind], axis=-1), xp.concat([used, used], axis=-1)
    mean = xp.sum(xp.where(twice, both / (2 * best), 0 * both), axis=-1)
    return norm(xp.where(twice, both - mean[..., None], 0 * both)) / sqrt(2 * best)


@checked
def augmented_random_search(
    *,
    h: Annotated[float, positive(Length)],
    delta: Annotated[float, positive(Length)],
    directions: Size,
    best: Annotated[Size, at_most("directions")] | None = None,
    law: Law = gaussian,
) -> Method:
    """Augmented random search, V1-t.

    Parameters
    ----------
    h : float
        Step size alpha, > 0, a length: a step is of about 2 h sqrt(d/b) where one direction is as good as another.
    delta : float
        Smoothing radius nu, > 0, a length: the deviation of a coordinate of what is tried.
    directions : int
        Number N of directions of a step.
    best : int, optional
        Number b of them that are used, at most N. Default: all, which is V1.
    law : Law
        Isotropic law of directions; the paper's is Gaussian.

    Returns
    -------
    Method
        Cost: 2N evaluations a step.

    Examples
    --------
    >>> import zotheory as zo
    >>> f = zo.problems.golovin_family(1, 8, 5)
    >>> method = zo.augmented_random_search(h=0.005, delta=1e-3, directions=4, best=2)
    >>> result = zo.run(method, f, steps=500, seed=1)
    >>> bool(result.values[-1] - f.f_star < 1e-3)
    True
    """
    return Method(
        name="augmented_random_search",
        init=init,
        draw=partial(draw, law=law, directions=directions),
        step=partial(step, h=h, delta=delta, best=directions if best is None else best),
        output=attrgetter("x"),
        calls=(0, 2 * directions),
        vectors=("x",),
        draws=directions,
    )
