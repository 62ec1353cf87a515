"""Relative-loss descent: look at the loss here and at a random nearby point; move if it is lower.

Source: this project.

    y_t      = x_t + sigma_t (u_t + b_t)
    x_{t+1}  = y_t if F(y_t; X_t) < F(x_t; X_t), else x_t
    b_{t+1}  = beta b_t + (1 - beta) gain (u_t + b_t if it moved, else 0), no longer than `clip`

The difference F(y; X) - F(x; X) is the relative loss; both values share the sample X. No gradient is asked for, and
nothing of F but which of two values is lower, so every strictly increasing transform of F gives the same run. A tie
stays; where `ties` says that it moves, < is <= above.

Notation: x point; u direction of covariance I; b momentum, in units of sigma; alpha_t = sigma_t sqrt(d) radius, the
length of a step without momentum (`zotheory.radii`). With s = u/sqrt(d) of length 1 the candidate is
x + alpha (s + b/sqrt(d)).

With Gaussian directions, the radius `one_fifth` and no momentum this is the (1+1)-ES. The value-weighted form moves by
-h (F(y; X) - F(x; X))/sigma u, lower or not: two-point descent without averaging.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from operator import attrgetter
from typing import Annotated, Literal, NamedTuple

from zotheory.arguments import checked
from zotheory.directions import Law, sphere
from zotheory.elementary import Array, root
from zotheory.geometry import norm
from zotheory.methods import Method
from zotheory.protocols import Source
from zotheory.quantities import Length, Value, below, nonnegative, positive
from zotheory.radii import Radius, Rule, as_radius
from zotheory.values import beside, either, where

Ties = Literal["stay", "move"]


class State(NamedTuple):
    """Point x (..., d), its value fx (...), momentum b (..., d), remembered radius alpha (...), and t, from 1."""

    x: Array
    fx: Array
    b: Array
    alpha: Array
    t: int


class Move(NamedTuple):
    """Direction u (..., d) and sigma (...), what a step draws."""

    u: Array
    sigma: Array


def init(f: Callable[[Array], Array], x0: Array, *, radius: Radius, cached: bool) -> State:
    """Start at x0. Cost: 1 evaluation if values are kept, else none."""
    zero = x0[..., 0] * 0
    return State(x0, f(x0) if cached else zero, x0 * 0, zero + radius.first, 1)


def draw(rng: Source, state: State, d: int, *, law: Law, radius: Radius) -> Move:
    """u_t and sigma_t = alpha_t/sqrt(d)."""
    u = law.draw(rng, tuple(state.x.shape[:-1]), d)
    return Move(u, radius.draw(rng, state.alpha, state.t) / root(d))


def step(
    f: Callable[[Array], Array],
    state: State,
    move: Move,
    *,
    beta: Array = 0,
    gain: Array = 1,
    clip: Array = 1,
    cached: bool = True,
    radius: Radius | None = None,
    ties: Ties = "stay",
) -> State:
    """Move if the loss is lower there. Cost: 1 evaluation, 2 if the value here is not kept."""
    x, fx, b, alpha, t = state
    u, sigma = move
    here = fx if cached else f(x)
    way = u if beta == 0 else u + b
    y = x + beside(sigma) * way
    there = f(y)
    moved = accepted(there, here, ties)
    if beta != 0:
        b = remembered(b, way, moved, beta=beta, gain=gain, clip=clip)
    return State(
        either(moved, lambda x, y: y, lambda x, y: x, x, y),
        where(moved, there, here),
        b,
        alpha if radius is None else radius.after(alpha, moved),
        t + 1,
    )


def accepted(there: Array, here: Array, ties: Ties) -> Array:
    """Whether a value (...) is lower than the one here, or as low where ties move. No comparison with NaN holds."""
    return there <= here if ties == "move" else there < here


def remembered(b: Array, way: Array, moved: Array, *, beta: Array, gain: Array, clip: Array) -> Array:
    """b_{t+1}: momentum (..., d) after a step along `way` (..., d), where it `moved` (...) and where it did not."""
    return either(
        moved,
        lambda b, way: clipped(beta * b + (1 - beta) * gain * way, clip),
        lambda b, way: clipped(beta * b, clip),
        b,
        way,
    )


def clipped(b: Array, clip: Array) -> Array:
    """Momentum b (..., d), shortened to length `clip` where it is longer."""
    length = norm(b)

    def shortened(b: Array, length: Array) -> Array:
        return b * beside(clip / where(length > clip, length, 0 * length + clip))

    return either(length > clip, shortened, lambda b, length: b, b, length)


def weighted_step(f: Callable[[Array], Array], state: State, move: Move, *, h: Array) -> State:
    """Move by -h (F(y; X) - F(x; X))/sigma u, whether y is lower or not. Cost: 2 evaluations."""
    x, fx, b, alpha, t = state
    u, sigma = move
    relative = f(x + beside(sigma) * u) - f(x)
    return State(x - beside(h * relative / sigma) * u, fx, b, alpha, t + 1)


@checked
def relative_loss(
    *,
    radius: Rule,
    beta: Annotated[float, nonnegative(), below(lambda: 1, "1")] = 0.0,
    gain: Annotated[float, positive()] = 1.0,
    clip: Annotated[float, positive()] = 1.0,
    law: Law = sphere,
    cached: bool = True,
    ties: Ties = "stay",
    h: Annotated[float, positive(Length**2 / Value)] | None = None,
) -> Method:
    """Relative-loss descent.

    Parameters
    ----------
    radius : Radius, float or callable
        Length alpha of a step, in units of x: one of `zotheory.radii`, a number (fixed) or a function of t (decaying).
    beta : float
        Memory of the momentum, 0 <= beta < 1; 0 is none.
    gain : float
        Weight of an accepted step in the momentum; 1 makes it the exponential average. Where a fifth of the steps is
        accepted, momentum feeds itself from gain = 5 on, held by `clip` alone.
    clip : float
        Longest momentum, in units of sigma = alpha/sqrt(d): c, where the theorems speak of |b| <= c.
    law : Law
        Isotropic law of directions: the sphere, or Gaussian.
    cached : bool
        Whether the value at x is kept from the step that found it. False for a stochastic problem, whose next sample
        has another value there; True costs one evaluation less.
    ties : "stay" or "move"
        What a step does where the candidate has exactly the loss that the point has. "stay": the candidate counts as
        higher. Where the loss is constant in pieces, such as an error rate, the 1/5 rule takes that for a failure, and
        the shorter the radius, the more ties there are. "move": it counts as lower. The point walks about on a
        plateau, momentum and radius change as after any move, and on a plateau without end the 1/5 rule lengthens the
        radius until it overflows. Values never rise either way. +inf ties with +inf, and so does NaN where `run` takes
        it for +inf: a run begun there walks until it finds a lower value. No step goes to NaN itself, or away from it.
    h : float, optional
        Step size of the value-weighted form; without momentum. No step succeeds or fails there: the 1/5 rule stays at
        its first length.

    Returns
    -------
    Method
        Cost: 1 evaluation, then 1 a step; 2 a step where values are not kept or are weighted.

    Raises
    ------
    TypeError, ValueError
        Where h is given, unless beta, gain, clip and ties are what they are by default.

    Examples
    --------
    >>> import zotheory as zo
    >>> f = zo.problems.golovin_family(1, 8, 10)
    >>> method = zo.relative_loss(radius=zo.radii.one_fifth(1.0))
    >>> result = zo.run(method, f, steps=2000, seed=1)
    >>> bool(result.values[-1] - f.f_star < 1e-4), result.calls - result.looks
    (True, 2001)
    """
    rule = as_radius(radius)
    if h is not None:
        for name, value, usual in (("beta", beta, 0), ("gain", gain, 1), ("clip", clip, 1), ("ties", ties, "stay")):
            if value != usual:
                raise ValueError(
                    f"{name} must be {usual!r} in the value-weighted form, got {name} = {value!r} and h = {h}"
                )
        cached = False
        move = partial(weighted_step, h=h)
    else:
        move = partial(step, beta=beta, gain=gain, clip=clip, cached=cached, radius=rule, ties=ties)
    return Method(
        name="relative_loss",
        init=partial(init, radius=rule, cached=cached),
        draw=partial(draw, law=law, radius=rule),
        step=move,
        output=attrgetter("x"),
        calls=(1, 1) if cached else (0, 2),
        vectors=("x", "b"),
        directions=("b",),
        value=attrgetter("fx") if cached else None,
        compares=h is None,
    )
