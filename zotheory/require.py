"""Conditions on arguments: each raises an error that names the argument, its value and the condition.

Symbols pass unless SymPy knows that they break the condition, so the same functions serve derivations.
"""

from __future__ import annotations

import numbers
from typing import Any

import numpy as np

from zotheory.elementary import is_symbolic


def _real(name: str, value: Any) -> None:
    if isinstance(value, np.ndarray | numbers.Real | np.generic) and not isinstance(value, bool):
        array = np.asarray(value)
        if array.dtype.kind not in "iuf":
            raise TypeError(f"{name} must be real, got dtype {array.dtype}")
        if not np.all(np.isfinite(array)):
            raise ValueError(f"{name} must be finite, got {value!r}")
        return
    raise TypeError(f"{name} must be a real number, got {value!r} ({type(value).__name__})")


def positive(**arguments: Any) -> None:
    """Each argument is real, finite and > 0."""
    for name, value in arguments.items():
        if is_symbolic(value):
            if value.is_positive is False:
                raise ValueError(f"{name} must be positive, got {value}")
            continue
        _real(name, value)
        if not np.all(np.asarray(value) > 0):
            raise ValueError(f"{name} must be positive, got {value!r}")


def nonnegative(**arguments: Any) -> None:
    """Each argument is real, finite and >= 0."""
    for name, value in arguments.items():
        if is_symbolic(value):
            if value.is_nonnegative is False:
                raise ValueError(f"{name} must be non-negative, got {value}")
            continue
        _real(name, value)
        if not np.all(np.asarray(value) >= 0):
            raise ValueError(f"{name} must be non-negative, got {value!r}")


def at_least(minimum: float, **arguments: Any) -> None:
    """Each argument is real, finite and >= `minimum`."""
    for name, value in arguments.items():
        if is_symbolic(value):
            if (value - minimum).is_nonnegative is False:
                raise ValueError(f"{name} must be at least {minimum}, got {value}")
            continue
        _real(name, value)
        if not np.all(np.asarray(value) >= minimum):
            raise ValueError(f"{name} must be at least {minimum}, got {value!r}")


def between(low: float, high: float, **arguments: Any) -> None:
    """Each argument is real with low < argument < high."""
    for name, value in arguments.items():
        if is_symbolic(value):
            continue
        _real(name, value)
        if not np.all((np.asarray(value) > low) & (np.asarray(value) < high)):
            raise ValueError(f"{name} must lie strictly between {low} and {high}, got {value!r}")


def count(**arguments: Any) -> None:
    """Each argument is a positive integer (or a symbol)."""
    for name, value in arguments.items():
        if is_symbolic(value):
            if value.is_positive is False or value.is_integer is False:
                raise ValueError(f"{name} must be a positive integer, got {value}")
            continue
        if isinstance(value, bool) or not isinstance(value, numbers.Integral):
            raise TypeError(f"{name} must be an integer, got {value!r} ({type(value).__name__})")
        if value < 1:
            raise ValueError(f"{name} must be at least 1, got {value}")


def points(name: str, value: Any, d: int | None = None) -> np.ndarray:
    """Return `value` as float64 array of points, shape (..., d)."""
    array = np.asarray(value)
    if array.dtype.kind not in "iuf":
        raise TypeError(f"{name} must hold real numbers, got dtype {array.dtype}")
    if array.ndim == 0 or array.shape[-1] == 0:
        raise ValueError(f"{name} must have shape (..., d) with d >= 1, got shape {array.shape}")
    if d is not None and array.shape[-1] != d:
        raise ValueError(f"{name} must have last axis d = {d}, got shape {array.shape}")
    if not np.all(np.isfinite(array)):
        raise ValueError(f"{name} must be finite, got {array!r}")
    return array.astype(np.float64)
