"""Exact ties of a comparison, counted as a method meets them: candidates with the very loss that the point has."""

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


def counted(method: zo.Method) -> zo.Method:
    """The same method, with the counts in its state: its output is the point, ties, lower and radius, (..., d + 3).

    Parameters
    ----------
    method : one that keeps the value at its point, or whose first candidate is its point

    Raises
    ------
    ValueError
        In the first step, unless it is one of these.
    """
    return zo.Method(
        name=method.name,
        init=partial(init, method=method),
        draw=lambda rng, state, d: method.draw(rng, state.inner, d),
        step=partial(step, method=method),
        output=partial(output, method=method),
        calls=method.calls,
        vectors=(),
    )


def init(f: Callable[[Any], Any], x0: Any, *, method: zo.Method) -> Counted:
    """Start with no counts."""
    none = x0[..., 0] * 0
    return Counted(method.init(f, x0), none, none)


def step(f: Callable[[Any], Any], state: Counted, drawn: Any, *, method: zo.Method) -> Counted:
    """A step of the method; the counts of its candidates."""
    seen: list[Any] = []

    def watched(y: Any) -> Any:
        seen.append(f(y))
        return seen[-1]

    after = method.step(watched, state.inner, drawn)
    if method.value:
        here, there = method.value(state.inner)[..., None], seen[0][..., None]
    elif seen[0].ndim == state.ties.ndim:
        raise ValueError(f"method must keep its value, or take all its candidates at once, got {method.name}")
    else:
        here, there = seen[0][..., :1], seen[0][..., 1:]
    return Counted(after, state.ties + (there == here).mean(-1), state.lower + (there < here).mean(-1))


def output(state: Counted, *, method: zo.Method) -> Any:
    """The point (..., d), and behind it ties, lower and radius (alpha, or sigma); 0 where the method has none."""
    x = method.output(state.inner)
    radius = getattr(state.inner, "alpha", getattr(state.inner, "sigma", 0 * state.ties))
    return jnp.concatenate([x, jnp.stack([state.ties, state.lower, radius], axis=-1)], axis=-1)
