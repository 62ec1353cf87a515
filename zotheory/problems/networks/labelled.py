"""Learning from labelled data as a stochastic problem: a step sees the loss of one mini-batch."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import KW_ONLY, dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from zotheory import require
from zotheory.arguments import checked
from zotheory.elementary import Array
from zotheory.kinds import namespace, shown
from zotheory.libraries import device, taken
from zotheory.oracles import expand_like
from zotheory.problems.networks.layers import cross_entropy, error_rate, f1_error, require_labels
from zotheory.problems.networks.parameters import Network
from zotheory.protocols import Generator
from zotheory.quantities import Size

OF_CLASSES = (cross_entropy, error_rate, f1_error)  # losses that say nothing of a label that is no class


class Rows(NamedTuple):
    """A mini-batch: inputs (..., n, ...) and what belongs to them, (..., n)."""

    inputs: Array
    labels: Array


@checked
@dataclass(frozen=True, eq=False)
class Labelled:
    """f(x) = mean over the data of the loss of a network with parameters x; F(x; X) that of a mini-batch X.

    `zotheory.oracles.Expected` of this is f itself, a deterministic problem.

    Parameters
    ----------
    network : one of `zotheory.problems.networks`
    inputs : array (n, ...)
        The network computes in their precision.
    labels : array (n,)
        Classes, or whatever `loss` compares outputs with.
    batch : int
        Rows of a mini-batch, drawn with replacement, anew for each step of each replica.
    loss : callable ``(outputs, labels) -> (...)``
        Mean over the rows; default: cross-entropy in nats. It need not have a derivative.
    seed : seed of the first parameters
    chunk : int
        Rows that are evaluated at once where all of the data are.

    Raises
    ------
    TypeError, ValueError
        Where inputs and labels differ in number, or are none; where inputs are not finite floats; where network and
        loss do not take them, or give no number; and where classes are not those of the network's outputs.
    """

    network: Network
    inputs: Any = field(repr=False)
    labels: Any = field(repr=False)
    _: KW_ONLY
    batch: Size
    loss: Callable[[Array, Array], Array] = cross_entropy
    seed: Any = 0
    chunk: Size = 10_000

    def __post_init__(self) -> None:
        self._check(self.inputs, self.labels)

    def _check(self, inputs: np.ndarray, labels: np.ndarray) -> None:
        """Whether these are data of the network and the loss."""
        require.floats("inputs", inputs)
        if not isinstance(labels, np.ndarray) or labels.dtype.kind not in "biuf":
            raise TypeError(f"labels must be an array of numbers, got {shown(labels)}")
        if labels.shape[:1] != inputs.shape[:1]:
            raise ValueError(f"labels must be as many as inputs, {len(inputs)}, got shape {labels.shape}")
        outputs = tried("network", self.network, parameters=self.x0, inputs=inputs[:1])
        whole = labels.ndim == 1 and np.issubdtype(labels.dtype, np.integer)
        if outputs.ndim and (whole or self.loss in OF_CLASSES):
            require_labels("labels", labels, outputs.shape[-1])
        if self.loss in OF_CLASSES and labels.shape[1:] != outputs.shape[1:-1]:
            wanted = ", ".join(["n", *map(str, outputs.shape[1:-1])])
            raise ValueError(f"labels must have shape ({wanted}), a class each, got shape {labels.shape}")
        value = tried("loss", self.loss, outputs=outputs, labels=labels[:1])
        if value.shape or value.dtype.kind != "f":
            raise ValueError(f"loss must return a float for some rows, got {value.dtype} of shape {value.shape}")

    @property
    def d(self) -> int:
        """p, the number of parameters."""
        return self.network.parameters.count

    @cached_property
    def x0(self) -> np.ndarray:
        """The network's first parameters, (p,)."""
        return self.network.start(self.seed)

    def value(self, x: Array, rows: Rows) -> Array:
        """Mean loss (...) over rows, at parameters x (..., p), in their precision."""
        xp = namespace(x)
        outputs = self.network(xp.astype(x, rows.inputs.dtype), rows.inputs)
        return xp.astype(self.loss(outputs, rows.labels), x.dtype)

    def over(self, x: Array, inputs: np.ndarray, labels: np.ndarray) -> Array:
        """Mean loss (...) over other data, `chunk` rows at a time: those that nobody trained on.

        Raises
        ------
        TypeError, ValueError
            As for the data that are trained on.
        """
        self._check(inputs, labels)
        return self._mean(x, inputs, labels)

    def _mean(self, x: Array, inputs: np.ndarray, labels: np.ndarray) -> Array:
        total = 0.0
        for first in range(0, len(inputs), self.chunk):
            part = Rows(inputs[first : first + self.chunk], labels[first : first + self.chunk])
            total = total + self.value(x, Rows(*(like(x, each) for each in part))) * len(part.labels)
        return total / len(inputs)

    def __call__(self, x: Array) -> Array:
        """f at parameters (..., p)."""
        return self._mean(x, self.inputs, self.labels)

    def sample(self, rng: Generator, batch: tuple[int, ...]) -> Rows:
        """Draw a mini-batch for each replica."""
        rows = rng.integers(0, len(self.inputs), (*batch, self.batch))
        return Rows(taken(self.inputs, rows), taken(self.labels, rows))

    def at(self, xi: Rows) -> Callable[[Array], Array]:
        """Return F(.; mini-batch)."""
        trailing = (self.inputs.ndim, self.labels.ndim)
        return lambda x: self.value(x, Rows(*(expand_like(a, x, axes) for a, axes in zip(xi, trailing, strict=True))))


def tried(name: str, function: Callable[..., Any], **given: np.ndarray) -> np.ndarray:
    """What a function makes of arrays; ValueError, which names it and their shapes, where it does not take them."""
    try:
        return np.asarray(function(*given.values()))
    except Exception as error:  # what a function of any kind may raise here
        shapes = " and ".join(f"{each} of shape {array.shape}" for each, array in given.items())
        raise ValueError(f"{name} must take {shapes}, got {type(error).__name__}: {error}") from error


def like(x: Array, data: np.ndarray) -> Array:
    """Data in the library and on the device of x, in their own precision."""
    xp = namespace(x)
    return data if xp is np else xp.asarray(data, device=device(x))
