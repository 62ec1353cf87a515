"""Elementary functions of floats, arrays and SymPy expressions alike, so that no formula is written twice.

Everything else a formula needs (+, *, **, integers) Python dispatches by itself. SymPy and SciPy are imported only
when an argument asks for them.
"""

from __future__ import annotations

import sys
from typing import Any

import numpy as np

# A float, an integer, an array of any array-API library, an object array of SymPy expressions, or one such expression.
Array = Any


def namespace(x: Array) -> Any:
    """Return the array-API namespace of `x`: NumPy for plain numbers and symbols."""
    return x.__array_namespace__() if hasattr(x, "__array_namespace__") else np


def is_symbolic(*values: Array) -> bool:
    """Whether any value is a SymPy expression or an object array."""
    if any(isinstance(v, np.ndarray) and v.dtype == object for v in values):
        return True
    sympy = sys.modules.get("sympy")  # a SymPy argument can exist only once SymPy is imported
    return sympy is not None and any(isinstance(v, sympy.Basic) for v in values)


def _symbolic(name: str, *values: Array) -> Array:
    import sympy

    function = getattr(sympy, name)
    if any(isinstance(v, np.ndarray) for v in values):
        return np.vectorize(function, otypes=[object])(*values)
    return function(*(sympy.sympify(v) for v in values))


def sqrt(x: Array) -> Array:
    """Square root."""
    return _symbolic("sqrt", x) if is_symbolic(x) else namespace(x).sqrt(x)


def log(x: Array) -> Array:
    """Natural logarithm."""
    return _symbolic("log", x) if is_symbolic(x) else namespace(x).log(x)


def exp(x: Array) -> Array:
    """Exponential."""
    return _symbolic("exp", x) if is_symbolic(x) else namespace(x).exp(x)


def maximum(x: Array, y: Array) -> Array:
    """Larger of two values."""
    return _symbolic("Max", x, y) if is_symbolic(x, y) else namespace(x).maximum(x, y)


def gamma_ratio(a: Array, b: Array) -> Array:
    """Gamma(a)/Gamma(b), for positive arguments, without overflow when both are large."""
    if is_symbolic(a, b):
        return _symbolic("gamma", a) / _symbolic("gamma", b)
    from scipy import special

    return special.poch(b, np.subtract(a, b))


def pi(like: Array) -> Array:
    """Pi, exact beside symbols."""
    if is_symbolic(like):
        import sympy

        return sympy.pi
    return np.pi


def half(like: Array) -> Array:
    """1/2, exact beside symbols."""
    if is_symbolic(like):
        import sympy

        return sympy.Rational(1, 2)
    return 0.5


def normal_tail(x: Array) -> Array:
    """P(N(0, 1) > x) = erfc(x/sqrt(2))/2."""
    if is_symbolic(x):
        return _symbolic("erfc", x / sqrt(x * 0 + 2)) / 2
    from scipy import special

    return special.ndtr(-np.asarray(x, dtype=float))[()]


def zeta(x: Array) -> Array:
    """Riemann zeta function."""
    if is_symbolic(x):
        return _symbolic("zeta", x)
    from scipy import special

    return special.zeta(x)
