"""Normal numbers from raw words, an array at a time: rectangles that need no comparison, and what they leave.

NumPy's ziggurat decides number by number whether its rectangle sticks out of the curve. Here none does. Under the
density f of N(0, 1) lie `RECTANGLES` rectangles [-x_j, x_j] x [f(x_{j+1}), f(x_j)], each of area exactly 1/STRIPS, the
lowest standing on the axis; so what they leave of the curve has the area (STRIPS - RECTANGLES)/STRIPS, whatever its
shape. Random bits choose one of STRIPS equal parts. If it is a rectangle, the number is x_j times a random word, read
as a signed fraction: one table, one product, the same for all numbers of an array. If not, once in 1365, the number is
drawn from what is left, by rejection from boxes that cover it: the cap between f(x_0) and f(0), the wedge beside each
rectangle, and the tail, cut into boxes as well.

Source: Marsaglia, MacLaren, Bray, "A fast procedure for generating normal random variables", CACM 7, 1964, whose
rectangles stand upright; lying, as in Marsaglia and Tsang, J. Stat. Software 5(8), 2000, they need one table, not two.

What it promises
- The same bits on every machine: integers, and doubles that are multiplied, divided, added, compared or rooted as
  IEEE 754 prescribes; no function of a mathematical library.
- Resolution: in a rectangle, positions are 2^-31 x_j apart, and the left one of each pair is taken; numbers that the
  rectangles leave are as fine as doubles between 0 and 1.
- Law: to that resolution. The tables are right to the last bits of doubles, which moves 10^-12 of the mass at most.
- Tail: boxes end at `LARGEST`, which a normal number exceeds once in 10^20. They are chosen by 65 bits, fine enough to
  give the farthest its chance to half a percent.
"""

from __future__ import annotations

from functools import cache
from math import fsum, prod, sqrt
from typing import Any, NamedTuple

import numpy as np

from zotheory.kinds import shown

STRIPS = 1 << 12
RECTANGLES = STRIPS - 3
NARROWEST = 0.04429105226911738  # x_0: with it the lowest rectangle stands on the axis
LARGEST, TAIL_BOX = 9.25, 1 / 16

BLOCK = 1 << 14  # numbers whose words, strips and results lie in a second-level cache
PAGE = 1 << 18  # numbers whose rest is drawn at once
FEW = 1 << 13  # below which NumPy's own fill is as fast
PEAK = 0.3989422804014327  # f(0) = 1/sqrt(2 pi)


class Tables(NamedTuple):
    """Of the strips, half width over 2^31. Of the boxes: left edge, width, and the share of f(left) that is its height;
    and how one is chosen, by Walker's aliases: each with the chance 1/n, and then kept, or left for another.
    """

    width: np.ndarray
    left: np.ndarray
    across: np.ndarray
    share: np.ndarray
    keep: np.ndarray
    other: np.ndarray


def fall(t: Any) -> Any:
    """1 - exp(-t) for 0 <= t <= 3/4, to 10^-14 of it: 2z/(z coth z + z), z = t/2, by Lambert's fraction."""
    z = t / 2
    square, c = z * z, 11.0
    for n in (9, 7, 5, 3, 1):
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
    left, across, shares, tops = np.array(boxes).T
    width = np.array(widths + [1.0] * (STRIPS - RECTANGLES)) / 2.0**31
    return Tables(width, left, across, shares, *aliases((across * shares * tops).tolist()))


def aliases(areas: list[float]) -> tuple[np.ndarray, np.ndarray]:
    """Return how far each of n equal parts is its own, and whose the remainder is, so that areas come in proportion."""
    mean = fsum(areas) / len(areas)
    keep, other = [area / mean for area in areas], list(range(len(areas)))
    small, large = ([i for i in other if (keep[i] < 1) == less] for less in (True, False))
    while small and large:
        i, j = small.pop(), large[-1]
        other[i] = j
        keep[j] -= 1 - keep[i]
        if keep[j] < 1:
            small.append(large.pop())
    return np.array(keep), np.array(other)


def _is_wide(out: Any) -> bool:
    return isinstance(out, np.ndarray) and out.size >= FEW and out.dtype == np.float64 and out.flags.carray


class Ziggurat(np.random.Generator):
    """NumPy's generator on an SFC64 stream, whose `standard_normal` fills arrays faster; all else is NumPy's own.

    Fewer than `FEW` numbers are NumPy's own as well, and so are those that are not asked for by default: by a size that
    is no integer, tuple or list, in a dtype other than `numpy.float64` itself, or into an array of another order.

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
        if out is None and type(size) is tuple and prod(size) < FEW:  # of a single run, quickly
            return super().standard_normal(size, dtype)
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
            half, quarter = -(-block.size // 2), -(-block.size // 4)
            words = self.bit_generator.random_raw(quarter + half).astype("<u8", copy=False)
            strip = words[:quarter].view("<u2")[: block.size]
            strip &= STRIPS - 1
            np.greater_equal(strip, RECTANGLES, out=remains[start : start + BLOCK])
            width.take(strip.astype(np.intp), out=block, mode="wrap")
            np.multiply(block, words[quarter:].view("<i4")[: block.size], out=block)
        at = np.flatnonzero(remains)
        page[at] = np.copysign(self._rest(at.size), page[at])  # the word's sign is its own

    def _rest(self, count: int) -> np.ndarray:
        """|x| of what the rectangles leave."""
        t, found = tables(), np.empty(0)
        while found.size < count:
            where, kept, x, y = self.random((4, 2 * (count - found.size) + 16))
            box = (where * t.left.size).astype(np.intp)
            box = np.where(kept < t.keep[box], box, t.other[box])
            left = t.left[box]
            x = left + t.across[box] * x
            under = t.share[box] * y > fall((x - left) * (x + left) / 2)
            found = np.concatenate([found, x[under]])
        return found[:count]
