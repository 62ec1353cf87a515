"""What is known of many numbers without keeping them: moments, extremes and quantiles, of parts that are merged.

Moments have bits that depend on the order in which parts are merged. For quantiles a double is cut to its sign, its
exponent and the first 10 bits of its mantissa, and those that become the same are counted together: counts add up in
any order, and a quantile is known to lie among the doubles that were cut to one.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

CUT = 42  # bits of a double that are cut off, of the 52 of its mantissa
WIDTH = 64 - CUT  # bits that are left
MANY = 1 << 20  # counts that wait to be merged


class Moments(NamedTuple):
    """Of n values in each row: means, the lengths of what differs from them, and extremes.

    Lengths, and not their squares, which a float can hold of few.
    """

    n: int
    mean: np.ndarray
    spread: np.ndarray
    least: np.ndarray
    largest: np.ndarray

    @classmethod
    def none(cls, rows: int) -> Moments:
        """Of no values yet."""
        nothing = np.full(rows, np.nan)
        return cls(0, nothing, nothing, nothing, nothing)

    @classmethod
    def of(cls, values: np.ndarray) -> Moments:
        """Of values (rows, n)."""
        n, least, largest = values.shape[1], values.min(axis=1), values.max(axis=1)
        with np.errstate(invalid="ignore", over="ignore"):  # of infinities, and of sums
            mean = values.mean(axis=1)
            too_large = np.isinf(mean) & np.isfinite(least) & np.isfinite(largest)
            mean[too_large] = np.sum(values[too_large] / n, axis=1)
            apart = values - mean[:, None]
            unit = np.max(abs(apart), axis=1)
            unit[unit == 0] = 1
            spread = unit * np.sqrt(np.sum((apart / unit[:, None]) ** 2, axis=1))  # a BLAS has bits of its own
        return cls(n, mean, spread, least, largest)

    def merged(self, other: Moments) -> Moments:
        """Of both together (Chan, Golub, LeVeque 1983, formula 2.1)."""
        if self.n == 0:
            return other
        n, least, largest = (
            self.n + other.n,
            np.minimum(self.least, other.least),
            np.maximum(self.largest, other.largest),
        )
        with np.errstate(invalid="ignore", over="ignore"):
            apart = other.mean - self.mean
            weighted = self.mean * (self.n / n) + other.mean * (other.n / n)
            mean = np.where(np.isfinite(apart), self.mean + apart * (other.n / n), weighted)
            spread = np.hypot(np.hypot(self.spread, other.spread), apart * np.sqrt(self.n * other.n / n))
            spread = np.where(np.isinf(least) | np.isinf(largest), np.nan, spread)  # NumPy's, too
        return Moments(n, mean, spread, least, largest)


def cut_off(values: np.ndarray) -> np.ndarray:
    """Values (rows, n) as integers, those of a row in its order; what agrees in its first bits becomes the same.

    A row's number stands before its first bit.
    """
    bits = _ordered((values + 0.0).view(np.int64)) >> CUT  # + 0.0, for -0.0
    return bits + (np.arange(len(values))[:, None] << WIDTH)


def middle(cut: np.ndarray) -> np.ndarray:
    """The value in the middle of those that were cut to these integers; each infinity stands alone."""
    bits = ((cut + (1 << WIDTH - 1)) % (1 << WIDTH) - (1 << WIDTH - 1)) << CUT
    least, middle, most = (_ordered(bits + of).view(np.float64) for of in (0, 1 << CUT - 1, (1 << CUT) - 1))
    return np.where(np.isinf(least), least, np.where(np.isinf(most), most, middle))


def _ordered(bits: np.ndarray) -> np.ndarray:
    """The bits of doubles as integers in the same order, and back: those of negative numbers count downwards."""
    return bits ^ ((bits >> 63) & np.int64(2**63 - 1))


class Counts:
    """How often each integer came, in any order, from chunks that were counted by themselves."""

    def __init__(self) -> None:
        self.cut, self.times = np.zeros(0, np.int64), np.zeros(0, np.int64)
        self.waiting: list[tuple[np.ndarray, np.ndarray]] = []

    def add(self, cut: np.ndarray, times: np.ndarray) -> None:
        """Count these, each so many times."""
        self.waiting.append((cut, times))
        if sum(len(each) for each, _ in self.waiting) > max(MANY, len(self.cut)):  # seldom: they are sorted anew
            self._merge()

    def _merge(self) -> None:
        cut, times = (np.concatenate(each) for each in zip((self.cut, self.times), *self.waiting, strict=True))
        order = np.argsort(cut, kind="stable")
        cut = cut[order]
        first = np.flatnonzero(np.diff(cut, prepend=cut[0] - 1))
        self.cut, self.times, self.waiting = cut[first], np.add.reduceat(times[order], first), []

    def quantiles(self, probabilities: np.ndarray, n: int, rows: int) -> np.ndarray:
        """Where these shares of the n values of each row end, (probabilities, rows)."""
        if n == 0:
            return np.full((len(probabilities), rows), np.nan)
        self._merge()
        ranks = np.maximum(np.ceil(probabilities * n), 1)[:, None] + n * np.arange(rows)
        return middle(self.cut[np.searchsorted(np.cumsum(self.times), ranks)])
