"""Elementary functions against 50-digit arithmetic, on floats, arrays, mpmath numbers and symbols."""

import math
import subprocess
import sys
from fractions import Fraction

import array_api_strict
import mpmath
import numpy as np
import pytest
import sympy as sp
from hypothesis import assume, example, given
from hypothesis import strategies as st
from mpmath import mpf

from zotheory import elementary
from zotheory.elementary import (
    arctan_deficit,
    gamma_ratio,
    half,
    is_precise,
    is_symbolic,
    log_plus_one,
    log_plus_one_less,
    log_ratio,
    maximum,
    minimum,
    normal_density,
    normal_excess,
    normal_tail,
    pi,
    power_of_one_minus,
    rest_of_power,
    rising,
)
from zotheory.kinds import kind

TIGHT = 1e-12


@pytest.fixture(autouse=True)
def _digits():
    with mpmath.workdps(50):
        yield


def scales(low, high):
    """Positive floats, their logarithm uniform."""
    return st.floats(math.log(low), math.log(high)).map(math.exp)


def close(found, expected, tolerance=TIGHT):
    """Whether a float is as close to a 50-digit number, relative to it."""
    return abs(mpf(float(found)) - expected) <= tolerance * abs(expected)


# --- one formula, four kinds of arguments ----------------------------------------------------------------------------

ONE = {  # function -> what it is, by mpmath
    "sqrt": mpmath.sqrt,
    "log": mpmath.log,
    "exp": mpmath.exp,
    "log_plus_one": lambda x: mpmath.log(1 + x),
    "exp_minus_one": lambda x: mpmath.exp(x) - 1,
    "arctan": lambda x: mpmath.acot(1 / x),
    "arctan_deficit": lambda x: 1 - mpmath.acot(1 / x) / x,
    "ceil": lambda x: -mpmath.floor(-x),
    "floor": lambda x: x - x % 1,
    "zeta": lambda x: mpmath.altzeta(x) / (1 - 2 ** (1 - x)),
    "normal_density": lambda x: mpmath.npdf(x),
    "normal_tail": lambda x: mpmath.ncdf(-x),
    "normal_excess": lambda x: mpmath.quad(lambda z: (z - x) * mpmath.npdf(z), [x, x + 1, x + 4, x + 20]),
}
TWO = {
    "maximum": lambda x, y: x if x > y else y,
    "minimum": lambda x, y: y if x > y else x,
    "power_of_one_minus": lambda x, y: (1 - x / 4) ** y,
    "rest_of_power": lambda x, y: 1 - (1 - x / 4) ** y,
    "gamma_ratio": lambda x, y: mpmath.gamma(x) * mpmath.rgamma(y),
    "rising": lambda x, y: mpmath.rf(x, y),
}


@pytest.mark.parametrize("name", ONE)
def test_a_function_of_one_argument_is_the_same_of_every_kind(name):
    function, values = getattr(elementary, name), [1.25, 3.5]
    expected = [ONE[name](mpf(x)) for x in values]
    array, precise = function(np.array(values)), function(np.array([mpf(x) for x in values]))
    symbol = sp.Symbol("x", positive=True)
    formula = function(symbol)
    for i, x in enumerate(values):
        assert close(function(x), expected[i])
        assert close(array[i], expected[i])
        assert abs(function(mpf(x)) / expected[i] - 1) < 1e-45
        assert abs(precise[i] / expected[i] - 1) < 1e-45
        assert abs(formula.subs(symbol, sp.Rational(x)).evalf(50) - sp.Float(expected[i], 50)) < 1e-40
    mixed = function(np.array([symbol, sp.Integer(4)]))
    assert mixed[0] == formula
    assert mixed[1] == formula.subs(symbol, 4)
    assert not formula.atoms(sp.Float)


@pytest.mark.parametrize("name", TWO)
def test_a_function_of_two_arguments_is_the_same_of_every_kind(name):
    function, scale = getattr(elementary, name), 4 if name in ("power_of_one_minus", "rest_of_power") else 1
    x, y = 1.25 / scale, 2.5
    expected = TWO[name](mpf(1.25), mpf(y))
    assert close(function(x, y), expected)
    assert close(function(np.array([x]), y)[0], expected)
    assert close(function(x, np.array([y]))[0], expected)
    for pair in ((mpf(x), mpf(y)), (mpf(x), y), (x, mpf(y)), (np.float64(x), mpf(y))):
        assert abs(function(*pair) / expected - 1) < 1e-45
    assert abs(function(np.array([x]), mpf(y))[0] / expected - 1) < 1e-45
    a, b = sp.symbols("a b", positive=True)
    exact = function(a, b).subs({a: sp.Rational(x), b: sp.Rational(y)})
    assert abs(exact.evalf(50) - sp.Float(expected, 50)) < 1e-40


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_a_length_is_right_wherever_it_is_a_float(dtype):
    """Also where the squares of its entries are none, and beside lengths of other sizes."""
    top, least = (200, -300) if dtype is np.float64 else (30, -35)
    rows, lengths = np.array([[3, 4, 0], [-6, 0, 8], [0, 0, 0], [5, 12, 0]], dtype), np.array([5, 10, 0, 13])
    for power in (0, top, least):
        x, tolerance = rows * dtype(10.0**power), {"rtol": 4 * np.finfo(dtype).eps, "atol": 0}
        expected = lengths * float(dtype(10.0**power))
        assert elementary.norm(x).dtype == dtype
        np.testing.assert_allclose(elementary.norm(x), expected, **tolerance)
        np.testing.assert_allclose(elementary.norm(x[3]), expected[3], **tolerance)
        np.testing.assert_allclose(elementary.norm(np.stack([x, rows])), [expected, lengths], **tolerance)
    assert elementary.norm(np.array([100, 100], np.int8)) == pytest.approx(100 * 2**0.5)
    assert elementary.norm(np.array([math.inf, 1.0])) == math.inf
    assert math.isnan(elementary.norm(np.array([math.nan, 1e200])))
    assert elementary.norm(np.array(sp.symbols("a b", real=True))) == sp.sqrt(
        sum(s**2 for s in sp.symbols("a b", real=True))
    )
    xp = array_api_strict
    assert np.allclose(
        np.asarray(elementary.norm(xp.asarray([[3e200, 4e200], [3e-200, 4e-200]]))), [5e200, 5e-200], rtol=1e-15
    )


def test_array_libraries_pass():
    xp = array_api_strict
    x = xp.asarray([0.25, 2.0])
    for name in ("sqrt", "log", "exp", "log_plus_one", "exp_minus_one", "arctan", "ceil", "floor"):
        found = getattr(elementary, name)(x)
        assert type(found) is type(x)
        assert np.allclose(np.asarray(found), getattr(elementary, name)(np.array([0.25, 2.0])), rtol=1e-15)
    assert type(maximum(1.0, x)) is type(x)
    assert type(minimum(x, 1.0)) is type(x)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ((1, 2.0, np.arange(3), np.float64(1), np.int64(2)), "floats"),
        ((1, mpf(2)), "precise"),
        ((np.array([mpf(1), 2]), 1.0), "precise"),
        ((sp.Integer(1), mpf(2)), "symbols"),
        ((mpf(2), sp.Symbol("x")), "symbols"),
        ((np.array([sp.Symbol("x"), mpf(1)]),), "symbols"),
        ((np.array([1, 2], dtype=object),), "symbols"),
        ((mpf(2), np.array([sp.Symbol("x")])), "symbols"),
    ],
)
def test_kinds(values, expected):
    assert kind(*values) == expected
    assert is_symbolic(*values) == (expected == "symbols")
    assert is_precise(*values) == (expected == "precise")


def test_constants_are_as_exact_as_what_stands_beside_them():
    x = sp.Symbol("x")
    assert pi(x) is sp.pi
    assert pi(np.array([x])) is sp.pi
    assert half(x) == sp.Rational(1, 2)
    assert pi(1.0) == math.pi
    assert half(np.ones(2)) == 0.5
    assert abs(mpmath.sin(pi(mpf(1)))) < 1e-49
    assert isinstance(half(mpf(1)), mpf)
    with mpmath.workdps(80):
        assert abs(mpmath.sin(pi(mpf(1)))) < 1e-79


def test_integers_of_any_size():
    assert elementary.sqrt(10**40) == 1e20
    assert close(elementary.log(10**40), 40 * mpmath.log(10))
    with pytest.raises(OverflowError):
        elementary.log(10**400)


def test_the_import_brings_no_library_of_functions():
    code = "import sys, zotheory.sphere; print([m for m in ('scipy', 'sympy', 'mpmath') if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "[]\n"


# --- no digits lost --------------------------------------------------------------------------------------------------


@given(x=scales(1e-300, 1e3))
def test_small_arguments(x):
    with mpmath.workdps(700):
        assert close(log_plus_one(x), mpmath.log(1 + mpf(x)))
        assert close(log_plus_one(-min(x, 0.9)), mpmath.log(1 - mpf(min(x, 0.9))))
        assert close(elementary.exp_minus_one(min(x, 700.0)), mpmath.exp(mpf(min(x, 700.0))) - 1)
        if x > 1e-153:  # r^2/3 is representable
            expected = 1 - mpmath.acot(1 / mpf(x)) / mpf(x)
            assert close(arctan_deficit(x), expected)
            assert close(arctan_deficit(np.array([x, 2.0]))[0], expected)
        with mpmath.workdps(50):
            precise = [f(mpf(x)) for f in (log_plus_one, elementary.exp_minus_one, arctan_deficit)]
        expected = mpmath.log(1 + mpf(x)), mpmath.exp(mpf(x)) - 1, 1 - mpmath.acot(1 / mpf(x)) / mpf(x)
        assert all(abs(a / b - 1) < 1e-45 for a, b in zip(precise, expected, strict=True))


@given(share=scales(1e-30, 0.99), fall=scales(1e-3, 700))
@example(share=1e-18, fall=1.0)
def test_power_of_one_minus(share, fall):
    T = float(math.ceil(max(1.0, fall / share)))
    with mpmath.workdps(120):
        expected = (1 - mpf(share)) ** mpf(T)
        if expected > 1e-307:
            assert close(power_of_one_minus(share, T), expected)
            assert close(power_of_one_minus(np.array([share]), int(T))[0], expected)
    with mpmath.workdps(50):
        assert abs(power_of_one_minus(mpf(share), mpf(T)) / expected - 1) < 1e-45


def test_power_of_one_minus_by_fractions_and_at_its_ends():
    exact = (1 - Fraction(1, 2**40)) ** 1000
    assert power_of_one_minus(2.0**-40, 1000) == pytest.approx(float(exact), rel=1e-15)
    assert power_of_one_minus(1.0, 3) == 0
    assert power_of_one_minus(0.0, 3) == 1
    assert power_of_one_minus(mpf(1), 3) == 0


@given(share=scales(1e-30, 0.99), T=st.integers(1, 10**18))
@example(share=1e-18, T=3)
def test_rest_of_power(share, T):
    with mpmath.workdps(120):
        expected = 1 - (1 - mpf(share)) ** T
    assert close(rest_of_power(share, T), expected)
    assert close(rest_of_power(np.array([share]), T)[0], expected)
    with mpmath.workdps(50):
        assert abs(rest_of_power(mpf(share), mpf(T)) / expected - 1) < 1e-45
    assert rest_of_power(1.0, T) == rest_of_power(mpf(1), T) == 1
    assert rest_of_power(0.0, T) == 0


# --- Gamma -----------------------------------------------------------------------------------------------------------


def ratio(a, b):
    """Gamma(a)/Gamma(b) by logarithms, with digits to spare for their size."""
    with mpmath.workdps(120):
        return mpmath.exp(mpmath.loggamma(a) - mpmath.loggamma(b))


@given(x=scales(0.5, 1e18), shift=st.integers(-40, 40))
@example(x=2.0**52, shift=1)
@example(x=5e17, shift=1)
@example(x=170.25, shift=-1)
@example(x=150.0, shift=40)
def test_rising_at_half_integer_shifts(x, shift):
    s = shift / 2
    if x + s < 0.01:
        return
    with mpmath.workdps(120):
        expected = ratio(mpf(x) + mpf(s), mpf(x))
    if 1e-300 < expected < 1e300:
        assert close(rising(x, s), expected)
        assert close(rising(np.array([x, 1.5]), np.array([s, 0.5]))[0], expected)
    assert abs(rising(mpf(x), mpf(s)) / expected - 1) < 1e-45


@given(a=scales(1e-3, 500), b=scales(1e-3, 500))
@example(a=0.5, b=175.0)
@example(a=175.0, b=0.5)
@example(a=171.0, b=1e-3)
def test_gamma_ratio(a, b):
    expected = ratio(mpf(a), mpf(b))
    if 1e-300 < expected < 1e300:
        assert close(gamma_ratio(a, b), expected)
    assert abs(gamma_ratio(mpf(a), mpf(b)) / expected - 1) < 1e-45


def test_exact_values_of_gamma():
    n = np.arange(1, 171)
    assert np.allclose(rising(1.0, n), [float(math.factorial(k)) for k in n], rtol=TIGHT)
    assert rising(10**18, 1) == 10.0**18
    assert rising(1e18, -1) == pytest.approx(1e-18, rel=1e-15)
    assert rising(0.5, 0.5) == pytest.approx(1 / math.sqrt(math.pi), rel=1e-15)
    assert gamma_ratio(0.0, 0.5) == math.inf  # from above
    with pytest.raises(FloatingPointError), np.errstate(over="raise"):
        rising(300.0, 300.0)
    with pytest.raises(FloatingPointError), np.errstate(under="raise"):
        rising(1e18, -20)


@pytest.mark.parametrize("x", [1, 7, 100, 10**9, 10**18 - 1])
def test_watsons_inequality(x):
    """x + 1/4 < (Gamma(x + 1)/Gamma(x + 1/2))^2 < x + 1/pi, for every x > 0 (Watson 1959)."""
    square = rising(mpf(x) + 0.5, mpf(0.5)) ** 2
    assert mpf(x) + 0.25 < square < mpf(x) + 1 / mpmath.pi
    assert close(rising(x + 0.5, 0.5) ** 2, square) or x > 2**52  # x + 1/2 is no float there


# --- the normal law --------------------------------------------------------------------------------------------------


@given(x=st.floats(-8, 37))
@example(x=0.0)
def test_normal_law_by_its_series(x):
    """P(z > x) is 1/2 - phi(x) (x + x^3/3 + x^5/15 + ...), with as many digits more as cancel."""
    with mpmath.workdps(70 + int(x * x / 4)):
        y, term, total = mpf(x), mpf(x), mpf(0)
        for k in range(1, 20_000):
            total += term
            term *= y * y / (2 * k + 1)
            if abs(term) < mpf(10) ** -mpmath.mp.dps * (1 + abs(total)):
                break
        density = mpmath.exp(-y * y / 2) / mpmath.sqrt(2 * mpmath.pi)
        beyond = mpf(1) / 2 - density * total
        expected = density, beyond, density - y * beyond
    for function, value in zip((normal_density, normal_tail, normal_excess), expected, strict=True):
        assert close(function(x), value)
        assert abs(function(mpf(x)) / value - 1) < 1e-45


def test_far_out_the_normal_law_underflows_and_numpy_notices():
    for function in (normal_density, normal_tail, normal_excess):
        assert function(40.0) == 0
        with pytest.raises(FloatingPointError), np.errstate(under="raise"):
            function(40.0)
        assert 0 < function(mpf(40)) < mpf("1e-340")
    assert normal_tail(-40.0) == 1
    assert normal_excess(-40.0) == 40


# --- logarithms where they nearly vanish -----------------------------------------------------------------------------


@example(-0.5, 1)
@example(0.5, 1)
@given(st.floats(-1 + 1e-9, 1), st.integers(1, 100))
def test_the_logarithm_less_its_argument(x, power):
    """Also of a tiny argument, where the two nearly cancel; and of one next to -1."""
    x = x**power if abs(x) < 0.9 else x
    assume(abs(x) > 1e-150)  # else the result, x^2/2, is below doubles
    with mpmath.workdps(400):
        expected = mpmath.log(1 + mpf(x)) - mpf(x)
    assert close(log_plus_one_less(x), expected)
    assert close(log_plus_one_less(np.array([x]))[0], expected)
    assert abs(log_plus_one_less(mpf(x)) - expected) <= mpf(10) ** -49 * abs(expected)
    assert log_plus_one_less(sp.Symbol("x")) == sp.log(1 + sp.Symbol("x")) - sp.Symbol("x")


@example(1.0, 1.0)
@example(1.0 + 2.0**-52, 1.0)
@example(1.0, 1.5)
@given(scales(1e-100, 1e100), scales(1e-100, 1e100) | st.floats(-1e-3, 1e-3).map(lambda share: 1 + share))
def test_the_logarithm_of_a_ratio(x, y):
    """Also where numerator and denominator are nearly equal."""
    for denominator in (y, x * y if 1e-300 < x * y < 1e300 else y):
        expected = mpmath.log(mpf(x) / mpf(denominator))
        assert close(log_ratio(x, denominator), expected)
        assert log_ratio(mpf(x), mpf(denominator)) == expected
