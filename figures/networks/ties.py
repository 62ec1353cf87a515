"""Exact ties of a comparison: counted as a method meets them, and taken for a move where one asks for that.

Where a loss is constant in pieces, many a candidate has the very loss that the point has. Relative loss stays then, and
the 1/5 rule takes the tie for a failure and shortens the radius; the shorter it is, the more ties there are.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import jax.numpy as jnp

import zotheory as zo


class Counted(NamedTuple):
    """State of the method, and how many of its candidates had the same loss, and a lower one: (...)."""

    inner: Any
    ties: Any
    lower: Any


def counted(method: zo.Method, *, move: bool = False) -> zo.Method:
    """The same method, with the counts in its state: its output is the point, ties, lower and radius, (..., d + 3).

    Parameters
    ----------
    method : one that keeps the value at its point, or whose first candidate is its point
    move : bool
        Whether it takes a tie for a lower loss: it moves, and adapts as after any move. Only where it keeps the value.
    """
    return zo.Method(
        name=method.name,
        init=partial(init, method=method),
        draw=lambda rng, state, d: method.draw(rng, state.inner, d),
        step=partial(step, method=method, move=move),
        output=partial(output, method=method),
        calls=method.calls,
        vectors=(),
    )


def init(f: Callable[[Any], Any], x0: Any, *, method: zo.Method) -> Counted:
    """Start with no counts."""
    none = x0[..., 0] * 0
    return Counted(method.init(f, x0), none, none)


def step(f: Callable[[Any], Any], state: Counted, drawn: Any, *, method: zo.Method, move: bool) -> Counted:
    """A step of the method, which sees f, or minus infinity instead of a tie; the counts of its candidates."""
    inner, seen = state.inner, []
    kept: Any = method.value(inner) if method.value else None

    def watched(y: Any) -> Any:
        seen.append(f(y))
        return jnp.where(seen[-1] == kept, -jnp.inf, seen[-1]) if move else seen[-1]

    after = method.step(watched, inner, drawn)
    here, there = (kept[..., None], seen[0][..., None]) if method.value else (seen[0][..., :1], seen[0][..., 1:])
    if move:
        after = after._replace(fx=jnp.where(seen[0] == kept, kept, after.fx))
    return Counted(after, state.ties + (there == here).mean(-1), state.lower + (there < here).mean(-1))


def output(state: Counted, *, method: zo.Method) -> Any:
    """The point (..., d), and behind it ties, lower and radius; a radius of 0 where the method remembers none."""
    x = method.output(state.inner)
    radius = getattr(state.inner, "alpha", getattr(state.inner, "sigma", 0 * state.ties))
    return jnp.concatenate([x, jnp.stack([state.ties, state.lower, radius], axis=-1)], axis=-1)
