"""Normal numbers from raw words, an array at a time: rectangles that need no comparison, and what they leave.

NumPy's ziggurat decides number by number whether its rectangle sticks out of the curve. Here none does. Under the
density f of N(0, 1) lie `RECTANGLES` rectangles [-x_j, x_j] x [f(x_{j+1}), f(x_j)], each of area exactly 1/STRIPS, the
lowest standing on the axis; so what they leave of the curve has the area (STRIPS - RECTANGLES)/STRIPS, whatever its
shape. The lowest bits of a word choose one of STRIPS equal parts. If it is a rectangle, the number is the word, read
as a signed fraction, times x_j: one table, one product, and every number of the array takes the same path. If not, one
in 700, the number is drawn from what is left, by rejection from boxes that cover it: the cap between f(x_0) and f(0),
the wedge beside each rectangle, and the tail, cut into boxes as well.

Source: Marsaglia, MacLaren, Bray, "A fast procedure for generating normal random variables", CACM 7, 1964, whose
rectangles stand upright; lying, as in Marsaglia and Tsang, J. Stat. Software 5(8), 2000, they need one table, not two.

What it promises
- Integers, and floats that are multiplied, added, divided, compared or rooted as IEEE 754 prescribes; no function of a
  mathematical library. So the bits are the same on every machine.
- Resolution: within a rectangle positions are 2^-52 of its width 2 x_j apart, as far as doubles near 1 are. The low
  bits, which choose the rectangle, are left in the word, below that.
- Law: the tables are right to the last bits of doubles, which moves 10^-12 of the mass at most.
- Tail: boxes end at `LARGEST`, which a normal number exceeds once in 10^32, and are chosen by 106 bits, the farthest
  first, so that they come in proportion to the end.
"""

from __future__ import annotations

from functools import cache
from itertools import accumulate
from math import prod, sqrt
from typing import Any, NamedTuple

import numpy as np

from zotheory.kinds import shown

STRIPS = 1 << 11
RECTANGLES = STRIPS - 3
NARROWEST = 0.05230482150964175  # x_0: with it the lowest rectangle stands on the axis
LARGEST, TAIL_BOX = 12.0, 1 / 16

BLOCK = 1 << 14  # numbers whose words, strips and results lie in a second-level cache
PAGE = 1 << 18  # numbers whose rest is drawn at once
FEW = 1 << 13  # below which NumPy's own fill is as fast
PEAK = 0.3989422804014327  # f(0) = 1/sqrt(2 pi)


class Tables(NamedTuple):
    """Of the strips, half width over 2^63. Of the boxes, farthest first: chance up to each, left edge, width, and which
    share of the height under f(left) each takes.
    """

    width: np.ndarray
    upto: np.ndarray
    left: np.ndarray
    across: np.ndarray
    share: np.ndarray


def fall(t: Any) -> Any:
    """1 - exp(-t) for 0 <= t <= 3/4, to the last bits: 2z/(z coth z + z), z = t/2, by Lambert's fraction."""
    z = t / 2
    square, c = z * z, 13.0
    for n in (11, 9, 7, 5, 3, 1):
        c = n + square / c
    return t / (c + z)


def _atanh(z: float) -> float:
    """Of 0 <= z <= 1/2, by its series."""
    total, square = 0.0, z * z
    for n in range(49, 0, -2):
        total = total * square + 1 / n
    return z * total


@cache
def tables() -> Tables:
    """Rectangles from the top down, each as high as 1/STRIPS makes it, and the boxes from the cap to the tail.

    A rectangle takes the share q = 1/(2 STRIPS x f(x)) of the height below f(x), so that the next one has the square
    x^2 - 2 log(1 - q), and log(1 - q) = -2 atanh(q/(2 - q)).
    """
    x, share = NARROWEST, fall(NARROWEST * NARROWEST / 2)
    boxes, widths = [(0.0, x, share, PEAK)], []
    y = PEAK * (1 - share)
    for _ in range(RECTANGLES - 1):
        q = 1 / (2 * STRIPS * x * y)
        wider = sqrt(x * x + 4 * _atanh(q / (2 - q)))
        boxes.append((x, wider - x, q, y))
        widths.append(x)
        x, y = wider, y * (1 - q)
    widths.append(x)
    while x < LARGEST:
        boxes.append((x, TAIL_BOX, 1.0, y))
        x, y = x + TAIL_BOX, y * (1 - fall((x + TAIL_BOX / 2) * TAIL_BOX))
    left, across, shares, tops = np.array(boxes[::-1]).T
    areas = np.array(list(accumulate(across * shares * tops)))
    width = np.array(widths + [1.0] * (STRIPS - RECTANGLES)) / 2.0**63
    return Tables(width, areas[:-1] / areas[-1], left, across, shares)


def _is_wide(out: Any) -> bool:
    return isinstance(out, np.ndarray) and out.size >= FEW and out.dtype == np.float64 and out.flags.carray


class Ziggurat(np.random.Generator):
    """NumPy's generator on an SFC64 stream, whose `standard_normal` fills arrays faster; all else is NumPy's own.

    Arrays of fewer than `FEW` numbers, single precision and what is no array are NumPy's own as well.

    Raises
    ------
    TypeError
        Unless the bit generator is an SFC64.
    """

    def __init__(self, bit_generator: np.random.SFC64) -> None:
        if not isinstance(bit_generator, np.random.SFC64):
            raise TypeError(f"bit_generator must be a numpy.random.SFC64, got {shown(bit_generator)}")
        super().__init__(bit_generator)

    def __reduce__(self) -> Any:
        """NumPy's would make it a plain Generator."""
        return type(self), (self.bit_generator,)

    def standard_normal(self, size: Any = None, dtype: Any = np.float64, out: Any = None) -> Any:
        """Draw N(0, 1), as `numpy.random.Generator.standard_normal` does, with other bits."""
        if isinstance(size, int | np.integer | list):
            size = tuple(size) if isinstance(size, list) else (size,)
        if out is None and dtype is np.float64 and isinstance(size, tuple) and prod(size) >= FEW:
            out = np.empty(size)
        elif not _is_wide(out) or dtype is not np.float64 or size not in (None, out.shape):
            return super().standard_normal(size, dtype, out)
        flat = out.reshape(-1)
        for start in range(0, flat.size, PAGE):
            self._fill(flat[start : start + PAGE])
        return out

    def _fill(self, page: np.ndarray) -> None:
        width = tables().width
        remains = np.empty(page.size, bool)
        for start in range(0, page.size, BLOCK):
            block = page[start : start + BLOCK]
            words = self.bit_generator.random_raw(block.size).view(np.int64)
            strip = words & (STRIPS - 1)
            np.greater_equal(strip, RECTANGLES, out=remains[start : start + BLOCK])
            width.take(strip, out=block, mode="clip")
            np.multiply(block, words, out=block)
        at = np.flatnonzero(remains)
        page[at] = np.copysign(self._rest(at.size), page[at])  # the word's sign is its own

    def _rest(self, count: int) -> np.ndarray:
        """|x| of what the rectangles leave."""
        _, upto, lefts, across, share = tables()
        found = np.empty(0)
        while found.size < count:
            where, finer, x, y = self.random((4, 2 * (count - found.size) + 16))
            box = np.searchsorted(upto, where + 2.0**-53 * finer, side="right")
            left = lefts[box]
            x = left + across[box] * x
            under = share[box] * y > fall((x - left) * (x + left) / 2)
            found = np.concatenate([found, x[under]])
        return found[:count]
