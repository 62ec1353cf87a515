"""Values of integrals, sums and limits, far from 1 and at the edges of what is taken; examples of functions."""

import mpmath
import pytest
import sympy

from zotheory.evidence import approximation, points
from zotheory.evidence.approximation import CLOSE, CONTEXT, TERMS, Undefined, Unsettled

INF = CONTEXT.inf
FACTORS = pytest.mark.parametrize("factor", [7.0, -2000.0])
precisely = pytest.fixture(autouse=True)


@precisely
def digits():
    with CONTEXT.workdps(30):
        yield


def close(found, expected):
    return abs(found - expected) <= 1e-15 * abs(expected)


# --- integrals -------------------------------------------------------------------------------------------------------

INTEGRALS = {  # f, low, high, switches, value
    "a power": (lambda t: t**3, 1, 3, [], 20),
    "read backwards": (lambda t: t**3, 3, 1, [], -20),
    "from minus infinity": (lambda t: CONTEXT.exp(t), -INF, -2, [], CONTEXT.exp(-2)),
    "to infinity": (lambda t: CONTEXT.exp(-t), 2, INF, [], CONTEXT.exp(-2)),
    "over the line": (lambda t: CONTEXT.exp(-t * t / 2), -INF, INF, [], CONTEXT.sqrt(2 * CONTEXT.pi)),
    "kinks": (lambda t: abs(t - 1) + abs(t - 2), 0, 3, [lambda t: t - 1, lambda t: t - 2], 5),
    "a jump on a node of the grid": (lambda t: CONTEXT.sign(t - 3 / 2), 0, 3, [lambda t: t - CONTEXT.mpf(3) / 2], 0),
    "a far kink of the line": (
        lambda t: abs(t - 4) * CONTEXT.exp(-abs(t)), -INF, INF, [lambda t: t - 4, lambda t: t], 8 + 2 * CONTEXT.exp(-4),
    ),
}  # fmt: skip


@FACTORS
@pytest.mark.parametrize("name", INTEGRALS)
def test_integrals_of_every_size(name, factor):
    f, low, high, switches, value = INTEGRALS[name]
    low, high = CONTEXT.mpf(low), CONTEXT.mpf(high)
    found = approximation.integral(lambda t: factor * f(t), low, high, switches)
    assert abs(found - factor * value) <= 1e-12 * abs(factor) * (1 + abs(value))


@FACTORS
def test_a_pole_of_any_size_does_not_settle(factor):
    with pytest.raises((Unsettled, ZeroDivisionError)):
        approximation.integral(lambda t: factor / t, CONTEXT.mpf(-1), CONTEXT.mpf(1))


def test_an_end_where_the_integrand_is_not_defined_counts_nothing():
    def root(t):
        if t <= 0:
            raise Undefined("not there")
        return 1 / CONTEXT.sqrt(t)

    assert abs(approximation.integral(root, CONTEXT.mpf(0), CONTEXT.mpf(4)) - 4) < 1e-9
    with pytest.raises(Undefined):
        approximation.integral(root, CONTEXT.mpf(-1), CONTEXT.mpf(4))


# --- sums ------------------------------------------------------------------------------------------------------------


def test_terms_are_those_of_both_ends_and_not_too_many():
    assert approximation.terms(lambda i: i**2, CONTEXT.mpf(-2), CONTEXT.mpf(2)) == [4, 1, 0, 1, 4]
    assert approximation.terms(lambda i: i, CONTEXT.mpf(3), CONTEXT.mpf(3)) == [3]
    assert approximation.terms(lambda i: i, CONTEXT.mpf(3), CONTEXT.mpf(2)) == []
    assert len(approximation.terms(lambda i: i, CONTEXT.mpf(1), CONTEXT.mpf(1 + TERMS))) == 1 + TERMS
    for low, high in ((1, 2 + TERMS), (1, INF), (-INF, 1)):
        with pytest.raises(Unsettled, match="too many"):
            approximation.terms(lambda i: i, CONTEXT.mpf(low), CONTEXT.mpf(high))


SERIES = {  # term, first index, value
    "geometric": (lambda i: CONTEXT.mpf(2) ** -i, 1, 1),
    "geometric, slow": (lambda i: CONTEXT.mpf("0.9") ** i, 3, CONTEXT.mpf("7.29")),
    "alternating": (lambda i: (-1) ** int(i) * CONTEXT.mpf(3) ** -i, 0, CONTEXT.mpf(3) / 4),
    "late": (lambda i: CONTEXT.mpf(0) if i < 50 else CONTEXT.mpf(2) ** (50 - i), 0, 2),
    "late after a first": (lambda i: CONTEXT.mpf(i == 1) if i < 50 else CONTEXT.mpf(2) ** (50 - i), 1, 3),
    "inverse squares": (lambda i: 1 / i**2, 1, CONTEXT.pi**2 / 6),
    "inverse cubes": (lambda i: 1 / i**3, 2, CONTEXT.zeta(3) - 1),
    "slow": (lambda i: i ** CONTEXT.mpf("-1.5"), 1, CONTEXT.zeta(CONTEXT.mpf("1.5"))),
}


@FACTORS
@pytest.mark.parametrize("name", SERIES)
def test_series_of_every_size(name, factor):
    term, low, value = SERIES[name]
    found = approximation.series(lambda i: factor * term(i), CONTEXT.mpf(low))
    assert abs(found - factor * value) <= 1e-9 * abs(factor) * (1 + abs(value))


@FACTORS
@pytest.mark.parametrize(
    "term", [lambda i: 1 / i, lambda i: (-1) ** int(i) / i, lambda i: i * 0 + 1, lambda i: 1 / (i * CONTEXT.log(i + 1))]
)
def test_a_series_that_is_not_seen_to_converge_is_given_no_value(term, factor):
    with pytest.raises(Unsettled, match="converge"):
        approximation.series(lambda i: factor * term(i), CONTEXT.mpf(1))


# --- limits ----------------------------------------------------------------------------------------------------------

LIMITS = {  # f, end, direction, value
    "to infinity": (lambda x: (3 * x + 1) / (x + 5), INF, "-", 3),
    "to minus infinity": (lambda x: CONTEXT.exp(x) - 4, -INF, "+", -4),
    "from above": (lambda x: 5 + CONTEXT.sign(x - 2), CONTEXT.mpf(2), "+", 6),
    "from below": (lambda x: 5 + CONTEXT.sign(x - 2), CONTEXT.mpf(2), "-", 4),
    "from both sides": (lambda x: 6 + CONTEXT.sin(x) / x, CONTEXT.mpf(0), "+-", 7),
    "at zero": (lambda x: x**2, CONTEXT.mpf(0), "+-", 0),
}


@FACTORS
@pytest.mark.parametrize("name", LIMITS)
def test_limits_of_every_size(name, factor):
    f, end, direction, value = LIMITS[name]
    with CONTEXT.workdps(approximation.LIMIT_DIGITS):
        found = approximation.limit(lambda x: factor * f(x), end, direction)
        assert abs(found - factor * value) <= 1e-12 * abs(factor) * (1 + abs(value))
        assert approximation.approaches(lambda x: factor * f(x), end, direction, CONTEXT.mpf(factor * value))
        beside = CONTEXT.mpf(factor * value + 0.001 * abs(factor))
        assert not approximation.approaches(lambda x: factor * f(x), end, direction, beside)
        assert not approximation.approaches(lambda x: factor * f(x), end, direction, INF)


@FACTORS
def test_two_sides_that_differ_and_values_that_do_not_settle_have_no_limit(factor):
    with CONTEXT.workdps(approximation.LIMIT_DIGITS):
        with pytest.raises(Unsettled, match="two sides"):
            approximation.limit(lambda x: factor * (5 + CONTEXT.sign(x)), CONTEXT.mpf(0), "+-")
        with pytest.raises(Unsettled, match="not seen"):
            approximation.limit(lambda x: factor * CONTEXT.log(x), INF, "-")


@FACTORS
def test_what_grows_without_end_approaches_the_infinity_of_its_sign(factor):
    up = INF if factor > 0 else -INF
    with CONTEXT.workdps(approximation.LIMIT_DIGITS):
        for f in (lambda x: x, lambda x: CONTEXT.log(x) ** 2, lambda x: 1000 + CONTEXT.log(x)):
            assert approximation.approaches(lambda x, f=f: factor * f(x), INF, "-", up)
            assert not approximation.approaches(lambda x, f=f: factor * f(x), INF, "-", -up)
        for f in (lambda x: 1 - 1 / x, lambda x: CONTEXT.sin(x) * x, lambda x: -1 / CONTEXT.log(x)):
            assert not approximation.approaches(lambda x, f=f: factor * f(x), INF, "-", up)
        slow = [lambda x: 2 + 1 / CONTEXT.log(x), lambda x: 2 + 1 / CONTEXT.log(x) ** 2]
        for f in slow:  # the gap halves each time, which is enough
            assert approximation.approaches(lambda x, f=f: factor * f(x), INF, "-", CONTEXT.mpf(2 * factor))
        still = CONTEXT.mpf(3)
        assert not approximation.approaches(lambda x: factor * still, INF, "-", CONTEXT.mpf(2 * factor))


def test_an_approach_has_to_last():
    """Looked at are 10^2, 10^4, ..., 10^128: what falls or grows in one of the last steps only is not believed."""
    near, far = CONTEXT.mpf(10) ** 20, CONTEXT.mpf(10) ** 50
    gaps = {
        "stalls": lambda x: 1 / CONTEXT.log(x) if x < far else 1 / CONTEXT.log(far),
        "stalled before": lambda x: 1 if near < x < far else 1 / CONTEXT.log(x),
    }
    rises = {
        "turns at last": lambda x: -CONTEXT.log(x) if x < far else CONTEXT.log(x),
        "stops": lambda x: CONTEXT.log(x) if x < far else CONTEXT.log(far),
        "slows": lambda x: CONTEXT.log(CONTEXT.log(x)) - 1 / CONTEXT.log(x) if x < far else CONTEXT.log(x) / 1e9 + 6,
    }
    with CONTEXT.workdps(approximation.LIMIT_DIGITS):
        for gap in gaps.values():
            assert not approximation.approaches(lambda x, gap=gap: 5 + gap(x), INF, "-", CONTEXT.mpf(5))
        for rise in rises.values():
            assert not approximation.approaches(rise, INF, "-", INF)


@pytest.mark.parametrize("target", [0, -3, 10**6])
def test_a_gap_is_negligible_beside_the_target_or_beside_one(target):
    with CONTEXT.workdps(approximation.LIMIT_DIGITS):
        for share, expected in ((0.9, True), (1.1, False)):
            stays = target + share * CLOSE * (1 + CONTEXT.mpf(abs(target)))
            assert approximation.approaches(lambda x, v=stays: v + 0 * x, INF, "-", CONTEXT.mpf(target)) == expected


@pytest.mark.parametrize("size", [1e-3, 1, 1e6])
def test_a_number_is_real_but_for_rounding(size):
    rounding = CONTEXT.mpf(10) ** (8 - CONTEXT.dps) * (1 + size)
    for sign in (1, -1):
        assert approximation.real(CONTEXT.mpc(sign * size, 0.9 * rounding)) == sign * CONTEXT.mpf(size)
        with pytest.raises(Unsettled, match="not real"):
            approximation.real(CONTEXT.mpc(sign * size, sign * 1.1 * rounding))


def test_the_context_is_of_our_own():
    assert CONTEXT is not mpmath.mp
    assert 0 < CLOSE < 1e-6


# --- examples of functions of which nothing is known -----------------------------------------------------------------

x, y = sympy.symbols("x y", real=True)


def example(**assumptions):
    return points.with_examples(sympy.Function("f", **assumptions)(x, y))


def test_the_example_of_a_function_has_the_sign_that_it_is_assumed_to_have():
    assert example(positive=True).is_positive
    assert example(negative=True).is_negative
    nonnegative, nonpositive = example(nonnegative=True), example(nonpositive=True)
    assert nonnegative.is_nonnegative
    assert nonpositive.is_nonpositive
    [inner] = {wave.args[0] for wave in nonnegative.atoms(sympy.sin)}
    zero = {y: 0, x: -inner.subs({x: 0, y: 0}) / inner.coeff(x)}  # where it touches 0, which a positive one does not
    assert nonnegative.subs(zero) == 0
    free = example(real=True)
    assert free.is_nonnegative is None
    assert free.free_symbols == {x, y}
    assert free.diff(x, x, x) != 0
    with pytest.raises(ValueError, match="no example of the function f"):
        example(integer=True)


def test_examples_of_two_names_differ_and_that_of_one_name_is_the_same():
    f, g = sympy.Function("f", real=True), sympy.Function("g", real=True)
    assert points.with_examples(f(x) - f(x)) == 0
    assert points.with_examples(f(x) - g(x)) != 0
    assert points.with_examples(f(x).diff(x)) == points.with_examples(f(x)).diff(x)
