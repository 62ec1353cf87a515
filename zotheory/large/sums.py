"""Vectors as sums: of arrays in memory and of directions that are drawn anew when they are needed.

A step that is linear in its vectors makes nothing of x and u but sums like x + 0.1 u. Such a sum is kept as its
coefficients, and its coordinates are computed when they are asked for, a block at a time: to evaluate f there, for an
inner product, and once a step to write the new state over the old.

The order in which a sum is added up belongs to its vectors alone, which makes a point that is evaluated and later
written down one and the same point, to the bit; and a direction that is stored gives the bits of one drawn anew.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import count
from typing import Any, Protocol

import numpy as np

from zotheory.large.blocks import Blocks

ages = count()
ROW = 1 << 12


class Atom(Protocol):
    """A vector (d,) that sums are made of; of two, the older, of smaller `age`, is added first.

    `square` is that of its length, where it is known without a look at the coordinates.
    """

    age: int
    square: float | None

    def block(self, index: int, where: slice, room: np.ndarray) -> np.ndarray:
        """The coordinates `where` of block number `index`: from memory, or written into `room`."""


class Stored:
    """A vector in memory."""

    square: float | None = None

    def __init__(self, array: np.ndarray) -> None:
        self.array, self.age = array, next(ages)

    def block(self, index: int, where: slice, room: np.ndarray) -> np.ndarray:
        """A part of the array itself."""
        return self.array[where]


class Ones:
    """The vector of ones: a number that is added to a vector is a multiple of it."""

    age = -1
    square: float | None = None

    def block(self, index: int, where: slice, room: np.ndarray) -> np.ndarray:
        """Ones."""
        room[:] = 1
        return room


ONES = Ones()


class Sum:
    """A sum of vectors (d,), each times a number; vectors times 0 are left out."""

    def __init__(self, terms: dict[Atom, float]) -> None:
        self.terms = {atom: factor for atom, factor in terms.items() if factor != 0}

    def __add__(self, other: Sum) -> Sum:
        return Sum(self.terms | {atom: self.terms.get(atom, 0.0) + factor for atom, factor in other.terms.items()})

    def __sub__(self, other: Sum) -> Sum:
        return self + other * -1.0

    def __mul__(self, number: float) -> Sum:
        return Sum({atom: factor * number for atom, factor in self.terms.items()})

    def __truediv__(self, number: float) -> Sum:
        return Sum({atom: factor / number for atom, factor in self.terms.items()})

    @property
    def stored(self) -> Stored | None:
        """The vector in memory that it is, if it is one."""
        if len(self.terms) == 1:
            [(atom, factor)] = self.terms.items()
            if isinstance(atom, Stored) and factor == 1:
                return atom
        return None


def by_blocks(sums: Sequence[Sum], blocks: Blocks) -> Iterator[tuple[slice, list[np.ndarray]]]:
    """Yield a slice and the coordinates there of each of the sums, block by block, valid until the next.

    A direction that several of them contain is drawn once.
    """
    atoms = sorted({atom for each in sums for atom in each.terms}, key=_age)
    oldest = [min(each.terms, key=_age, default=None) for each in sums]
    room, product, *totals = np.zeros((2 + len(sums), blocks.largest))
    for index, where in enumerate(blocks):
        size = where.stop - where.start
        found = [total[:size] for total in totals]
        for atom in atoms:
            part = atom.block(index, where, room[:size])
            for each, first, total in zip(sums, oldest, found, strict=True):
                if atom is first:
                    np.multiply(part, each.terms[atom], out=total)
                elif atom in each.terms:
                    total += np.multiply(part, each.terms[atom], out=product[:size])
        yield where, found


def _age(atom: Atom) -> int:
    return atom.age


def parts(sum_: Sum, blocks: Blocks) -> Iterator[tuple[slice, np.ndarray]]:
    """Yield a slice and the coordinates there of one sum, valid until the next and not to be written into."""
    stored = sum_.stored
    pairs = ((where, [stored.array[where]]) for where in blocks) if stored else by_blocks([sum_], blocks)
    for where, (part,) in pairs:
        part.setflags(write=False)
        yield where, part


def inner(a: Sum, b: Sum, blocks: Blocks) -> float:
    """<a, b>, block by block."""
    if a is b and len(a.terms) == 1:
        [(atom, factor)] = a.terms.items()
        if atom.square is not None:
            return factor * factor * atom.square
    return sum(dot(found[0], found[-1]) for _, found in by_blocks([a] if a is b else [a, b], blocks))


def dot(x: np.ndarray, y: np.ndarray) -> float:
    """<x, y> of two blocks, row by row: a BLAS shares longer ones out to threads, whose number decides the bits."""
    whole = len(x) - len(x) % ROW
    rows = np.vecdot(x[:whole].reshape(-1, ROW), y[:whole].reshape(-1, ROW))
    return float(np.sum(rows) + np.vecdot(x[whole:], y[whole:]))


class Point:
    """A point (d,) by blocks, as an objective sees it: ``for where, x in point`` gives slices and coordinates there.

    Each x is an array that cannot be written into, valid until the next. A second loop starts from the beginning.
    """

    def __init__(self, sum_: Sum, blocks: Blocks) -> None:
        self._sum, self._blocks = sum_, blocks

    def __len__(self) -> int:
        """The number of blocks."""
        return len(self._blocks)

    def __iter__(self) -> Iterator[tuple[slice, np.ndarray]]:
        return parts(self._sum, self._blocks)

    def __array__(self, *args: Any, **kwargs: Any) -> Any:
        raise TypeError(f"a {type(self).__name__} is no array")
