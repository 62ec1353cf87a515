"""Conditions on arguments: each raises an error that names the argument, its value and the condition.

Symbols pass unless SymPy knows that they break the condition, so the same functions serve derivations.
"""

from __future__ import annotations

import numbers
from collections.abc import Callable
from math import isfinite
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


def _each(arguments: dict[str, Any], holds: Callable[[Any], Any], symbolic: Callable[[Any], Any], words: str) -> None:
    for name, value in arguments.items():
        if type(value) in (int, float) and isfinite(value) and holds(value):
            continue  # the common case, quickly: schedules are evaluated at every step
        if is_symbolic(value):
            if symbolic(value) is False:
                raise ValueError(f"{name} must be {words}, got {value}")
            continue
        _real(name, value)
        if not np.all(holds(np.asarray(value))):
            raise ValueError(f"{name} must be {words}, got {value!r}")


def positive(**arguments: Any) -> None:
    """Each argument is real, finite and > 0."""
    _each(arguments, lambda v: v > 0, lambda v: v.is_positive, "positive")


def nonnegative(**arguments: Any) -> None:
    """Each argument is real, finite and >= 0."""
    _each(arguments, lambda v: v >= 0, lambda v: v.is_nonnegative, "non-negative")


def at_least(minimum: float, **arguments: Any) -> None:
    """Each argument is real, finite and >= `minimum`."""
    _each(arguments, lambda v: v >= minimum, lambda v: (v - minimum).is_nonnegative, f"at least {minimum}")


def between(low: float, high: float, **arguments: Any) -> None:
    """Each argument is real with low < argument < high."""
    words = f"strictly between {low} and {high}"
    _each(
        arguments,
        lambda v: (v > low) & (v < high),
        lambda v: False not in ((v - low).is_positive, (high - v).is_positive),
        words,
    )


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
