"""Every problem's stated constants, verified by means of its own: sampling, eigenvalues, high precision."""

import mpmath
import numpy as np
import pytest
from scipy import optimize

from zotheory import problems as zp
from zotheory.run import generator

RNG = np.random.default_rng(5)


def _quadratic(d=6):
    centre = np.linspace(-0.4, 0.6, d)
    rotation = zp.random_rotation(d, np.random.default_rng(3))
    return zp.Quadratic(np.geomspace(0.5, 20, d), centre, centre + 1, -3.0, rotation, radius=2.0)


DETERMINISTIC = {
    "quadratic": _quadratic(),
    "golovin": zp.golovin_family(1, 8, 9, minimiser=0.2, f_star=1.0),
    "block": zp.block_quadratic((1.0, 5.0), (3, 4), start=(1.0, 0.5), centre=(0.3, 0.2), radius=2.0),
    "logistic": zp.breast_cancer(radius=2.0),
    "half-square": zp.HalfSquare(5, active=3, L1=2.5, c=0.3, radius=2.0),
}
CASES = pytest.mark.parametrize("problem", DETERMINISTIC.values(), ids=DETERMINISTIC)


def _points(problem, count=300, radius=None):
    radius = radius or getattr(problem, "radius", None) or 3.0
    z = RNG.standard_normal((count, problem.d))
    return z * (radius * RNG.random(count) ** (1 / problem.d) / np.linalg.norm(z, axis=1))[:, None]


@CASES
def test_minimiser_and_f_star(problem):
    assert float(problem(problem.minimiser)) == pytest.approx(problem.f_star, abs=1e-12)
    found = optimize.minimize(lambda x: float(problem(x)), problem.x0, jac=problem.gradient, tol=1e-10)
    assert found.fun >= problem.f_star - 1e-9
    assert found.fun == pytest.approx(problem.f_star, abs=1e-6)
    assert pytest.approx(np.linalg.norm(problem.x0 - problem.minimiser)) == problem.R
    assert np.all(problem(_points(problem)) >= problem.f_star - 1e-12)


@CASES
def test_gradient_is_the_derivative(problem):
    for x in _points(problem, 5):
        assert np.allclose(problem.gradient(x), optimize.approx_fprime(x, lambda z: float(problem(z)), 1e-7), atol=1e-4)


@CASES
def test_smoothness_and_convexity_by_sampling(problem):
    x, y = _points(problem), _points(problem)
    gx, gy = problem.gradient(x), problem.gradient(y)
    inner, square = np.sum((gx - gy) * (x - y), axis=1), np.sum((x - y) ** 2, axis=1)
    smooth = getattr(problem, "smoothness", problem.L1)
    assert smooth <= problem.L1 * (1 + 1e-12)
    assert np.all(np.linalg.norm(gx - gy, axis=1) <= smooth * np.sqrt(square) * (1 + 1e-9))
    assert np.all(inner >= problem.mu * square * (1 - 1e-9))
    if problem.Q is not None:
        assert pytest.approx(smooth / problem.mu) == problem.Q
    if problem.L0 is not None:
        assert np.max(np.linalg.norm(gx, axis=1)) <= problem.L0


@pytest.mark.parametrize("name", ["quadratic", "golovin", "block"])
def test_quadratic_constants_are_hessian_eigenvalues(name):
    problem = DETERMINISTIC[name]
    hessian = np.array([problem.gradient(problem.minimiser + e) for e in np.eye(problem.d)])
    values = np.linalg.eigvalsh(hessian)
    assert values[[0, -1]] == pytest.approx([problem.mu, problem.L1])


def test_golovin_family_is_the_papers():
    f = zp.golovin_family(1, 8, 4)
    assert np.allclose(f.spectrum, [1, 1 + 7 / 3, 1 + 14 / 3, 8])  # alpha + (beta - alpha)(i - 1)/(n - 1)
    assert np.allclose(f.x0, 0.5)
    assert float(f(f.x0)) == pytest.approx(0.5 * np.sum(f.spectrum * f.x0**2))


def test_logistic_minimum_to_thirty_digits():
    """f_star against Newton's last step redone in 30-digit arithmetic, with the strong-convexity certificate."""
    problem = DETERMINISTIC["logistic"]
    with mpmath.workdps(30):
        x = [mpmath.mpf(v) for v in problem.minimiser]
        value, gradient = mpmath.mpf(0), [problem.ridge * v for v in x]
        for row, label in zip(problem.features, problem.labels, strict=True):
            margin = label * mpmath.fdot(row, x)
            weight = label / (1 + mpmath.exp(margin)) / len(problem.labels)
            value += mpmath.log1p(mpmath.exp(-margin)) / len(problem.labels)
            gradient = [g - weight * a for g, a in zip(gradient, row, strict=True)]
        value += problem.ridge / 2 * mpmath.fdot(x, x)
        excess = mpmath.fdot(gradient, gradient) / (2 * problem.ridge)  # f(x) - f* <= |grad|^2/(2 mu)
        assert excess < 1e-24
        assert abs(value - problem.f_star) < 1e-14


def test_logistic_summands():
    problem = DETERMINISTIC["logistic"]
    xi = problem.sample(generator(0), (20_000,))
    x = np.tile(0.3 * np.ones(problem.d), (20_000, 1))
    sample = problem.at(xi)(x)
    assert abs(sample.mean() - problem(x[0])) < 6 * sample.std() / np.sqrt(20_000)
    margins = problem.features * problem.labels[:, None]
    rows = problem.ridge * x[0] - margins * (1 / (1 + np.exp(margins @ x[0])))[:, None]
    assert np.allclose(rows.mean(axis=0), problem.gradient(x[0]))
    assert np.sqrt(np.mean(np.sum(rows**2, axis=1))) <= problem.L0
    assert problem.features.shape == (569, 30)
    assert np.sum(problem.labels == 1) == 357


def test_noisy_linear():
    problem = zp.NoisyLinear(np.array([0.6, 0.0, -0.8]), 0.5, radius=2.0, start=1.0)
    assert problem.f_star == pytest.approx(-2.0)
    assert np.min(problem(_points(problem, 2000, 2.0))) >= problem.f_star
    assert float(problem(problem.minimiser)) == pytest.approx(problem.f_star)
    assert float(problem(problem.x0)) == pytest.approx(2.0)
    xi = problem.sample(generator(0), (100_000,))
    squares = np.sum(xi**2, axis=1)
    assert abs(squares.mean() - problem.L0**2) < 6 * squares.std() / np.sqrt(len(squares))
    x = np.broadcast_to(np.ones(3), xi.shape)
    assert np.allclose(problem.at(xi)(x), xi.sum(axis=1))


def test_half_square_bias_is_largest_at_its_corner():
    problem = DETERMINISTIC["half-square"]
    assert float(problem(problem.minimiser)) == 0
    assert float(problem(problem.x0)) == pytest.approx(0.5 * 2.5 * 3)


@pytest.mark.parametrize("g", [lambda y: -np.exp(-np.sqrt(y)), np.log1p, lambda y: y**3])
def test_increasing_transforms_keep_order_and_minimiser(g):
    inner = zp.golovin_family(1, 8, 5, minimiser=0.1)
    problem = zp.Increasing(inner, g)
    x = _points(inner, 200)
    assert np.array_equal(np.argsort(problem(x)), np.argsort(inner(x)))
    assert problem.f_star == pytest.approx(float(problem(problem.minimiser)))
    assert (problem.Q, problem.R, problem.d) == (inner.Q, inner.R, inner.d)
    assert problem.L1 is None
    assert problem.mu is None


def test_block_quadratic_reduced_and_full_agree_where_both_exist():
    full = zp.block_quadratic((1.0, 5.0), (4, 6), start=(1.0, 0.5), centre=(0.3, 0.2), f_star=1.0)
    small = zp.block_quadratic((1.0, 5.0), (4, 6), start=(1.0, 0.5), centre=(0.3, 0.2), f_star=1.0, width=3)
    assert small.d == full.d == 10
    assert float(small(small.x0)) == pytest.approx(float(full(full.x0)))
    assert pytest.approx(full.R) == small.R


@pytest.mark.parametrize(
    ("make", "error", "words"),
    [
        (lambda: zp.golovin_family(1, 8, 0), ValueError, "n must be at least 1, got 0"),
        (lambda: zp.golovin_family(1, 8, 2.5), TypeError, "n must be an integer"),
        (lambda: zp.golovin_family(8, 1, 3), ValueError, "alpha must be at most beta"),
        (lambda: zp.golovin_family(-1, 1, 3), ValueError, "alpha must be positive, got -1"),
        (lambda: zp.Quadratic([1.0, 0.0], [0, 0], [1, 1]), ValueError, "spectrum must be positive"),
        (lambda: zp.Quadratic([1.0, 2.0], [0, 0, 0], [1, 1]), ValueError, "minimiser must have last axis d = 2"),
        (lambda: zp.Quadratic([1.0, 2.0], [0, 0], ["a", "b"]), TypeError, "x0 must hold real numbers"),
        (lambda: zp.Quadratic([1.0, 2.0], [0, 0], [1, np.nan]), ValueError, "x0 must be finite"),
        (lambda: zp.Quadratic([1.0, 2.0], [0, 0], [1, 1], rotation=np.ones((2, 2))), ValueError, "rotation must be"),
        (lambda: zp.Quadratic([1.0, 2.0], [3, 0], [1, 1], radius=1.0), ValueError, "minimiser must lie in the domain"),
        (lambda: zp.Quadratic([1.0, 2.0], [0, 0], [1, 1], radius=-1.0), ValueError, "radius must be positive"),
        (lambda: zp.NoisyLinear(np.zeros(3), 1.0, 1.0), ValueError, "mean must not be zero"),
        (lambda: zp.NoisyLinear(np.ones(3), -1.0, 1.0), ValueError, "sigma must be non-negative"),
        (lambda: zp.NoisyLinear(np.ones(3), 1.0, 1.0, start=2.0), ValueError, "start must lie in"),
        (lambda: zp.Logistic(np.ones((3, 2)), [1, 0, 1], 0.1), ValueError, "labels must be -1 or \\+1"),
        (lambda: zp.breast_cancer(ridge=0.0), ValueError, "ridge must be positive"),
        (lambda: zp.breast_cancer(radius=0.5), ValueError, "minimiser must lie in the domain"),
        (lambda: zp.HalfSquare(3, active=4), ValueError, "active must be at most d"),
        (lambda: zp.Increasing(zp.golovin_family(1, 8, 3), lambda y: -y), ValueError, "g must increase strictly"),
        (lambda: zp.block_quadratic((1.0,), (3, 4), start=(1.0,)), ValueError, "one entry a block"),
    ],
)
def test_bad_arguments_are_named(make, error, words):
    with pytest.raises(error, match=words):
        make()
