"""Integrals, sums and limits of functions of one number, each with a proof of care: what does not settle is refused.

Quadrature is cut at the kinks of the integrand, and at a place that no formula singles out, so that no symmetry cancels
a pole. A series has to fall before its tail is estimated, so that no divergent one is given a value.

References: H. Takahasi and M. Mori, Publ. RIMS 9, 1974 (quadrature by mpmath).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import pairwise
from typing import Any

import mpmath

CONTEXT = mpmath.MPContext()  # of our own: nobody else's precision is touched
CLOSE = 1e-9  # how well approximations have to agree
TERMS = 4000  # of a sum, added one by one
ODD = 0.5319  # where a range is cut
LIMIT_DIGITS, LIMIT_STEPS = 400, 8

Function = Callable[[Any], Any]


class Undefined(ArithmeticError):
    """A term has no finite value at a point."""


class Unsettled(ArithmeticError):
    """No value of a term could be established at a point."""


def real(x: Any) -> Any:
    """Return the real part of a number that is real but for rounding.

    Raises
    ------
    Unsettled
        For any other.
    """
    if abs(CONTEXT.im(x)) > CONTEXT.mpf(10) ** (8 - CONTEXT.dps) * (1 + abs(x)):
        raise Unsettled(f"{CONTEXT.nstr(x)} is not real")
    return CONTEXT.re(x)


# --- integrals -------------------------------------------------------------------------------------------------------


def integral(f: Function, low: Any, high: Any, switches: Iterable[Function] = ()) -> Any:
    """Integral of f, whose kinks and jumps are where a switch changes sign.

    Raises
    ------
    Unsettled
        Where the error estimate of some piece is not small.
    """
    if low > high:
        return -integral(f, high, low, switches)
    cuts = {low, high, _cut(low, high), *(t for switch in switches for t in _changes(switch, low, high))}
    ends = sorted(cuts)
    total, size = CONTEXT.mpf(0), CONTEXT.mpf(0)
    for a, b in pairwise(ends):
        found, error = CONTEXT.quad(_inside(f, a, b), [a, b], error=True)
        size += abs(found)
        if not CONTEXT.isfinite(found) or error > CLOSE / 10 * (1 + size):
            raise Unsettled(f"quadrature over ({CONTEXT.nstr(a)}, {CONTEXT.nstr(b)}) does not settle")
        total += found
    return total


def _cut(low: Any, high: Any) -> Any:
    if low == -CONTEXT.inf and high == CONTEXT.inf:
        return CONTEXT.mpf(ODD)
    if high == CONTEXT.inf:
        return low + ODD
    return high - ODD if low == -CONTEXT.inf else low + (high - low) * ODD


def _changes(switch: Function, low: Any, high: Any, cells: int = 120) -> list[Any]:
    """Points of (low, high) where a function changes sign, as far as a grid shows them."""
    finite = CONTEXT.isfinite(low) and CONTEXT.isfinite(high)

    def place(share: Any) -> Any:
        if finite:
            return low + (high - low) * share
        return min(max(CONTEXT.tan(CONTEXT.pi * (share - CONTEXT.mpf(1) / 2)), low), high)

    grid = [place(CONTEXT.mpf(i) / cells) for i in range(1, cells)]
    signs = [CONTEXT.sign(real(switch(t))) for t in grid]
    found = [t for t, sign in zip(grid, signs, strict=True) if sign == 0]
    for (a, sign), (b, other) in pairwise(zip(grid, signs, strict=True)):
        if sign * other < 0:
            found.append(_bisect(switch, a, b, sign))
    return [t for t in found if low < t < high]


def _bisect(switch: Function, low: Any, high: Any, sign: Any) -> Any:
    for _ in range(CONTEXT.prec):
        middle = (low + high) / 2
        low, high = (middle, high) if CONTEXT.sign(real(switch(middle))) == sign else (low, middle)
    return (low + high) / 2


def _inside(f: Function, a: Any, b: Any) -> Function:
    """The integrand, 0 at nodes that rounding has moved onto an end where it is not defined."""

    def inside(t: Any) -> Any:
        try:
            return f(t)
        except Undefined:
            if t in (a, b):
                return CONTEXT.mpf(0)
            raise

    return inside


# --- sums and products -----------------------------------------------------------------------------------------------


def terms(f: Function, low: Any, high: Any) -> list[Any]:
    """Values of f at the integers from low to high; none if high is below low.

    Raises
    ------
    Unsettled
        If they are too many.
    """
    if not (CONTEXT.isfinite(low) and CONTEXT.isfinite(high)) or high - low > TERMS:
        raise Unsettled(f"there are too many terms from {low} to {high}")
    return [f(CONTEXT.mpf(i)) for i in range(int(low), int(high) + 1)]


def series(f: Function, low: Any) -> Any:
    """Sum of f over all integers from low on.

    Raises
    ------
    Unsettled
        Where the terms neither fade within some hundreds, nor fall like a power below -1.
    """
    total, start = CONTEXT.mpf(0), int(low) + 480
    for i in range(int(low), start):
        term = f(CONTEXT.mpf(i))
        total += term
        if i >= low + 60 and abs(term) < abs(total) * CONTEXT.eps:
            return total
    return total + _tail(f, start)


def _tail(f: Function, start: int) -> Any:
    """The terms from `start` on, of a smooth series that falls, by the Euler-Maclaurin formula."""
    far = [real(f(CONTEXT.mpf(start * 2**i))) for i in range(12)]
    ratios = [b / a for a, b in pairwise(far) if a]
    if not all(0 < ratio < 0.495 for ratio in ratios):
        raise Unsettled("the series is not seen to converge")
    at = CONTEXT.mpf(start)
    pieces = [CONTEXT.quad(f, [at * 4**i, at * 4 ** (i + 1)]) for i in range(30)]
    rest, error = CONTEXT.quad(f, [at * 4**30, CONTEXT.inf], error=True)
    if error > CLOSE:
        raise Unsettled("the series is not seen to converge")
    return CONTEXT.fsum(pieces) + rest + f(at) / 2 - CONTEXT.diff(f, at) / 12 + CONTEXT.diff(f, at, 3) / 720


# --- limits ----------------------------------------------------------------------------------------------------------


def limit(f: Function, end: Any, direction: str) -> Any:
    """Value at which f settles as its argument goes to an end: from above "+", below "-", or both "+-".

    Raises
    ------
    Unsettled
        Where it does not settle within 128 powers of ten, or the two sides differ.
    """
    found = []
    for seen in _seen(f, end, direction):
        if abs(seen[-1] - seen[-2]) > CLOSE / 10 * (1 + abs(seen[-1])):
            raise Unsettled("the limit is not seen to be reached")
        found.append(seen[-1])
    if abs(found[0] - found[-1]) > CLOSE * (1 + abs(found[0])):
        raise Unsettled("the two sides of the limit differ")
    return found[0]


def approaches(f: Function, end: Any, direction: str, target: Any) -> bool:
    """Whether f is seen to tend to a target, possibly infinite; a slow approach counts if the gap keeps falling."""
    if not CONTEXT.isfinite(target):
        return all(_grows([CONTEXT.sign(target) * real(v) for v in seen]) for seen in _seen(f, end, direction))
    negligible = CLOSE * (1 + abs(target))
    return all(_falls([abs(v - target) for v in seen], negligible) for seen in _seen(f, end, direction))


def _seen(f: Function, end: Any, direction: str) -> list[list[Any]]:
    """Values of f along places that tend to an end, a list for each side."""
    distances = [CONTEXT.mpf(10) ** (2**i) for i in range(1, LIMIT_STEPS)]
    if not CONTEXT.isfinite(end):
        return [[f(CONTEXT.sign(end) * x) for x in distances]]
    sides = {"+": (1,), "-": (-1,), "+-": (1, -1)}[direction]
    return [[f(end + side / x) for x in distances] for side in sides]


def _falls(gaps: list[Any], negligible: Any) -> bool:
    if gaps[-1] <= negligible:
        return True
    return all(b <= 0.75 * a for a, b in pairwise(gaps[-4:]))


def _grows(seen: list[Any]) -> bool:
    """Whether values increase, and by no less each time."""
    steps = [b - a for a, b in pairwise(seen[-5:])]
    return all(step > 0 for step in steps) and all(b >= a for a, b in pairwise(steps))
