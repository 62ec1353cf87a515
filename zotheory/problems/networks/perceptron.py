"""The multi-layer perceptron.

    h_0 = inputs,  h_l = a(N(h_{l-1} W_l + b_l)),  outputs = h_{L-1} W_L + b_L

with an activation a and, if asked for, batch normalisation N without parameters of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Annotated, Literal

import numpy as np

from zotheory.arguments import checked
from zotheory.elementary import Array
from zotheory.problems.networks.layers import ACTIVATIONS, dense, normalised
from zotheory.problems.networks.parameters import Parameters, first_deviation, require_count
from zotheory.quantities import Size, positive
from zotheory.streams import Seed, generator


@checked
@dataclass(frozen=True, eq=False)
class Perceptron:
    """A multi-layer perceptron.

    Parameters
    ----------
    widths : inputs, hidden units of each layer, outputs
    activation : "relu", "tanh", "sigmoid" or "sign", or a function of arrays
    normalise : bool
        Whether the sums of every hidden layer are normalised over the batch.
    offsets : bool
        Whether there are b_l.
    gain : float, optional
        Weights start with variance gain/inputs; default 2 for ReLU (He et al. 2015), else 1. Offsets start at 0.
    """

    widths: Sequence[Size]
    activation: Callable[[Array], Array] | Literal["relu", "tanh", "sigmoid", "sign"] = "relu"
    normalise: bool = False
    offsets: bool = True
    gain: Annotated[float, positive()] | None = None

    def __post_init__(self) -> None:
        if len(self.widths) < 2:
            raise ValueError(f"widths must name inputs and outputs at least, got {self.widths}")
        require_count("widths", self.parameters)

    @property
    def parameters(self) -> Parameters:
        """W1, b1, W2, b2, ...: weights (inputs, outputs) and offsets (outputs,)."""
        shapes: dict[str, tuple[int, ...]] = {}
        for layer, (inputs, outputs) in enumerate(pairwise(self.widths), start=1):
            shapes |= {f"W{layer}": (inputs, outputs)} | ({f"b{layer}": (outputs,)} if self.offsets else {})
        return Parameters(shapes)

    def __call__(self, x: Array, inputs: Array) -> Array:
        """Outputs (..., n, outputs) of inputs (..., n, inputs), with parameters x (..., p)."""
        return self.outputs(self.parameters.split(x), inputs)

    def outputs(self, parts: Mapping[str, Array], inputs: Array) -> Array:
        """Outputs (..., n, outputs) of inputs (..., n, inputs), with parameters (..., *shape) by name."""
        activation = ACTIVATIONS[self.activation] if isinstance(self.activation, str) else self.activation
        last, h = len(self.widths) - 1, inputs
        for layer in range(1, last):
            sums = dense(h, parts[f"W{layer}"], parts.get(f"b{layer}"))
            h = activation(normalised(sums) if self.normalise else sums)
        return dense(h, parts[f"W{last}"], parts.get(f"b{last}"))

    def first_deviations(self) -> np.ndarray:
        """Deviations of the first parameters, (p,): 0 for offsets."""
        gain = self.gain if self.gain is not None else 2.0 if self.activation == "relu" else 1.0
        weights = {name: shape for name, shape in self.parameters.shapes.items() if name.startswith("W")}
        return self.parameters.each({name: first_deviation(shape, gain) for name, shape in weights.items()})

    def start(self, seed: Seed) -> np.ndarray:
        """First parameters (p,), normal with `first_deviations`."""
        return self.first_deviations() * generator(seed).standard_normal(self.parameters.count)
