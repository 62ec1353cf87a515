"""Bounds on E X^2 that support rests on: above the truth, and not far above, by sampling and in closed form."""

import numpy as np
import pytest

from zotheory import estimators
from zotheory.directions import ball, gaussian, rademacher, sphere
from zotheory.loop import run
from zotheory.measurements import gap_squares, squares
from zotheory.measurements.estimates import Point, estimates
from zotheory.measurements.experiments import basis
from zotheory.methods import accelerated_random_search, random_gradient_free
from zotheory.problems.instances import first_gap, in_blocks, instance
from zotheory.streams import generator

SEED = np.random.SeedSequence(11)
N = 20_000


def _above(samples, square):
    """The mean square of the samples in units of its bound, less and plus five standard errors."""
    used = samples**2 / square
    error = 5 * np.std(used) / np.sqrt(len(used))
    return float(np.mean(used) - error), float(np.mean(used) + error)


@pytest.mark.parametrize("law", [gaussian, sphere, ball, rademacher], ids=lambda law: law.name)
@pytest.mark.parametrize(("k", "j"), [(0, 3), (1, 1), (2, 0), (3, 2), (4, 2)])
def test_moments_along_a_vector(law, k, j):
    d = 6
    u = law.draw(generator(3), (50_000,), d)
    values = abs(u @ np.array([0.6, 0.8, 0, 0, 0, 0])) ** k * np.sum(u * u, axis=-1) ** j
    low = np.mean(values) - 5 * np.std(values) / np.sqrt(len(values))
    assert low <= squares.along(k, j, d, law) * (1 + 1e-9)
    if law.rotation_invariant:
        assert squares.along(k, j, d, law) <= 2 * np.mean(values) - low


POINTS = [  # instance, d, delta, law, pairs, at the minimiser, the least part of the bound that is used
    ("family", 10, 1e-6, gaussian, None, False, 0.9),
    ("family", 10, 0.1, gaussian, None, False, 0.1),
    ("at rest", 4, 0.1, gaussian, None, False, 0.8),
    ("half-square", 5, 0.1, gaussian, None, True, 0.1),
    ("l2", 10, 0.3, gaussian, None, False, 0.05),
    ("sup", 10, 0.3, gaussian, None, False, 0.05),
    ("ellipsoid in a ball", 10, 0.01, sphere, None, False, 0.5),
    ("ellipsoid in a ball", 10, 0.01, rademacher, None, False, 0.4),
    ("ellipsoid in a ball", 10, 0.01, rademacher, 2, False, 0.2),
    ("tight linear", 10, 0.1, gaussian, None, False, 0.8),
    ("tight linear", 10, 0.1, gaussian, 8, False, 0.3),
    ("noisy linear", 10, 0.1, sphere, 3, False, 0.3),
    ("logistic, one row", 30, 1e-3, sphere, None, False, 0.3),
    ("logistic, one row", 30, 1e-3, gaussian, 4, False, 0.1),
]
OPTIONS = {"tight linear": {"k": 50}, "noisy linear": {"ratio": 0.5}}


@pytest.mark.parametrize(("name", "d", "delta", "law", "pairs", "resting", "least"), POINTS)
def test_square_of_an_estimate(name, d, delta, law, pairs, resting, least):
    problem = instance(name, d, **OPTIONS.get(name, {}))
    x = problem.minimiser if resting else None
    form = estimators.two_point if pairs is None else estimators.pairs
    point = Point(problem, lambda f, x, u: form(f, x, u, delta), [law], {}, x=x, pairs=pairs)
    g = estimates(point, N, SEED)
    limits = squares.of_estimate(problem, delta, law, x=x, pairs=pairs or 1)
    low, high = _above(np.vecdot(g, g), limits["square"])
    assert low <= 1
    assert high >= least
    assert limits["because"]


@pytest.mark.parametrize("d", [1, 4, 10])
def test_square_on_a_slope_is_exact(d):
    """E z^4 (z^2 + c)^2 = 105 + 30 (d - 1) + 3 (d^2 - 1), c chi-squared with d - 1 degrees of freedom."""
    assert squares.smooth(1.0, 0.0, 0.0, d) == pytest.approx(105 + 30 * (d - 1) + 3 * (d * d - 1), rel=1e-12)


LAWS = {"gaussian": (gaussian, gaussian), "ball": (ball, ball), "ball, sphere": (ball, sphere)}


@pytest.mark.parametrize("r", [0.1, 1.0])
@pytest.mark.parametrize("away", [False, True])
@pytest.mark.parametrize(
    ("kind", "pair"), [*(("l2", pair) for pair in LAWS), *((kind, "gaussian") for kind in ("l1", "sup", "max"))]
)
def test_square_with_two_smoothings(kind, pair, away, r):
    d = 30
    problem, (first, law) = instance(f"{kind}, across", d), LAWS[pair]
    x, eta = (np.eye(1, d)[0], d**-0.5) if away else (problem.kink, 1.0)

    def estimate(f, x, w, u):
        return estimators.double_smoothed(f, x, u, w, r * eta, eta)

    g = estimates(Point(problem, estimate, [first, law], {}, x=x), N, SEED)
    low, high = _above(np.vecdot(g, g), squares.doubly_smoothed(kind, d, r, first, law)["square"])
    assert low <= 1
    assert high >= 0.03


def test_two_smoothings_need_normal_laws_but_on_l2():
    with pytest.raises(ValueError, match="first and law must be gaussian for 'sup'"):
        squares.doubly_smoothed("sup", 30, 0.1, ball, ball)


@pytest.mark.parametrize("d", [10**6, 10**12])
def test_two_smoothings_in_large_dimension(d):
    """Where all lengths are sqrt(d): D is z + 1/2 for r = 1/sqrt(d)."""
    exactly = 3 + 6 / 4 + 1 / 16
    assert 1 <= squares.doubly_smoothed("l2", d, d**-0.5)["square"] / d**2 / exactly < 1.3


@pytest.mark.parametrize(("name", "d"), [("ellipsoid", 5), ("half-square", 5), ("logistic", 30)])
@pytest.mark.parametrize("mean", [False, True])
def test_square_of_a_gap_of_search(name, d, mean):
    problem, steps = instance(name, d), 60
    h, delta = 1 / (4 * (d + 4) * problem.L1), 1e-3 / d
    method = random_gradient_free(h=lambda k: h, delta=delta, average=False)
    result = run(
        method, problem, steps=steps, replicas=40 if d == 30 else 400, seed=2, record=range(steps) if mean else [steps]
    )
    known = {"d": d, "L1": problem.L1, "mu": problem.mu, "R": problem.R, "h": h, "delta": delta}
    square = gap_squares.gap_of_search(**known, steps=steps, mean=mean)["square"]
    low, _ = _above(np.mean(result.values, axis=0) - problem.f_star, square)
    assert low <= 1
    assert square <= (problem.L1 * problem.R**2 / 2) ** 2 * 1.1


@pytest.mark.parametrize("steps", [1, 50])
def test_square_of_a_gap_on_a_quadratic(steps):
    problem = instance("ellipsoid", 8)
    trace, squared = float(np.sum(problem.spectrum)), float(np.sum(problem.spectrum**2))
    h, delta = 1 / (2 * problem.L1 + trace), 1e-4
    method = random_gradient_free(h=lambda k: h, delta=delta, average=False)
    gaps = run(method, problem, steps=steps, replicas=4000, seed=2, record=[steps]).values[0] - problem.f_star
    known = {"gap": first_gap(problem), "L1": problem.L1, "mu": problem.mu, "trace": trace, "squares": squared}
    square = gap_squares.gap_on_quadratic(**known, h=h, delta=delta, steps=steps)["square"]
    assert _above(gaps, square)[0] <= 1
    assert square <= first_gap(problem) ** 2 * 1.01


def test_the_sixth_moment_of_a_quadratic_form():
    """Of a chi-squared variable with five degrees of freedom: 5 7 9 11 13 15."""
    cumulants = [2**j * np.prod(range(1, j + 1)) * 5 for j in range(6)]
    assert gap_squares._sixth_moment(cumulants) == pytest.approx(5 * 7 * 9 * 11 * 13 * 15)


@pytest.mark.parametrize(
    ("name", "d", "tau"), [("family", 10, None), ("family", 10, 0.0), ("half-square", 5, None), ("logistic", 30, None)]
)
@pytest.mark.parametrize("longer", [1, 2])
def test_square_of_a_gap_of_the_accelerated_method(name, d, tau, longer):
    problem, steps = instance(name, d), 40
    tau = problem.mu if tau is None else tau
    h, theta = longer / (4 * (d + 4) * problem.L1), longer**2 / (16 * (d + 4) ** 2 * problem.L1)
    gamma0, delta = tau or problem.L1, 1e-3
    method = accelerated_random_search(h=h, theta=theta, tau=tau, delta=delta, gamma0=gamma0)
    result = run(method, problem, steps=steps, replicas=40 if d == 30 else 400, seed=2, record=[steps])
    known = {"d": d, "L1": problem.L1, "tau": tau, "gamma0": gamma0, "R": problem.R, "gap": first_gap(problem)}
    square = gap_squares.gap_of_accelerated(**known, h=h, theta=theta, delta=delta, steps=steps)["square"]
    assert _above(result.values[0] - problem.f_star, square)[0] <= 1


def test_square_of_a_gap_holds_at_every_dimension():
    """At 10^9 dimensions 50 steps change next to nothing: the bound is the square of the first potential."""
    base = accelerated_random_search(h=1.0, theta=1.0, tau=0.0, delta=1.0)
    d = 10**9
    problem = instance("steep", d, base)
    known = {"d": d, "L1": 4.0, "tau": 0.04, "gamma0": 0.04, "R": problem.R, "gap": first_gap(problem)}
    theta = 1 / (16 * (d + 4.0) ** 2 * 4)
    square = gap_squares.gap_of_accelerated(**known, h=1 / (16 * (d + 4)), theta=theta, delta=1e-8, steps=50)["square"]
    assert square == pytest.approx((first_gap(problem) + 0.02 * problem.R**2) ** 2, rel=1e-6)
    assert in_blocks("steep", 12, base).d == 12


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: gap_squares.gap_of_search(d=2, L1=1, mu=1, R=1, h=1, delta=1, steps=1), "h must be at most"),
        (
            lambda: gap_squares.gap_on_quadratic(gap=1, L1=1, mu=1, trace=9, squares=9, h=1, delta=1, steps=1),
            "h must be smaller",
        ),
        (
            lambda: gap_squares.gap_of_accelerated(
                d=9, L1=1, tau=1, gamma0=1, R=1, gap=1, h=1, theta=1, delta=1, steps=1
            ),
            "h and theta must leave",
        ),
        (lambda: squares.of_estimate(instance("l2", 4), 0.1, pairs=2), "the problem must state L1"),
    ],
)
def test_errors(make, words):
    with pytest.raises(ValueError, match=words):
        make()


def test_basis():
    assert basis({"ceiling": 3.0}, 1.0) == {"ceiling": 3.0}
    assert basis({"square": 12.0, "because": "x"}, 2.0, draws=4) == {"variance": 0.5, "because": "x"}
    small = basis({"square": 1.0, "because": "x"}, 2.0)
    assert 0 < small["variance"] < 1e-8
    assert "the bound holds already" in small["because"]
