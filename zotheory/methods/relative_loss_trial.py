"""Relative-loss descent with its momentum on trial: steps with it and without it; what succeeds oftener is preferred.

Source: this project.

    v_t      = 1 with chance 1 - explore if with_t >= without_t, else with chance explore; else 0
    y_t      = x_t + sigma_t (u_t + v_t b_t)
    x_{t+1}  = y_t if f(y_t) < f(x_t), else x_t
    b_{t+1}  = beta b_t + (1 - beta) gain (u_t + v_t b_t if it moved, else 0), no longer than `clip`
    with, without: of the two shares of accepted steps that of v_t, by 1/window of its way towards 1 if it moved, else 0

Momentum quickens relative-loss descent by far where curvatures differ, and slows it down where they do not, as what it
remembers is mostly noise there. A success is what the method sees anyway, so both are tried, and the one with more of
them is preferred: the greedy choice with exploration of two-armed bandits, on exponential averages (Sutton, Barto,
"Reinforcement Learning", 2nd edition 2018, sections 2.2 and 2.5). Nothing is asked of f but which of two values is
lower, so that every strictly increasing transform gives the same run.

No claim is stated of it. Each step is one of relative loss whose momentum is b_t or 0, chosen before u_t is drawn: so
values never rise, and what holds of a step whatever its bounded momentum (`relative_loss_momentum.adversarial`) holds.

Notation: as in `relative_loss`; both shares begin at 1/5, where the 1/5 rule holds them together.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from math import sqrt
from operator import attrgetter
from typing import Annotated, NamedTuple

from zotheory.arguments import checked
from zotheory.directions import Law, sphere
from zotheory.elementary import Array
from zotheory.methods import Method
from zotheory.methods.relative_loss import accepted, remembered
from zotheory.protocols import Source
from zotheory.quantities import below, larger_than, nonnegative, positive
from zotheory.radii import Radius, Rule, as_radius
from zotheory.values import beside, either, where

FIFTH = 0.2


class State(NamedTuple):
    """Point x (..., d), its value fx (...), momentum b (..., d), radius alpha (...), shares (...), and t, from 1."""

    x: Array
    fx: Array
    b: Array
    alpha: Array
    pushed: Array
    plain: Array
    t: int


class Move(NamedTuple):
    """Direction u (..., d), sigma (...), and whether momentum is added (...), what a step draws."""

    u: Array
    sigma: Array
    push: Array


def init(f: Callable[[Array], Array], x0: Array, *, radius: Radius, cached: bool) -> State:
    """Start at x0. Cost: 1 evaluation if values are kept, else none."""
    zero = x0[..., 0] * 0
    return State(x0, f(x0) if cached else zero, x0 * 0, zero + radius.first, zero + FIFTH, zero + FIFTH, 1)


def draw(rng: Source, state: State, d: int, *, law: Law, radius: Radius, explore: float) -> Move:
    """u_t, sigma_t = alpha_t/sqrt(d), and v_t."""
    batch = tuple(state.x.shape[:-1])
    sigma = radius.draw(rng, state.alpha, state.t) / sqrt(d)
    zero = 0 * state.pushed
    chance = where(state.pushed >= state.plain, zero + 1 - explore, zero + explore)
    return Move(law.draw(rng, batch, d), sigma, rng.random(batch if batch else None) < chance)


def step(
    f: Callable[[Array], Array],
    state: State,
    move: Move,
    *,
    beta: float,
    gain: float,
    clip: float,
    window: float,
    cached: bool,
    radius: Radius,
) -> State:
    """Move if the loss is lower there. Cost: 1 evaluation, 2 if the value here is not kept."""
    x, fx, b, alpha, pushed, plain, t = state
    u, sigma, push = move
    here = fx if cached else f(x)
    way = either(push, lambda u, b: u + b, lambda u, b: u, u, b)
    y = x + beside(sigma) * way
    there = f(y)
    moved = accepted(there, here, "stay")
    b = remembered(b, way, moved, beta=beta, gain=gain, clip=clip)
    zero = 0 * pushed
    success = where(moved, zero + 1, zero)
    return State(
        either(moved, lambda x, y: y, lambda x, y: x, x, y),
        where(moved, there, here),
        b,
        radius.after(alpha, moved),
        where(push, pushed + (success - pushed) / window, pushed),
        where(push, plain, plain + (success - plain) / window),
        t + 1,
    )


@checked
def relative_loss_trial(
    *,
    radius: Rule,
    beta: Annotated[float, nonnegative(), below(lambda: 1, "1")],
    gain: Annotated[float, positive()] = 5.0,
    clip: Annotated[float, positive()] = 3.0,
    explore: Annotated[float, positive(), below(lambda: 0.5, "1/2")] = 0.05,
    window: Annotated[float, larger_than(1)] = 100.0,
    law: Law = sphere,
    cached: bool = True,
) -> Method:
    """Relative-loss descent with its momentum on trial.

    Parameters
    ----------
    radius : Radius, float or callable
        Length alpha of a step without momentum, in units of x: one of `zotheory.radii`, a number (fixed) or a function
        of t (decaying).
    beta : float
        Memory of the momentum, 0 <= beta < 1: ``1 - 0.2 / d`` remembers some 5 d steps.
    gain : float
        Weight of an accepted step in the momentum.
    clip : float
        Longest momentum, in units of sigma = alpha/sqrt(d).
    explore : float
        How often the one is tried whose share of successes is smaller, 0 < explore < 1/2.
    window : float
        Steps of its kind, > 1, over which a share of successes is averaged.
    law : Law
        Isotropic law of directions.
    cached : bool
        Whether the value at x is kept from the step that found it. False for a stochastic problem.

    Returns
    -------
    Method
        Cost: 1 evaluation, then 1 a step; 2 a step where values are not kept.

    Examples
    --------
    >>> import zotheory as zo
    >>> f = zo.problems.golovin_family(1, 100, 10)
    >>> method = zo.relative_loss_trial(radius=zo.radii.one_fifth(1.0), beta=0.98)
    >>> result = zo.run(method, f, steps=3000, seed=1)
    >>> bool(result.values[-1] - f.f_star < 1e-6), result.calls - result.looks
    (True, 3001)
    """
    rule = as_radius(radius)
    return Method(
        name="relative_loss_trial",
        init=partial(init, radius=rule, cached=cached),
        draw=partial(draw, law=law, radius=rule, explore=explore),
        step=partial(step, beta=beta, gain=gain, clip=clip, window=window, cached=cached, radius=rule),
        output=attrgetter("x"),
        calls=(1, 1) if cached else (0, 2),
        vectors=("x", "b"),
        directions=("b",),
        value=attrgetter("fx") if cached else None,
        compares=True,
    )
