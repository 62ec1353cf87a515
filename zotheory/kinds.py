"""Kinds of numbers: floats and arrays of them, SymPy expressions, mpmath numbers; and functions that take them alike.

SymPy and mpmath are not imported here before an argument asks for them.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import wraps
from typing import Any

import numpy as np

# A float, an integer, an array of any array-API library, one SymPy expression or mpmath number, or an object array.
Array = Any

PLAIN = frozenset((float, int, np.float64))


def namespace(x: Array) -> Any:
    """Return the array-API namespace of `x`: NumPy for plain numbers and symbols."""
    return x.__array_namespace__() if hasattr(x, "__array_namespace__") else np


# --- kinds of arguments ----------------------------------------------------------------------------------------------


def kind(*values: Array) -> str:
    """Return "symbols" if any value is a SymPy expression, else "precise" if any is an mpmath number, else "floats".

    An object array counts by its elements; one without mpmath numbers counts as symbols.
    """
    found = "floats"
    sympy = sys.modules.get("sympy")  # an argument of such a kind can exist only once its library is imported
    mpmath = sys.modules.get("mpmath")
    for value in values:
        if type(value) in PLAIN:
            continue
        if isinstance(value, np.ndarray):
            if value.dtype.hasobject:
                inside = kind(*value.flat)
                found = "symbols" if inside != "precise" else "precise" if found == "floats" else found
        elif sympy is not None and isinstance(value, sympy.Basic):
            found = "symbols"
        elif mpmath is not None and isinstance(value, mpmath.mpf) and found == "floats":
            found = "precise"
    return found


def is_symbolic(*values: Array) -> bool:
    """Whether any value is a SymPy expression or an object array of them."""
    return kind(*values) == "symbols"


def is_precise(*values: Array) -> bool:
    """Whether the values are mpmath numbers, at least one of them, and floats."""
    return kind(*values) == "precise"


def _each(function: Callable[..., Any], values: tuple[Array, ...]) -> Array:
    """The function of the values, element by element where they are arrays."""
    if any(isinstance(value, np.ndarray) for value in values):
        return np.vectorize(function, otypes=[object])(*values)
    return function(*values)


def alike(*, symbols: Callable[..., Any], precise: Callable[..., Any]) -> Callable[..., Any]:
    """Extend a function of floats by what it is of symbols, given SymPy, and of mpmath numbers, given mpmath."""

    def extend(floats: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(floats)
        def function(*values: Array) -> Array:
            found = kind(*values)
            if found == "floats":
                return floats(*(float(v) if type(v) is int else v for v in values))
            if found == "symbols":
                import sympy

                return _each(lambda *v: symbols(sympy, *map(sympy.sympify, v)), values)
            import mpmath

            return _each(lambda *v: precise(mpmath.mp, *map(mpmath.mp.convert, v)), values)

        return function

    return extend


def constant(like: Array, floats: Any, *, symbols: Callable[..., Any], precise: Callable[..., Any]) -> Any:
    """Return a constant as the kind of `like` asks for it: a float, or one made by SymPy or by mpmath."""
    found = kind(like)
    if found == "symbols":
        import sympy

        return symbols(sympy)
    if found == "precise":
        import mpmath

        return precise(mpmath.mp)
    return floats
