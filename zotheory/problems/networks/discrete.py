"""Networks whose parameters are whole numbers of a spacing: ternary weights, or integers of a few bits.

    w_i = s_i clip(round(x_i/s_i), -k, k)

A method searches the real x, and the network sees w: the loss is constant in every cell of a lattice, and its
derivative in x is 0 wherever there is one. k = 1 gives the three weights -s, 0 and s.

Source: Courbariaux, Bengio, David, "BinaryConnect", NeurIPS 2015 (arXiv:1511.00363), for the real weights behind those
of two values; Li, Zhang, Liu, "Ternary weight networks", 2016 (arXiv:1605.04711), for three. Both as recalled.
Departure: their thresholds and scales follow the weights of a layer, and their offsets are real; here the spacing of an
array is fixed and offsets are rounded too, so that on inputs of whole numbers a ReLU network computes with whole
numbers, but for one factor a layer.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import prod
from typing import Annotated

import numpy as np

from zotheory.arguments import checked
from zotheory.elementary import Array
from zotheory.kinds import namespace
from zotheory.libraries import device
from zotheory.problems.networks.parameters import Network, Parameters, first_deviation
from zotheory.quantities import positive, whole
from zotheory.streams import Seed

EXACT = 2**53  # up to here doubles hold every whole number


def nearest(x: Array) -> Array:
    """The nearest whole number, of two the even one."""
    return namespace(x).round(x)


@checked
@dataclass(frozen=True, eq=False)
class Quantised:
    """A network with rounded parameters.

    Parameters
    ----------
    network : the network that sees them
    levels : int
        k: whole numbers from -k to k; 1 is ternary, 7 are integers of four bits.
    spacing : float
        s of weights (inputs, outputs), in units of 1/sqrt(inputs); offsets have that of the weights before them.
    rounding : callable ``x (...) -> (...)``
        `nearest`; for back-propagation, one that has a derivative.
    """

    network: Network
    levels: Annotated[int, whole(1, EXACT)] = 1
    spacing: Annotated[float, positive()] = 1.0
    rounding: Callable[[Array], Array] = nearest

    @property
    def parameters(self) -> Parameters:
        """Those of the network."""
        return self.network.parameters

    @property
    def spacings(self) -> np.ndarray:
        """s, (p,)."""
        found, s = [], self.spacing
        for shape in self.parameters.shapes.values():
            s = self.spacing * first_deviation(shape, 1.0) if len(shape) > 1 else s
            found.append(np.full(prod(shape), s))
        return np.concatenate(found)

    def whole(self, x: Array) -> Array:
        """w/s, whole numbers as floats, (..., p)."""
        return namespace(x).clip(self.rounding(x / self._spacings(x)), -float(self.levels), float(self.levels))

    def __call__(self, x: Array, inputs: Array) -> Array:
        """Outputs (..., n, ...) of inputs (..., n, ...), with parameters x (..., p)."""
        return self.network(self._spacings(x) * self.whole(x), inputs)

    def start(self, seed: Seed) -> np.ndarray:
        """First x, (p,): the parameters that the network itself would start with."""
        return self.network.start(seed)

    def _spacings(self, x: Array) -> Array:
        return namespace(x).asarray(self.spacings, dtype=x.dtype, device=device(x))
