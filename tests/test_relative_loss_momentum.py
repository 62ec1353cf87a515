"""Momentum on quadratics: the exact changes of one step by quadrature, and the limit of many dimensions."""

import numpy as np
import pytest

from zotheory.elementary import normal_density, normal_tail
from zotheory.measurements.relative_loss_momentum import exact_fall, slopes
from zotheory.theorems.relative_loss_momentum import (
    best_momentum,
    drift,
    limit,
    limit_rate,
    part,
    rate_ceiling,
    tuned,
    two_valued,
)

T_OF_A_FIFTH = 0.8416212335729143  # a normal variable exceeds it with probability 1/5


def by_quadrature(x, b, e, *, sigma, beta, gain, t):
    """The three changes of `drift`, as integrals over z > t and one normal variable across."""
    across, weights = np.polynomial.hermite_e.hermegauss(60)
    near, mass = np.polynomial.legendre.leggauss(200)
    z = t + (12 - t) * (near + 1) / 2
    mass = mass * normal_density(z) * (12 - t) / 2
    axis = (slice(None), None, None)
    way = -e[axis] * z[:, None] + np.sqrt(1 - e**2)[axis] * across + b[axis]
    x2, b2 = x[axis] + sigma * way, beta * b[axis] + (1 - beta) * gain * way

    def mean(taken, kept):
        taken = np.einsum("ijk,j,k->i", taken, mass, weights / np.sqrt(2 * np.pi))
        return taken + kept * (1 - float(normal_tail(t)))

    return (
        mean(x2**2, x**2) - x**2,
        mean(x2 * b2, beta * x * b) - x * b,
        mean(b2**2, beta**2 * b**2) - b**2,
    )


@pytest.mark.parametrize("d", [10, 1000])
def test_the_drifts_are_what_quadrature_gives(d):
    rng = np.random.default_rng(d)
    x, b, e = rng.standard_normal(5), rng.standard_normal(5), rng.uniform(-1, 1, 5)
    law = {"sigma": 0.3, "beta": 1 - 0.4 / d, "gain": 4.0, "t": 0.84}
    expected = by_quadrature(x, b, e, **law)
    np.testing.assert_allclose(drift(x, b, e, **law), expected, rtol=0, atol=1e-12)
    for found, right in zip(drift(x, b, -e, **law), expected, strict=True):  # a sign lost is seen in each of the three
        assert np.max(np.abs(found - right)) > 1e-4


@pytest.mark.parametrize("Q", [10.0, 100.0, 1e4, 1e6])
def test_tuned_momentum_attains_a_share_of_the_square_root(Q):
    spectrum = np.array(two_valued(Q))
    least = spectrum.min() / spectrum.mean()
    kappa, gain = tuned(least)
    rate, best = limit(spectrum, kappa=kappa, gain=gain).rate, best_momentum(spectrum)[2].rate
    assert 0.42 * np.sqrt(least) <= rate <= best * (1 + 1e-4)
    if Q == 100:
        assert rate < 0.5 * np.sqrt(least)
    V = np.mean(spectrum**2) / spectrum.mean() ** 2
    assert best <= rate_ceiling(least=least, V=V, t=T_OF_A_FIFTH)


@pytest.mark.parametrize("spectrum", [(1.0,), two_valued(30.0), tuple(np.linspace(1, 1000, 50))])
def test_without_momentum_the_limit_is_that_of_one_equation_below_four_s_m(spectrum):
    """Without momentum k = 2 t, and the share of a coordinate is (k^2 P/2) l^2/(k phi l - r)."""
    found = limit(spectrum, kappa=0)
    ell, phi, P = np.array(spectrum) / np.mean(spectrum), float(normal_density(T_OF_A_FIFTH)), 0.2
    assert (found.gamma, found.length) == (pytest.approx(0, abs=1e-12), 0)
    assert found.k == pytest.approx(2 * T_OF_A_FIFTH, rel=1e-12)
    share = found.k**2 * P / 2 * ell**2 / (found.k * phi * ell - found.rate / 2)
    assert np.mean(share) == pytest.approx(1, rel=1e-9)
    assert found.rate <= 4 * phi**2 / P * ell.min() * (1 + 1e-9)
    rule = {"k": found.k, "kappa": 0.0, "gain": 1e-9, "P": P, "phi": phi}
    np.testing.assert_allclose(part(ell, found.rate / 2, **rule), share, rtol=1e-6)


def test_the_limit_of_two_valued_curvatures_is_the_bound():
    found = limit(np.repeat(two_valued(10.0), 7), kappa=0.3, gain=1.76)
    assert limit_rate(Q=10, kappa=0.3, gain=1.76) == pytest.approx(found.rate, rel=1e-12)


def test_runs_on_evenly_spaced_curvatures_fall_on_average_as_the_limit_says():
    curvatures = np.linspace(1.0, 30.0, 100)
    rate = limit(curvatures, kappa=0.3, gain=3.5).rate
    experiment = slopes(curvatures, "evenly spaced", 0.3, 3.5, lambda bound: bound(), slow=False, time=40)
    samples = experiment.measure(lambda: rate, 30, np.random.SeedSequence(0)).samples
    assert np.mean(samples) == pytest.approx(1, abs=0.15)


@pytest.mark.parametrize("gamma", [-0.5, 0.4])
def test_the_exact_fall_is_what_draws_give(gamma):
    rng, d, h = np.random.default_rng(0), 10, 0.05
    z, rest = rng.standard_normal(400_000), rng.chisquare(d - 1, 400_000)
    falls = np.maximum(z + gamma - h * ((z + gamma) ** 2 + rest), 0)
    error = np.std(falls) / np.sqrt(len(falls))
    assert exact_fall(d=d, gamma=gamma, curvature=2 * h) == pytest.approx(np.mean(falls), abs=5 * error)
