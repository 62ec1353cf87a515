"""Values of terms at points, in arithmetic of 50 digits and, where these cancel, of 150.

This is an opinion independent of SymPy's rules: sums and products are added and multiplied, integrals are found by
quadrature, series by summing, limits by approaching them (`zotheory.evidence.approximation`). A value that the numbers
do not settle is refused, never guessed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sympy
from sympy.core.function import AppliedUndef
from sympy.core.relational import Relational

from zotheory.evidence import approximation
from zotheory.evidence.approximation import CONTEXT, LIMIT_DIGITS, Undefined, Unsettled, real
from zotheory.evidence.points import Number

DIGITS, MORE_DIGITS, ROUGH_DIGITS = 50, 150, 20
ROUGH = (sympy.Integral, sympy.Sum, sympy.Product, sympy.Limit, sympy.Derivative)  # found by approximation

SAME_NAME = (
    "exp log sin cos tan cot sec csc asin acos atan atan2 sinh cosh tanh coth asinh acosh atanh gamma loggamma beta "
    "polygamma erf erfc zeta sign floor binomial factorial re im"
)
OTHER_NAMES = {"Abs": "fabs", "ceiling": "ceil", "conjugate": "conj", "LambertW": "lambertw"}
FUNCTIONS: dict[str, Callable[..., Any]] = {
    **{name: getattr(CONTEXT, name) for name in SAME_NAME.split()},
    **{name: getattr(CONTEXT, other) for name, other in OTHER_NAMES.items()},
    "Max": max,
    "Min": min,
}
OF_REALS = {"Max", "Min", "floor", "ceiling", "atan2"}


def number(x: Number) -> Any:
    """Return an exact number in the present precision."""
    parts = [CONTEXT.mpf(part.numerator) / part.denominator for part in x]
    return CONTEXT.mpc(*parts) if x[1] else parts[0]


def value(term: Any, point: dict[Any, Number], digits: int = DIGITS) -> Any:
    """Return the value of a term at a point.

    Raises
    ------
    Undefined
        Where a step of the arithmetic is not defined.
    Unsettled
        Where quadrature, a sum or a limit does not settle, or a function is not known.
    """
    with CONTEXT.workdps(digits):
        return _at(point).of(term)


def approaches(body: Any, to: tuple[Any, Any, str], point: dict[Any, Number], target: Any) -> bool:
    """Whether a term, at a point, is seen to tend to the target, possibly infinite, as x goes to an end.

    `to` is (x, end, direction). Raises as `value` does.
    """
    x, end, direction = to
    with CONTEXT.workdps(LIMIT_DIGITS):
        values = _at(point)
        return approximation.approaches(values.along(x, body), values.end(end), direction, values.end(target))


def _at(point: dict[Any, Number]) -> _Values:
    return _Values({symbol: number(x) for symbol, x in point.items()})


class _Values:
    """Values of the parts of a term, each found once, where the symbols have the values `at`."""

    def __init__(self, at: dict[Any, Any]) -> None:
        self.at = at
        self.known: dict[Any, Any] = dict(at)

    def of(self, node: Any) -> Any:
        """Value of a term. Raises as `value` does."""
        if node not in self.known:
            try:
                found = self._find(node)
            except (ZeroDivisionError, OverflowError, ValueError) as error:  # at a pole mpmath raises ValueError
                raise Undefined(f"{node}: {error}") from error
            if not CONTEXT.isfinite(found):
                raise Undefined(f"{node} is {found}")
            self.known[node] = found
        return self.known[node]

    def along(self, symbol: Any, node: Any) -> Callable[[Any], Any]:
        """Return a term as a function of one symbol; what does not contain it is evaluated once."""
        fixed = {part: sympy.Dummy() for part in _without(symbol, node)}
        body, at = node.xreplace(fixed), self.at | {name: self.of(part) for part, name in fixed.items()}
        return lambda x: _Values(at | {symbol: x}).of(body)

    def end(self, x: Any) -> Any:
        """Value of the end of a range, possibly infinite."""
        return {sympy.oo: CONTEXT.inf, -sympy.oo: -CONTEXT.inf}[x] if x.is_infinite else real(self.of(x))

    def _find(self, node: Any) -> Any:
        if node.is_Rational:
            return CONTEXT.mpf(int(node.p)) / int(node.q)
        if node.is_Add:
            return CONTEXT.fsum([self.of(x) for x in node.args])
        if node.is_Mul:
            return CONTEXT.fprod([self.of(x) for x in node.args])
        if node.is_Pow:
            return self.of(node.base) ** self.of(node.exp)
        if isinstance(node, sympy.Piecewise):
            return self._piecewise(node)
        if isinstance(node, ROUGH):
            return APPROXIMATIONS[node.func](self, node)
        if isinstance(node, (sympy.Symbol, AppliedUndef)) or not isinstance(node, sympy.Expr):
            raise Unsettled(f"{node} has no value")
        name = node.func.__name__
        if name in FUNCTIONS and node.args:
            return FUNCTIONS[name](*(real(self.of(x)) if name in OF_REALS else self.of(x) for x in node.args))
        return self._by_sympy(node)

    def _by_sympy(self, node: Any) -> Any:
        """A constant, or a function that is not in the table: SymPy's own numerics at the values of its arguments."""
        arguments = [_to_sympy(self.of(x)) for x in node.args]
        found = (node.func(*arguments) if arguments else node).evalf(CONTEXT.dps)
        parts = [part.evalf(CONTEXT.dps) for part in found.as_real_imag()]
        if not all(part.is_Float or part.is_Rational for part in parts):
            raise Unsettled(f"{node} has no value: {found}")
        first, second = (CONTEXT.mpf(part._to_mpmath(CONTEXT.prec)) for part in parts)
        return CONTEXT.mpc(first, second) if second else first

    # --- case distinctions -------------------------------------------------------------------------------------------

    def _piecewise(self, node: Any) -> Any:
        for branch, condition in node.args:
            if self._holds(condition):
                return self.of(branch)
        raise Undefined(f"no branch of {node} applies")

    def _holds(self, condition: Any) -> bool:
        if condition in (sympy.true, sympy.false):
            return bool(condition)
        if isinstance(condition, (sympy.And, sympy.Or)):
            return (all if isinstance(condition, sympy.And) else any)(self._holds(part) for part in condition.args)
        if isinstance(condition, sympy.Not):
            return not self._holds(condition.args[0])
        if not isinstance(condition, Relational):
            raise Unsettled(f"the condition {condition} is not decided")
        gap = self.of(condition.lhs) - self.of(condition.rhs)
        if condition.rel_op in ("==", "!="):
            return bool(gap == 0) is (condition.rel_op == "==")
        gap = real(gap)
        return bool({"<": gap < 0, "<=": gap <= 0, ">": gap > 0, ">=": gap >= 0}[condition.rel_op])

    # --- integrals, sums, limits, derivatives ------------------------------------------------------------------------

    def _range(self, node: Any) -> tuple[Any, Any, Any, Any]:
        """Body of an integral, sum or product over its outermost variable, that variable, and its ends."""
        *inner, outer = node.limits
        if len(outer) != 3:
            raise Unsettled(f"{outer} is no range with two ends")
        x, low, high = outer
        if not isinstance(node, sympy.Integral) and not all(end.is_integer or end.is_infinite for end in (low, high)):
            raise Unsettled(f"the ends {low}, {high} of a sum must be integers by their assumptions")
        return node.func(node.function, *inner) if inner else node.function, x, self.end(low), self.end(high)

    def _integral(self, node: Any) -> Any:
        body, x, low, high = self._range(node)
        switches = [self.along(x, switch) for switch in _switches(body) if x in switch.free_symbols]
        return approximation.integral(self.along(x, body), low, high, switches)

    def _sum(self, node: Any) -> Any:
        body, i, low, high = self._range(node)
        if high == CONTEXT.inf and low > -CONTEXT.inf:
            return approximation.series(self.along(i, body), low)
        return CONTEXT.fsum(approximation.terms(self.along(i, body), low, high))

    def _product(self, node: Any) -> Any:
        body, i, low, high = self._range(node)
        return CONTEXT.fprod(approximation.terms(self.along(i, body), low, high))

    def _limit(self, node: Any) -> Any:
        body, x, end, direction = node.args
        with CONTEXT.workdps(LIMIT_DIGITS):
            values = _Values(self.at)
            return approximation.limit(values.along(x, body), values.end(end), str(direction))

    def _derivative(self, node: Any) -> Any:
        if len(node.variable_count) != 1:
            raise Unsettled(f"{node} is taken in several variables")
        x, order = node.variable_count[0]
        if not (order.is_Integer and x in self.at):
            raise Unsettled(f"{node} has no value")
        return CONTEXT.diff(self.along(x, node.expr), self.at[x], int(order))


APPROXIMATIONS: dict[Any, Callable[[_Values, Any], Any]] = {
    sympy.Integral: _Values._integral,
    sympy.Sum: _Values._sum,
    sympy.Product: _Values._product,
    sympy.Limit: _Values._limit,
    sympy.Derivative: _Values._derivative,
}


def _without(symbol: Any, node: Any) -> set[Any]:
    """Largest parts of a term that do not contain a symbol, but for integers and what stands under a binder."""
    if node.is_Symbol or node.is_Integer or isinstance(node, (*ROUGH, sympy.Piecewise)):
        return set()
    if symbol not in node.free_symbols:
        return {node}
    return set().union(*(_without(symbol, part) for part in node.args))


def _switches(body: Any) -> list[Any]:
    """Terms at whose zeros the body has kinks or jumps."""
    found = [node.args[0] for node in body.atoms(sympy.Abs, sympy.sign, sympy.Heaviside)]
    found += [a - b for node in body.atoms(sympy.Max, sympy.Min) for a in node.args for b in node.args if a != b]
    return found + [node.lhs - node.rhs for node in body.atoms(Relational)]


def _to_sympy(x: Any) -> Any:
    parts = [sympy.Float(CONTEXT.nstr(part, CONTEXT.dps), CONTEXT.dps) for part in (CONTEXT.re(x), CONTEXT.im(x))]
    return parts[0] + sympy.I * parts[1] if parts[1] else parts[0]
