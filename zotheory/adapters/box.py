"""Bounds of the variables: a box, and how points of the whole space are brought into it.

A method walks in R^d and knows of no bounds; what it asks for is folded into the box, and f is evaluated there and
nowhere else. "reflect": as by mirrors at the bounds, over and over: neighbours stay neighbours, no length grows, and
outside the box there is what is inside. "project": to the nearest point of the box, which meets minima on the boundary
exactly; outside there is nothing but the boundary, so that a step is followed by bringing the method's points back.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from math import sqrt
from typing import Any

import numpy as np

from zotheory.kinds import shown
from zotheory.methods import Method

AROUND = 3.0  # deviations


@dataclass(frozen=True, eq=False)
class Box:
    """Points with low <= x <= high, coordinate by coordinate; -inf and inf where there is no bound.

    Attributes
    ----------
    low, high : array (d,)
    reflects : bool
        Whether points are reflected into it, or projected.
    """

    low: np.ndarray
    high: np.ndarray
    reflects: bool = True

    @classmethod
    def of(cls, bounds: Any, d: int, how: str) -> Box:
        """Read bounds as SciPy has them: a `scipy.optimize.Bounds`, or d pairs (low, high), None where there is none.

        Raises
        ------
        TypeError, ValueError
            Naming the argument, its value and the condition.
        """
        try:
            if hasattr(bounds, "lb"):
                low, high = (np.broadcast_to(_numbers(end), d) for end in (bounds.lb, bounds.ub))
            else:
                pairs = [(-np.inf if a is None else a, np.inf if b is None else b) for a, b in bounds]
                low, high = np.reshape(_numbers(pairs), (len(pairs), 2)).T
        except (TypeError, ValueError):
            raise TypeError(
                "bounds must be scipy.optimize.Bounds or pairs of numbers (low, high), one for each variable, got "
                f"{shown(bounds)}"
            ) from None
        if len(low) != d:
            raise ValueError(f"bounds must be {d} pairs, one for each variable, got {len(low)}")
        wrong = np.flatnonzero(~((low <= high) & (low < np.inf) & (high > -np.inf)))
        if len(wrong):
            i = wrong[0]
            raise ValueError(f"bounds must have low <= high, got ({low[i]}, {high[i]}) for variable {i}")
        return cls(np.array(low), np.array(high), how == "reflect")

    @property
    def bounded(self) -> np.ndarray:
        """Which coordinates (d,) have bounds on both sides, at a distance that is a number."""
        return np.isfinite(self.width)

    @property
    def width(self) -> np.ndarray:
        """high - low (d,): inf where a bound is missing, or both are too far apart."""
        with np.errstate(over="ignore"):
            return self.high - self.low

    def __contains__(self, x: np.ndarray) -> bool:
        return bool(np.all((self.low <= x) & (x <= self.high)))

    def fold(self, x: np.ndarray) -> np.ndarray:
        """Bring points (..., d) into the box; those inside stay what they are, to the bit."""
        if self.reflects:
            x = np.where((self.low <= x) & (x <= self.high), x, self._mirrored(x))
        return np.clip(x, self.low, self.high)

    def _mirrored(self, x: np.ndarray) -> np.ndarray:
        low, high = np.where(np.isfinite(self.low), self.low, 0), np.where(np.isfinite(self.high), self.high, 0)
        width = np.where(self.bounded & (self.width > 0), self.width, 1)
        within = np.mod(x - low, 2 * width)
        both = low + np.where(within > width, 2 * width - within, within)
        one = np.where(np.isfinite(self.low), low + abs(x - low), high - abs(high - x))
        return np.where(self.bounded, both, one)


def _numbers(given: Any) -> np.ndarray:
    """Real numbers as floats; TypeError for text and other things that NumPy would take for numbers."""
    array = np.asarray(given)
    if array.dtype.kind not in "iuf":
        raise TypeError(f"must be real numbers, got dtype {array.dtype}")
    return array.astype(float)


def kept_within(method: Method, box: Box, scale: np.ndarray) -> Method:
    """Return the method whose points are brought back after every step; they are x/scale.

    The point x goes into the box: its value stays true, as f was evaluated where x is brought to. Others, from which
    trials start, may stay `AROUND` deviations of a trial outside, where nearly all trials are on the bound, which a
    point on the bound would leave with every other trial. Where a point is brought back, directions that the method
    remembers lose their part across the bound.

    Raises
    ------
    TypeError
        Where the method names no points that it remembers.
    """
    if not _points(method):
        raise TypeError(f"outside must be 'reflect' for a method whose vectors are no points, got {method.vectors}")
    return replace(method, step=partial(_kept_within, method, box, scale))


def _points(method: Method) -> list[str]:
    return [name for name in method.vectors if name not in method.directions]


def _kept_within(method: Method, box: Box, scale: np.ndarray, f: Any, state: Any, move: Any) -> Any:
    after = method.step(f, state, move)
    reach = AROUND * scale * getattr(after, "alpha", 0.0) / sqrt(len(scale))
    near = replace(box, low=box.low - reach, high=box.high + reach)
    points = {
        name: (box if name == "x" else near).fold(scale * getattr(after, name)) / scale for name in _points(method)
    }
    free = np.all([x == getattr(after, name) for name, x in points.items()], axis=0)
    along = {name: np.where(free, getattr(after, name), 0.0) for name in method.directions}
    return after._replace(**points, **along)
