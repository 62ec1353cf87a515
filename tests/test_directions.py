"""Moments of the laws of directions, against enumeration, SciPy's distributions and sampling."""

import math

import mpmath
import numpy as np
import pytest
import sympy as sp
from scipy import integrate, stats

from zotheory import directions as laws
from zotheory.streams import generator

DIMENSIONS = (1, 2, 3, 7, 10)
RADIAL = {
    "gaussian": lambda d: stats.chi(d),
    "sphere": None,
    "ball": lambda d: stats.powerlaw(d, scale=math.sqrt(d + 2)),
}


@pytest.mark.parametrize("law", laws.LAWS.values(), ids=laws.LAWS)
def test_samples_have_the_stated_moments(law):
    """Six-sigma intervals over 21 comparisons a law: a false alarm has probability below 1e-7."""
    d, n = 5, 200_000
    g = np.array([0.3, -1.0, 0.5, 2.0, 0.1])
    u = law.draw(generator(11), (n,), d)
    inner, norm = u @ g, np.linalg.norm(u, axis=1)
    expected = {
        "second": (inner**2, g @ g),
        "s(d)": (inner**2 * norm**2, law.second_moment(d) * (g @ g)),
        "mean abs": (np.abs(inner), law.mean_abs_inner(g)),
        "third": (norm**3, law.norm_moment(3, d)),
        "sixth": (norm**6, law.norm_moment(6, d)),
    }
    for i in range(d):
        for j in range(i + 1):
            expected[f"E u{i} u{j}"] = (u[:, i] * u[:, j], float(i == j))
    for name, (sample, value) in expected.items():
        error = sample.std() / math.sqrt(n)
        assert abs(sample.mean() - value) <= 6 * error + 1e-12 * abs(value), name


@pytest.mark.parametrize("d", DIMENSIONS)
@pytest.mark.parametrize("name", ["gaussian", "ball"])
@pytest.mark.parametrize("p", [1, 3, 4, 6])
def test_norm_moments_are_those_of_the_radial_law(name, d, p):
    radial = RADIAL[name](d)
    value, _ = integrate.quad(lambda r: r**p * radial.pdf(r), 0, radial.ppf(1 - 1e-15) + 20)
    assert laws.LAWS[name].norm_moment(p, d) == pytest.approx(value, rel=1e-7)


@pytest.mark.parametrize("d", [2, 3, 7, 10])
def test_sphere_mean_abs_is_that_of_the_marginal_density(d):
    def weight(t):
        return math.sin(t) ** (d - 2)

    top, _ = integrate.quad(lambda t: abs(math.cos(t)) * weight(t), 0, math.pi, points=[math.pi / 2])
    bottom, _ = integrate.quad(weight, 0, math.pi)
    assert laws.sphere_mean_abs(d) == pytest.approx(top / bottom, rel=1e-10)


@pytest.mark.parametrize("d", DIMENSIONS)
@pytest.mark.parametrize("name", RADIAL)
def test_the_mean_along_a_unit_vector_is_that_along_any_vector_of_length_one(name, d):
    law, g = laws.LAWS[name], np.linspace(1, 2, d)
    assert law.mean_abs(d) == pytest.approx(law.mean_abs_inner(g / np.linalg.norm(g)), rel=1e-12)
    assert law.mean_abs_inner(3 * g) == pytest.approx(3 * law.mean_abs_inner(g), rel=1e-12)


@pytest.mark.parametrize("d", [1, 2, 5, 9])
@pytest.mark.parametrize("name", ["rademacher", "coordinates"])
def test_finite_laws_by_enumeration(name, d):
    law = laws.LAWS[name]
    support = laws.signs(d) if name == "rademacher" else math.sqrt(d) * np.eye(d)
    g = np.linspace(-1, 2, d) + 0.1
    inner, norm = support @ g, np.linalg.norm(support, axis=1)
    assert np.allclose(support.T @ support / len(support), np.eye(d))
    assert np.mean(inner**2 * norm**2) == pytest.approx(law.second_moment(d) * (g @ g))
    assert np.mean(np.abs(inner)) == pytest.approx(law.mean_abs_inner(g))
    assert np.mean(norm**6) == pytest.approx(law.norm_moment(6, d))
    assert law.third_norm_moment(d) ** 2 == pytest.approx(law.norm_moment(6, d))


@pytest.mark.parametrize("law", laws.LAWS.values(), ids=laws.LAWS)
def test_symbols_and_floats_give_the_same(law):
    n = sp.Symbol("n", positive=True)
    formulas = [law.second_moment(n), law.norm_moment(4, n), law.norm_moment(3, n)]
    values = [law.second_moment(7), law.norm_moment(4, 7), law.norm_moment(3, 7)]
    if law.mean_abs is not None:
        formulas.append(law.mean_abs(n))
        values.append(law.mean_abs(7))
    for formula, value in zip(formulas, values, strict=True):
        assert float(formula.subs(n, 7)) == pytest.approx(float(value), rel=1e-12)
    g = sp.symbols("g0:3", positive=True)
    exact = law.mean_abs_inner(np.array(g))
    assert not exact.atoms(sp.Float), "a moment of symbols is exact"
    assert float(exact.subs(dict(zip(g, (1, 2, 4), strict=True)))) == pytest.approx(
        float(law.mean_abs_inner(np.array([1.0, 2.0, 4.0])))
    )


def test_moments_hold_at_large_dimension():
    assert laws.sphere.mean_abs(10**12) == pytest.approx(math.sqrt(2 / math.pi), rel=1e-11)
    assert laws.gaussian.norm_moment(6, 10**9) == pytest.approx(1e27, rel=1e-6)


MOMENTS = [("second_moment", ()), ("mean_abs", ()), *(("norm_moment", (p,)) for p in (1, 2.5, 6, 40))]


@pytest.mark.parametrize("d", [1, 2, 3, 200, 2**31, 10**15, 2**53, 10**18])
@pytest.mark.parametrize("law", laws.LAWS.values(), ids=laws.LAWS)
def test_moments_of_every_kind_of_number_are_those_of_fifty_digits(law, d):
    """Integers of NumPy neither wrap around nor are short: as the dimension, and as the power."""
    kinds = [int, float, np.float64, np.int64] + [np.uint8, np.int16] * (d <= 200) + [np.float32] * (d <= 2**24)
    for name, power in MOMENTS:
        moment = getattr(law, name)
        if moment is None:
            continue
        with mpmath.workdps(50):
            exact = moment(*map(mpmath.mpf, power), mpmath.mpf(d))
        for kind in kinds:
            powers = [tuple(kind(p) for p in power)] if all(p == int(p) for p in power) else []
            for p in [power, *powers]:
                with np.errstate(all="ignore"):  # sqrt(10^18)^40 is no double
                    found = float(moment(*p, kind(d)))
                assert found == pytest.approx(float(exact), rel=1e-12), (name, p, kind)
        with np.errstate(all="ignore"):
            found = float(np.ravel(moment(*power, np.array([d, d])))[-1])
        assert found == pytest.approx(float(exact), rel=1e-12)


def test_draws_scale_and_repeat():
    u = laws.ball.draw(generator(3), (4,), 6)
    scaled = laws.ball.draw(generator(3), (4,), 6, np.arange(1.0, 5))
    assert np.allclose(scaled, u * np.arange(1.0, 5)[:, None])
    assert np.array_equal(u, laws.ball.draw(generator(3), (4,), 6))
    assert np.all(np.linalg.norm(u, axis=1) <= math.sqrt(8))


def test_enumeration_refuses_large_dimension():
    with pytest.raises(ValueError, match="d must be a whole number, at least 1 and at most 20"):
        laws.signs(21)
