"""Integrals, sums and limits that a derivation takes: found by rules, confirmed by numbers.

SymPy's results cannot be told from any other term once they are there, and some are wrong: the integral of |cos| from
-pi/2 to 0 comes out as -1. So each is found here, from the integrand and its range, and its value is confirmed by
quadrature, by adding terms, or by approaching the end, at random points that the symbols' assumptions allow. A
divergent integral, a jump of an antiderivative inside the range and an empty range read backwards all fail there.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import sympy

from zotheory.evidence import evaluation
from zotheory.evidence.approximation import Undefined, Unsettled
from zotheory.evidence.identities import ARITHMETIC, Refused, admissible, agreement, remainder, shown
from zotheory.evidence.points import EDGE, ROUGH_SCALES, points, with_examples

INFINITE = (sympy.oo, -sympy.oo)


def integral(integrand: Any, over: tuple[Any, Any, Any], value: Any, antiderivative: Any) -> tuple[Any, int]:
    """Return the integral of `integrand` over (x, low, high), and the number of points at which it was confirmed.

    Parameters
    ----------
    value : what the integral is said to be; None for what is found
    antiderivative : checked by differentiation; None to let SymPy integrate

    Raises
    ------
    Refused
        If no value is found, it is not the one said, or quadrature does not confirm it.
    """
    x, low, high = _over(over)
    integrand = admissible(integrand)
    if antiderivative is None:
        found = _integrate(integrand, x, low, high)
    else:
        antiderivative = admissible(antiderivative)
        if remainder(sympy.diff(antiderivative, x), integrand) != 0:
            raise Refused(f"{antiderivative} is no antiderivative of {integrand}")
        found = _end(antiderivative, x, high, "-") - _end(antiderivative, x, low, "+")
    return _confirmed(sympy.Integral(integrand, (x, low, high)), found, value)


@lru_cache(maxsize=4096)
def _integrate(integrand: Any, x: Any, low: Any, high: Any) -> Any:
    try:
        return sympy.integrate(integrand, (x, low, high))
    except ARITHMETIC as error:
        raise Refused(f"SymPy cannot integrate {integrand}: {error}") from error


def _end(antiderivative: Any, x: Any, end: Any, side: str) -> Any:
    """Value of an antiderivative at an end of the range, or its limit there."""
    if end not in INFINITE:
        there = antiderivative.subs(x, end)
        if there.is_finite is not False and not there.has(sympy.nan, sympy.zoo):
            return there
    return _limit(antiderivative, x, end, side)


def series(term: Any, over: tuple[Any, Any, Any], value: Any) -> tuple[Any, int]:
    """Return the sum of `term` over (i, low, high), ends integers or infinite, and the number of points of its check.

    Raises
    ------
    Refused
        If no value is found, it is not the one said, or adding terms does not confirm it.
    """
    i, low, high = _over(over)
    term = admissible(term)
    return _confirmed(sympy.Sum(term, (i, low, high)), _summation(term, i, low, high), value)


@lru_cache(maxsize=4096)
def _summation(term: Any, i: Any, low: Any, high: Any) -> Any:
    try:
        return sympy.summation(term, (i, low, high))
    except ARITHMETIC as error:
        raise Refused(f"SymPy cannot sum {term}: {error}") from error


def limit(expression: Any, to: tuple[Any, ...], value: Any) -> tuple[Any, int]:
    """Return the limit of `expression` as x goes to an end, `to` = (x, end) or (x, end, "+", "-" or "+-").

    Without a direction it is taken from above, as SymPy does.

    Raises
    ------
    Refused
        If no value is found, it is not the one said, or it is not seen to be approached.
    """
    x, end, direction = (*to, "+")[:3]
    end, expression = _end_of_range(end), admissible(expression)
    found = _limit(expression, x, end, direction)
    if value is None or value in INFINITE:
        if value is not None and found != value:
            raise Refused(f"the limit is {found}, not {value}")
        value = found if found in INFINITE else admissible(found)
    else:
        value = admissible(value)
        if found in INFINITE or remainder(admissible(found), value) != 0:
            raise Refused(f"the limit is {found}, not {value}")
    return value, _approached(expression, (x, end, direction), value)


@lru_cache(maxsize=4096)
def _limit(expression: Any, x: Any, end: Any, direction: str) -> Any:
    try:
        found = sympy.limit(expression, x, end, direction)
    except ARITHMETIC as error:
        raise Refused(f"SymPy finds no limit of {expression}: {error}") from error
    if found.has(sympy.Limit):
        raise Refused(f"no limit of {expression} was found")
    return found


def _approached(expression: Any, to: tuple[Any, Any, str], value: Any) -> int:
    body = with_examples(expression)
    symbols = (body.free_symbols - {to[0]}) | to[1].free_symbols | value.free_symbols
    count = 0
    for scale, point in points(symbols, ROUGH_SCALES):
        try:
            there = evaluation.approaches(body, to, point, value)
        except (Undefined, Unsettled) as error:
            if scale != EDGE:
                raise Refused(f"not confirmed at {shown(point)}: {error}") from error
            continue
        if not there:
            raise Refused(f"{expression} is not seen to tend to {value} at {shown(point)}")
        count += 1
    return count


# --- what they share -------------------------------------------------------------------------------------------------


def _over(over: tuple[Any, Any, Any]) -> tuple[Any, Any, Any]:
    x, low, high = over
    if not isinstance(x, sympy.Symbol):
        raise Refused(f"{x!r} is no symbol to integrate or sum over")
    return x, _end_of_range(low), _end_of_range(high)


def _end_of_range(end: Any) -> Any:
    return end if end in INFINITE else admissible(end)


def _confirmed(whole: Any, found: Any, value: Any) -> tuple[Any, int]:
    if found.has(sympy.Integral, sympy.Sum, sympy.Piecewise, sympy.Limit):
        raise Refused(f"no closed form of {whole} was found: {found}")
    found = admissible(found)
    value = found if value is None else admissible(value)
    left = remainder(found, value)
    if left != 0:
        agreement(whole, value)  # a counterexample, if there is one, says more
        raise Refused(f"{whole} comes out as {found}, which is {value} but for {left}")
    count = agreement(whole, value)
    if not count:
        raise Refused(f"no value of {whole} could be found")
    return value, count
