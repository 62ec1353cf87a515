"""Mirror maps: the geometry in which a method takes its step.

A mirror map is 1-strongly convex for a norm; `prox` solves argmin_y <g, y> + D(y, x)/h over the domain. Here the
Euclidean one, D(y, x) = |y - x|^2 / 2, on the whole space or on a ball.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np

from zotheory import require
from zotheory.elementary import Array, maximum, namespace, sqrt


@dataclass(frozen=True)
class Mirror:
    """A mirror map on a domain.

    Attributes
    ----------
    name : str
    prox : callable ``(x, g, h) -> y``, arrays (..., d)
        The mirror-descent step from `x` against gradient `g` with step size `h`.
    reach : callable ``y -> R``
        Smallest R with D(y, x) <= R^2/2 for every x of the domain (inf on an unbounded one).
    radius, centre : of the ball that is the domain; radius None stands for the whole space.
    """

    name: str
    prox: Callable[[Array, Array, Array], Array]
    reach: Callable[[Array], float]
    radius: float | None = None
    centre: Array = 0


def norm(x: Array) -> Array:
    """Euclidean norm over the last axis."""
    return sqrt(namespace(x).vecdot(x, x))


def project(x: Array, radius: Array, centre: Array = 0) -> Array:
    """Return the nearest point of the ball: centre + (x - centre) radius / max(|x - centre|, radius)."""
    xp = namespace(x)
    offset = x - centre
    return centre + offset * xp.expand_dims(radius / maximum(norm(offset), radius), axis=-1)


def _ball_prox(x: Array, g: Array, h: Array, *, radius: float, centre: Array) -> Array:
    return project(x - h * g, radius, centre)


def _space_prox(x: Array, g: Array, h: Array) -> Array:
    return x - h * g


def _ball_reach(y: Array, *, radius: float, centre: Array) -> float:
    return float(radius + norm(np.asarray(y) - centre))


def euclidean_ball(radius: float, centre: Array = 0) -> Mirror:
    """Gradient step, then projection on the ball of `radius` (> 0) about `centre` (a scalar or shape (d,))."""
    require.positive(radius=radius)
    return Mirror(
        "euclidean_ball",
        partial(_ball_prox, radius=radius, centre=centre),
        partial(_ball_reach, radius=radius, centre=centre),
        radius,
        centre,
    )


euclidean = Mirror("euclidean", _space_prox, lambda y: float("inf"))
