"""What a run asks of an array library."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, Protocol

import numpy as np

from zotheory.elementary import Array
from zotheory.protocols import Generator

Step = Callable[[Any, Any], Any]  # (t, carry) -> carry


class Library(Protocol):
    """An array library, set to one device.

    Attributes
    ----------
    name : str
    device : what it runs on, in its own words
    untraceable : errors by which it says that a function cannot be compiled
    """

    name: str
    device: Any
    untraceable: tuple[type[Exception], ...]

    def session(self) -> AbstractContextManager[Any]:
        """Double precision and the device, for as long as a run lasts; the user's settings come back."""

    def array(self, x: np.ndarray) -> Array:
        """An array of NumPy as one of its own, in memory of its own."""

    def owns(self, x: Any) -> bool:
        """Whether `x` is one of its arrays."""

    def stream(self, sequence: np.random.SeedSequence) -> Any:
        """The random stream of a chunk of replicas."""

    def source(self, stream: Any, t: Any) -> Generator:
        """What step t draws from."""

    def repeat(self, step: Step, carry: Any, first: int, count: int) -> Any:
        """The steps t = first, ..., first + count - 1, one after the other."""


class Converted:
    """Numbers that NumPy draws, as arrays of another library.

    Parameters
    ----------
    rng : Generator of NumPy
    array : callable ``array of NumPy -> array``
    """

    def __init__(self, rng: np.random.Generator, array: Callable[[np.ndarray], Array]) -> None:
        self.rng = rng
        self.array = array

    def standard_normal(self, size: Any = ()) -> Array:
        """N(0, 1), independent, of shape `size`."""
        return self.array(np.asarray(self.rng.standard_normal(size)))

    def random(self, size: Any = ()) -> Array:
        """Uniform on [0, 1)."""
        return self.array(np.asarray(self.rng.random(size)))

    def standard_exponential(self, size: Any = ()) -> Array:
        """Exponential, of mean 1."""
        return self.array(np.asarray(self.rng.standard_exponential(size)))

    def integers(self, low: int, high: int, size: Any = ()) -> Array:
        """Whole numbers, uniform on low..high - 1."""
        return self.array(np.asarray(self.rng.integers(low, high, size)))
