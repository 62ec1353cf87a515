"""The baseline: descent by back-propagation, through the same networks on the same mini-batches.

JAX differentiates the shipped network and loss, optax takes the step. It is a `Method` as the others are, so that
`figures.networks.training` runs it unchanged: f is F(.; mini-batch) of the step. A step counts 3 evaluations: one
forward, and backward about the work of two.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from operator import attrgetter
from typing import Any, NamedTuple

import jax
import optax

import zotheory as zo

COST = 3  # evaluations that a value with its gradient counts


class State(NamedTuple):
    """Parameters x (..., p), and what the optimiser remembers."""

    x: Any
    memory: Any


def init(f: Callable[[Any], Any], x0: Any, *, optimiser: optax.GradientTransformation) -> State:
    """Start at x0. Cost: 0 evaluations."""
    return State(x0, optimiser.init(x0))


def draw(rng: Any, state: State, d: int) -> None:
    """Nothing: all that is random is the mini-batch."""


def step(f: Callable[[Any], Any], state: State, move: None, *, optimiser: optax.GradientTransformation) -> State:
    """Step along the gradient of f, of each replica its own. Cost: 3 evaluations."""
    return along(jax.grad(lambda x: f(x).sum())(state.x), state, optimiser)


def along(gradient: Any, state: State, optimiser: optax.GradientTransformation) -> State:
    """Have the optimiser step along a gradient."""
    change, memory = optimiser.update(gradient, state.memory, state.x)
    return State(optax.apply_updates(state.x, change), memory)


def backpropagation(optimiser: optax.GradientTransformation) -> zo.Method:
    """Descent by back-propagation, with an optimiser of optax such as ``optax.adam(1e-3)``."""
    return zo.Method(
        name="backpropagation",
        init=partial(init, optimiser=optimiser),
        draw=draw,
        step=partial(step, optimiser=optimiser),
        output=attrgetter("x"),
        calls=(0, COST),
        vectors=("x",),
    )
