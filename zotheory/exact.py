"""Expectations without sampling: moments of symbols, and sums over finite laws."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from zotheory.directions import signs
from zotheory.elementary import Array
from zotheory.reduced import NORMAL

__all__ = ["chi_moment", "expectation", "normal_moment", "over_signs"]


def normal_moment(k: int) -> int:
    """E z^k, z ~ N(0, 1): (k-1)!! for even k, else 0."""
    return 0 if k % 2 else int(np.prod(range(1, k, 2), dtype=object)) if k else 1


def chi_moment(k: int, dof: Any) -> Any:
    """E c^k for even k, c chi with `dof` degrees of freedom: dof (dof+2) ... (dof+k-2).

    Raises
    ------
    ValueError
        For odd k, which no derivation here needs: the length of a residual enters squared.
    """
    if k % 2:
        raise ValueError(f"chi moments are taken for even powers only, got {k}")
    result = dof**0
    for j in range(0, k, 2):
        result = result * (dof + j)
    return result


def expectation(expression: Any, laws: dict[Any, Any]) -> Any:
    """E of a polynomial in independent symbols, each normal or chi (as `reduced.symbols` returns them).

    Raises
    ------
    sympy.PolynomialError
        If the expression is not polynomial in the random symbols.
    """
    import sympy

    expression = sympy.sympify(expression)
    present = expression.gens if isinstance(expression, sympy.Poly) else expression.free_symbols
    random = [symbol for symbol in laws if symbol in present]
    if not random:
        return expression
    total = sympy.Integer(0)
    random.sort(key=lambda symbol: laws[symbol] != NORMAL)  # an odd normal makes a term vanish, whatever the rest
    for powers, coefficient in sympy.Poly(expression, *random).terms():
        for symbol, k in zip(random, powers, strict=True):
            if coefficient == 0:
                break
            coefficient *= normal_moment(k) if laws[symbol] == NORMAL else chi_moment(k, laws[symbol])
        total += coefficient
    return sympy.factor(total)


def over_signs(statistic: Callable[[Array], Array], d: int) -> Array:
    """E statistic(u) over all 2^d sign vectors: the Rademacher law without error. Cost: 2^d directions."""
    return np.mean(statistic(signs(d)), axis=0)
