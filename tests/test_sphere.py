"""Functions of the sphere, against closed forms, quadrature of the density, SciPy's and Arb's incomplete beta."""

import math

import flint
import mpmath
import numpy as np
import pytest
import sympy as sp
from hypothesis import assume, example, given
from hypothesis import strategies as st
from mpmath import mpf
from scipy import special

from zotheory import sphere
from zotheory.directions import sphere_mean_abs
from zotheory.elementary import normal_density, normal_excess, normal_tail

TIGHT = 1e-12
LEAST = 1e-305  # of a number that is a float to all its digits
TWO_ARGUMENTS = ("tail", "excess", "density", "mean_beyond")

dimensions = st.floats(0, 18).map(lambda x: int(10**x))
reaches = st.floats(0, 38) | st.floats(-12, 0).map(lambda x: 10**x)  # t, from the middle to where floats end


@pytest.fixture(autouse=True)
def _digits():
    with mpmath.workdps(50):
        yield


def close(found, expected, tolerance=TIGHT):
    """Whether a float is as close to a 50-digit number, relative to it."""
    return abs(mpf(float(found)) - expected) <= tolerance * abs(expected)


def integrals(d, t):
    """P(z >= t) and E max(z - t, 0) by quadrature of the density, d >= 2 and 0 <= t < sqrt(d); to 25 digits.

    In units of the distance at which the density falls by e; its constant by Legendre's duplication formula.
    """
    with mpmath.workdps(60):
        d, t = mpf(d), mpf(t)
        end, w = mpmath.sqrt(d), 1 - t * t / d
        constant = mpmath.exp(mpmath.loggamma(d / 2) - mpmath.loggamma((d - 1) / 2)) / mpmath.sqrt(mpmath.pi * d)
        lead = constant * w ** ((d - 3) / 2)
    with mpmath.workdps(30):
        unit = 1 / (1 + t)
        places = [t + unit * x for x in (0, 2, 6, 15, 40, 70) if t + unit * x < end]
        places.append(min(end, t + 100 * unit))

        def relative(z):
            if d > 10**4:  # the end is far, the logarithm small
                return mpmath.exp((d - 3) / 2 * mpmath.log1p((t - z) * (t + z) / (d * w)))
            return mpmath.exp((d - 3) / 2 * mpmath.log((end - z) * (end + z) / (d * w)))

        mass = mpmath.quad(relative, places)
        return lead * mass, lead * mpmath.quad(lambda z: (z - t) * relative(z), places)


# --- against other ways to compute them ------------------------------------------------------------------------------


@given(d=dimensions, t=reaches)
@example(d=3, t=1.7320508)
@example(d=4, t=1.0)
@example(d=10**18, t=37.5)
@example(d=5, t=2.236)
def test_tail_and_excess_by_quadrature(d, t):
    assume(d >= 3 and t * t < d)
    mass, moment = integrals(d, t)
    for name, expected in (("tail", mass), ("excess", moment)):
        function = getattr(sphere, name)
        if expected > LEAST:
            assert close(function(d, t), expected)
        assert abs(function(mpf(d), mpf(t)) / expected - 1) < 1e-20


def test_tail_by_the_incomplete_beta_function_of_scipy():
    rng = np.random.default_rng(5)
    d = np.floor(10 ** rng.uniform(math.log10(2), 18, 4000))
    t = np.minimum(np.sqrt(d) * 0.7, 36) * rng.uniform(0, 1, 4000) ** 2
    expected = special.betaincc(0.5, (d - 1) / 2, t * t / d) / 2
    whole = expected > LEAST
    assert np.mean(whole) > 0.9
    np.testing.assert_allclose(sphere.tail(d, t)[whole], expected[whole], rtol=TIGHT)


@given(d=st.floats(0.31, 5).map(lambda x: int(10**x)), share=st.floats(0.001, 0.999))
def test_fifty_digits_lie_within_balls_of_arb(d, share):
    t = mpf(share) * min(mpmath.sqrt(d), 10)
    with flint.ctx.workprec(600):
        exact = flint.arb(mpmath.nstr(t, 60))  # to 60 digits; t is what they say
        room = 1 - exact * exact / d
        ball = room.beta_lower(flint.arb(d - 1) / 2, flint.arb(1) / 2, regularized=1) / 2
        mean = (flint.arb(d) / flint.arb.pi()).sqrt() / 2 * (flint.arb(d) / 2).gamma() / (flint.arb(d + 1) / 2).gamma()
        beyond = mean * room ** (flint.arb(d - 1) / 2)
        balls = {"tail": ball, "excess": beyond - exact * ball, "mean_beyond": beyond}
        found = {name: getattr(sphere, name)(mpf(d), t) for name in balls}
        for name, x in found.items():
            assert abs(flint.arb(mpmath.nstr(x, 60)) / balls[name] - 1) < 1e-45, name


@given(d=dimensions)
@example(d=2**53)
@example(d=10**18)
def test_mean_abs_by_loggamma(d):
    with mpmath.workdps(120):
        expected = mpmath.exp(mpmath.loggamma(mpf(d) / 2) - mpmath.loggamma((mpf(d) + 1) / 2)) / mpmath.sqrt(mpmath.pi)
    assert close(sphere.mean_abs(d), expected)
    assert close(sphere.mean_abs(np.array([float(d), 3.0]))[0], expected)
    assert abs(sphere.mean_abs(mpf(d)) / expected - 1) < 1e-45


def test_mean_abs_by_wallis_product():
    """m_(d+2) = m_d d/(d + 1), from m_1 = 1 and m_2 = 2/pi."""
    odd, even = 1.0, 2 / math.pi
    for d in range(1, 2000, 2):
        np.testing.assert_allclose(sphere.mean_abs(np.array([d, d + 1])), [odd, even], rtol=1e-13)
        odd, even = odd * d / (d + 1), even * (d + 1) / (d + 2)


@given(d=st.floats(0.31, 18).map(lambda x: int(10**x)), p=st.floats(-300, -0.302).map(lambda x: 10**x))
@example(d=2, p=0.4999999)
@example(d=10**18, p=0.25)
@example(d=3, p=1e-300)
def test_quantile_inverts_the_tail(d, p):
    """Between the tails at its neighbours in the 48th digit; and floats are as close as they can be."""
    precise = sphere.quantile(mpf(d), mpf(p))
    with mpmath.workdps(70):
        low, high = (sphere.tail(mpf(d), precise * (1 + sign * mpf(10) ** -48)) for sign in (1, -1))
    assert low < p < high
    assert close(sphere.quantile(d, p), precise)
    assert sphere.quantile(d, 0.75) == -sphere.quantile(d, 0.25)


# --- closed forms ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("share", [0, 1e-9, 0.3, 0.49, 0.7, 0.72, 0.99, 1 - 1e-12])
def test_closed_forms_in_dimensions_one_to_five(share):
    with mpmath.workdps(80):
        forms = {
            1: (lambda t: mpf(1) / 2, lambda t: (1 - t) / 2),
            2: (
                lambda t: mpmath.acos(t / mpmath.sqrt(2)) / mpmath.pi,
                lambda t: (mpmath.sqrt(2 - t * t) - t * mpmath.acos(t / mpmath.sqrt(2))) / mpmath.pi,
            ),
            3: (lambda t: (1 - t / mpmath.sqrt(3)) / 2, lambda t: (mpmath.sqrt(3) - t) ** 2 / (4 * mpmath.sqrt(3))),
            5: (
                lambda t: (2 + t / mpmath.sqrt(5)) * (1 - t / mpmath.sqrt(5)) ** 2 / 4,
                lambda t: mpmath.sqrt(5) * (3 + t / mpmath.sqrt(5)) * (1 - t / mpmath.sqrt(5)) ** 3 / 16,
            ),
        }
        for d, pair in forms.items():
            t = float(share * math.sqrt(d))
            for name, form in zip(("tail", "excess"), pair, strict=True):
                function, expected = getattr(sphere, name), form(mpf(t))
                assert close(function(d, t), expected), (d, name)
                with mpmath.workdps(50):
                    precise = function(mpf(d), mpf(t))
                assert abs(precise / expected - 1) < 1e-45, (d, name)


def test_the_law_in_one_dimension_and_outside_of_its_range():
    t = np.array([-2.0, -1 + 1e-9, 0.0, 1.0, 1.5])
    np.testing.assert_allclose(sphere.tail(1, t), [1, 0.5, 0.5, 0.5, 0], rtol=1e-15)
    np.testing.assert_allclose(sphere.excess(1, t), [2, 1 - 5e-10, 0.5, 0, 0], rtol=1e-15)
    for d in (2, 3, 7.5):
        for beyond in (math.sqrt(d) * (1 + 1e-15), 1e3, 1e300):
            assert [getattr(sphere, name)(d, beyond) for name in TWO_ARGUMENTS] == [0, 0, 0, 0]
            assert sphere.tail(d, -beyond) == 1
            assert sphere.excess(d, -beyond) == beyond
            assert sphere.tail(mpf(d), mpf(beyond)) == 0
    assert close(sphere.density(2, 1.0), 1 / mpmath.pi)
    assert close(sphere.density(3, -1.0), 1 / mpmath.sqrt(12))


@given(d=st.floats(1.01, 1e4), t=st.floats(-3, 3))
def test_both_sides(d, t):
    assume(abs(t) > 1e-300)
    assert sphere.tail(d, t) + sphere.tail(d, -t) == pytest.approx(1, rel=1e-15)
    assert sphere.excess(d, -t) - sphere.excess(d, t) == pytest.approx(t, rel=TIGHT, abs=1e-15)


def test_quantiles_in_closed_form():
    p = np.array([1e-6, 0.1, 0.24, 0.26, 0.4, 0.499999])
    np.testing.assert_allclose(sphere.quantile(2, p), math.sqrt(2) * np.sin((0.5 - p) * np.pi), rtol=1e-14)
    np.testing.assert_allclose(sphere.quantile(3, p), math.sqrt(3) * (1 - 2 * p), rtol=1e-14)
    np.testing.assert_allclose(sphere.quantile(10**18, p), -special.ndtri(p), rtol=1e-12)
    assert sphere.quantile(7, 0.5) == 0


# --- limits and order ------------------------------------------------------------------------------------------------


@given(t=st.floats(0, 30))
def test_the_limit_of_many_dimensions_is_the_normal_law(t):
    """They differ by a factor 1 + O((1 + t)^4/d)."""
    for d, near in ((10**18, 1e-12), (10**9, 2e-9 * (1 + t) ** 4)):
        for name, limit in (("tail", normal_tail), ("excess", normal_excess), ("density", normal_density)):
            assert close(getattr(sphere, name)(d, t), mpf(float(limit(t))), near)
    assert sphere.mean_beyond(10**18, t) == pytest.approx(normal_density(t), rel=TIGHT)


@given(d=st.floats(1, 1e6), more=st.floats(1.001, 100), tau=st.floats(0, 0.999))
@example(d=1.0, more=2.0, tau=0.5)
def test_a_coordinate_shrinks_as_the_dimension_grows(d, more, tau):
    """s_1 in d' > d dimensions is s_1 in d, times a length of at most 1: every convex mean of it is smaller."""
    small, large = (sphere.excess(n, math.sqrt(n) * tau) / math.sqrt(n) for n in (d * more, d))
    assert small <= large * (1 + TIGHT)
    assert sphere.mean_abs(d * more) <= sphere.mean_abs(d)
    assert math.sqrt(d) * sphere.mean_abs(d) >= math.sqrt(d * more) * sphere.mean_abs(d * more) * (1 - TIGHT)


@pytest.mark.parametrize("d", [2, 3, 10, 10**6, 10**18])
def test_where_the_ways_to_compute_meet_nothing_jumps(d):
    """The tail falls from float to float, by no more than the density says."""
    for place in (1.0, math.sqrt(d / 2)):
        if place < min(36, math.sqrt(d)):
            t = place * (1 + np.arange(-50, 50) * 1e-13)
            for name, slope in (("tail", sphere.density), ("excess", sphere.tail)):
                values = getattr(sphere, name)(d, t)
                expected = values[0] - slope(d, place) * (t - t[0])
                np.testing.assert_allclose(values, expected, rtol=5e-14)


# --- floats, arrays, mpmath numbers, symbols -------------------------------------------------------------------------


def test_arrays_of_any_shape_give_what_numbers_give():
    rng = np.random.default_rng(3)
    d, t = np.array([[1], [2], [50], [10**9]]), rng.uniform(-2, 6, (3, 1, 5))
    for name in TWO_ARGUMENTS[:2] + TWO_ARGUMENTS[3:]:
        function = getattr(sphere, name)
        found = function(d, t)
        assert found.shape == (3, 4, 5)
        single = [[[function(int(n), x) for x in row] for n in d[:, 0]] for row in t[:, 0]]
        np.testing.assert_allclose(found, single, rtol=1e-14)
        assert function(d, np.empty((0, 1, 5))).shape == (0, 4, 5)
        assert type(function(3, 0.5)) is np.float64
    many = np.linspace(0, 8, 5001)
    np.testing.assert_array_equal(sphere.tail(30, many)[4000:], sphere.tail(30, many[4000:]))


@pytest.mark.parametrize("gap", [1e-10, 1e-30, 1e-45])
def test_mpmath_numbers_keep_their_digits_next_to_the_end(gap):
    """P(z >= t) = (1 - t/sqrt(3))/2 in three dimensions: of 1 - t^2/3 few digits would be left."""
    t = mpmath.sqrt(3) * (1 - mpf(gap))
    with mpmath.workdps(150):
        expected = (1 - t / mpmath.sqrt(3)) / 2
    assert abs(sphere.tail(mpf(3), t) / expected - 1) < mpf(10) ** -45


def test_mpmath_numbers_keep_the_digits_that_are_asked_for():
    for digits in (15, 30, 100):
        with mpmath.workdps(digits + 20):
            expected = mpmath.acos(mpf(1.3) / mpmath.sqrt(2)) / mpmath.pi
        with mpmath.workdps(digits):
            assert abs(sphere.tail(2, mpf(1.3)) / expected - 1) < mpf(10) ** (2 - digits)
            assert mpmath.mp.dps == digits
    both = sphere.excess(np.array([2.0, 10.0]), mpf(2) / 3)
    assert [type(x) for x in both] == [mpf, mpf]
    assert sphere.tail(10**18, mpf(10) ** 6) > 0  # far below 1e-308
    assert 0 < sphere.quantile(10**18, mpf(10) ** -500) < 50
    assert sphere.ball_overlap(mpf(10) ** 18, 1, mpf(10) ** 8) > 0


@pytest.mark.parametrize("name", [*TWO_ARGUMENTS, "progress"])
def test_an_underflow_is_noticed(name):
    function = getattr(sphere, name)
    with np.errstate(under="raise"):
        assert function(10**6, 3.0) > 0
        with pytest.raises(FloatingPointError):
            function(10**6, 99.0)
    assert function(10**6, 99.0) == 0


def test_symbols_where_there_is_a_closed_form():
    d, t = sp.symbols("d t", positive=True)
    for name in ("density", "mean_beyond"):
        formula = getattr(sphere, name)(d, t)
        assert not formula.atoms(sp.Float)
        for n, at in ((4, 1 / 3), (7, 3 / 4), (12, 2.0)):
            exact = formula.subs({d: n, t: sp.Rational(at).limit_denominator(100)})
            assert float(exact) == pytest.approx(getattr(sphere, name)(n, at))
    assert sphere.mean_abs(d) == sp.gamma(d / 2) / (sp.sqrt(sp.pi) * sp.gamma(d / 2 + sp.Rational(1, 2)))
    assert sphere_mean_abs is sphere.mean_abs
    for name in ("tail", "excess", "progress", "quantile"):
        with pytest.raises(TypeError, match=r"takes numbers only: it has no closed form in symbols"):
            getattr(sphere, name)(d, sp.Rational(1, 3))
    with pytest.raises(TypeError, match=r"sphere\.ball_overlap takes numbers only"):
        sphere.ball_overlap(d, 1, 0)


def test_progress():
    assert close(sphere.progress(1, 1.0), mpf(0.5))
    assert close(sphere.progress(3, 2), (mpmath.sqrt(3) - 1) ** 2 / mpmath.sqrt(3))
    assert float(sphere.progress(mpf(10), mpf(1.224))) == pytest.approx(sphere.progress(10, 1.224), rel=1e-14)


# --- two balls -------------------------------------------------------------------------------------------------------


def two_balls(n, a, delta):
    """Centre distance 1, radii a/sqrt(n) and 1 - delta/n; the distances of the plane where the spheres meet."""
    r, s = mpf(a) / mpmath.sqrt(n), 1 - mpf(delta) / n
    h = (r**2 + 1 - s**2) / 2
    return r, s, h, 1 - h


LENSES = {  # n -> volume of a cap of the ball of radius r beyond distance h from its centre, over that of the ball
    1: lambda r, h: (r - h) / (2 * r),
    2: lambda r, h: (mpmath.acos(h / r) - h / r * mpmath.sqrt(1 - (h / r) ** 2)) / mpmath.pi,
    3: lambda r, h: (r - h) ** 2 * (2 * r + h) / (4 * r**3),
}


@given(n=st.integers(1, 3), a=st.floats(0.5, 1), share=st.floats(0, 1.2))
@example(n=1, a=1.0, share=0.0)
def test_overlap_of_two_lenses(n, a, share):
    delta = min(share * a * math.sqrt(n), 0.99 * n)
    with mpmath.workdps(80):
        r, s, h, rest = two_balls(n, a, delta)
        expected = LENSES[n](r, h) + LENSES[n](s, rest) * (s / r) ** n if h < r else mpf(0)
        deep = (r - h) / r
    assume(deep > 1e-3 or deep <= 0)  # next to touching, r - h is what rounding left of it
    assert close(sphere.ball_overlap(n, a, delta), expected)
    assert abs(sphere.ball_overlap(mpf(n), mpf(a), mpf(delta)) - expected) <= 1e-45 * expected


@given(n=st.integers(4, 300), a=st.floats(0.5, 1), delta=st.floats(0, 1))
def test_overlap_by_two_incomplete_beta_functions(n, a, delta):
    with mpmath.workdps(60 + 2 * n):
        r, s, h, rest = two_balls(n, a, delta)
        caps = [
            mpmath.betainc(mpf(n + 1) / 2, 0.5, 0, 1 - (x / y) ** 2, regularized=True) / 2
            for x, y in ((h, r), (rest, s))
        ]
        expected = caps[0] + caps[1] * (s / r) ** n
    assert close(sphere.ball_overlap(n, a, delta), expected)
    assert abs(sphere.ball_overlap(mpf(n), mpf(a), mpf(delta)) / expected - 1) < 1e-40


@given(a=st.floats(0.5, 1), delta=st.floats(0, 2))
def test_overlap_in_many_dimensions(a, delta):
    """z has to pass (a^2 + 2 delta)/(2a), as n grows."""
    assert sphere.ball_overlap(10**18, a, delta) == pytest.approx(normal_tail((a * a + 2 * delta) / (2 * a)), rel=TIGHT)
    found = sphere.ball_overlap(np.array([10**6, 10**9, 10**12, 10**15]), a, delta)
    limit = normal_tail((a * a + 2 * delta) / (2 * a))
    assert np.all(abs(found / limit - 1) < np.array([1e-4, 1e-7, 1e-10, 1e-12]))
