"""Gradient estimates from values of f at a few points along a random direction.

Arrays are (..., d), `delta` the smoothing radius (> 0), `u` isotropic directions. Each estimate is written once and
accepts floats, batches and symbols.
"""

from __future__ import annotations

from collections.abc import Callable

from zotheory.elementary import Array, namespace
from zotheory.values import beside

__all__ = ["central", "double_smoothed", "one_point", "pairs", "two_point"]

Objective = Callable[[Array], Array]
Estimator = Callable[[Objective, Array, Array, Array], Array]  # (f, x, u, delta) -> g


def _along(slope: Array, u: Array) -> Array:
    return beside(slope) * u


def one_point(f: Objective, x: Array, u: Array, delta: Array) -> Array:
    """f(x + delta u)/delta u (Flaxman et al. 2005, rescaled to isotropic u). Cost: 1 evaluation."""
    return _along(f(x + delta * u) / delta, u)


def two_point(f: Objective, x: Array, u: Array, delta: Array) -> Array:
    """[f(x + delta u) - f(x)]/delta u (Duchi et al. 2015, smooth case; the same f in both). Cost: 2 evaluations."""
    return _along((f(x + delta * u) - f(x)) / delta, u)


def central(f: Objective, x: Array, u: Array, delta: Array) -> Array:
    """[f(x + delta u) - f(x - delta u)]/(2 delta) u (Shamir 2017, rescaled to isotropic u). Cost: 2 evaluations."""
    return _along((f(x + delta * u) - f(x - delta * u)) / (2 * delta), u)


def double_smoothed(f: Objective, x: Array, u: Array, w: Array, delta: Array, eta: Array) -> Array:
    """[f(x + eta w + delta u) - f(x + eta w)]/delta u (Duchi et al. 2015, non-smooth). Cost: 2 evaluations."""
    return two_point(f, x + eta * w, u, delta)


def pairs(f: Objective, x: Array, u: Array, delta: Array) -> Array:
    """Mean of `two_point` over m directions u (..., m, d), which share f(x). Cost: m + 1 evaluations."""
    xp = namespace(x)
    return xp.mean(two_point(f, xp.expand_dims(x, axis=-2), u, delta), axis=-2)
