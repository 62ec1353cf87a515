"""Every bound keeps what its signature says: conditions, units, arrays, symbols, and fifty digits."""

import math
import os
from importlib import import_module

import mpmath
import numpy as np
import pytest
import sympy
from hypothesis import given, reject, settings
from hypothesis import strategies as st

from tests.strategies import arguments, example, outside
from zotheory.border import DIGITS
from zotheory.claims import ORDER, claims
from zotheory.elementary import normal_tail
from zotheory.quantities import Number

ONLY = os.environ.get("ZOTHEORY_ONLY")  # one family, while working on it
MODULES = [import_module(f"zotheory.theorems.{name}") for name in ORDER if ONLY in (None, name)]
BOUNDS = {
    f"{module.__name__.rpartition('.')[2]}.{name}": value
    for module in MODULES
    for name, value in vars(module).items()
    if hasattr(value, "formula") and value.__module__ == module.__name__
}
NAMES = list(BOUNDS)
NUMERIC = {name for name, bound in BOUNDS.items() if getattr(bound, "numeric", False)}  # no formula in symbols
per_bound = pytest.mark.parametrize("name", NAMES)


def examples(name):
    """How many arguments are looked at: fewer where fifty digits take long; HYPOTHESIS_PROFILE=deep looks at more."""
    most = settings().max_examples
    return settings(max_examples=max(6, most // 4) if name in NUMERIC else max(12, most // 2), deadline=None)


def test_the_bound_of_every_claim_is_among_them():
    known = [claim for claim in claims().values() if ONLY in (None, claim.id.partition(".")[0])]
    assert {id(claim.bound) for claim in known} <= {id(bound) for bound in BOUNDS.values()}


@per_bound
def test_the_signature_says_everything(name):
    bound = BOUNDS[name]
    parameters = set(bound.__wrapped__.__code__.co_varnames[: _count(bound)])
    assert parameters == {*bound.signature.quantities, *bound.signature.choices}
    assert bound.signature.unit is not None


def _count(bound):
    code = bound.__wrapped__.__code__
    return code.co_argcount + code.co_kwonlyargcount


# --- outside the range -----------------------------------------------------------------------------------------------

NOT_NUMBERS = [math.nan, math.inf, -math.inf, "1", None, True, 1j, np.array([0.75, math.nan])]
ARGUMENTS = [(name, argument) for name, bound in BOUNDS.items() for argument in bound.signature.quantities]


@pytest.mark.parametrize(("name", "argument"), ARGUMENTS)
def test_outside_its_range_a_bound_raises(name, argument):
    bound = BOUNDS[name]
    where = example(bound.signature)
    for value in outside(bound.signature.quantities[argument]) + NOT_NUMBERS:
        with pytest.raises((TypeError, ValueError), match=rf"^{argument} must"):
            bound(**where | {argument: value})


RELATED = [
    (name, argument, index)
    for name, bound in BOUNDS.items()
    for argument, relations in bound.signature.relations.items()
    for index in range(len(relations))
]


@pytest.mark.parametrize(("name", "argument", "index"), RELATED)
def test_a_broken_relation_raises(name, argument, index):
    signature = BOUNDS[name].signature
    given_, relation = example(signature), signature.relations[argument][index]
    limit = float(relation.limit(**{need: given_[need] for need in relation.needs}))
    beyond = limit * (1.5 if (relation.sign > 0) == (limit > 0) else 0.5)
    if signature.quantities[argument].whole:
        beyond = math.ceil(beyond) if relation.sign > 0 else math.floor(beyond)
    if not signature.quantities[argument].holds(beyond):
        pytest.skip("the range alone keeps it")
    with pytest.raises(ValueError, match=rf"^{argument} must"):
        BOUNDS[name](**given_ | {argument: beyond})


@pytest.mark.parametrize(
    ("name", "argument"), [(n, a) for n in NAMES if n not in NUMERIC for a in BOUNDS[n].signature.quantities]
)
def test_an_exact_number_outside_the_range_is_refused(name, argument):
    bound, quantity = BOUNDS[name], BOUNDS[name].signature.quantities[argument]
    if math.isinf(quantity.low) and math.isinf(quantity.high):
        pytest.skip("takes every number")
    beyond = sympy.Integer(
        math.floor(quantity.low) - 1 if math.isfinite(quantity.low) else math.ceil(quantity.high) + 1
    )
    with pytest.raises(ValueError, match=rf"^{argument} must .* got"):
        bound(**example(bound.signature) | {argument: beyond})


# --- in range --------------------------------------------------------------------------------------------------------


@per_bound
@pytest.mark.parametrize("exponent", [3, 150])
def test_in_range_a_bound_is_right_to_nine_digits_of_its_largest_term(name, exponent):
    """Against the same formula in 50-digit arithmetic; OverflowError only where no double holds the value."""

    @examples(name)
    @given(drawn=arguments(BOUNDS[name].signature, exponent))
    def right(drawn):
        compare(name, drawn)

    right()


def compare(name, drawn):
    bound = BOUNDS[name]
    with mpmath.workdps(DIGITS):
        precise = bound(**drawn | {n: mpmath.mpf(drawn[n]) for n in bound.signature.quantities})
        largest = max([abs(precise), *_terms(name, drawn)])
    try:
        found = bound(**drawn)
    except OverflowError:
        assert abs(precise) > 1.7e308
        return
    assert math.isfinite(found)
    assert abs(mpmath.mpf(float(found)) - precise) <= 1e-9 * largest + mpmath.mpf(10) ** -307


TERMS = {}


def _erfc(x):
    return 2 * normal_tail(mpmath.sqrt(2) * x)  # mpmath's own raises OverflowError beyond 1e154


def _terms(name, drawn):
    """Sizes of the terms of the formula; a bound without a formula in symbols is one term."""
    if name in NUMERIC:
        return []
    bound = BOUNDS[name]
    if name not in TERMS:
        symbols = {argument: sympy.Symbol(argument) for argument in bound.signature.quantities}
        choices = {argument: drawn[argument] for argument in bound.signature.choices}
        terms = sympy.Add.make_args(
            sympy.expand(sympy.expand_log(sympy.sympify(bound(**symbols, **choices)), force=True))
        )
        TERMS[name] = [sympy.lambdify(list(symbols.values()), term, [{"erfc": _erfc}, "mpmath"]) for term in terms]
    values = [mpmath.mpf(drawn[argument]) for argument in bound.signature.quantities]
    return [abs(term(*values)) for term in TERMS[name]]


UNITS = [n for n in NAMES if any(q.unit != Number for q in BOUNDS[n].signature.quantities.values())]
powers = st.integers(-8, 8).map(lambda k: 2.0**k)  # which round nowhere


@pytest.mark.parametrize("name", UNITS)
def test_bounds_scale_as_their_units_say(name):
    bound = BOUNDS[name]

    @examples(name)
    @given(drawn=arguments(bound.signature), length=powers, value=powers)
    def scales(drawn, length, value):
        try:
            assert commutes(bound, bound.signature, drawn, length, value)
        except OverflowError:  # of the formula, which has no border
            reject()

    scales()


def commutes(bound, signature, drawn, length, value, wrong=None):
    """Whether measuring length and value in other units changes the result as the units say."""
    units = {n: q.unit for n, q in signature.quantities.items()} | (wrong or {})
    changed = {n: x * units[n].factor(length, value) if n in units else x for n, x in drawn.items()}
    with np.errstate(all="ignore"):  # without its border a formula may leave the range of doubles, and its own
        expected = bound.formula(**drawn) * signature.unit.factor(length, value)
        found = bound.formula(**changed)
    return np.shape(expected) == np.shape(found) and np.allclose(expected, found, rtol=1e-9, atol=0, equal_nan=True)


@pytest.mark.parametrize(
    ("name", "argument"),
    [(n, a) for n in NAMES for a, q in BOUNDS[n].signature.quantities.items() if q.unit != Number],
)
def test_another_unit_would_be_noticed(name, argument):
    """The check above has power: at some scale, as of a minimum one side alone counts at others."""
    bound, signature = BOUNDS[name], BOUNDS[name].signature
    where = example(signature)
    assert commutes(bound, signature, where, 2.0, 128.0)
    scales = [(2.0, 128.0), (2.0**-10, 1.0), (2.0**10, 1.0)]
    assert not all(commutes(bound, signature, where, *scale, {argument: Number}) for scale in scales)


@per_bound
def test_bounds_take_arrays(name):
    bound = BOUNDS[name]
    where = example(bound.signature)
    for argument, quantity in bound.signature.quantities.items():
        value = where[argument]
        several = np.array([value, value + 1, value + 2] if quantity.whole else [value, value * 1.0001, value * 0.9999])
        if not np.all(quantity.holds(several)) or argument in bound.signature.relations:
            several = np.array([value] * 3)
        try:
            expected = [float(bound(**where | {argument: x})) for x in several]
        except ValueError:  # another argument's relation
            several = np.array([value] * 3)
            expected = [float(bound(**where))] * 3
        np.testing.assert_allclose(bound(**where | {argument: several}), expected, rtol=1e-12)


@pytest.mark.parametrize("name", [n for n in NAMES if n not in NUMERIC])
def test_bounds_take_symbols(name):
    """All arguments symbols, evaluated by mpmath; and each alone among floats."""
    bound = BOUNDS[name]
    where = example(bound.signature)
    symbols = {argument: sympy.Symbol(argument, positive=True) for argument in bound.signature.quantities}
    expected = float(bound(**where))
    formula = sympy.lambdify(list(symbols.values()), bound(**where | symbols), "mpmath")
    assert float(formula(*(where[argument] for argument in symbols))) == pytest.approx(expected, rel=1e-12)
    for argument, symbol in symbols.items():
        mixed = bound(**where | {argument: symbol})
        assert mixed.free_symbols <= {symbol}
        assert float(mixed.subs(symbol, where[argument])) == pytest.approx(expected, rel=1e-12)
