"""Numbers of 30 digits that note comparisons, and vectors of them.

Numbers have a class of their own, which remembers how each comparison ends while an integrand is computed: in the terms
that are evaluated here, and in the shipped code, which computes with the same numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import mpmath
import numpy as np


class Undefined(ArithmeticError):
    """A term does not denote."""


class Skipped(RuntimeError):
    """A term cannot be evaluated here, or only at too great a cost."""


_notes: list[list[Any]] = []  # a list for each integrand that is being computed, the innermost last


def note(choice: Any) -> Any:
    """Remember a choice of which the integrand depends by a jump or a kink."""
    if _notes:
        _notes[-1].append(choice)
    return choice


def _noted(name: str) -> Callable[[Any, Any], Any]:
    compare = getattr(mpmath.mpf, name)
    return lambda a, b: note(compare(a, b))


MP = mpmath.MPContext()
_comparisons = {name: _noted(name) for name in ("__lt__", "__le__", "__gt__", "__ge__")}
_others = {"__hash__": mpmath.mpf.__hash__, "shape": (), "ndim": 0}
Number: Any = type("Number", (mpmath.mpf,), {**_comparisons, **_others})
MP.mpf = Number  # what the context's functions return
Number.context, Number._ctxdata = MP, [Number, object.__new__, MP._prec_rounding]
MP.types = [Number if kind is not MP.mpc else kind for kind in MP.types[:1]] + MP.types[1:]
MP.dps = 30
ZERO, ONE, PI = MP.mpf(0), MP.mpf(1), Number(MP.pi)


def vector(values: Sequence[Any]) -> np.ndarray:
    """Return numbers as a point, an array of objects."""
    made = np.empty(len(values), dtype=object)
    made[:] = [MP.mpf(each) for each in values]
    return made


def inner(a: Any, b: Any) -> Any:
    """<a, b>."""
    return sum((x * y for x, y in zip(a, b, strict=True)), ZERO)


def watched(g: Callable[[Any], Any], at: Any) -> tuple[Any, list[Any]]:
    """Return the value of an integrand, and the choices that it made."""
    _notes.append([])
    try:
        return g(at), _notes[-1]
    finally:
        _notes.pop()


def greatest(a: Any) -> Any:
    """Return the absolute value of a number, or the greatest of those of coordinates."""
    return max((abs(MP.mpf(each)) for each in (a if isinstance(a, np.ndarray) else [a])), default=ZERO)


def slopes(f: Callable[[Any], Any], x: Any) -> Any:
    """Gradient by central differences, right to some 17 digits."""
    h = MP.mpf("1e-9")
    steps = [vector([h * (i == j) for j in range(len(x))]) for i in range(len(x))]
    return vector([(f(x + each) - f(x - each)) / (2 * h) for each in steps])
