"""One step, twice: what it drew and saw is kept, and handed out once more, with the vectors turned.

`invariance` compares the two. The second step is told the values of f that the first saw, so it costs no
evaluation and takes the same branches.
"""

from __future__ import annotations

import numbers
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import copy
from math import prod
from typing import Any

import numpy as np

from zotheory.elementary import Array
from zotheory.objective import Objective

LARGEST = 10**6  # numbers that a few replicas may draw in a step, beside their vectors

ONLY_NORMALS = (
    "vectors are to come from rng.standard_normal((..., d)), the one law that reduced coordinates have; numbers, a few "
    "a replica, from rng.random or rng.standard_exponential"
)


class Unfit(ValueError):
    """A problem or a method that reduced coordinates would give another law."""


Placing = Callable[[np.ndarray], np.ndarray]  # reduced normals -> turned ones


class Recorder:
    """A source of reduced normals that keeps what was drawn from it."""

    def __init__(self, source: Any) -> None:
        self.source = source
        self.drawn: list[tuple[str, Any]] = []

    def standard_normal(self, size: Any) -> np.ndarray:
        """As the source's."""
        name = "a number" if _shape(size) == self.source.batch else "standard_normal"
        return self._kept(name, self.source.standard_normal(size))

    def random(self, size: Any = None) -> Any:
        """As the source's."""
        return self._number("random", size)

    def standard_exponential(self, size: Any = None) -> Any:
        """As the source's."""
        return self._number("standard_exponential", size)

    @contextmanager
    def explaining(self, d: int) -> Iterator[None]:
        """Say what was drawn, where an error may come from numbers in the place of vectors."""
        try:
            yield
        except ValueError as error:
            if any(name != "standard_normal" and z.shape[-1:] == (d,) for name, z in self.drawn):
                raise Unfit(f"numbers are drawn in the place of a vector: {ONLY_NORMALS}") from error
            raise

    def _number(self, name: str, size: Any) -> Any:
        if prod(_shape(size)) > LARGEST:
            raise Unfit(f"{name} is drawn of shape {size}: {ONLY_NORMALS}")
        return self._kept(name, getattr(self.source, name)(size))

    def _kept(self, name: str, value: Any) -> Any:
        self.drawn.append((name, np.array(value)))  # a copy: a law may scale its draws in place
        return value

    def __getattr__(self, name: str) -> Any:
        return getattr(self.source, name)


class Replay:
    """What a `Recorder` kept, once more and in the same order; vectors as `place` turns them."""

    def __init__(self, drawn: list[tuple[str, Any]], d: int, batch: tuple[int, ...], place: Placing) -> None:
        self.drawn = iter(drawn)
        self.d, self.batch = d, batch
        self.place = place

    def standard_normal(self, size: Any) -> np.ndarray:
        """Vectors, turned."""
        shape = _shape(size)
        if shape == self.batch:
            return self._next("a number", shape)
        return self.place(self._next("standard_normal", shape[:-1], shape[-1:] == (self.d,)))

    def random(self, size: Any = None) -> Any:
        """The same numbers."""
        return self._next("random", _shape(size))

    def standard_exponential(self, size: Any = None) -> Any:
        """The same numbers."""
        return self._next("standard_exponential", _shape(size))

    def _next(self, name: str, shape: Any, right: bool = True) -> Any:
        was, value = next(self.drawn, ("nothing", np.zeros(0)))
        lead = value.shape[:-1] if name == "standard_normal" else value.shape
        if was != name or lead != tuple(shape) or not right:
            raise Unfit(f"what is drawn depends on how many coordinates are written: {ONLY_NORMALS}")
        return value.copy() if value.shape else value[()]


def _shape(size: Any) -> tuple[int, ...]:
    return () if size is None else tuple(int(n) for n in np.atleast_1d(size))


class Seen:
    """An objective that keeps the points it was asked for, and its values."""

    def __init__(self, f: Callable[[Array], Array]) -> None:
        self.f = Objective(f)
        self.points: list[np.ndarray] = []
        self.values: list[np.ndarray] = []

    def __call__(self, x: Array) -> Array:
        """f at points (..., d)."""
        value = self.f(x)
        self.points.append(np.array(x))
        self.values.append(np.array(value))
        return value


class Told:
    """An objective that answers with the values of another, in the same order."""

    def __init__(self, values: list[np.ndarray]) -> None:
        self.values = iter(values)
        self.points: list[np.ndarray] = []

    def __call__(self, x: Array) -> Array:
        """The next of the values."""
        value = next(self.values, None)
        if value is None or value.shape != tuple(x.shape[:-1]):
            raise Unfit("how often a step evaluates f depends on how many coordinates are written")
        self.points.append(np.array(x))
        return value.copy()


def mapped(value: Any, function: Callable[[str, Any], Any], path: str = "") -> Any:
    """The same tree of tuples, lists, dicts and plain objects, with function(path, leaf) of its numbers and arrays."""

    def inner(name: Any, part: Any) -> Any:
        return mapped(part, function, f"{path}.{name}" if path else str(name))

    if isinstance(value, np.ndarray | numbers.Number):
        return function(path, value)
    if hasattr(value, "_fields"):
        return type(value)(*(inner(name, part) for name, part in zip(value._fields, value, strict=True)))
    if isinstance(value, tuple | list):
        return type(value)(inner(i, part) for i, part in enumerate(value))
    if isinstance(value, dict):
        return {key: inner(key, part) for key, part in value.items()}
    if hasattr(value, "__dict__") and not callable(value):
        other = copy(value)
        for name, part in vars(value).items():
            object.__setattr__(other, name, inner(name, part))
        return other
    return value


def leaves(value: Any, path: str) -> dict[str, np.ndarray]:
    """Numbers and arrays of a state, by their paths, which begin with `path`."""
    found: dict[str, np.ndarray] = {}
    mapped(value, lambda name, leaf: found.setdefault(name, np.array(leaf)), path)
    return found
