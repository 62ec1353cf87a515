"""Any array library that takes operations one by one, on arrays that NumPy draws: the steps as they stand."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import Any

import numpy as np

from zotheory.backends.library import Converted, Step
from zotheory.elementary import Array
from zotheory.protocols import Generator
from zotheory.streams import generator


class Eager:
    """An array-API namespace; what it draws, NumPy draws: the same numbers, and so the same run to rounding."""

    untraceable: tuple[type[Exception], ...] = ()

    def __init__(self, namespace: Any, name: str) -> None:
        self.namespace = namespace
        self.name = name

    def session(self) -> AbstractContextManager[Any]:
        """Nothing is to be set."""
        return nullcontext()

    def array(self, x: np.ndarray) -> Array:
        """An array of NumPy as one of the library."""
        return self.namespace.asarray(x, copy=True)

    def owns(self, x: Any) -> bool:
        """Whether `x` is one of its arrays."""
        return getattr(x, "__array_namespace__", lambda: None)() is self.namespace

    def stream(self, sequence: np.random.SeedSequence) -> Generator:
        """NumPy's generator, converted."""
        return Converted(generator(sequence), self.array)

    def source(self, stream: Any, t: int) -> Any:
        """The stream itself, in which the steps follow each other."""
        return stream

    def repeat(self, step: Step, carry: Any, first: int, count: int) -> Any:
        """One step after the other."""
        for t in range(first, first + count):
            carry = step(t, carry)
        return carry
