"""The random source of a large run: directions that are drawn when they are needed, and again when they are.

Block b of draw j in step t has a random stream of its own, with the key (t, j, b) of the seed: who knows the seed draws
any block of any direction, in any order and anywhere.
"""

from __future__ import annotations

from collections.abc import Callable
from math import prod, sqrt
from typing import Any

import numpy as np

from zotheory.large.blocks import Blocks
from zotheory.large.sums import Atom, Sum, ages, dot
from zotheory.large.vectors import Vectors
from zotheory.streams import child, generator

MANY = 1 << 16  # numbers that a step may draw at once beside its vectors


class Stream:
    """A source of directions (..., d) that are not stored, and of numbers, in the place of a NumPy generator."""

    def __init__(self, sequence: np.random.SeedSequence, blocks: Blocks) -> None:
        self.sequence, self.blocks = sequence, blocks
        self.step = self.draws = 0

    def begin(self, step: int) -> None:
        """What is drawn from now on is drawn in step t = 1, 2, ..."""
        self.step, self.draws = step, 0

    def key(self) -> np.random.SeedSequence:
        """That of the next draw."""
        self.draws += 1
        return child(self.sequence, self.step, self.draws)

    def standard_normal(self, size: Any = None) -> Any:
        """N(0, I) vectors (..., d), or numbers."""
        lead = self._lead(size)
        return self._vectors(Normals, lead) if lead is not None else self._numbers("standard_normal", size)

    def integers(self, low: int, high: int | None = None, size: Any = None) -> Any:
        """Vectors (..., d) of bits, or numbers."""
        lead = self._lead(size)
        if lead is not None and (low, high) == (0, 2):
            return self._vectors(Bits, lead)
        return self._numbers("integers", size, low, high)

    def random(self, size: Any = None) -> Any:
        """Numbers uniform on [0, 1)."""
        return self._numbers("random", size)

    def standard_exponential(self, size: Any = None) -> Any:
        """Exponential numbers of mean 1."""
        return self._numbers("standard_exponential", size)

    def _lead(self, size: Any) -> tuple[int, ...] | None:
        """The axes before the coordinates of vectors; None where numbers are asked for."""
        shape = _shape(size)
        return shape[:-1] if shape[-1:] == (self.blocks.d,) else None

    def _vectors(self, kind: Callable[..., Atom], lead: tuple[int, ...]) -> Vectors:
        rows = np.empty(lead, object)
        for index in np.ndindex(lead):
            rows[index] = Sum({kind(self.key(), self.blocks): 1.0})
        return Vectors(rows, self.blocks)

    def _numbers(self, name: str, size: Any, *bounds: Any) -> Any:
        if prod(_shape(size)) > MANY:
            raise TypeError(
                f"method must draw its vectors from standard_normal, or as bits from integers(0, 2), in a large run, "
                f"got {name}{bounds or ''} of shape {size}"
            )
        return getattr(generator(self.key()), name)(*bounds, size=size)


def _shape(size: Any) -> tuple[int, ...]:
    return () if size is None else tuple(int(n) for n in np.atleast_1d(size))


class Normals:
    """N(0, I): of each block first the length, chi with as many degrees of freedom, then what is scaled to it.

    So the length of the whole is known before its coordinates are drawn, and a law that needs it, such as that on the
    sphere, takes no pass over them.
    """

    def __init__(self, key: np.random.SeedSequence, blocks: Blocks) -> None:
        self.key, self.age = key, next(ages)
        squares = generator(key).chisquare([where.stop - where.start for where in blocks])
        self.lengths = np.sqrt(squares)
        self.square: float | None = float(np.sum(squares))

    def block(self, index: int, where: slice, room: np.ndarray) -> np.ndarray:
        """Block number `index`."""
        generator(child(self.key, index)).standard_normal(out=room)
        room *= self.lengths[index] / sqrt(dot(room, room))
        return room


class Bits:
    """Independent zeros and ones, equally likely."""

    square: float | None = None

    def __init__(self, key: np.random.SeedSequence, blocks: Blocks) -> None:
        self.key, self.age = key, next(ages)

    def block(self, index: int, where: slice, room: np.ndarray) -> np.ndarray:
        """Block number `index`."""
        raw = generator(child(self.key, index)).bytes(-(-len(room) // 8))
        room[:] = np.unpackbits(np.frombuffer(raw, np.uint8), count=len(room))
        return room
