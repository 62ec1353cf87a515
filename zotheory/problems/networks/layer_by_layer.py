"""RSO through a network from its output to its images, as released: what lies below a block is computed once for it.

A cycle visits every parameter once, in the network's `order`. Before each block the training images are shuffled and
what lies below the block is computed of all of them, normalised by the moments of the first 2,000 as one batch. Each
parameter then has a batch of its own: the next consecutive ones, from the front again after the last.

The shipped `draw` and `step` of `zotheory.rso` decide what changes; `Above` says the losses. The steps of a part run as
one loop that JAX compiles. Step k draws from the seed and k alone and a block's shuffle from the seed, its cycle and
itself, so that a run that goes on from a checkpoint has the bits of one that was never stopped.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Annotated, Any, NamedTuple

import numpy as np

from zotheory import require
from zotheory.arguments import checked
from zotheory.backends.jax import generator
from zotheory.elementary import Array
from zotheory.extras import asked_of
from zotheory.kinds import shown
from zotheory.methods import Method
from zotheory.methods.rso import State
from zotheory.problems.networks.convolutional import Below, Convolutional
from zotheory.problems.networks.images import Moments
from zotheory.problems.networks.layers import require_labels
from zotheory.problems.networks.one_weight import Above, cached
from zotheory.quantities import Size, whole

with asked_of("jax", __name__):
    import jax

MOST = 576  # parameters of a part
CHUNK = 500  # images at once, where all pass through what is below


class Part(NamedTuple):
    """A piece of a cycle: steps first..last - 1 of it, all on parameters of one array."""

    name: str
    first: int
    last: int


def parts(network: Convolutional) -> list[Part]:
    """The pieces of a cycle."""
    found, first = [], 0
    for name in network.from_output():
        last = first + network.places(name).size
        found += [Part(name, start, min(start + MOST, last)) for start in range(first, last, MOST)]
        first = last
    return found


@checked
@dataclass(frozen=True, eq=False)
class LayerByLayer:
    """RSO on a convolutional network.

    Parameters
    ----------
    network : Convolutional
    images : array (N, height, width, channels), float32 or float64
        The network computes in their precision; parameters and losses are doubles.
    labels : array (N,)
    method : Method
        `zotheory.rso` with the network's `deviations` and `order`.
    batch : callable ``(cycle) -> int``
        Images of a batch in a cycle, from 0. Released: 5000.
    seed : int
    reference : int
        How many of the first images give the moments of what is below. Released: 2000.

    Raises
    ------
    TypeError, ValueError
        Unless images fit the network and are finite, and there is a label of 0..classes - 1 for each. While it runs,
        if a loss is not finite.
    """

    network: Convolutional
    images: Array = field(repr=False)
    labels: Array = field(repr=False)
    method: Method
    batch: Callable[[int], int]
    seed: Annotated[int, whole(0)]
    reference: Size = 2_000

    parts: list[Part] = field(init=False, repr=False)
    _made: dict[Any, Any] = field(default_factory=dict, init=False, repr=False)
    _kept: dict[str, Any] = field(default_factory=dict, init=False, repr=False)

    def __post_init__(self) -> None:
        require.floats("images", self.images)
        if self.images.shape[1:] != self.network.images:
            shape = ", ".join(map(str, self.network.images))
            raise ValueError(f"images must have shape (N, {shape}), got {self.images.shape}")
        if np.shape(self.labels) != self.images.shape[:1]:
            raise ValueError(f"labels must be as many as images, {len(self.images)}, got shape {np.shape(self.labels)}")
        require_labels("labels", self.labels, self.network.classes)
        order = getattr(self.method.draw, "keywords", {}).get("order", ())
        if self.method.name != "rso" or not np.array_equal(order, self.network.order()):
            raise ValueError(f"method must be zotheory.rso with the network's order, got {shown(self.method)}")
        object.__setattr__(self, "parts", parts(self.network))

    def begin(self) -> State:
        """The network's own start, as arrays of NumPy."""
        x = self.network.start(self.seed)
        return self.method.init(lambda x: 0 * x[..., 0], x)

    def advance(self, state: State, number: int) -> State:
        """Part `number` of the run, from 0; states before and after it are arrays of NumPy."""
        cycle, part = divmod(number, len(self.parts))
        name, first, last = self.parts[part]
        block, batch = self.network.block(name), require.count(f"batch({cycle})", self.batch(cycle))
        with jax.enable_x64(True):
            rows = self._rows(state.x, cycle, block, batch)
            start = cycle * self.network.parameters.count + self._begun(block)  # the step of the block's first batch
            run = self.steps(name, batch)
            after, numbers = run(jax.tree.map(jax.numpy.asarray, state), *rows, start, last - first)
            if not numbers:
                raise ValueError(
                    f"losses must be finite, got NaN or an infinity in cycle {cycle}, steps {first}..{last - 1}, on "
                    f"{name!r}; the state before them is as it was"
                )
            return jax.tree.map(np.asarray, after)

    def _begun(self, block: int) -> int:
        return next(part.first for part in self.parts if self.network.block(part.name) == block)

    def steps(self, name: str, batch: int) -> Callable[..., tuple[State, Array]]:
        """Steps on parameters of one array, ``(state, below, labels, start, count) -> (state, all losses finite)``.

        `below` and `labels` are those of the images in the order of the sweep, the first `batch` of them once more
        behind; `start` is the step of the first batch.
        """
        return self._compiled((name, batch), partial(self._loop, name, batch))

    def _compiled(self, key: Any, function: Callable[..., Any]) -> Callable[..., Any]:
        return self._made.setdefault(key, jax.jit(function))

    def _loop(
        self, name: str, batch: int, state: State, below: Below, labels: Array, start: Array, count: Array
    ) -> tuple[State, Array]:
        source = generator(self.seed)

        def step(_: Array, carry: tuple[State, Array]) -> tuple[State, Array]:
            state, numbers = carry
            first = (state.k - start) * batch % len(self.images)
            rows = jax.tree.map(lambda each: jax.lax.dynamic_slice_in_dim(each, first, batch), (below, labels))
            move = self.method.draw(source.at(state.k), state, state.x.shape[-1])
            f = Noted(Above(self.network, name, *rows))
            return self.method.step(f, state, move), numbers & f.finite

        return jax.lax.fori_loop(0, count, step, (state, jax.numpy.asarray(True)))

    def _rows(self, x: np.ndarray, cycle: int, block: int, batch: int) -> tuple[Below, Array]:
        """What is below a block and the labels, of all images in the order of this sweep, the first ones once more."""
        lower = [
            x[where].tobytes()
            for name, where in self.network.parameters.slices.items()
            if self.network.block(name) < block
        ]
        if self._kept.get("at") != (cycle, block, lower):
            self._kept.clear()  # before what comes next is made: it can be gigabytes
            order = np.random.default_rng([self.seed, cycle, block]).permutation(len(self.images))
            order = np.resize(order, -(-(len(order) + batch) // CHUNK) * CHUNK)
            swept = self._compiled(block, partial(self._below, block))
            below = swept(x, self.known(x), self.images, order.reshape(-1, CHUNK))
            self._kept.update(at=(cycle, block, lower), rows=(below, jax.numpy.asarray(self.labels[order])))
        return self._kept["rows"]

    def _below(self, block: int, x: Array, known: dict[str, Moments], images: Array, order: Array) -> Below:
        x = x.astype(images.dtype)
        found = jax.lax.map(lambda rows: cached(self.network, x, block, images[rows], known), order)
        return jax.tree.map(lambda each: each.reshape(-1, *each.shape[2:]), found)

    def known(self, x: np.ndarray) -> dict[str, Moments]:
        """Moments of the first images as one batch."""
        moments = self._compiled("moments", lambda x, images: self.network.statistics(x.astype(images.dtype), images))
        return moments(x, self.images[: self.reference])


class Noted:
    """An objective that notes whether the losses that it gave last are finite."""

    def __init__(self, f: Above) -> None:
        self.f = f

    def __call__(self, x: Array) -> Array:
        """Losses at whole points."""
        return self._noted(self.f(x))

    def along(self, x: Array, i: Array, w: Array) -> Array:
        """Losses along a coordinate."""
        return self._noted(self.f.along(x, i, w))

    def _noted(self, losses: Array) -> Array:
        self.finite = jax.numpy.isfinite(losses).all()
        return losses
