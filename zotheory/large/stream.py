"""The random source of a large run: directions that are drawn when they are needed, and again when they are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from zotheory.large.blocks import Blocks
from zotheory.large.sums import Sum, ages
from zotheory.large.vectors import Vectors
from zotheory.streams import child, generator


class Stream:
    """A source whose vectors are regenerated: block b of draw j in step t has a stream of its own, with key (t, j, b).

    Who knows the seed can draw any block of any direction, in any order and anywhere.
    """

    def __init__(self, sequence: np.random.SeedSequence, blocks: Blocks) -> None:
        self.sequence, self.blocks = sequence, blocks
        self.step = self.draws = 0

    def begin(self, step: int) -> None:
        """What is drawn from now on is drawn in step t = 1, 2, ..."""
        self.step, self.draws = step, 0

    def numbers(self) -> np.random.Generator:
        """The generator of the next draw, for numbers."""
        self.draws += 1
        return generator(child(self.sequence, self.step, self.draws, 0))

    def standard_normal(self, size: Any = None) -> Any:
        """N(0, I) vectors (..., d), or numbers."""
        lead = self._lead(size)
        return self.numbers().standard_normal(size) if lead is None else self._vectors(normals, lead)

    def integers(self, low: int, high: int | None = None, size: Any = None) -> Any:
        """Vectors (..., d) of bits, or numbers."""
        lead = self._lead(size)
        if lead is None:
            return self.numbers().integers(low, high, size)
        if (low, high) != (0, 2):
            raise TypeError(
                f"method must draw vectors of normals or of bits in a large run, got integers({low}, {high})"
            )
        return self._vectors(bits, lead)

    def random(self, size: Any = None) -> Any:
        """Numbers uniform on [0, 1)."""
        return self._number("random", size)

    def standard_exponential(self, size: Any = None) -> Any:
        """Exponential numbers of mean 1."""
        return self._number("standard_exponential", size)

    def _number(self, name: str, size: Any) -> Any:
        if self._lead(size) is not None:
            raise TypeError(
                f"method must draw vectors of normals or of bits in a large run, got {name} of shape {size}"
            )
        return getattr(self.numbers(), name)(size)

    def _lead(self, size: Any) -> tuple[int, ...] | None:
        """The axes before the coordinates of vectors; None where numbers are asked for."""
        shape = () if size is None else tuple(int(n) for n in np.atleast_1d(size))
        return shape[:-1] if shape[-1:] == (self.blocks.d,) else None

    def _vectors(self, fill: Callable[..., None], lead: tuple[int, ...]) -> Vectors:
        rows = np.empty(lead, object)
        for index in np.ndindex(lead):
            self.draws += 1
            rows[index] = Sum({Drawn(self.sequence, self.step, self.draws, fill): 1.0})
        return Vectors(rows, self.blocks)


def _refusal(what: str) -> TypeError:
    return TypeError(f"method must draw vectors of normals or of bits in a large run, got vectors of {what}")


@dataclass(eq=False)
class Drawn:
    """A direction: its key, and how the generator of a block fills it."""

    sequence: np.random.SeedSequence
    step: int
    draw: int
    fill: Callable[[np.random.Generator, np.ndarray], Any]
    age: int = field(default_factory=ages.__next__)

    def block(self, index: int, where: slice, room: np.ndarray) -> np.ndarray:
        """Block number `index`, drawn into `room`."""
        self.fill(generator(child(self.sequence, self.step, self.draw, index)), room)
        return room


def normals(rng: np.random.Generator, room: np.ndarray) -> None:
    """Fill with N(0, 1)."""
    rng.standard_normal(out=room)


def bits(rng: np.random.Generator, room: np.ndarray) -> None:
    """Fill with 0 and 1."""
    room[:] = np.unpackbits(np.frombuffer(rng.bytes(-(-len(room) // 8)), np.uint8), count=len(room))
