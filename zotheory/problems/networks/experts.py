"""A mixture of experts with hard routing: every input is answered by one of several networks.

    e(z) = argmax over e of (z R + r)_e,  outputs = network(x_e, z) for e = e(z)

The choice is no mixture of outputs, so that the loss jumps where an input changes its expert, and has no derivative in
R and r but 0. Of equal scores the first is the largest.

Source: Jacobs, Jordan, Nowlan, Hinton, "Adaptive mixtures of local experts", Neural Computation 3, 1991, whose gate is
a softmax, as recalled; one expert an input as in Fedus, Zoph, Shazeer, "Switch Transformers", JMLR 23, 2022
(arXiv:2101.03961), as recalled, but without their factor of the softmax, which would give R a derivative.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

import numpy as np

from zotheory.arguments import checked
from zotheory.elementary import Array
from zotheory.kinds import LARGEST, namespace
from zotheory.problems.networks.layers import dense, largest
from zotheory.problems.networks.parameters import Network, Parameters, first_deviation, require_count
from zotheory.quantities import Size, whole
from zotheory.streams import Seed, generator


@checked
@dataclass(frozen=True, eq=False)
class Experts:
    """One of `count` networks for each input.

    Parameters
    ----------
    network : what every expert is, each with parameters of its own
    inputs : int
        Length of an input.
    count : int
    choice : callable ``scores (..., n, count) -> weights (..., n, count)``
        `largest`, 1 for one expert and 0 for the others; for back-propagation, one that has a derivative.
    """

    network: Network
    inputs: Size
    count: Annotated[int, whole(2, LARGEST)]
    choice: Callable[[Array], Array] = largest

    def __post_init__(self) -> None:
        require_count("network, inputs and count", self.parameters)

    @property
    def parameters(self) -> Parameters:
        """R (inputs, count), r (count,), and those of each expert."""
        one = self.network.parameters.count
        return Parameters({"R": (self.inputs, self.count), "r": (self.count,), "experts": (self.count, one)})

    def __call__(self, x: Array, inputs: Array) -> Array:
        """Outputs (..., n, outputs) of inputs (..., n, inputs), with parameters x (..., p). All experts are asked."""
        xp, parts = namespace(x), self.parameters.split(x)
        weights = xp.moveaxis(self.choice(dense(inputs, parts["R"], parts["r"])), -1, -2)
        answers = self.network(parts["experts"], inputs[..., None, :, :])
        return xp.sum(weights[..., None] * answers, axis=-3)

    def start(self, seed: Seed) -> np.ndarray:
        """First parameters (p,): routes normal with variance 1/inputs, r = 0, experts as each would start alone."""
        rng = generator(seed)
        routes = first_deviation((self.inputs, self.count), 1.0) * rng.standard_normal((self.inputs, self.count))
        experts = np.empty(self.parameters.shapes["experts"])  # at once: what has no room says so before the first one
        for e in range(self.count):
            experts[e] = self.network.start(rng)
        return self.parameters.join({"R": routes, "r": np.zeros(self.count), "experts": experts})
