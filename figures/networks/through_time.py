"""The baseline on sequences: back-propagation through time, cut off at the beginning of a window.

It runs window by window, as relative-loss descent online does: the gradient is that of the window's loss at the memory
that the window before left, through which nothing is propagated; that memory is of the weights before. On whole
sequences `figures.networks.backpropagation` is back-propagation through time in full.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from operator import attrgetter
from typing import Any, NamedTuple

import jax
import optax

import zotheory as zo
from figures.networks import backpropagation as whole


class State(NamedTuple):
    """Parameters x (..., p), what the optimiser remembers, and what is carried from window to window."""

    x: Any
    memory: Any
    carried: Any


def init(
    f: Callable[[Any], Any], x0: Any, *, optimiser: optax.GradientTransformation, empty: Callable[[Any], Any]
) -> State:
    """Start at x0. Cost: 0 evaluations."""
    return State(*whole.init(f, x0, optimiser=optimiser), empty(x0))


def step(f: Any, state: State, move: None, *, optimiser: optax.GradientTransformation) -> State:
    """Step along the gradient of the loss of a window. Cost: 3 evaluations of a window."""

    def loss(x: Any) -> tuple[Any, Any]:
        value, carried = f.carry(x, state.carried)
        return value.sum(), carried

    gradient, carried = jax.grad(loss, has_aux=True)(state.x)
    return State(*whole.along(gradient, whole.State(*state[:2]), optimiser), carried)


def truncated(optimiser: optax.GradientTransformation, empty: Callable[[Any], Any]) -> zo.Method:
    """Truncated back-propagation through time, on a problem that carries what is ``empty(x0)`` at the start."""
    return zo.Method(
        name="truncated",
        init=partial(init, optimiser=optimiser, empty=empty),
        draw=whole.draw,
        step=partial(step, optimiser=optimiser),
        output=attrgetter("x"),
        calls=(0, whole.COST),
        vectors=("x",),
    )
