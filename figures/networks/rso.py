"""RSO on its authors' networks, beside back-propagation on the same networks and data.

The run on complete MNIST goes through 12,016 parameters eight times, with batches that grow from 200 to 1,000 images:
where changes are large, few images tell which of three is best; small ones need more. The authors take 5,000 images
throughout. What that costs in the first cycles, and the length of the annealing, the scale of the first changes and
the decay, are changed one at a time. SGD with momentum and Adam train the same network on the same images; a step of
theirs counts 3 evaluations. Two more networks: the authors' for CIFAR-10, and a small one for 8 x 8 digits, which a
reader runs in two minutes:

    python -m figures.networks rso --only "digits/*" --record digits.json
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from functools import cache, cached_property
from typing import Any

import jax
import numpy as np
import optax

import zotheory as zo
from figures.networks import complete, training
from figures.networks.backpropagation import backpropagation
from figures.networks.job import Job
from zotheory.elementary import Array
from zotheory.problems import datasets
from zotheory.problems.networks import Convolutional, Labelled, cifar10_network, mnist_network
from zotheory.problems.networks.layer_by_layer import LayerByLayer, parts
from zotheory.problems.networks.layers import cross_entropy, error_rate

Data = Callable[[], datasets.Images]
REFERENCE = 2_000  # training images whose moments normalise others, as released
TRAINED = 5_000  # training images whose loss is told
CHUNK = 500  # images at once


# --- what is measured ------------------------------------------------------------------------------------------------


class Measured:
    """Accuracy and losses of a network on data, normalised by the moments of the first training images."""

    def __init__(self, network: Convolutional, data: datasets.Images) -> None:
        self.network, self.data = network, data

    def __call__(self, x: Array) -> dict[str, float]:
        """Share of the test images that are told right, and mean losses in nats."""
        x = np.asarray(x, dtype=np.float32)
        known = self._moments(x, self.data.train[:REFERENCE])
        test, train = (self._logits(x, known, each) for each in (self.data.test, self.data.train[:TRAINED]))
        return {
            "accuracy": 1 - float(error_rate(test, self.data.test_labels)),
            "test loss": float(cross_entropy(test, self.data.test_labels)),
            "training loss": float(cross_entropy(train, self.data.train_labels[:TRAINED])),
        }

    def _logits(self, x: np.ndarray, known: Any, images: np.ndarray) -> np.ndarray:
        chunks = (images[first : first + CHUNK] for first in range(0, len(images), CHUNK))
        return np.concatenate([self._outputs(x, known, each) for each in chunks]).astype(float)

    @cached_property
    def _moments(self) -> Callable[..., Any]:
        return jax.jit(self.network.statistics)

    @cached_property
    def _outputs(self) -> Callable[..., Any]:
        return jax.jit(lambda x, known, images: self.network(x, images, lambda name, u: known[name]))


# --- RSO -------------------------------------------------------------------------------------------------------------


class Run:
    """RSO on a network and data, as the pieces of a job: a piece is a part of a cycle."""

    def __init__(self, sweeps: LayerByLayer, measured: Measured) -> None:
        self.sweeps, self.measured = sweeps, measured

    def begin(self) -> tuple[Any, Mapping[str, Any]]:
        """Start, and measure there."""
        state = self.sweeps.begin()
        return state, self._record(state)

    def piece(self, state: Any, number: int) -> tuple[Any, Mapping[str, Any]]:
        """A part of a cycle; what is measured where a block is done."""
        began, pieces = time.process_time(), self.sweeps.parts
        state = self.sweeps.advance(state, number - 1)
        spent = {"processor seconds": round(time.process_time() - began, 1)}
        now, after = (self.sweeps.network.block(pieces[n % len(pieces)].name) for n in (number - 1, number))
        return state, spent | (self._record(state) if now != after else {})

    def _record(self, state: Any) -> dict[str, Any]:
        steps = int(state.k)
        return {"steps": steps, "evaluations": 3 * steps, **self.measured(state.x)}


def search(
    name: str, network: Callable[[], Convolutional], data: Data, batches: Sequence[int], *, cycles: int | None = None,
    seed: int = 1, scale: float = 1.0, **options: Any,
) -> Job:  # fmt: skip
    """Return the job of as many cycles as there are batches; deviations fall over `cycles`, by default over these."""
    cycles = cycles or len(batches)

    @cache
    def run() -> Run:
        own, images = network(), data().centred()
        method = zo.rso(deviations=scale * own.deviations(), order=own.order(), cycles=cycles, **options)
        labels = images.train_labels.astype(np.int32)
        sweeps = LayerByLayer(own, images.train, labels, method, batches.__getitem__, seed, REFERENCE)
        return Run(sweeps, Measured(own, images))

    setting = {"batches": list(batches), "seed": seed, "cycles": cycles, "scale": scale, **options}
    pieces = len(parts(network())) * len(batches)
    return Job(name, setting, lambda: run().begin(), lambda state, number: run().piece(state, number), pieces)


# --- back-propagation ------------------------------------------------------------------------------------------------


def descent(
    name: str, network: Callable[[], Convolutional], data: Data, optimiser: optax.GradientTransformation, *,
    batch: int = 100, steps: int = 100, pieces: int = 12, seed: int = 1, **setting: Any,
) -> Job:  # fmt: skip
    """Return the job of an optimiser of optax on the same network and images."""

    def problem() -> Labelled:
        images = data().centred()
        return Labelled(network(), images.train, images.train_labels.astype(np.int32), batch=batch, seed=seed)

    return training.job(
        name, {"batch": batch, **setting}, method=backpropagation(optimiser), problem=problem, seed=seed, steps=steps,
        pieces=pieces, measure=lambda problem: Measured(problem.network, data().centred()),
    )  # fmt: skip


# --- the jobs --------------------------------------------------------------------------------------------------------

GROWING = (200, 200, 200, 300, 400, 600, 800, 1000)  # images of a batch, by cycles
ONE_CYCLE = {  # what is changed, with batches of 100, of 10 cycles that the deviations fall over
    "as it is": {},
    "as it is, seed 2": {"seed": 2},
    "as it is, seed 3": {"seed": 3},
    "batch 400": {"batches": (400,)},
    "changes 0.3 times as large": {"scale": 0.3},
    "changes twice as large": {"scale": 2.0},
    "no decay": {"decay": 0.0},
    "ten times the decay": {"decay": 1e-3},
}
TWO_CYCLES = {"falling over 2 cycles": 2, "falling over 10 cycles": 10, "falling over 50 cycles": 50}


def digits_network() -> Convolutional:
    """Three blocks of eight channels for images of 8 x 8."""
    return Convolutional((8, 8, 1), (8, 8, 8), pooled=(2,))


def on_mnist(name: str, batches: Sequence[int] = (100,), cycles: int = 10, **options: Any) -> Job:
    """Return a job on complete MNIST."""
    return search(f"MNIST/{name}", mnist_network, complete.mnist, batches, cycles=cycles, **options)


JOBS = (
    search("digits/RSO", digits_network, datasets.digits, (500,) * 10),
    descent("digits/Adam", digits_network, datasets.digits, optax.adam(1e-3), rate=1e-3, pieces=10),
    search("MNIST", mnist_network, complete.mnist, GROWING),
    descent("MNIST/SGD", mnist_network, complete.mnist, optax.sgd(0.05, momentum=0.9), rate=0.05, momentum=0.9),
    descent("MNIST/Adam", mnist_network, complete.mnist, optax.adam(1e-3), rate=1e-3),
    *(on_mnist(f"one cycle/{name}", **options) for name, options in ONE_CYCLE.items()),
    *(on_mnist(f"two cycles/{name}", (100, 100), cycles) for name, cycles in TWO_CYCLES.items()),
    search("CIFAR-10/RSO", cifar10_network, complete.cifar10, (50,), cycles=10),
)
