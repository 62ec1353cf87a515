"""Radii of random steps: fixed, decaying, drawn from a grid, or led by the 1/5 rule.

A radius is the length alpha of a step, or its root mean square: alpha = sigma sqrt(d) where sigma is the standard
deviation of a coordinate. A `Radius` says how it starts, how it is drawn in step t = 1, 2, ..., and what becomes of it
when a step was accepted or rejected.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from zotheory import require
from zotheory.elementary import Array, namespace
from zotheory.protocols import Source


@dataclass(frozen=True)
class Radius:
    """A rule for the radius of the steps of one run.

    Attributes
    ----------
    first : float
        What is remembered at the start.
    draw : callable ``(rng, remembered (...), t) -> alpha (...)``
        Radius of step t.
    after : callable ``(remembered (...), accepted (...)) -> remembered (...)``
    """

    first: float
    draw: Callable[[Source, Array, int], Array]
    after: Callable[[Array, Array], Array]


def _remembered(rng: Source, alpha: Array, t: int) -> Array:
    return alpha


def _same(alpha: Array, accepted: Array) -> Array:
    return alpha


def fixed(alpha: float) -> Radius:
    """The same radius in every step.

    Raises
    ------
    ValueError
        Unless alpha > 0.
    """
    require.positive(alpha=alpha)
    return Radius(alpha, _remembered, _same)


def _scheduled(rng: Source, alpha: Array, t: int, *, schedule: Callable[[int], float]) -> Array:
    radius = schedule(t)
    require.positive(**{f"alpha({t})": radius})
    return alpha * radius


def decaying(schedule: Callable[[int], float]) -> Radius:
    """alpha(t) in step t = 1, 2, ..., for example ``lambda t: 1 / t``.

    Raises
    ------
    TypeError, ValueError
        Unless `schedule` is a function; in a step, unless alpha(t) > 0.
    """
    if not callable(schedule):
        raise TypeError(f"schedule must be a function of the step t, got {schedule!r}")
    return Radius(1.0, partial(_scheduled, schedule=schedule), _same)


def _log_uniform(rng: Source, largest: Array, t: int, *, count: int) -> Array:
    return largest * 2.0 ** -np.floor(count * rng.random(largest.shape))


def log_uniform(largest: float, count: int) -> Radius:
    """2^-j `largest`, j = 0..count-1 with equal probability, anew in every step.

    Raises
    ------
    TypeError, ValueError
        Unless largest > 0 and count >= 1.
    """
    require.positive(largest=largest)
    require.count(count=count)
    return Radius(largest, partial(_log_uniform, count=count), _same)


def _fifth(alpha: Array, accepted: Array, *, growth: float) -> Array:
    xp = namespace(alpha)
    return xp.where(accepted, alpha * growth, alpha / growth**0.25)


def one_fifth(alpha: float, growth: float = 1.2) -> Radius:
    """Times `growth` after an accepted step, over growth^(1/4) after a rejected one: at rest where 1 in 5 is accepted.

    Rechenberg's rule, in the form of Kern et al., Natural Computing 3, 2004.

    Raises
    ------
    ValueError
        Unless alpha > 0 and growth > 1.
    """
    require.positive(alpha=alpha, **{"growth - 1": growth - 1})
    return Radius(alpha, _remembered, partial(_fifth, growth=growth))


def as_radius(radius: Any) -> Radius:
    """A number is `fixed`, a function of t `decaying`, a `Radius` itself.

    Raises
    ------
    TypeError, ValueError
        For anything else.
    """
    if isinstance(radius, Radius):
        return radius
    return decaying(radius) if callable(radius) else fixed(radius)
