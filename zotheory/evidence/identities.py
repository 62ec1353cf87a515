"""What a step of a derivation may say of terms: which terms are taken, and when two of them are equal.

Two opinions have to agree. SymPy's rules must bring the difference to zero, and at random points that the symbols'
assumptions allow (`zotheory.evidence.points`) the values of both sides must be equal. Neither alone is enough: SymPy
takes the integral of |cos| from -pi/2 to 0 for -1, and numbers prove nothing.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import sympy
from sympy.core.relational import Relational

from zotheory.evidence import evaluation
from zotheory.evidence.approximation import CLOSE, CONTEXT, Undefined, Unsettled
from zotheory.evidence.evaluation import DIGITS, MORE_DIGITS, ROUGH, ROUGH_DIGITS
from zotheory.evidence.points import EDGE, EVERYWHERE, MODERATE, ROUGH_SCALES, SCALES, points, with_examples

MUST_SETTLE = (*ROUGH, sympy.Piecewise, sympy.Subs)  # taken only where their value was found at some point
FAST = (sympy.exp, sympy.log, sympy.Abs, sympy.Max, sympy.Min, sympy.sign)  # at any scale
FLOAT_BITS = 32  # a fraction n/2^k with so many digits in n and in 2^k is a float that was converted


ARITHMETIC = (TypeError, ValueError, ArithmeticError, AttributeError, NotImplementedError, RecursionError)  # of SymPy


class Refused(ValueError):
    """A term that no step may contain, or an equality that fails a check."""


# --- terms that are taken --------------------------------------------------------------------------------------------


def admissible(term: Any) -> Any:
    """Return a term as a SymPy expression.

    Raises
    ------
    Refused
        For anything but an expression or an integer; for an expression that contains a float, a fraction that was one,
        NaN, an infinity that is not the end of a range, or a symbol that does not commute.
    """
    if isinstance(term, bool) or not (isinstance(term, sympy.Expr) or _is_integer(term)):
        raise Refused(f"{term!r} is a {type(term).__name__}, not an expression")
    term = sympy.sympify(int(term)) if not isinstance(term, sympy.Expr) else term
    _inspect(term)
    return term


def _is_integer(term: Any) -> bool:
    try:
        return bool(term.__index__() == term)
    except (AttributeError, TypeError):
        return False


@lru_cache(maxsize=65536)
def _inspect(node: Any) -> None:
    if node.is_Float:
        raise Refused(f"it contains the float {node}")
    if node.is_Rational:
        power = int(node.q)
        if power & (power - 1) == 0 and min(power, abs(int(node.p))).bit_length() > FLOAT_BITS:
            raise Refused(f"it contains {node}, which was a float")
        return
    if node in (sympy.nan, sympy.zoo, sympy.oo, -sympy.oo) or isinstance(node, (sympy.AccumBounds, sympy.Order)):
        raise Refused(f"it contains {node}, which is no number")
    if isinstance(node, sympy.Expr) and node.is_commutative is False:
        raise Refused(f"it contains {node}, which does not commute")
    if isinstance(node, (sympy.MatrixBase, sympy.matrices.expressions.MatrixExpr)):
        raise Refused(f"it contains the matrix {node}")
    if isinstance(node, (sympy.Integral, sympy.Sum, sympy.Product)):
        _inspect(node.function)
        for _, *ends in node.limits:
            _ends(ends)
    elif isinstance(node, sympy.Limit):
        _inspect(node.args[0])
        _ends(node.args[2:3])
    else:
        for argument in node.args:
            _inspect(argument)


def _ends(ends: Any) -> None:
    for end in ends:
        if end not in (sympy.oo, -sympy.oo):
            _inspect(end)


# --- the opinion of SymPy's rules ------------------------------------------------------------------------------------


@lru_cache(maxsize=65536)
def remainder(left: Any, right: Any) -> Any:
    """Return 0 if SymPy's rules bring left - right to zero, else what they leave of it."""
    try:
        return _remainder(left, right)
    except ARITHMETIC as error:
        raise Refused(f"SymPy cannot compare {left} and {right}: {error}") from error


def _remainder(left: Any, right: Any) -> Any:
    difference = left - right
    if difference.is_rational_function() and sympy.cancel(sympy.together(difference)) == 0:
        return sympy.Integer(0)  # by polynomial arithmetic, where `simplify` would take minutes
    difference = sympy.expand(difference)
    has_gamma = left.has(sympy.gamma) or right.has(sympy.gamma)
    if difference != 0 and has_gamma and right != 0 and sympy.gammasimp(left / right) == 1:
        return sympy.Integer(0)
    return sympy.simplify(difference) if difference != 0 else difference


# --- the opinion of numbers ------------------------------------------------------------------------------------------


@lru_cache(maxsize=65536)
def agreement(left: Any, right: Any, nonnegative: bool = False) -> int:
    """Return the number of points at which left = right, and >= 0 if asked for, holds; 0 if no value could be found.

    Raises
    ------
    Refused
        If it fails at a point. Also if it contains an integral, a sum, a product, a limit or a derivative whose value
        could not be found everywhere it was sought, or a case distinction whose value could be found nowhere.
    """
    try:
        first, second = with_examples(left), with_examples(right)
    except ValueError:
        first, second = left, right
    rough = first.has(*ROUGH) or second.has(*ROUGH)
    count, undefined = 0, None
    for scale, point in points(first.free_symbols | second.free_symbols, _scales(first, second), _special(left, right)):
        try:
            x, agree = _compare(first, second, point, rough)
        except (Undefined, Unsettled) as error:
            if rough and scale != EDGE:
                raise Refused(f"not confirmed at {shown(point)}: {error}") from error
            undefined = error if isinstance(error, Undefined) else undefined
            continue
        if not agree:
            y = evaluation.value(second, point)
            raise Refused(f"{left} = {right} fails at {shown(point)}: {_brief(x)} against {_brief(y)}")
        if nonnegative and (abs(CONTEXT.im(x)) > CLOSE * abs(x) or CONTEXT.re(x) < -(10**-25)):
            raise Refused(f"{left} is {_brief(x)} at {shown(point)}")
        count += 1
    if not count and undefined:
        raise Refused(f"{left} = {right} is defined nowhere: {undefined}")
    if not count and (left.has(*MUST_SETTLE) or right.has(*MUST_SETTLE)):
        raise Refused(f"no value of {left} = {right} could be found")
    return count


def _scales(*terms: Any) -> tuple[str, ...]:
    """Scales of the points at which terms are compared: three times as many where values may lie on several branches.

    Only towers of powers, functions that are slow far from one, and approximations keep to moderate numbers.
    """
    if any(term.has(*ROUGH) for term in terms):
        return ROUGH_SCALES
    functions = set().union(*(term.atoms(sympy.Function) for term in terms))
    powers = {p for term in terms for p in term.atoms(sympy.Pow) if not p.exp.is_Integer}
    exponents = [p.exp for p in powers if p.exp.free_symbols] + [f.args[0] for f in functions if f.func is sympy.exp]
    towers = any(e.has(sympy.exp) or any(p.exp.free_symbols for p in e.atoms(sympy.Pow)) for e in exponents)
    scales = MODERATE if towers or not all(isinstance(f, FAST) for f in functions) else SCALES
    signed = any(symbol.is_nonnegative is None for term in terms for symbol in term.free_symbols)
    return 3 * scales if signed and (functions or powers) else scales


def _special(*terms: Any) -> tuple[Any, ...]:
    """Numbers at which a case distinction may turn: 0, 1, -1, and those that something is compared with."""
    relations = set().union(*(term.atoms(Relational) for term in terms))
    compared = sorted({side for relation in relations for side in relation.args if side.is_Rational})
    return (*EVERYWHERE, *compared, *compared, *compared)


def _compare(left: Any, right: Any, point: Any, rough: bool) -> tuple[Any, bool]:
    """Value of the left side at a point, and whether that of the right side is the same."""
    if rough:
        x, y = (evaluation.value(side, point, ROUGH_DIGITS) for side in (left, right))
        return x, bool(abs(x - y) <= CLOSE * (1 + abs(x) + abs(y)))
    gaps = []
    few, many = (DIGITS, MORE_DIGITS) if point else (MORE_DIGITS, 3 * MORE_DIGITS)  # a constant gets all the care
    for digits in (few, many):
        x = evaluation.value(left, point, digits)
        y = x if right is left else evaluation.value(right, point, digits)
        with CONTEXT.workdps(digits):
            gaps.append(abs(x - y))
            if gaps[-1] <= (abs(x) + abs(y)) * CONTEXT.mpf(10) ** (4 - digits):
                return x, True
    return x, bool(gaps[1] <= gaps[0] * CONTEXT.mpf(10) ** (few - many + 20))


def _brief(x: Any) -> str:
    return str(CONTEXT.nstr(x, 12))


def shown(point: Any) -> str:
    """Return a point in words."""
    return ", ".join(f"{symbol} = {_brief(evaluation.number(x))}" for symbol, x in point.items()) or "any point"
