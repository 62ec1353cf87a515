"""Arrays in files, as `numpy.load` reads them, that are written part by part."""

from __future__ import annotations

import os
import zlib
from collections.abc import Iterable
from math import prod
from pathlib import Path
from typing import NamedTuple

import numpy as np

from zotheory.storage.database import Damaged

BLOCK = 1 << 20  # numbers that a new file is filled with at once


class ArrayFile(NamedTuple):
    """A file of doubles (rows, columns, width), which begin at an offset; a part of it is some of the columns."""

    path: Path
    offset: int
    rows: int
    columns: int
    width: int

    @classmethod
    def made(cls, path: Path, shape: tuple[int, ...], axis: int) -> ArrayFile:
        """Make a file of NaN, in all the space that its numbers will take; `axis` is the one that parts are cut from.

        Raises
        ------
        OSError
            Where it cannot be.
        """
        left, block = prod(shape), np.full(BLOCK, np.nan, "<f8")
        with path.open("wb") as file:
            np.lib.format.write_array_header_1_0(file, {"descr": "<f8", "fortran_order": False, "shape": shape})
            for first in range(0, left, BLOCK):
                file.write(block[: left - first].data)
        return cls.found(path, shape, axis)

    @classmethod
    def found(cls, path: Path, shape: tuple[int, ...], axis: int) -> ArrayFile:
        """Open a file that was made for this shape.

        Raises
        ------
        Damaged, OSError
            If it is not one, or not there.
        """
        try:
            array = np.load(path, mmap_mode="r")
        except (ValueError, EOFError) as problem:
            raise Damaged(f"{path.name} is no array: {problem}") from problem
        if array.shape != shape or array.dtype != "<f8" or not array.flags.c_contiguous:
            raise Damaged(f"{path.name} must hold float64 of shape {shape}, got {array.dtype} of shape {array.shape}")
        return cls(path, array.offset, prod(shape[:axis]), shape[axis], prod(shape[axis + 1 :]))

    def write(self, part: slice, values: np.ndarray) -> None:
        """Write these columns."""
        lines = np.ascontiguousarray(values, "<f8").reshape(self.rows, -1)
        with self.path.open("r+b") as file:
            for place, line in zip(self._places(part), lines, strict=True):
                file.seek(place)
                file.write(line.data)

    def settle(self) -> None:
        """Have on disk what was written."""
        with self.path.open("r+b") as file:  # as some systems ask
            os.fsync(file.fileno())

    def read(self, part: slice) -> np.ndarray:
        """These columns, (rows, columns * width)."""
        count, places = (part.stop - part.start) * self.width, self._places(part)
        with self.path.open("rb") as file:
            return np.stack([np.fromfile(file, "<f8", count, offset=place - file.tell()) for place in places])

    def _places(self, part: slice) -> list[int]:
        """Where these columns begin in each row, in bytes."""
        return [self.offset + 8 * self.width * (row * self.columns + part.start) for row in range(self.rows)]


def summed(arrays: Iterable[np.ndarray]) -> int:
    """A checksum of the numbers of all these arrays."""
    total = 0
    for array in arrays:
        total = zlib.crc32(np.ascontiguousarray(array, "<f8").data.cast("B"), total)
    return total
