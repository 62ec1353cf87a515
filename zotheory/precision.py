"""Numerical functions of floats and of mpmath numbers by one formula: arrays of either, sums, integrals, cases.

A core is a function of flat arrays, all of floats or all of mpmath numbers; `numeric` makes of it a function of numbers
and of arrays of any shape. What depends on the precision, as the length of a series, is read off the arrays (`bits`).
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import cache, wraps
from typing import Any

import numpy as np

from zotheory.elementary import exp
from zotheory.kinds import Array, kind

FLOAT = 53  # bits of a float; mpmath numbers have GUARD more than they are asked for
GUARD = 40
CHUNK = 2048  # elements at a time: each may be a sum of 60 terms

Core = Callable[..., tuple[np.ndarray, ...]]


def numeric(core: Core) -> Callable[..., Array]:
    """Make a function of flat arrays, of floats or of mpmath numbers, one of numbers and arrays of any shape.

    What the core returns, factor, exponent, factor, exponent, ..., stands for the sum of factor * exp(exponent). That
    is taken here, where the caller may have asked NumPy to notice an underflow; what happens in the core is ignored.
    mpmath computes with as many bits more as the first argument has before its point: exponents grow like a dimension.
    """

    @wraps(core)
    def function(*values: Array) -> Array:
        found = kind(*values)
        if found == "symbols":
            name = f"{core.__module__}.{core.__name__}".replace("._", ".")
            raise TypeError(f"{name} takes numbers only: it has no closed form in symbols")
        if found == "precise":
            several = any(isinstance(v, np.ndarray) for v in values)
            return np.vectorize(precise, otypes=[object])(*values) if several else precise(*values)
        arrays = np.broadcast_arrays(*(np.asarray(v, dtype=float) for v in values))
        flat = [a.reshape(-1) for a in arrays]
        with np.errstate(all="ignore"):
            parts = [core(*(a[i : i + CHUNK] for a in flat)) for i in range(0, max(1, flat[0].size), CHUNK)]
        return total(*map(np.concatenate, zip(*parts, strict=True))).reshape(arrays[0].shape)[()]

    def precise(*values: Any) -> Any:
        import mpmath

        d, *rest = map(mpmath.mpmathify, values)
        with mpmath.workprec(mpmath.mp.prec + max(0, mpmath.mag(d)) + GUARD):
            found = total(*core(*(np.array([v], dtype=object) for v in (d, *rest))))[0]
        return +found

    return function


def total(*pairs: np.ndarray) -> np.ndarray:
    """Sum of factor * exp(exponent)."""
    return sum(factor * exp(exponent) for factor, exponent in zip(pairs[::2], pairs[1::2], strict=True))


def bits(x: np.ndarray) -> int:
    """Return the precision of these numbers."""
    return sys.modules["mpmath"].mp.prec if x.dtype.hasobject else FLOAT


def numbers(values: Any, bits: int) -> np.ndarray:
    """Return an array of these numbers in this precision."""
    if bits == FLOAT:
        return np.asarray(values, dtype=float)
    return np.array([sys.modules["mpmath"].mpf(v) for v in values], dtype=object)


@cache
def counts(bits: int) -> np.ndarray:
    """1, 2, ...: so many terms does a series need that falls like 2^-k."""
    return numbers(range(1, bits + 8), bits)


@cache
def exponential_rule(bits: int) -> tuple[np.ndarray, np.ndarray]:
    """Places and weights of integrals of exp(-u) over u > 0: the trapezoidal rule after u = exp(y - exp(-y)).

    It converges like exp(-C/step) for what is analytic near u > 0 (Takahasi and Mori 1974). The step of 11/bits is what
    `zotheory.sphere` needs: there the error was found to be at most 2^(-12/step).
    """
    step = 11 / bits
    count = int(np.ceil(np.log(0.7 * bits + 8) / step))  # where the weights have fallen below 2^-bits
    y = step * numbers(range(-count, count + 1), bits)
    u = exp(y - exp(-y))
    return u, step * (1 + exp(-y)) * u * exp(-u)


def pieces(args: tuple[np.ndarray, ...], *cases: tuple[np.ndarray, Callable[..., np.ndarray]]) -> np.ndarray:
    """Return an array filled where each mask says by its function of the arguments there; 0 elsewhere."""
    out = 0 * args[0]
    for mask, function in cases:
        if np.any(mask):
            out[mask] = function(*(a[mask] for a in args))
    return out
