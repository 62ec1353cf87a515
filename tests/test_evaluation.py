"""Values of terms at points, node by node, against closed forms; points that the assumptions of symbols allow."""

from fractions import Fraction

import pytest
import sympy
from sympy import (
    Abs,
    Derivative,
    Eq,
    Ge,
    Gt,
    I,
    Integral,
    Le,
    Limit,
    Lt,
    Max,
    Min,
    Ne,
    Piecewise,
    Product,
    Rational,
    Sum,
    Symbol,
    acos,
    atan2,
    binomial,
    ceiling,
    cos,
    erf,
    exp,
    floor,
    gamma,
    log,
    oo,
    pi,
    sign,
    sin,
    sqrt,
)  # fmt: skip

from zotheory.evidence import calculus, evaluation, points
from zotheory.evidence.approximation import CONTEXT, Undefined, Unsettled
from zotheory.evidence.identities import Refused, agreement, remainder

x, y, t = sympy.symbols("x y t", real=True)
z = Symbol("z")
n, i = sympy.symbols("n i", integer=True)
HERE = {x: (Fraction(7, 10), Fraction(0)), y: (Fraction(-13, 10), Fraction(0)), n: (Fraction(4), Fraction(0)),
        z: (Fraction(1, 2), Fraction(-3, 4))}  # fmt: skip
NUMBERS = {symbol: Rational(*first.as_integer_ratio()) + I * Rational(*second.as_integer_ratio())
           for symbol, (first, second) in HERE.items()}  # fmt: skip

CLOSED = {  # a term and its value at x = 7/10, y = -13/10, n = 4, z = 1/2 - 3i/4
    "sum and product": (x**2 * y - 3 * x + y / 7, x**2 * y - 3 * x + y / 7),
    "complex": (z**2 + 1 / z, z**2 + 1 / z),
    "powers": (x**y + 2**x + sqrt(x), x**y + 2**x + sqrt(x)),
    "functions": (sin(x) * cos(y) + exp(x) + log(x) + gamma(x) + erf(y) + acos(x), None),
    "functions of reals": (floor(y) + 10 * ceiling(y) + 100 * sign(y) + atan2(y, x), -2 - 10 - 100 + atan2(y, x)),
    "sizes": (Abs(y) + 10 * Abs(z), Rational(13, 10) + 10 * sqrt(Rational(13, 16))),
    "extremes": (Max(x, y, 0) + 10 * Min(x, y, 0), Rational(7, 10) - 13),
    "binomial": (binomial(n, 2), sympy.Integer(6)),
    "a constant": (sympy.EulerGamma + pi * sympy.E, None),
    "by SymPy": (sympy.besselj(1, x), None),
    "integral": (Integral(y * t**2, (t, x, 3)), y * (27 - x**3) / 3),
    "integral of two": (Integral(x * y**2, (x, 0, y), (y, 0, 2)), sympy.Rational(16, 5)),
    "integral of a kink": (Integral(Abs(y - Rational(1, 3)), (y, 0, 1)), Rational(5, 18)),
    "integral of a case": (Integral(Piecewise((1, y < x), (3, True)), (y, 0, 2)), x + 3 * (2 - x)),
    "integral of extremes": (Integral(Max(y, x) + Min(2 * y, x), (y, 0, 1)), Rational(529, 400)),
    "sum": (Sum(x * i**2, (i, 1, n)), 30 * x),
    "empty sum": (Sum(x * i**2, (i, 3, 2)), sympy.Integer(0)),
    "sum of two": (Sum(i * n, (i, 1, n), (n, 1, 3)), sympy.Integer(1 + 6 + 18)),
    "series": (Sum(x**i, (i, 2, oo)), x**2 / (1 - x)),
    "product": (Product(x + i, (i, 1, n)), (x + 1) * (x + 2) * (x + 3) * (x + 4)),
    "limit": (Limit(sin(x * i) / i, i, 0), x),
    "limit from below": (Limit(sign(i) + y, i, 0, "-"), y - 1),
    "derivative": (Derivative(x**3 * y, x), 3 * x**2 * y),
    "second derivative": (Derivative(x**3 * y, (x, 2)), 6 * x * y),
    "case": (Piecewise((1, x < y), (2, Eq(x, y)), (3, x > 1), (4, True)), sympy.Integer(4)),
    "cases together": (
        Piecewise((1, (x > 0) & (y > 0)), (2, (x < 0) | (y > 0)), (3, sympy.Or(x <= 0, y <= 0)), (4, True)),
        sympy.Integer(3),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CLOSED)
def test_values_are_those_of_closed_forms(name):
    term, closed = CLOSED[name]
    expected = sympy.N((term if closed is None else closed).subs(NUMBERS).doit(), 40)
    found = evaluation.value(term, HERE, 20)
    with CONTEXT.workdps(50):
        parts = [sympy.Float(CONTEXT.nstr(part, 45), 45) for part in (CONTEXT.re(found), CONTEXT.im(found))]
    assert abs(parts[0] + I * parts[1] - expected) < 1e-15 * (1 + abs(expected))


@pytest.mark.parametrize(
    ("relation", "holds"),
    [(Lt, (True, False, False)), (Le, (True, True, False)), (Gt, (False, False, True)), (Ge, (False, True, True)),
     (Eq, (False, True, False)), (Ne, (True, False, True))],
)  # fmt: skip
def test_conditions_are_decided_on_both_sides_and_at_equality(relation, holds):
    for value, expected in zip((-1, 0, 1), holds, strict=True):
        at = {x: (Fraction(value), Fraction(0))}
        assert evaluation.value(Piecewise((1, relation(x, 0)), (2, True)), at) == (1 if expected else 2)


UNDEFINED = {
    "a quotient": 1 / (x - Rational(7, 10)),
    "a logarithm": log(x - Rational(7, 10)),
    "a pole": gamma(x - Rational(7, 10)),
    "no case": Piecewise((1, x < 0)),
}
UNSETTLED = {
    "an unknown function": sympy.Function("f")(x),
    "an unknown symbol": x + Symbol("w"),
    "ends that are no integers": Sum(i, (i, x, 3)),
    "no ends": Integral(x, x),
    "several variables": Derivative(x**2 * y**2, x, y),
    "a symbol that is no number": Derivative(sympy.Symbol("w") ** 2, sympy.Symbol("w")),
    "an order that is no number": Derivative(x**2, (x, n)),
    "a condition on what is not real": Piecewise((1, Gt(Symbol("w"), 0)), (2, True)),
}


@pytest.mark.parametrize("name", UNDEFINED)
def test_where_a_step_is_not_defined_neither_is_the_term(name):
    with pytest.raises(Undefined):
        evaluation.value(UNDEFINED[name], HERE)


@pytest.mark.parametrize("name", UNSETTLED)
def test_what_has_no_value_is_never_guessed(name):
    with pytest.raises(Unsettled):
        evaluation.value(UNSETTLED[name], HERE)


# --- the opinion of rules, alone ------------------------------------------------------------------------------------


def test_rules_alone_tell_equal_terms_from_others():
    """The opinion of numbers is not asked for here."""
    s = Symbol("s", positive=True)
    for left, right in (
        ((x**2 - 1) / (x - 1), x + 1), (sin(x) ** 2 + cos(x) ** 2, sympy.Integer(1)), (gamma(s + 1), s * gamma(s)),
        (gamma(2 * s), 2 ** (2 * s - 1) * gamma(s) * gamma(s + Rational(1, 2)) / sqrt(pi)), (sqrt(s**2), s),
    ):  # fmt: skip
        assert remainder(left, right) == remainder(right, left) == 0
    for left, right in (
        (x, 2 * x), (sin(x), cos(x)), (gamma(s + 1), gamma(s)), (gamma(s), sympy.Integer(0)), (sqrt(x**2), x),
        (sympy.Integer(0), gamma(s)), (gamma(s) + 1, gamma(s)),
    ):  # fmt: skip
        assert remainder(left, right) != 0
        assert remainder(right, left) != 0


# --- agreement -------------------------------------------------------------------------------------------------------


def test_cancellation_is_told_from_a_difference():
    """Of 50 digits none are left on the left; with more digits less is left, unless there is a difference."""
    assert agreement(sin(x) ** 2 + cos(x) ** 2 - 1, sympy.Integer(0)) > 0
    assert agreement(sqrt(x**2 + 1) ** 2 - x**2, sympy.Integer(1)) > 0
    with pytest.raises(Refused, match="fails at"):
        agreement(sin(x) ** 2 + cos(x) ** 2 - 1, Rational(1, 10**60))


def test_a_constant_that_nearly_vanishes_is_looked_at_with_all_care():
    almost = exp(pi * sqrt(163)) - 640320**3 - 744
    with pytest.raises(Refused, match="fails at any point"):
        agreement(almost, sympy.Integer(0))
    assert agreement(sqrt(2) * sqrt(3) - sqrt(6), sympy.Integer(0)) == 1


def test_points_where_a_term_is_not_defined_are_passed_over():
    assert agreement(gamma(i + 1), i * gamma(i)) > 0  # a pole at every integer below 1
    p = Symbol("p", positive=True)
    assert agreement(Integral(exp(-p * x), (x, 0, oo)), 1 / p) > 0
    with pytest.raises(Refused, match="not confirmed"):
        agreement(Integral(1 / x, (x, -1, 1)), sympy.Integer(0))
    with pytest.raises(Refused, match="defined nowhere"):
        agreement(gamma(-(i**2)), gamma(-(i**2)))


def test_a_case_distinction_of_which_no_value_is_found_is_refused_on_either_side():
    whole = sympy.Function("F", integer=True)(x)  # of which there is no example
    cases = Piecewise((whole, x > 0), (0, True))
    assert agreement(whole, whole + 0) == 0
    for sides in ((cases, whole), (whole, cases)):
        with pytest.raises(Refused, match="no value of"):
            agreement(*sides)


def test_more_points_are_looked_at_where_values_may_lie_on_several_branches():
    """That is where a symbol may be negative, one of several too, and there is more than a polynomial."""
    p, q = sympy.symbols("p q", positive=True)
    few = len(points.SCALES)
    assert [agreement(term, term) for term in (x + p, exp(p) * q, exp(x) * p, exp(x) * y, sqrt(p) * x)] == [
        few, few, 3 * few, 3 * few, 3 * few,
    ]  # fmt: skip
    assert agreement(gamma(p), gamma(p)) == len(points.MODERATE)
    assert agreement(exp(p**q), exp(p**q)) == len(points.MODERATE)
    integral = Integral(exp(-p * t), (t, 0, oo))
    assert agreement(integral, 1 / p) == len(points.ROUGH_SCALES)


def test_a_sign_is_asked_for_where_it_is_said():
    assert agreement(x**2, x**2, nonnegative=True) > 0
    assert agreement(-(x**2), -(x**2)) > 0
    with pytest.raises(Refused, match="is -"):
        agreement(-(x**2), -(x**2), nonnegative=True)
    with pytest.raises(Refused):
        agreement(I * x, I * x, nonnegative=True)
    assert agreement(Integral(x**2, (x, 0, 1)), Rational(1, 3), nonnegative=True) > 0


def test_a_limit_is_not_asked_for_where_the_term_is_not_defined():
    a = Symbol("a", nonnegative=True)
    value, count = calculus.limit(x / a + 1, (x, 0), 1)
    assert value == 1
    assert 2 <= count <= len(points.ROUGH_SCALES)


# --- points ----------------------------------------------------------------------------------------------------------

ASSUMED = {
    "real": {"real": True}, "positive": {"positive": True}, "negative": {"negative": True},
    "nonnegative": {"nonnegative": True}, "nonpositive": {"nonpositive": True}, "integer": {"integer": True},
    "positive integer": {"integer": True, "positive": True}, "even": {"even": True}, "odd": {"odd": True},
    "prime": {"prime": True}, "imaginary": {"imaginary": True}, "nonzero": {"nonzero": True, "real": True}, "any": {},
}  # fmt: skip


@pytest.mark.parametrize("name", ASSUMED)
def test_points_obey_the_assumptions(name):
    symbol = Symbol("s", **ASSUMED[name])
    seen = [point[symbol] for _, point in points.points({symbol}, 5 * points.SCALES)]
    assert len(seen) >= 10
    for first, second in seen:
        value = Rational(first.numerator, first.denominator) + I * Rational(second.numerator, second.denominator)
        assert all(getattr(value, f"is_{key}") == held for key, held in symbol.assumptions0.items()
                   if getattr(value, f"is_{key}", None) is not None)  # fmt: skip
    assert len(set(seen)) > len(seen) / 4
    if name in ("real", "integer", "any", "nonzero"):
        assert {first > 0 for first, _ in seen} == {True, False}
    if name == "any":
        assert {second != 0 for _, second in seen} == {True, False}


@pytest.mark.parametrize("scale", points.EXPONENTS)
def test_scales_are_as_wide_as_they_say(scale):
    low, high = points.EXPONENTS[scale]
    symbol, whole = Symbol("s", positive=True), Symbol("m", integer=True, positive=True)
    drawn = [point for _, point in points.points({symbol, whole}, 200 * (scale,), special=(1,))]
    sizes = sorted(float(point[symbol][0]) for point in drawn)
    wholes = sorted(int(point[whole][0]) for point in drawn)
    least, most = points.INTEGERS[scale]
    assert 10**low * 0.999 <= sizes[0] <= 10 ** (low + 0.3 * (high - low))
    assert 10 ** (high - 0.3 * (high - low)) <= sizes[-1] <= 10**high * 1.001
    assert least <= wholes[0] <= least + (most - least) / 3
    assert most - (most - least) / 3 <= wholes[-1] <= most


def test_special_numbers_come_up_at_the_edge_and_only_there():
    special = (Rational(22, 7), Rational(-5, 3))
    drawn = [(scale, point[x][0]) for scale, point in points.points({x}, 20 * points.SCALES, special)]
    at_edge = {value for scale, value in drawn if scale == points.EDGE}
    assert {Fraction(22, 7), Fraction(-5, 3)} <= at_edge
    assert not {Fraction(22, 7), Fraction(-5, 3)} & {value for scale, value in drawn if scale != points.EDGE}


def test_points_are_the_same_every_time_and_an_impossible_symbol_has_none():
    assert list(points.points({x, y})) == list(points.points({y, x}))
    assert list(points.points(set())) == [(points.NEAR, {})]
    huge = Symbol("h", integer=True, even=True, prime=True, positive=True)  # 2 alone
    assert all(point[huge][0] == 2 for _, point in points.points({huge}))
    none = sympy.Dummy(zero=True)
    assert [point[none] for scale, point in points.points({none}, (points.NEAR, points.LARGE))] == []
