"""Conditions on arguments, by name: those of `zotheory.quantities`, where no signature says them.

Each raises TypeError, ValueError or OverflowError with the argument's name, its value and the condition. Symbols pass
unless SymPy knows that they break it, so the same functions serve derivations.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from zotheory import quantities
from zotheory.kinds import LARGEST, shown
from zotheory.quantities import Quantity

POSITIVE, NONNEGATIVE, COUNT = quantities.positive(), quantities.nonnegative(), quantities.whole(1, LARGEST)


def _each(quantity: Quantity, arguments: dict[str, Any]) -> None:
    for name, value in arguments.items():
        quantity.check(name, value)


def positive(**arguments: Any) -> None:
    """Each argument is real, finite and > 0."""
    _each(POSITIVE, arguments)


def nonnegative(**arguments: Any) -> None:
    """Each argument is real, finite and >= 0."""
    _each(NONNEGATIVE, arguments)


def at_least(minimum: float, **arguments: Any) -> None:
    """Each argument is real, finite and >= `minimum`."""
    _each(quantities.at_least(minimum), arguments)


def between(low: float, high: float, **arguments: Any) -> None:
    """Each argument is real with low < argument < high."""
    _each(quantities.between(low, high), arguments)


def count(name: str, value: Any) -> int:
    """Return a positive integer as a Python one."""
    return COUNT.integer(name, value)


def values(name: str, function: Callable[[Any], Any], x: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """Return the values of a function at x as floats; ValueError, naming it, unless they are numbers of this shape."""
    try:
        array = np.asarray(function(x))
    except Exception as error:  # what a function of any kind may raise here
        raise ValueError(
            f"{name} must take an array of shape {x.shape}, got {type(error).__name__}: {error}"
        ) from error
    if array.dtype.kind not in "iuf" or array.shape != shape:
        raise ValueError(f"{name} must return numbers of shape {shape}, got {array.dtype} of shape {array.shape}")
    return array.astype(np.float64)


def floats(name: str, value: Any) -> None:
    """Data (n, ...), n >= 1: an array of NumPy of finite floats, in whatever precision."""
    if not isinstance(value, np.ndarray) or value.dtype.kind != "f":
        raise TypeError(f"{name} must be an array of floats, got {shown(value)}")
    if value.ndim == 0 or value.size == 0:
        raise ValueError(f"{name} must have shape (n, ...), n >= 1, got shape {value.shape}")
    if np.ma.is_masked(value) or not np.isfinite(value).all():
        raise ValueError(f"{name} must be finite, got NaN, an infinity or a masked entry")


def points(name: str, value: Any, d: int | None = None) -> np.ndarray:
    """Return `value` as float64 array of points, shape (..., d), in memory of its own."""
    try:
        array = np.asarray(value)
    except Exception as error:  # what an object of any kind may raise here
        raise TypeError(f"{name} must hold real numbers, got {shown(value)}: {error}") from error
    if array.dtype.kind not in "iuf":
        raise TypeError(f"{name} must hold real numbers, got dtype {array.dtype}")
    if array.ndim == 0 or array.size == 0:
        raise ValueError(f"{name} must have shape (..., d) with d >= 1, got shape {array.shape}")
    if d is not None and array.shape[-1] != d:
        raise ValueError(f"{name} must have last axis d = {d}, got shape {array.shape}")
    if np.ma.is_masked(value):
        raise ValueError(f"{name} must have no masked entries, got {shown(value)}")
    with np.errstate(over="ignore"):  # of long doubles
        array = array.astype(np.float64)
    if not np.all(np.isfinite(array)):
        raise ValueError(f"{name} must be finite, got {shown(value)}")
    return array
