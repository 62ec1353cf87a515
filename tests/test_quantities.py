"""Units, ranges and relations at their ends, in floats, arrays, symbols and fifty digits; a border on a small bound."""

import math
from typing import Annotated, Literal

import mpmath
import numpy as np
import pytest
import sympy

from zotheory import quantities as zq
from zotheory.border import bound
from zotheory.quantities import Length, Number, Unit, Value

INF = math.inf
ALIASES = {  # an alias, its unit, the numbers beside its ends that it takes and that it does not, and its words
    "Radius": (Length, [1e-300, 1e300], [0, -1e-300], "positive"),
    "Distance": (Length, [0, 1e300], [-1e-300], "non-negative"),
    "Gap": (Value, [1e-300], [0], "positive"),
    "Slope": (Unit(-1, 1), [1e-300], [0], "positive"),
    "Curvature": (Unit(-2, 1), [1e-300], [0], "positive"),
    "Flatness": (Unit(-2, 1), [0], [-1e-300], "non-negative"),
    "Dimension": (Number, [1, 10**18], [0, 1.5], "a whole number, at least 1"),
    "Size": (Number, [1, 10**18], [0, 10**18 + 1000, 2.5], "a whole number, at least 1 and at most 1e+18"),
    "Steps": (Number, [1], [0, 1.5], "a whole number, at least 1"),
    "Count": (Number, [1], [0, 1.5], "a whole number, at least 1"),
    "Condition": (Number, [1, 1e300], [1 - 1e-15], "at least 1"),
    "Chance": (Number, [1e-300, 1 - 1e-15], [0, 1], "strictly between 0 and 1"),
    "Factor": (Number, [1e-300], [0], "positive"),
    "Positive": (Number, [1e-300], [0], "positive"),
}
MADE = {
    "real_number": (zq.real_number(Value), Value, [-1e300, 0, 1e300], [], "finite"),
    "at_least": (zq.at_least(-2, Length), Length, [-2, 5], [-2.1], "at least -2"),
    "larger_than": (zq.larger_than(2, Length), Length, [2.1], [2, 1], "larger than 2"),
    "whole": (zq.whole(2, 5), Number, [2, 5, 3.0], [1, 6, 2.5], "a whole number, at least 2 and at most 5"),
    "between": (zq.between(-1, 2, Value), Value, [-0.9, 1.9], [-1, 2, 3], "strictly between -1 and 2"),
    "within": (zq.within(-1, 2, Value), Value, [-1, 2], [-1.1, 2.1], "between -1 and 2"),
}
QUANTITIES = {name: (getattr(zq, name).__metadata__[0], *rest) for name, rest in ALIASES.items()} | MADE
every = pytest.mark.parametrize("name", QUANTITIES)


def exact(value):
    return sympy.Rational(*value.as_integer_ratio())


def test_no_alias_is_forgotten():
    named = {name for name, value in vars(zq).items() if isinstance(getattr(value, "__metadata__", None), tuple)}
    assert named == set(ALIASES)


@every
def test_a_range_ends_where_it_says_in_every_kind_of_number(name):
    quantity, unit, inside, outside, words = QUANTITIES[name]
    assert (quantity.unit, quantity.words) == (unit, words)
    for value in inside:
        for kind in (float, np.float64, mpmath.mpf, exact):
            quantity.check("x", kind(value))
        quantity.check("x", np.array([value, inside[0]]))
        quantity.check("x", np.array([exact(value), value], dtype=object))
        quantity.check("x", value)
    for value in outside:
        for given in (value, float(value), np.float64(value), mpmath.mpf(value), exact(value),
                      np.array([inside[0], value]), np.array([exact(value), inside[0]], dtype=object)):  # fmt: skip
            with pytest.raises(ValueError, match=f"^x must be {words}".replace("+", r"\+")):
                quantity.check("x", given)
    for value in (INF, -INF, math.nan, np.array([inside[0], INF]), mpmath.mpf("inf"), sympy.oo):
        with pytest.raises(ValueError, match=r"^x must be"):
            quantity.check("x", value)
    with pytest.raises(ValueError, match="must hold a number at least"):
        quantity.check("x", np.array([]))


@every
def test_symbols_pass_unless_they_are_known_to_lie_outside(name):
    quantity = QUANTITIES[name][0]
    quantity.check("x", sympy.Symbol("p"))
    quantity.check("x", sympy.Symbol("p", real=True))
    for wrong in (sympy.Symbol("i", imaginary=True), sympy.nan, sympy.I):
        with pytest.raises(TypeError, match="x must be a real number"):
            quantity.check("x", wrong)
    p = sympy.Symbol("p", positive=True)
    for end, sign in ((quantity.low, -1), (quantity.high, 1)):
        if math.isfinite(end):
            with pytest.raises(ValueError, match=r"^x must be"):
                quantity.check("x", sympy.Integer(end) + sign * p)
            if not quantity.closed:
                with pytest.raises(ValueError, match=r"^x must be"):
                    quantity.check("x", sympy.Integer(end) + sign * sympy.Symbol("q", nonnegative=True))
            else:
                quantity.check("x", sympy.Integer(end) + sign * 0 * p)
                quantity.check("x", sympy.Integer(end) + sign * sympy.Symbol("q", nonnegative=True))
    if quantity.whole:
        with pytest.raises(ValueError, match=r"^x must be"):
            quantity.check("x", sympy.Symbol("r", integer=False, real=True))


def test_units_multiply_as_numbers_do():
    speed = Value / Length
    assert (speed.length, speed.value) == (-1, 1)
    assert speed * Length == Value
    assert Length * Value / Value == Length
    assert (Value**2 * Length**-3).factor(2.0, 5.0) == 25 / 8
    assert speed.factor(2.0, 10.0) == 5
    assert [str(unit) for unit in (Number, Length, Value, speed, Value**0.5 / Length**2)] == [
        "a number", "length", "value", "value length^-1", "value^0.5 length^-2",
    ]  # fmt: skip


RELATIONS = {  # a relation to R = 4, its words, the numbers beside its limit that hold and that do not
    "below": (zq.below("R"), "smaller than R", [3.999], [4, 5]),
    "at most": (zq.at_most("R"), "at most R", [4, 3], [4.001]),
    "above": (zq.above("R"), "larger than R", [4.001], [4, 3]),
    "no less": (zq.no_less("R"), "at least R", [4, 5], [3.999]),
    "below a function": (zq.below(lambda R, Q: R / Q, "R/Q"), "smaller than R/Q", [1.999], [2, 3]),
}


@pytest.mark.parametrize("name", RELATIONS)
def test_a_relation_ends_where_it_says(name):
    relation, words, holds, fails = RELATIONS[name]
    others = {"R": 4.0, "Q": 2.0}
    R = sympy.Symbol("R", positive=True)
    for value in holds:
        relation.check("x", value, others)
        relation.check("x", np.array([value, holds[0]]), others)
    for value in fails:
        for given in (value, np.array([holds[0], value])):
            with pytest.raises(ValueError, match=rf"^x must be {words}, got x = .* R = 4"):
                relation.check("x", given, others)
    relation.check("x", sympy.Symbol("x"), others)
    limit = R / 2 if "Q" in relation.needs else R
    step = sympy.Symbol("s", positive=True) * (1 if relation.sign > 0 else -1)
    relation.check("x", limit - step, {"R": R, "Q": 2})
    with pytest.raises(ValueError, match=rf"^x must be {words}"):
        relation.check("x", limit + step, {"R": R, "Q": 2})
    if relation.strict:
        with pytest.raises(ValueError, match=rf"^x must be {words}"):
            relation.check("x", limit, {"R": R, "Q": 2})
    else:
        relation.check("x", limit, {"R": R, "Q": 2})


# --- the border of a small bound -------------------------------------------------------------------------------------


@bound
def shared(
    a: zq.Factor, b: zq.Factor, *, c: zq.Factor = 3, way: Literal["sum", "product"] = "sum"
) -> Annotated[zq.Array, Number]:
    """A sum or a product."""
    return a + b + c if way == "sum" else a * b * c


def test_arguments_are_taken_by_place_and_by_name():
    assert shared(1, 2) == shared(1, b=2) == shared(a=1, b=2, c=3, way="sum") == 6
    assert shared(1, 2, c=5, way="product") == 10
    for call in (
        lambda: shared(1),
        lambda: shared(1, 2, 3),
        lambda: shared(1, 2, b=2),
        lambda: shared(1, 2, a=2),
        lambda: shared(1, 2, d=2),
        lambda: shared(),
    ):
        with pytest.raises(TypeError, match=r"argument|multiple values"):
            call()
    with pytest.raises(ValueError, match=r"way must be one of \('sum', 'product'\), got 'mean'"):
        shared(1, 2, way="mean")


def test_a_value_comes_back_in_the_kind_of_its_arguments():
    assert type(shared(1, 2)) is np.float64
    assert shared(np.array([1.0, 2.0]), 2).tolist() == [6, 7]
    beyond = shared(np.array([1e300, 1.0]), 1e300, c=1e-300, way="product")  # what floats hold, but not on the way
    assert beyond == pytest.approx([1e300, 1])
    assert isinstance(shared(mpmath.mpf(1), 2), mpmath.mpf)
    x = sympy.Symbol("x", positive=True)
    assert shared(x, 1, c=2, way="product") / 4 == x / 2  # an integer stays one
    with pytest.raises(OverflowError, match=r"shared is not representable .* a = 1e\+200, b = 1e\+200"):
        shared(1e200, 1e200, way="product")
