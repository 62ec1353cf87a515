"""RSO on its authors' networks, beside back-propagation on the same networks and data.

The run on complete MNIST goes through 12,016 parameters ten times, with batches that grow from 200 to 1,500 images:
the first changes are large and few images tell which of three is best; the last ones are small and need more. The
authors take 5,000 images throughout. Ablations change one thing at a time over the first cycles. SGD with momentum and
Adam train the same network on the same images, a step 3 evaluations.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any

import numpy as np

import zotheory as zo
from figures.networks.job import Job
from zotheory.problems import datasets
from zotheory.problems.networks.convolutional import Convolutional, mnist_network
from zotheory.problems.networks.layer_by_layer import LayerByLayer, parts
from zotheory.problems.networks.layers import cross_entropy, error_rate

GROWING = (200, 200, 300, 400, 500, 700, 1000, 1000, 1500, 1500)  # images of a batch, by cycles
TRAINED = 5_000  # training images whose loss is told


class Run:
    """RSO on a network and data, as the pieces of a job: a piece is a part of a cycle."""

    def __init__(self, network: Convolutional, data: Callable[[], datasets.Images], batches: Sequence[int], seed: int,
                 cycles: int, scale: float, **options: Any) -> None:  # fmt: skip
        self.network, self.data, self.batches, self.seed = network, data, batches, seed
        self.cycles, self.scale, self.options = cycles, scale, options

    @cached_property
    def images(self) -> datasets.Images:
        """The data, read when the job begins."""
        return self.data().centred()

    @cached_property
    def sweeps(self) -> LayerByLayer:
        """What goes through the network."""
        deviations = self.scale * self.network.deviations()
        method = zo.rso(deviations=deviations, order=self.network.order(), cycles=self.cycles, **self.options)
        labels = self.images.train_labels.astype(np.int32)
        return LayerByLayer(self.network, self.images.train, labels, method, self.batches.__getitem__, self.seed)

    def begin(self) -> tuple[Any, Mapping[str, Any]]:
        """Start, and measure there."""
        state = self.sweeps.begin()
        return state, self.measured(state)

    def piece(self, state: Any, number: int) -> tuple[Any, Mapping[str, Any]]:
        """A part of a cycle; what is measured where a block is done."""
        began = time.process_time()
        state = self.sweeps.advance(state, number - 1)
        spent = time.process_time() - began
        pieces = self.sweeps.parts
        now, after = (self.network.block(pieces[n % len(pieces)].name) for n in (number - 1, number))
        return state, {"processor seconds": round(spent, 1)} | (self.measured(state) if now != after else {})

    def measured(self, state: Any) -> Mapping[str, Any]:
        """Error and loss on test images, and the loss on the first training images, by moments that are given."""
        test = self.sweeps.logits(state.x, self.images.test)
        train = self.sweeps.logits(state.x, self.images.train[:TRAINED])
        labels = self.images.train_labels[:TRAINED]
        return {
            "steps": int(state.k),
            "evaluations": 3 * int(state.k),
            "accuracy": 1 - float(error_rate(test, self.images.test_labels)),
            "test loss": float(cross_entropy(test.astype(float), self.images.test_labels)),
            "training loss": float(cross_entropy(train.astype(float), labels)),
        }


def job(name: str, network: Callable[[], Convolutional], data: Callable[[], datasets.Images], batches: Sequence[int],
        seed: int = 1, cycles: int | None = None, scale: float = 1.0, **options: Any) -> Job:  # fmt: skip
    """Return the job of so many cycles as there are batches; deviations fall over `cycles`, by default over these."""
    run = Run(network(), data, batches, seed, cycles or len(batches), scale, **options)
    setting = {"batches": list(batches), "seed": seed, "cycles": run.cycles, "scale": scale, **options}
    return Job(name, setting, run.begin, run.piece, len(parts(run.network)) * len(batches))


FIRST = 100  # images of a batch, where one thing is changed in the first cycles

JOBS = (
    job("MNIST", mnist_network, datasets.mnist, GROWING),
    *(
        job(f"MNIST, one cycle/{name}", mnist_network, datasets.mnist, batches, **options)
        for name, batches, options in (
            ("as it is", (FIRST,), {"cycles": 10}),
            ("scale 0.3", (FIRST,), {"cycles": 10, "scale": 0.3}),
            ("batch 400", (4 * FIRST,), {"cycles": 10}),
            ("scale 0.1", (FIRST,), {"cycles": 10, "scale": 0.1}),
            ("batch 400, scale 0.3", (4 * FIRST,), {"cycles": 10, "scale": 0.3}),
            ("no decay", (FIRST,), {"cycles": 10, "decay": 0.0}),
        )
    ),
)
