"""Values (...) beside points (..., d): what lets one line of a step serve a single run as well as batches of them.

A single run has one value, a number, and one truth about it. A number broadcasts against any point as it is, and a
truth chooses between points as they are: arrays made of them would cost such a run more than its arithmetic does.
"""

from __future__ import annotations

import numpy as np

from zotheory.elementary import Array
from zotheory.kinds import namespace


def beside(value: Array) -> Array:
    """Values (...) with an axis for the coordinates of their points: (..., 1); one number as it is."""
    return value[..., None] if getattr(value, "ndim", 0) else value


def together(*points: Array) -> Array:
    """Points (..., d) of each run beside each other: (..., count, d)."""
    return namespace(points[0]).concat([x[..., None, :] for x in points], axis=-2)


def where(condition: Array, x: Array, y: Array) -> Array:
    """x where the condition holds, else y: arrays that broadcast, or the one that a single truth chooses."""
    if isinstance(condition, bool | np.bool):
        return x if condition else y
    return namespace(condition).where(condition, x, y)
