"""Every problem's stated constants, verified by means of its own: sampling, eigenvalues, high precision."""

import mpmath
import numpy as np
import pytest
from scipy import optimize

from zotheory import problems as zp
from zotheory.problems import norms
from zotheory.streams import generator

RNG = np.random.default_rng(5)


def _quadratic(d=6):
    centre = np.linspace(-0.4, 0.6, d)
    rotation = zp.random_rotation(d, np.random.default_rng(3))
    return zp.Quadratic(np.geomspace(0.5, 20, d), centre, centre + 1, -3.0, rotation, radius=2.0)


def _embedded(n, k=3):
    g = zp.golovin_family(1, 8, k, minimiser=0.4, f_star=-1.5)
    return zp.Embedded(g, zp.random_rotation(n, np.random.default_rng(4))[:, :k], x0=np.linspace(-1, 2, n))


DETERMINISTIC = {
    "quadratic": _quadratic(),
    "golovin": zp.golovin_family(1, 8, 9, minimiser=0.2, f_star=1.0),
    "block": zp.block_quadratic((1.0, 5.0), (3, 4), start=(1.0, 0.5), centre=(0.3, 0.2), radius=2.0),
    "logistic": zp.breast_cancer(radius=2.0),
    "regression": zp.cell_nuclei(),
    "half-square": zp.HalfSquare(5, active=3, L1=2.5, c=0.3, radius=2.0),
    "embedded": _embedded(8),
    "embedded, full rank": _embedded(3),
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
    if problem.Q is not None and problem.mu > 0:
        assert pytest.approx(smooth / problem.mu) == problem.Q
    if problem.L0 is not None:
        assert np.max(np.linalg.norm(gx, axis=1)) <= problem.L0


@pytest.mark.parametrize("name", ["quadratic", "golovin", "block"])
def test_quadratic_constants_are_hessian_eigenvalues(name):
    problem = DETERMINISTIC[name]
    hessian = np.array([problem.gradient(problem.minimiser + e) for e in np.eye(problem.d)])
    values = np.linalg.eigvalsh(hessian)
    assert values[[0, -1]] == pytest.approx([problem.mu, problem.L1])


def test_rotations_are_orthogonal_and_one_axis_stays():
    for d in (1, 2, 7):
        rotation = zp.random_rotation(d, np.random.default_rng(d))
        np.testing.assert_allclose(rotation @ rotation.T, np.eye(d), atol=1e-12)
    np.testing.assert_array_equal(
        [zp.random_rotation(1, np.random.default_rng(i)) for i in range(4)], np.ones((4, 1, 1))
    )


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


def test_regression_solves_the_normal_equations():
    f = zp.cell_nuclei()
    A, y = f.features, f.targets
    np.testing.assert_allclose(f.minimiser, np.linalg.solve(A.T @ A, A.T @ y), rtol=1e-9)
    np.testing.assert_allclose(f.curvatures, np.linalg.eigvalsh(A.T @ A / len(y)), rtol=1e-9)
    assert f(f.x0) == pytest.approx(0.5)  # half the variance of a standardised target
    np.testing.assert_allclose(A.mean(axis=0), 0, atol=1e-12)


def test_regression_summands():
    f = zp.cell_nuclei()
    xi = f.sample(generator(0), (20_000,))
    x = np.tile(np.linspace(-0.5, 0.5, f.d), (20_000, 1))
    values = f.at(xi)(x)
    assert abs(values.mean() - f(x[0])) < 5 * values.std() / np.sqrt(20_000)
    pair = f.at(xi)(np.stack([x, x], axis=1))  # two points of one sample
    np.testing.assert_array_equal(pair[:, 0], values)
    np.testing.assert_array_equal(pair[:, 1], values)
    row = xi[3, 0]
    assert values[3] == pytest.approx((row[:-1] @ x[3] - row[-1]) ** 2 / 2)


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


@pytest.mark.parametrize(("domain", "start"), [("l1 ball", 1.0), ("l1 ball", 0.3), ("simplex", 0.0), ("simplex", 1.0)])
def test_sign_linear(domain, start):
    radius = 1.5 if domain == "l1 ball" else 1.0
    problem = zp.SignLinear(np.array([0.2, -0.7, 0.5]), domain, radius, start)
    xi = problem.sample(generator(0), (100_000,))
    assert np.all(np.max(np.abs(xi), axis=1) == problem.L0_max)
    assert np.allclose(np.sum(xi**2, axis=1), problem.L0**2)
    assert np.all(np.abs(xi.mean(axis=0) - problem.mean) < 6 / np.sqrt(len(xi)))
    weights = generator(1).dirichlet(np.ones(3), 2000)
    signs = 1 if domain == "simplex" else generator(2).choice([-1.0, 1.0], weights.shape)
    assert np.min(problem(radius * signs * weights)) >= problem.f_star
    assert problem.f_star == pytest.approx(float(problem(problem.minimiser))) == pytest.approx(-0.7 * radius)
    assert np.sum(np.abs(problem.x0)) <= radius * (1 + 1e-12)
    assert np.sum(np.abs(problem.minimiser)) == radius
    assert pytest.approx(np.linalg.norm(problem.x0 - problem.minimiser)) == problem.R
    x = np.broadcast_to(np.ones(3), xi.shape)
    assert np.allclose(problem.at(xi)(x), xi.sum(axis=1))
    centre = np.full(3, 1 / 3 if domain == "simplex" else 0.0)
    worst = radius * np.array([0, 0, 1.0]) if domain == "simplex" else radius * np.array([0, -1.0, 0])
    assert np.allclose(problem.x0, start * worst + (1 - start) * centre)


NORMS = {kind: zp.Norm(kind, np.linspace(-0.4, 0.6, 5), np.full(5, -0.5), 1.5, -3.0) for kind in norms.KINDS}


@pytest.mark.parametrize("problem", NORMS.values(), ids=NORMS)
def test_norms(problem):
    inside, x, y = _points(problem, 20_000), _points(problem, 500, 3.0), _points(problem, 500, 3.0)
    assert np.min(problem(inside)) >= problem.f_star
    assert float(problem(problem.minimiser)) == pytest.approx(problem.f_star, abs=1e-12)
    assert np.linalg.norm(problem.minimiser) <= problem.radius * (1 + 1e-12)
    assert pytest.approx(np.linalg.norm(problem.x0 - problem.minimiser)) == problem.R
    length = np.linalg.norm(x - y, axis=1)
    assert np.all(np.abs(problem(x) - problem(y)) <= problem.L0 * length * (1 + 1e-12))
    subgradients = problem.gradient(x)
    assert np.all(problem(y) - problem(x) >= np.vecdot(subgradients, y - x) - 1e-12)
    assert np.max(np.linalg.norm(subgradients, axis=1)) == pytest.approx(problem.L0)  # no smaller constant
    for point, slope in zip(x[:5], subgradients[:5], strict=True):
        assert np.allclose(slope, optimize.approx_fprime(point, lambda z: float(problem(z)), 1e-7), atol=1e-5)


@pytest.mark.parametrize("spread", [0.1, 1.0, 1.4])
def test_the_largest_entry_is_least_over_the_ball_where_an_independent_search_says(spread):
    """The least t with x_i - kink_i <= t somewhere in the ball, for kinks of any sign and spread."""
    radius = 1.5
    for z in np.random.default_rng(8).standard_normal((4, 5)):
        kink = spread * z / np.linalg.norm(z)
        problem = zp.Norm("max", kink, np.zeros(5), radius, 0.5)
        constraints = [
            {"type": "ineq", "fun": lambda v: radius**2 - v[:-1] @ v[:-1]},
            {"type": "ineq", "fun": lambda v, kink=kink: v[-1] - (v[:-1] - kink)},
        ]
        found = optimize.minimize(lambda v: v[-1], np.append(kink, 0.1), constraints=constraints, method="SLSQP")
        assert problem.f_star == pytest.approx(found.fun + 0.5, abs=1e-5)
        assert float(problem(problem.minimiser)) == pytest.approx(problem.f_star, abs=1e-12)
        assert np.linalg.norm(problem.minimiser) == pytest.approx(radius, abs=1e-12)


def test_norms_are_what_they_say():
    z = np.array([0.3, -0.4, 0.0, 0.0])
    values = {kind: float(zp.Norm(kind, np.ones(4) / 2, np.zeros(4), 1.0, 2.0)(z + 0.5)) for kind in norms.KINDS}
    assert values == pytest.approx({"l2": 2.5, "l1": 2.35, "sup": 2.4, "max": 2.3})
    flat = zp.Norm("max", np.full(4, 0.1), np.zeros(4), 2.0, 1.0)
    assert np.allclose(flat.minimiser, -1)  # all coordinates equal, at the sphere
    assert flat.f_star == pytest.approx(1 - 1 - 0.1)
    assert (flat.Q, NORMS["l2"].Q) == (None, 1.0)


def test_a_reduced_norm_stands_for_its_dimension():
    small = zp.Norm("l2", np.array([0.5, 0.0]), np.array([-1.0, 0.0]), 1.0, true_d=10**12)
    assert (small.d, small.R, float(small(small.x0))) == (10**12, 1.5, 1.5)


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


def test_embedded_sees_its_directions_only():
    problem = DETERMINISTIC["embedded"]
    x = _points(problem, 50)
    aside = x - x @ problem.A @ problem.A.T
    assert np.allclose(problem(x + 7 * aside), problem(x), rtol=1e-12)
    assert np.allclose(problem(x), problem.problem(x @ problem.A), rtol=1e-15)
    hessian = np.array([problem.gradient(problem.minimiser + e) for e in np.eye(problem.d)])
    values = np.linalg.eigvalsh(hessian)
    assert values == pytest.approx([0] * 5 + [1, 4.5, 8])  # rank 3; Q is the quotient of the extremes that are not 0
    assert (problem.mu, problem.L1, problem.Q) == (0, 8, 8)
    assert DETERMINISTIC["embedded, full rank"].mu == 1


def test_the_minimiser_of_an_embedded_problem_is_the_one_nearest_to_its_start():
    problem = DETERMINISTIC["embedded"]
    aside = _points(problem, 200)
    others = problem.minimiser + aside - aside @ problem.A @ problem.A.T
    assert np.allclose(problem(others), problem.f_star)
    assert np.all(np.linalg.norm(others - problem.x0, axis=1) >= problem.R)
    assert pytest.approx(np.linalg.norm(problem.x0 @ problem.A - problem.problem.minimiser)) == problem.R
    plain = zp.Embedded(problem.problem, problem.A)
    assert np.allclose(plain.x0, problem.A @ problem.problem.x0)


@pytest.mark.parametrize("h", ["square wave", "cliffs"])
def test_a_perturbation_stays_within_delta(h):
    g = DETERMINISTIC["embedded"]
    h = zp.square_wave(g.minimiser, 0.1) if h == "square wave" else zp.cliffs(g.minimiser, g.x0)
    problem = zp.Perturbed(g, h, 0.25)
    x = _points(problem, 500)
    shift = problem(x) - g(x)
    assert np.allclose(np.abs(shift), 0.25)
    assert np.all(problem(x) >= problem.f_star)
    assert float(problem(problem.minimiser)) == pytest.approx(problem.f_star) == g.f_star - 0.25
    assert (problem.d, problem.R, problem.Q) == (g.d, g.R, g.Q)
    assert problem.mu is problem.L1 is problem.L0 is None


def test_the_gradient_of_wavy_dominates_its_gap():
    problem = zp.Wavy(1, c=0.4, f_star=2.0)
    y = np.concatenate([np.linspace(-20, 20, 400_001), np.geomspace(1e-6, 1e-2, 100)])[:, None]
    y = y[np.abs(y[:, 0]) > 1e-7]
    gradient = problem.gradient(y + 0.4)
    gap = problem(y + 0.4) - problem.f_star
    wide = np.abs(y[:, 0]) > 1e-3  # where the gap is lost to rounding it is 4 y^2, and the gradient 8 y
    least = np.min(gradient[wide, 0] ** 2 / (2 * gap[wide]))
    assert problem.dominance <= least < 1.1 * problem.dominance
    assert problem.L1 / problem.dominance == pytest.approx(problem.Q)
    slope = np.diff(problem.gradient(np.linspace(-4, 4, 10_001)[:, None])[:, 0]) / 8e-4
    assert -problem.L1 < slope.min() < 0 < slope.max() <= problem.L1 * (1 + 1e-9)
    assert (problem.gradient(problem.x0 + 1e-4) < problem.gradient(problem.x0)).all()  # not convex at x0
    several = zp.Wavy(4, c=0.4, f_star=2.0)
    assert float(several(several.minimiser)) == several.f_star
    assert pytest.approx(np.linalg.norm(several.x0 - several.minimiser)) == several.R
    x = _points(several, 5)
    for point in x:
        numeric = optimize.approx_fprime(point, lambda z: float(several(z)), 1e-7)
        assert np.allclose(several.gradient(point), numeric, atol=1e-4)


def test_cliffs_and_square_waves_are_what_they_say():
    g = DETERMINISTIC["embedded"]
    h = zp.cliffs(g.minimiser, g.x0)
    near = g.x0 + 1e-6 * np.eye(g.d)
    assert h(g.x0) == h(g.minimiser) == -1
    assert np.all(h(near) == 1)
    radii = np.sqrt(g.minimiser @ g.minimiser + 0.3 * np.arange(6))
    line = radii[:, None] * g.minimiser / np.linalg.norm(g.minimiser)
    assert np.array_equal(zp.square_wave(g.minimiser, 0.3)(line), [-1, 1, -1, 1, -1, 1])


def test_block_quadratic_reduced_and_full_agree_where_both_exist():
    full = zp.block_quadratic((1.0, 5.0), (4, 6), start=(1.0, 0.5), centre=(0.3, 0.2), f_star=1.0)
    small = zp.block_quadratic((1.0, 5.0), (4, 6), start=(1.0, 0.5), centre=(0.3, 0.2), f_star=1.0, width=3)
    assert small.d == full.d == 10
    assert float(small(small.x0)) == pytest.approx(float(full(full.x0)))
    assert pytest.approx(full.R) == small.R


@pytest.mark.parametrize(
    ("make", "error", "words"),
    [
        (
            lambda: zp.golovin_family(1, 8, 0),
            ValueError,
            r"n must be a whole number, at least 1 and at most 1e\+18, got 0",
        ),
        (lambda: zp.golovin_family(1, 8, 2.5), TypeError, "n must be an integer"),
        (lambda: zp.golovin_family(8, 1, 3), ValueError, "alpha must be at most beta"),
        (lambda: zp.golovin_family(-1, 1, 3), ValueError, "alpha must be positive, got -1"),
        (lambda: zp.Quadratic([1.0, 0.0], [0, 0], [1, 1]), ValueError, "spectrum must be positive"),
        (
            lambda: zp.Quadratic([1.0, 2.0], [0, 0, 0], [1, 1]),
            ValueError,
            "minimiser must have shape .d,. with d = 2, got shape .3,.",
        ),
        (lambda: zp.Quadratic([1.0, 2.0], [0, 0], ["a", "b"]), TypeError, "x0 must hold real numbers"),
        (lambda: zp.Quadratic([1.0, 2.0], [0, 0], [1, np.nan]), ValueError, "x0 must be finite"),
        (lambda: zp.Quadratic([1.0, 2.0], [0, 0], [1, 1], rotation=np.ones((2, 2))), ValueError, "rotation must be"),
        (lambda: zp.Quadratic([1.0, 2.0], [3, 0], [1, 1], radius=1.0), ValueError, "minimiser must lie in the domain"),
        (lambda: zp.Quadratic([1.0, 2.0], [0, 0], [1, 1], radius=-1.0), ValueError, "radius must be positive"),
        (lambda: zp.NoisyLinear(np.zeros(3), 1.0, 1.0), ValueError, "mean must not be zero"),
        (lambda: zp.NoisyLinear(np.ones(3), -1.0, 1.0), ValueError, "sigma must be non-negative"),
        (
            lambda: zp.NoisyLinear(np.ones(3), 1.0, 1.0, start=2.0),
            ValueError,
            "start must be between -1 and 1, got 2.0",
        ),
        (lambda: zp.Norm("l3", np.zeros(3), np.zeros(3), 1.0), ValueError, "kind must be one of"),
        (lambda: zp.Norm("l1", np.zeros(3), np.zeros(3), 1.0, true_d=9), ValueError, "true_d must be None"),
        (lambda: zp.Norm("l2", np.ones(3), np.zeros(3), 1.0), ValueError, "kink must lie in the domain"),
        (lambda: zp.Norm("l2", np.zeros(3), np.ones(3), 1.0), ValueError, "x0 must lie in the domain"),
        (lambda: zp.Norm("l2", np.zeros(3), np.zeros(4), 1.0), ValueError, "x0 must have shape .d,. with d = 3, got"),
        (lambda: zp.Norm("l2", np.zeros(3), np.zeros(3), 0.0), ValueError, "radius must be positive"),
        (lambda: zp.SignLinear(np.full(2, 1.5)), ValueError, "mean must be between -1 and 1"),
        (lambda: zp.SignLinear(np.full(2, 0.5)), ValueError, "mean must make one vertex"),
        (lambda: zp.SignLinear(np.eye(2)[0], "cube"), ValueError, "domain must be one of"),
        (lambda: zp.SignLinear(np.eye(2)[0], "simplex", 2.0), ValueError, "radius must be 1 for the simplex"),
        (lambda: zp.SignLinear(np.eye(2)[0], start=-0.5), ValueError, "start must be between 0 and 1, got -0.5"),
        (lambda: zp.LeastSquares(np.ones(3), np.ones(3)), ValueError, "features must have shape"),
        (lambda: zp.LeastSquares(np.ones((3, 2)), np.ones(3)), ValueError, "features must have rank d = 2, got rank 1"),
        (lambda: zp.LeastSquares(np.eye(3), np.ones(2)), ValueError, "targets must have"),
        (lambda: zp.Logistic(np.ones((3, 2)), [1, 0, 1], 0.1), ValueError, "labels must be -1 or \\+1"),
        (lambda: zp.breast_cancer(ridge=0.0), ValueError, "ridge must be positive"),
        (lambda: zp.breast_cancer(radius=0.5), ValueError, "radius must be at least 1.36.*, got 0.5"),
        (lambda: zp.HalfSquare(3, active=4), ValueError, "active must be at most d"),
        (lambda: zp.Increasing(zp.golovin_family(1, 8, 3), lambda y: -y), ValueError, "g must increase strictly"),
        (lambda: zp.block_quadratic((1.0,), (3, 4), start=(1.0,)), ValueError, "one entry a block"),
        (
            lambda: zp.Embedded(zp.golovin_family(1, 8, 3), np.eye(2, 3)),
            ValueError,
            "A must have orthonormal columns, at most",
        ),
        (
            lambda: zp.Embedded(zp.golovin_family(1, 8, 3), np.eye(5, 2)),
            ValueError,
            "A must have shape .n, k. with k = 3, got",
        ),
        (lambda: zp.Embedded(zp.golovin_family(1, 8, 3), 1.001 * np.eye(5, 3)), ValueError, "A must have orthonormal"),
        (
            lambda: zp.Embedded(zp.golovin_family(1, 8, 3), np.eye(5, 3), np.ones(4)),
            ValueError,
            "x0 must have shape .n,. with n = 5, got",
        ),
        (lambda: zp.Perturbed(zp.golovin_family(1, 8, 3), zp.cliffs(np.zeros(3)), -1.0), ValueError, "delta must be"),
        (lambda: zp.Perturbed(zp.golovin_family(1, 8, 3), np.sum, 1.0), ValueError, "h must be -1 at the minimiser"),
        (lambda: zp.square_wave(np.zeros(3), 0.0), ValueError, "period must be positive"),
        (lambda: zp.cliffs(np.zeros(3), width=0.0), ValueError, "width must be positive"),
    ],
)
def test_bad_arguments_are_named(make, error, words):
    with pytest.raises(error, match=words):
        make()
