"""Radii of random steps: fixed, decaying, drawn from a grid, or led by the 1/5 rule.

A radius is the length alpha of a step, or its root mean square: alpha = sigma sqrt(d) where sigma is the standard
deviation of a coordinate. A `Radius` says how it starts, how it is drawn in step t = 1, 2, ..., and what becomes of it
when a step was accepted or rejected.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Annotated, ClassVar

from zotheory.arguments import Schedule, at_step, checked
from zotheory.elementary import Array, floor
from zotheory.protocols import Source
from zotheory.quantities import Length, larger_than, positive, whole
from zotheory.values import where

__all__ = ["Radius", "decaying", "fixed", "log_uniform", "one_fifth"]


@checked
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

    such_as: ClassVar[str] = "zo.radii.one_fifth(1.0)"

    first: Annotated[float, positive(Length)]
    draw: Callable[[Source, Array, int], Array]
    after: Callable[[Array, Array], Array]


def _remembered(rng: Source, alpha: Array, t: int) -> Array:
    return alpha


def _same(alpha: Array, accepted: Array) -> Array:
    return alpha


@checked
def fixed(alpha: Annotated[float, positive(Length)]) -> Radius:
    """The same radius in every step.

    Parameters
    ----------
    alpha : float
        alpha > 0, a length.
    """
    return Radius(alpha, _remembered, _same)


def _scheduled(rng: Source, alpha: Array, t: int, *, schedule: Schedule) -> Array:
    return alpha * at_step("alpha", schedule, t)


@checked
def decaying(schedule: Schedule) -> Radius:
    """alpha(t) in step t = 1, 2, ..., for example ``lambda t: 1 / t``.

    Parameters
    ----------
    schedule : callable ``t -> float``
        alpha(t) > 0, a length.

    Raises
    ------
    TypeError, ValueError
        In a step, unless alpha(t) > 0.
    """
    return Radius(1.0, partial(_scheduled, schedule=schedule), _same)


def _log_uniform(rng: Source, largest: Array, t: int, *, count: int) -> Array:
    return largest * 2.0 ** -floor(count * rng.random(largest.shape))


@checked
def log_uniform(largest: Annotated[float, positive(Length)], count: Annotated[int, whole(1)]) -> Radius:
    """2^-j `largest`, j = 0..count-1 with equal probability, anew in every step.

    Parameters
    ----------
    largest : float
        largest > 0, a length.
    count : int
        Number J >= 1 of radii.
    """
    return Radius(largest, partial(_log_uniform, count=count), _same)


def _fifth(alpha: Array, accepted: Array, *, growth: float) -> Array:
    return where(accepted, alpha * growth, alpha / growth**0.25)


@checked
def one_fifth(alpha: Annotated[float, positive(Length)], growth: Annotated[float, larger_than(1)] = 1.2) -> Radius:
    """Times `growth` after an accepted step, over growth^(1/4) after a rejected one: at rest where 1 in 5 is accepted.

    Rechenberg's rule, in the form of Kern et al., Natural Computing 3, 2004.

    Parameters
    ----------
    alpha : float
        Radius of the first step: alpha > 0, a length.
    growth : float
        growth > 1. Larger values adapt faster, and waver more.
    """
    return Radius(alpha, _remembered, partial(_fifth, growth=growth))


Rule = Radius | Annotated[float, positive(Length)] | Schedule  # what methods take as a radius


@checked
def as_radius(radius: Rule) -> Radius:
    """A number is `fixed`, a function of t `decaying`, a `Radius` itself."""
    if isinstance(radius, Radius):
        return radius
    return decaying(radius) if callable(radius) else fixed(radius)
