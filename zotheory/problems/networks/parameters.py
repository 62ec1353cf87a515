"""The flat vector of a network's parameters, and the arrays that it holds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from math import prod, sqrt
from typing import Any, Protocol

import numpy as np

from zotheory.elementary import Array
from zotheory.kinds import LARGEST, namespace, shown


class Network(Protocol):
    """What is trained: a function of parameters and inputs, which knows its parameters and how to draw first ones."""

    @property
    def parameters(self) -> Parameters:
        """Names and shapes."""

    def __call__(self, x: Array, inputs: Array, /) -> Array:
        """Outputs (..., n, ...) of inputs (n, ...), which broadcasts against the leading axes of x (..., p)."""

    def start(self, seed: Any) -> np.ndarray:
        """First parameters, (p,)."""


@dataclass(frozen=True, eq=False)
class Parameters:
    """Names and shapes of the arrays that one vector of p numbers holds, in the order in which it holds them.

    Examples
    --------
    >>> import numpy as np
    >>> parameters = Parameters({"weights": (3, 2), "offsets": (2,)})
    >>> parts = parameters.split(np.arange(8.0))
    >>> parameters.count, parts["weights"].shape, parts["offsets"]
    (8, (3, 2), array([6., 7.]))
    """

    shapes: Mapping[str, tuple[int, ...]]

    @property
    def count(self) -> int:
        """p, how many numbers there are."""
        return sum(map(prod, self.shapes.values()))

    @property
    def slices(self) -> dict[str, slice]:
        """Where each array stands in the vector."""
        ends = [0, *np.cumsum([prod(shape) for shape in self.shapes.values()]).tolist()]
        return {name: slice(*ends) for name, ends in zip(self.shapes, pairwise(ends), strict=True)}

    def split(self, x: Array) -> dict[str, Array]:
        """Arrays (..., *shape) by name, of parameters x (..., p).

        Raises
        ------
        ValueError
            If the last axis of x does not hold p numbers.
        """
        if x.shape[-1:] != (self.count,):
            raise ValueError(f"x must have shape (..., {self.count}), the parameters of this network, got {x.shape}")
        reshape = namespace(x).reshape
        return {
            name: reshape(x[..., where], (*x.shape[:-1], *self.shapes[name])) for name, where in self.slices.items()
        }

    def join(self, parts: Mapping[str, np.ndarray]) -> np.ndarray:
        """The vector (..., p) that holds these arrays (..., *shape): the inverse of `split`.

        Raises
        ------
        ValueError
            If names or shapes are others.
        """
        if set(parts) != set(self.shapes):
            raise ValueError(f"parts must have the names {list(self.shapes)}, got {list(parts)}")
        for name, shape in self.shapes.items():
            if parts[name].shape[parts[name].ndim - len(shape) :] != shape:
                raise ValueError(f"parts[{name!r}] must have shape (..., {shape}), got {parts[name].shape}")
        lead = [parts[name].shape[: parts[name].ndim - len(shape)] for name, shape in self.shapes.items()]
        flat = [np.reshape(parts[name], (*ahead, -1)) for name, ahead in zip(self.shapes, lead, strict=True)]
        return np.concatenate(flat, axis=-1)

    def each(self, values: Mapping[str, float]) -> np.ndarray:
        """One number for every parameter of an array, 0 where none is named: (p,)."""
        unknown = set(values) - set(self.shapes)
        if unknown:
            raise ValueError(f"values must have names of {list(self.shapes)}, got {shown(min(unknown))}")
        return np.concatenate([np.full(prod(shape), values.get(name, 0.0)) for name, shape in self.shapes.items()])

    def __iter__(self) -> Iterator[str]:
        return iter(self.shapes)


def require_count(names: str, parameters: Parameters) -> None:
    """ValueError, naming the arguments, for more parameters than one vector can hold: an index counts no further."""
    if parameters.count > LARGEST:
        raise ValueError(f"{names} must make at most {LARGEST:g} parameters, got {parameters.count}")


def first_deviation(shape: tuple[int, ...], gain: float = 2.0) -> float:
    """sqrt(gain/inputs of a unit), the deviation of weights (..., inputs, outputs); 2 is for ReLU (He et al. 2015)."""
    return sqrt(gain / prod(shape[:-1]))
