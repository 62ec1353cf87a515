"""Values (...) beside points (..., d): what lets one line of a step serve a single run as well as batches of them.

A single run has one value, a number, and one truth about it. A number broadcasts against any point as it is, and a
truth chooses between points as they are: arrays made of them would cost such a run more than its arithmetic does.
"""

from __future__ import annotations

from collections.abc import Callable
from math import prod

import numpy as np

from zotheory.elementary import Array
from zotheory.kinds import namespace
from zotheory.libraries import device


def beside(value: Array) -> Array:
    """Values (...) with an axis for the coordinates of their points: (..., 1); one number as it is."""
    return value[..., None] if getattr(value, "ndim", 0) else value


def together(*points: Array) -> Array:
    """Points (..., d) of each run beside each other: (..., count, d)."""
    return namespace(points[0]).concat([x[..., None, :] for x in points], axis=-2)


def replaced(x: Array, i: int, w: Array) -> Array:
    """Points (..., K, d): x (..., d) with each of w (..., K) in the place of coordinate i."""
    xp = namespace(x)
    return xp.where(xp.arange(x.shape[-1], device=device(x)) == i, w[..., None], x[..., None, :])


def along(f: Callable[[Array], Array], x: Array, i: int, w: Array) -> Array:
    """Values (..., K) of f at x (..., d) with each of w (..., K) in the place of coordinate i.

    Of an objective that has a method of its own, ``f.along(x, i, w)``, by that, since much of its work at such points
    may be the same; of any other by whole points. On JAX `i` may be no number yet.
    """
    own = getattr(f, "along", None)
    return f(replaced(x, i, w)) if own is None else own(x, i, w)


def argmin(y: Array, fy: Array) -> tuple[Array, Array]:
    """Best of the candidates y (..., K, d) with values fy (..., K): point (..., d) and value (...)."""
    xp = namespace(y)
    first = xp.argmin(fy, axis=-1)
    if isinstance(first, np.integer):  # a single run
        return y[first], fy[first]
    *batch, count, d = y.shape
    rows = xp.reshape(xp.arange(prod(batch), device=device(fy)) * count, tuple(batch)) + first
    flat = xp.reshape(rows, (-1,))
    best, fbest = xp.take(xp.reshape(y, (-1, d)), flat, axis=0), xp.take(xp.reshape(fy, (-1,)), flat, axis=0)
    return xp.reshape(best, (*batch, d)), xp.reshape(fbest, tuple(batch))


def where(condition: Array, x: Array, y: Array) -> Array:
    """x where the condition holds, else y: arrays that broadcast, or the one that a single truth chooses."""
    if isinstance(condition, bool | np.bool):
        return x if condition else y
    return namespace(condition).where(condition, x, y)


def either(condition: Array, change: Callable[..., Array], stay: Callable[..., Array], *points: Array) -> Array:
    """``change(*points)`` where the condition (...) holds, else ``stay(*points)``; points (..., d).

    A change is computed for the points that it is of, where that can be: they are few in most steps, and whole points
    are copied faster than coordinates are chosen one by one.
    """
    if isinstance(condition, bool | np.bool):
        return (change if condition else stay)(*points)
    rest = stay(*points)
    if type(condition) is not np.ndarray or condition.dtype != np.bool or condition.shape != rest.shape[:-1]:
        return where(beside(condition), change(*points), rest)
    rows = condition.nonzero()
    if not rows[0].size:
        return rest
    rest = rest.copy() if any(rest is each for each in points) else rest
    rest[rows] = change(*(each[rows] for each in points))
    return rest
