"""Adaptive Monte Carlo: Metropolis moves at temperature zero, whose mean follows the accepted ones.

Source: Whitelam, Selin, Benlolo, Casert, Tamblyn, "Training neural networks using Metropolis Monte Carlo and an
adaptive variant", Mach. Learn.: Sci. Technol. 3, 045026, 2022 (arXiv:2205.07408), algorithm aMC.

    e_t      ~ N(mu_t, sigma_t^2 I)
    x_{t+1}  = x_t + e_t if f(x_t + e_t) <= f(x_t), else x_t
    mu_{t+1} = mu_t + rate (e_t - mu_t) if it moved, else mu_t
    after `patience` rejections in a row: sigma <- decay sigma, mu <- 0, and the count starts again

At hand was the authors' program (github.com/reproducible-science/aMC, aMC_optimizer.py, at the commit of November
2022); every line above is its, and so are the defaults: rate 0, patience 100, decay 0.95, "fixed to 0.95 in the
paper". The article's text was not. From memory it also gives each weight a deviation of its own ("signal norm"), which
the program leaves out: to have deviations s, minimise f(s z) in z.

Notation: the program's epsilon is our rate, its n_reset our patience, its sigma_decay our decay; its inverse
temperature is infinite. mu is in units of x. Departure from it: directions may have another law than the Gaussian.

Beside relative-loss descent with beta = 1 - rate, gain 1 and no clip, whose b after a move is mu/sigma:
- a tie moves: it walks about on a plateau, where relative loss, unless its `ties` move, stands still, and the 1/5 rule
  shrinks its radius;
- a rejection leaves mu as it is, where b becomes beta b;
- sigma never grows, and shrinks seldom. Where steps are accepted with chance p, independently, the first n = `patience`
  rejections in a row are complete after ((1 - p)^-n - 1)/p steps on average (Feller): with n = 100 after 980 where
  p = 0.035, but after 376,000 where p = 0.1. The 1/5 rule goes both ways, and holds p at 0.2.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from operator import attrgetter
from typing import Annotated, NamedTuple

from zotheory.arguments import checked
from zotheory.directions import Law, gaussian
from zotheory.elementary import Array
from zotheory.methods import Method
from zotheory.protocols import Source
from zotheory.quantities import Length, at_most, positive, whole, within
from zotheory.values import either, where


class State(NamedTuple):
    """Point x (..., d), its value fx (...), mean mu (..., d), deviation sigma (...), rejections in a row (...)."""

    x: Array
    fx: Array
    mu: Array
    sigma: Array
    rejections: Array


def init(f: Callable[[Array], Array], x0: Array, *, sigma: float, cached: bool) -> State:
    """Start at x0. Cost: 1 evaluation if values are kept, else none."""
    zero = x0[..., 0] * 0
    return State(x0, f(x0) if cached else zero, x0 * 0, zero + sigma, zero)


def draw(rng: Source, state: State, d: int, *, law: Law) -> Array:
    """e_t - mu_t: array (..., d)."""
    return law.draw(rng, tuple(state.x.shape[:-1]), d, state.sigma)


def step(
    f: Callable[[Array], Array],
    state: State,
    v: Array,
    *,
    rate: float,
    patience: int,
    decay: float,
    cached: bool,
) -> State:
    """Move unless the value is higher there. Cost: 1 evaluation, 2 if the value here is not kept."""
    x, fx, mu, sigma, rejections = state
    e = v if rate == 0 else mu + v
    here = fx if cached else f(x)
    y = x + e
    there = f(y)
    moved = there <= here
    rejections = where(moved, 0 * rejections, rejections + 1)
    stuck = rejections == patience
    if rate != 0:
        mu = either(moved, lambda mu, e: mu + rate * (e - mu), lambda mu, e: mu, mu, e)
        mu = either(stuck, lambda mu: 0 * mu, lambda mu: mu, mu)
    return State(
        either(moved, lambda x, y: y, lambda x, y: x, x, y),
        where(moved, there, here),
        mu,
        where(stuck, decay * sigma, sigma),
        where(stuck, 0 * rejections, rejections),
    )


@checked
def adaptive_monte_carlo(
    *,
    sigma: Annotated[float, positive(Length)],
    rate: Annotated[float, within(0, 1)] = 0.0,
    patience: Annotated[int, whole(1)] = 100,
    decay: Annotated[float, positive(), at_most(lambda: 1, "1")] = 0.95,
    law: Law = gaussian,
    cached: bool = True,
) -> Method:
    """Adaptive Monte Carlo.

    Parameters
    ----------
    sigma : float
        Standard deviation of a coordinate of the first moves, in units of x; a move is some sigma sqrt(d) long.
    rate : float
        Part of the way that the mean goes towards an accepted move, 0 <= rate <= 1; at 0 it stays 0. The authors'
        example for MNIST takes 1e-3.
    patience : int
        Rejections in a row after which the deviation shrinks and the mean is forgotten.
    decay : float
        What the deviation is then multiplied by, 0 < decay <= 1.
    law : Law
        Isotropic law of directions; the source's is Gaussian.
    cached : bool
        Whether the value at x is kept from the step that found it. False for a stochastic problem, whose next sample
        has another value there; True costs one evaluation less.

    Returns
    -------
    Method
        Cost: 1 evaluation, then 1 a step; 2 a step where values are not kept.

    Examples
    --------
    >>> import zotheory as zo
    >>> f = zo.problems.golovin_family(1, 8, 10)
    >>> method = zo.adaptive_monte_carlo(sigma=0.1, rate=0.01, patience=20)
    >>> result = zo.run(method, f, steps=4000, seed=1)
    >>> bool(result.values[-1] - f.f_star < 1e-4), result.calls - result.looks
    (True, 4001)
    """
    return Method(
        name="adaptive_monte_carlo",
        init=partial(init, sigma=sigma, cached=cached),
        draw=partial(draw, law=law),
        step=partial(step, rate=rate, patience=patience, decay=decay, cached=cached),
        output=attrgetter("x"),
        calls=(1, 1) if cached else (0, 2),
        vectors=("x", "mu"),
        directions=("mu",),
        value=attrgetter("fx") if cached else None,
        compares=True,
    )
