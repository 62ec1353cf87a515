"""Ranked relative loss: what every trial says moves a mean, by how many of the last losses it lies below.

Source: this project, of parts that are known; their papers as recalled.

    p, c     = P_t/|P_t|, C_t/|C_t|, or 0 where these are 0
    s_t      = u_t + (r_t - 1) <u_t, p> p
    y_t      = m_t + sigma_t s_t
    w_j      = 1 if f(y_t) < f(y_{t-j}), 1/2 if they are equal, else 0;     j = 1..k
    q_t      = sqrt(12 k/(k + 2)) (mean of w_j - share_j over j)
    m_{t+1}  = m_t + rate^(1/3) sigma_t q_t s_t
    C_{t+1}  = (1 - rate) C_t + q_t u_t
    P_{t+1}  = (1 - slow rate) P_t + q_t s_t
    log sigma_{t+1} = log sigma_t + rate (q_t <u_t, c> - drift)
    log r_{t+1}     = max(0, log r_t + rate (stretch q_t <u_t, p> <p, c> - relax))
    share_j  = w_j's average, by `follow` of its way towards w_j after each trial
    x_{t+1}  = y_t if f(y_t) < f(x_t), else x_t
    after patience/rate trials that were not lower than f(x), in a row: m <- x, sigma <- sigma/2, C <- 0, r <- sqrt(r)

Relative loss moves where a trial is lower, and learns nothing where it is not. But a trial that fails is evidence
against its direction, and one that is lower than most of the last k is better evidence than one that is lower than a
few: so the mean goes along s_t by a score q_t, and away from it where q_t is negative. On a sphere in high dimension
f(y_t) is linear in the component of s_t that matters, q_t is about that component, and a step of the mean removes it.
That is weighted recombination with its optimal weights (Arnold, "Weighted multirecombination evolution strategies",
Theoret. Comput. Sci. 361, 2006: 2.5 times the (1+1)-ES on the sphere as d grows), a trial at a time. Losses fall while
they are kept, so that a score is that beyond the average one (`share`).

A step that is too short leaves the same to be said by the next trials, and one that is too long the opposite: sigma
grows with the correlation of the score with the path C of those before, as in cumulative step length adaptation
(Ostermeier, Gawelczyk, Hansen, PPSN III, 1994). The same is done, alone, along the one direction P that the mean has
gone over a longer time: trials are r_t times as long along it, and so are the steps of the mean, which is how a valley
is followed (main vector adaptation: Poland, Zell, GECCO 2001). It is one direction at a time: where a single curvature
is far larger than many others, they are gone along one after the other, and momentum (`relative_loss_trial`), which
quickens all of them at once, is quicker.

Nothing is asked of f but which of two values is lower, or whether they are equal: every strictly increasing transform
gives the same run. What is returned, x, is the lowest point that was tried; its value never rises. No claim is stated.

Notation: u direction of covariance I; alpha_t = sigma_t sqrt(d) radius, the length of a step but for the stretch r_t;
rate = 1/(d + 3); m mean.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from math import sqrt
from operator import attrgetter
from typing import Annotated, NamedTuple

from zotheory.arguments import checked
from zotheory.directions import Law, sphere
from zotheory.elementary import Array, exp, namespace, norm
from zotheory.methods import Method
from zotheory.protocols import Source
from zotheory.quantities import Length, between, nonnegative, positive, whole
from zotheory.values import beside, either, where


class State(NamedTuple):
    """Where a run stands.

    Best point x (..., d), its value fx (...), mean m (..., d), paths C and P (..., d), radius alpha (...), stretch r
    (...), the last losses (..., k), the latest first, the average of w_j for each (..., k), and the trials in a row
    that were not lower (...).
    """

    x: Array
    fx: Array
    m: Array
    path: Array
    way: Array
    alpha: Array
    stretch: Array
    losses: Array
    share: Array
    failed: Array


class Move(NamedTuple):
    """Direction u (..., d), sigma (...) and rate (...), what a step draws."""

    u: Array
    sigma: Array
    rate: Array


def init(f: Callable[[Array], Array], x0: Array, *, alpha: float, kept: int) -> State:
    """Start at x0. Cost: 1 evaluation."""
    fx, zero, none = f(x0), x0[..., 0] * 0, x0 * 0
    each = namespace(zero).stack([zero] * kept, axis=-1)
    return State(x0, fx, x0, none, none, zero + alpha, zero + 1, each + fx[..., None], each + 0.5, zero)


def draw(rng: Source, state: State, d: int, *, law: Law) -> Move:
    """u_t, sigma_t = alpha_t/sqrt(d), and rate."""
    u = law.draw(rng, tuple(state.x.shape[:-1]), d)
    return Move(u, state.alpha / sqrt(d), 0 * state.alpha + 1 / (d + 3))


def step(
    f: Callable[[Array], Array],
    state: State,
    move: Move,
    *,
    kept: int,
    slow: float,
    drift: float,
    stretch: float,
    relax: float,
    follow: float,
    patience: float,
) -> State:
    """Try a point, and move the mean by its score. Cost: 1 evaluation."""
    x, fx, m, path, way, alpha, r, losses, share, failed = state
    u, sigma, rate = move
    xp = namespace(u)
    p, c = of_length_one(way), of_length_one(path)
    along, ahead = xp.vecdot(u, p), xp.vecdot(u, c)
    s = u + beside((r - 1) * along) * p
    y = m + beside(sigma) * s
    there = f(y)
    lower = there < fx
    w = wins(there, losses)
    q = sqrt(12 * kept / (kept + 2)) * xp.mean(w - share, axis=-1)
    x = either(lower, lambda x, y: y, lambda x, y: x, x, y)
    failed = where(lower, 0 * failed, failed + 1)
    lost = failed * rate >= patience
    r = r * exp(rate * (stretch * q * along * xp.vecdot(p, c) - relax))
    return State(
        x,
        where(lower, there, fx),
        either(lost, lambda m, x: x, lambda m, x: m, m + beside(rate ** (1 / 3) * sigma * q) * s, x),
        either(lost, lambda c: 0 * c, lambda c: c, beside(1 - rate) * path + beside(q) * u),
        beside(1 - slow * rate) * way + beside(q) * s,
        alpha * exp(rate * (q * ahead - drift)) * where(lost, 0 * q + 0.5, 0 * q + 1),
        where(r > 1, where(lost, r**0.5, r), 0 * r + 1),
        xp.concat([there[..., None], losses[..., :-1]], axis=-1),
        share + follow * (w - share),
        where(lost, 0 * failed, failed),
    )


def of_length_one(v: Array) -> Array:
    """v/|v| (..., d); 0 where v is 0."""
    length = norm(v)
    some = length > 0
    return beside(where(some, 1 / where(some, length, 0 * length + 1), 0 * length)) * v


def wins(loss: Array, losses: Array) -> Array:
    """For each of some losses (..., k): 1 if a loss (...) is lower, 1/2 if it is equal, 0 if it is higher."""
    xp, one = namespace(losses), loss[..., None]
    zero = xp.zeros_like(losses)
    return xp.where(one < losses, zero + 1, xp.where(one == losses, zero + 0.5, zero))


@checked
def relative_loss_ranked(
    *,
    alpha: Annotated[float, positive(Length)],
    kept: Annotated[int, whole(1)] = 8,
    drift: Annotated[float, nonnegative()] = 0.1,
    slow: Annotated[float, between(0, 1)] = 0.3,
    stretch: Annotated[float, nonnegative()] = 0.35,
    relax: Annotated[float, nonnegative()] = 0.02,
    follow: Annotated[float, between(0, 1)] = 0.03,
    patience: Annotated[float, positive()] = 5.0,
    law: Law = sphere,
) -> Method:
    """Ranked relative loss: each trial moves a mean, by how many of the last losses it lies below.

    Parameters
    ----------
    alpha : float
        Length of the first step, in units of x.
    kept : int
        Number k of the last losses that a trial is compared with.
    drift : float
        By how much the length shrinks where a score and those before it are not correlated.
    slow : float
        Of the rate at which the path C is forgotten, that at which the direction P is, 0 < slow < 1.
    stretch : float
        How fast steps become longer along P; 0: never.
    relax : float
        How fast they become as long as the others again, where a score is not correlated with those before it.
    follow : float
        How fast the averages of the comparisons follow, 0 < follow < 1.
    patience : float
        Trials in a row that are not lower, for each of d + 3, until the mean begins anew at the best point.
    law : Law
        Isotropic law of directions.

    Returns
    -------
    Method
        Cost: 1 evaluation, then 1 a step.

    Examples
    --------
    >>> import zotheory as zo
    >>> f = zo.problems.golovin_family(1, 10_000, 10)
    >>> result = zo.run(zo.relative_loss_ranked(alpha=1.0, kept=4), f, steps=3000, seed=1)
    >>> bool(result.values[-1] - f.f_star < 1e-6 * (f(f.x0) - f.f_star)), result.calls - result.looks
    (True, 3001)
    """
    return Method(
        name="relative_loss_ranked",
        init=partial(init, alpha=alpha, kept=kept),
        draw=partial(draw, law=law),
        step=partial(
            step, kept=kept, slow=slow, drift=drift, stretch=stretch, relax=relax, follow=follow, patience=patience
        ),
        output=attrgetter("x"),
        calls=(1, 1),
        vectors=("x", "m", "path", "way"),
        directions=("path", "way"),
        value=attrgetter("fx"),
        compares=True,
    )
