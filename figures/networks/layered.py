"""A method that trains a network until it is trained, with an account of what its steps do to each layer.

The shipped `draw` and `step` run, compiled by JAX, on the loss of all rows: no mini-batches. Of every `EVERY` steps one
is looked at closely: by how much it lowers the loss, and which layer that is due to. Back-propagation is used for that
account alone, and by the baselines; no step of the others sees a derivative.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property, partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

import zotheory as zo
from zotheory.backends.jax import Source, generator
from zotheory.problems.networks import Labelled
from zotheory.problems.networks.labelled import Rows
from zotheory.problems.networks.layers import error_rate
from zotheory.problems.networks.parameters import Parameters

EVERY = 30  # steps, of which one is looked at

Loss = Callable[[Any], Any]
Account = Callable[[Loss, Any, Any, Any], Any]


class Told(NamedTuple):
    """Of steps looked at: falls of the loss by layer (layers,), the fall as it was; how many moved, of how many."""

    falls: Any
    fall: Any
    moved: Any


def layers(parameters: Parameters) -> np.ndarray:
    """The layer of each parameter (p,), from 0: W1 and b1 are of layer 0."""
    return parameters.each({name: int(name[1:]) - 1 for name in parameters}).astype("int32")


def by_gradient(f: Loss, x: Any, y: Any, layer: Any) -> Any:
    """-g_l (y - x)_l with the gradient half way: falls by layer, whose sum is that of f up to third order."""
    parts = -jax.grad(f)((x + y) / 2) * (y - x)
    return jax.ops.segment_sum(parts, layer, int(layer.max()) + 1)


def by_value(f: Loss, x: Any, y: Any, layer: Any) -> Any:
    """f(x) - f(y) for the layer that moved, where only one did: exact."""
    moved = jax.ops.segment_max((x != y).astype(x.dtype), layer, int(layer.max()) + 1)
    return (f(x) - f(y)) * moved


class Layered:
    """A method on a problem, compiled once for all seeds and step sizes.

    Parameters
    ----------
    make : callable ``(network, rate) -> Method``
        A rate may be a number of JAX.
    problem : callable ``(seed, dtype) -> Labelled``
    account : `by_gradient` or `by_value`
        How the fall of a step is shared out among layers.
    evaluations : int
        A multiple of looks times those of `EVERY` steps.
    looks : int
        How often the error is looked at.
    threshold : error on the rows at which a run is over: trained
    dtype : precision of everything
    """

    def __init__(
        self,
        make: Callable[[Any, Any], zo.Method],
        problem: Callable[[int, Any], Labelled],
        account: Account,
        *,
        evaluations: int,
        looks: int,
        threshold: float,
        dtype: str = "float64",
    ) -> None:
        self.make, self.problem, self.account = make, problem, account
        self.looks, self.threshold, self.dtype = looks, threshold, dtype
        self.cost = make(problem(0, dtype).network, 1.0).calls[1]
        self.blocks, rest = divmod(evaluations, looks * self.cost * EVERY)
        if rest:
            raise ValueError(f"evaluations must be a multiple of {looks * self.cost * EVERY}, got {evaluations}")

    def train(self, seed: int, rate: float) -> tuple[np.ndarray, Mapping[str, Any]]:
        """Run until trained or until the evaluations are spent: last point, and the record."""
        with jax.enable_x64(self.dtype == "float64"):
            problem = self.problem(seed, self.dtype)
            for here in self._looks(problem, seed, rate):
                look, x, told = here
                error = float(error_rate(problem.network(x, problem.inputs), problem.labels))
                if error < self.threshold:
                    break
        spent = look * self.blocks * EVERY * self.cost
        found = {"evaluations": spent, "error": round(error, 4), "loss": float(problem(x))}
        return x, {**found, **self._account(problem, x, told)}

    def _looks(self, problem: Labelled, seed: int, rate: float) -> Iterator[tuple[int, np.ndarray, Told]]:
        """At each look its number, the point, and what was told so far."""
        method, key, told = self.make(problem.network, rate), generator(seed).key, None
        state = jax.tree.map(jnp.asarray, method.init(whole_loss(problem), jnp.asarray(problem.x0.astype(self.dtype))))
        for look in range(self.looks):
            state, now = self._compiled(state, look, key, rate)
            told = now if told is None else jax.tree.map(jnp.add, told, now)
            yield look + 1, np.asarray(method.output(state)), told

    def _account(self, problem: Labelled, x: np.ndarray, told: Any) -> Mapping[str, Any]:
        """Movement by layer, relative to the first weights; falls by layer; shares of the steps that moved."""
        first, last = (problem.network.parameters.split(each) for each in (problem.x0, x))
        weights = [name for name in first if name.startswith("W")]
        moves = [np.linalg.norm(last[name] - first[name]) / np.linalg.norm(first[name]) for name in weights]
        return {
            "movement": rounded(moves),
            "falls": rounded(told.falls),
            "fall": rounded([told.fall])[0],
            "moved": round(float(told.moved[0] / told.moved[1]), 4),
        }

    @cached_property
    def _compiled(self) -> Callable[..., Any]:
        return jax.jit(self._between_looks)

    def _between_looks(self, state: Any, look: Any, key: Any, rate: Any) -> tuple[Any, Told]:
        """All steps from one look to the next, and what is told of those that are looked at."""
        problem = self.problem(0, self.dtype)
        f, method = whole_loss(problem), self.make(problem.network, rate)
        layer = layers(problem.network.parameters)

        def step(t: Any, state: Any) -> Any:
            after = method.step(f, state, method.draw(Source(key).at(t), state, problem.d))
            return jax.tree.map(lambda new, old: jnp.asarray(new, dtype=old.dtype), after, state)

        def block(state: Any, number: Any) -> tuple[Any, Told]:
            before = jax.lax.fori_loop(number * EVERY, (number + 1) * EVERY - 1, step, state)
            after = step((number + 1) * EVERY - 1, before)
            x, y = method.output(before), method.output(after)
            moved = jnp.stack([jnp.any(x != y).astype(x.dtype), jnp.ones((), x.dtype)])
            return after, Told(self.account(f, x, y, layer), f(x) - f(y), moved)

        state, told = jax.lax.scan(block, state, look * self.blocks + jnp.arange(self.blocks))
        return state, jax.tree.map(partial(jnp.sum, axis=0), told)


def whole_loss(problem: Labelled) -> Loss:
    """The loss over all rows, of arrays of JAX."""
    return problem.at(Rows(jnp.asarray(problem.inputs), jnp.asarray(problem.labels)))


def rounded(values: Any) -> list[float]:
    """Numbers of three digits, for a small record."""
    return [float(f"{float(value):.3g}") for value in values]
