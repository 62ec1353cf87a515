"""Kinds of numbers: floats and arrays of them, SymPy expressions, mpmath numbers; and functions that take them alike.

SymPy and mpmath are not imported here before an argument asks for them.
"""

from __future__ import annotations

import numbers
import sys
from collections.abc import Callable
from functools import wraps
from importlib import import_module
from typing import Any

import numpy as np

from zotheory.extras import missing

# A float, an integer, an array of any array-API library, one SymPy expression or mpmath number, or an object array.
Array = Any

LARGEST = 10**18  # dimension, and number of vectors, steps or runs
PLAIN = frozenset((float, int, np.float64))


# --- arrays of other libraries ---------------------------------------------------------------------------------------


def namespace(x: Array) -> Any:
    """Return the array-API namespace of `x`: NumPy for plain numbers and symbols.

    Raises
    ------
    ModuleNotFoundError
        For tensors of PyTorch without `array-api-compat`.
    """
    if type(x) is np.ndarray:  # the common case, quickly
        return np
    if hasattr(x, "__array_namespace__"):
        return x.__array_namespace__()
    torch = sys.modules.get("torch")  # whose tensors do not say it themselves
    if torch is None or not isinstance(x, torch.Tensor):
        return np
    try:
        return import_module("array_api_compat.torch")
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(missing("torch", "a tensor of PyTorch", error), name=error.name) from error


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


# --- one number, or an array of them ---------------------------------------------------------------------------------


def shown(value: Any) -> str:
    """Return what an error says of a value: its text, cut where it is long."""
    try:
        text = repr(value)
    except Exception:  # what the text of any object may raise
        text = f"something of type {type(value).__name__}"
    return text if len(text) <= 200 else f"{text[:200]}..."


def as_float(name: str, value: Any) -> np.float64:
    """Return a plain number as a float; OverflowError, naming the argument, where it is too large."""
    try:
        return np.float64(value)
    except OverflowError:
        raise OverflowError(f"{name} must be representable in double precision, got {shown(value)}") from None


def real(name: str, value: Any) -> np.ndarray:
    """Return a real number or an array of them as an array of doubles; TypeError, naming the argument, otherwise."""
    if not isinstance(value, np.ndarray | numbers.Real | np.generic) or isinstance(value, bool | np.bool):
        raise TypeError(f"{name} must be a real number, got {shown(value)} ({type(value).__name__})")
    array = np.asarray(value if isinstance(value, np.ndarray | np.generic) else as_float(name, value))
    if array.dtype.kind not in "iuf":
        raise TypeError(f"{name} must be real, got dtype {array.dtype}")
    if np.any(getattr(value, "mask", False)):
        raise ValueError(f"{name} must have no masked entries, got {shown(value)}")
    with np.errstate(over="ignore"):  # of long doubles
        return array.astype(np.float64)


def number(name: str, value: Any) -> float:
    """Return one real number as a Python float, which no arithmetic wraps around; TypeError otherwise."""
    if type(value) is float:
        return value
    array = real(name, value)
    if array.ndim:
        raise TypeError(f"{name} must be one number, got an array of shape {array.shape}")
    return float(array)


def choose(name: str, value: Any, choices: tuple[Any, ...]) -> Any:
    """Return the choice that the value is; ValueError, naming the argument, where it is none."""
    for choice in choices:
        if value is choice or (isinstance(value, type(choice)) and value == choice):
            return choice
    raise ValueError(f"{name} must be one of {choices}, got {shown(value)}")


def unwrapping(value: Any) -> Any:
    """Return a number of NumPy as one of Python, which is wide enough; integers of an array as doubles."""
    if isinstance(value, np.integer):
        return int(value)
    if isinstance(value, np.floating):
        return float(value)
    return value.astype(np.float64) if isinstance(value, np.ndarray) and value.dtype.kind in "iu" else value


def wide(value: Any) -> Any:
    """Return a number so that arithmetic neither wraps around nor raises: an integer, or a double of NumPy."""
    value = unwrapping(value)
    return np.float64(value) if type(value) is float else value


def integer(name: str, value: Any) -> Any:
    """Return an integer as a Python one; TypeError, naming the argument, for anything else."""
    if type(value) is int:
        return value
    if isinstance(value, np.ndarray) and value.ndim == 0:
        value = value[()]
    if isinstance(value, bool) or not isinstance(value, numbers.Integral):
        raise TypeError(f"{name} must be an integer, got {shown(value)} ({type(value).__name__})")
    return int(value)


# --- one function of all kinds ---------------------------------------------------------------------------------------


def _each(function: Callable[..., Any], values: tuple[Array, ...]) -> Array:
    """The function of the values, element by element where they are arrays."""
    if any(isinstance(value, np.ndarray) for value in values):
        return np.vectorize(function, otypes=[object])(*values)
    return function(*values)


def _widest(value: Array) -> Array:
    """Return an integer of Python or NumPy as a double, which loses nothing to the width that it came in."""
    if type(value) in PLAIN:
        return float(value)
    value = unwrapping(value)
    return float(value) if type(value) is int else value


def alike(*, symbols: Callable[..., Any], precise: Callable[..., Any]) -> Callable[..., Any]:
    """Extend a function of floats by what it is of symbols, given SymPy, and of mpmath numbers, given mpmath."""

    def extend(floats: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(floats)
        def function(*values: Array) -> Array:
            found = kind(*values)
            if found == "floats":
                return floats(*map(_widest, values))
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
