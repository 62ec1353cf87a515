"""How the coordinates of a large run are cut: into blocks, drawn, summed and handed out one after the other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import accumulate

import numpy as np

from zotheory import require


class Blocks:
    """The coordinates 0..d-1 in blocks of one size, the last one shorter, or of sizes that are given.

    Parameters
    ----------
    d : int
    block : int, or sequence of int
        The size of the blocks; or the sizes of all of them, which sum to d.

    Raises
    ------
    TypeError, ValueError
        Unless block holds positive integers that sum to d where it is a sequence.
    """

    def __init__(self, d: int, block: int | Sequence[int] | np.ndarray) -> None:
        self.d = d
        if isinstance(block, np.ndarray) and block.ndim == 1:
            block = block.tolist()
        if isinstance(block, Sequence) and not isinstance(block, str | bytes):
            sizes = [require.count(f"block[{i}]", size) for i, size in enumerate(block)]
            if sum(sizes) != d:
                raise ValueError(f"block must hold sizes that sum to d = {d}, got {len(sizes)} with sum {sum(sizes)}")
            self.ends = list(accumulate(sizes))
        else:
            size = min(require.count("block", block), d)
            self.ends = [*range(size, d, size), d]
        self.largest = max(where.stop - where.start for where in self)

    def __iter__(self) -> Iterator[slice]:
        """Their slices, in order."""
        start = 0
        for end in self.ends:
            yield slice(start, end)
            start = end

    def __len__(self) -> int:
        return len(self.ends)
